//! Every diagnostic code and what it means. Codes are stable: tools and documentation refer to them.

/// `(code, meaning)`, sorted within each group.
#[rustfmt::skip]
pub const CODES: &[(&str, &str)] = &[
    // Lexer and parser.
    ("FUSE_HTML_CHILD", "a statement that cannot stand among the children of an element"),
    ("FUSE_REQUIRES_ORDER", "`requires` after another declaration"),
    ("FUSE_REQUIRES_UNKNOWN", "a capability that does not exist"),
    ("FUSE_RESERVED_KEYWORD", "a keyword where a name is needed"),
    ("FUSE_ROUTE_PARAM", "a malformed parameter in a route path"),
    ("FUSE_SYNTAX_EMPTY_INTERPOLATION", "`${}` without an expression"),
    ("FUSE_SYNTAX_EXPECTED", "a token that does not fit the grammar"),
    ("FUSE_SYNTAX_FILE_TOO_LARGE", "a source file beyond the size limit"),
    ("FUSE_SYNTAX_INDENTATION", "indentation that matches no open block"),
    ("FUSE_SYNTAX_NUMBER_RANGE", "a number that does not fit its type"),
    ("FUSE_SYNTAX_PATTERN_MIXED", "positional and named parts in one pattern"),
    ("FUSE_SYNTAX_PLAIN_STRING", "an interpolated string where only plain text is allowed"),
    ("FUSE_SYNTAX_TAB_INDENTATION", "a tab in indentation"),
    ("FUSE_SYNTAX_TOO_DEEP", "constructs nested beyond the limit"),
    ("FUSE_SYNTAX_TOO_MANY_ERRORS", "errors beyond the number shown for one file"),
    ("FUSE_SYNTAX_UNCLOSED_DELIMITER", "a bracket that is never closed"),
    ("FUSE_SYNTAX_UNEXPECTED_CHARACTER", "a character outside the language"),
    ("FUSE_SYNTAX_UNMATCHED_DELIMITER", "a closing bracket without its opening one"),
    ("FUSE_SYNTAX_UNTERMINATED_INTERPOLATION", "`${` without its `}`"),
    ("FUSE_SYNTAX_UNTERMINATED_STRING", "a string without its closing quotes"),
    // Packages and imports.
    ("FUSE_ASSET_JSON_INVALID", "an imported JSON file that is not valid JSON"),
    ("FUSE_ASSET_MISSING", "an imported asset that does not exist"),
    ("FUSE_ASSET_READ", "an imported asset that cannot be read"),
    ("FUSE_ASSET_UTF8", "an imported asset that is not valid UTF-8"),
    ("FUSE_DEP_CYCLE", "packages that depend on each other"),
    ("FUSE_DEP_CONFLICTING_SPECS", "one name for two dependencies"),
    ("FUSE_DEP_GIT_EMPTY", "a dependency with an empty git address"),
    ("FUSE_DEP_GIT_PATH_CONFLICT", "a dependency with both a path and a git address"),
    ("FUSE_DEP_GIT_REF_CONFLICT", "a git dependency that is pinned twice"),
    ("FUSE_DEP_GIT_REQUIRED_FOR_REFS", "a pinned dependency without a git address"),
    ("FUSE_DEP_INVALID_SOURCE", "a dependency that is neither a path nor a git address"),
    ("FUSE_DEP_MANIFEST_LOAD_FAILED", "a dependency whose manifest cannot be read or decoded"),
    ("FUSE_DEP_NAME", "a name that a dependency cannot have"),
    ("FUSE_DEP_PATH_EMPTY", "a path dependency with an empty path"),
    ("FUSE_DEP_PATH_FIELDS_INVALID", "a path dependency with keys of git dependencies"),
    ("FUSE_DEP_PATH_NOT_FOUND", "a path dependency whose directory does not exist"),
    ("FUSE_DEP_SOURCE_REQUIRED", "a dependency without a path or a git address"),
    ("FUSE_DEP_SUBDIR_EMPTY", "a git dependency with an empty subdirectory"),
    ("FUSE_DEP_SUBDIR_NOT_FOUND", "a git dependency whose subdirectory does not exist"),
    ("FUSE_IMPORT_ASSET_FORM", "named or aliased import of an asset"),
    ("FUSE_IMPORT_DEP_PATH", "a `dep:` path without a name or a module"),
    ("FUSE_IMPORT_ESCAPE", "an import that leaves its package"),
    ("FUSE_IMPORT_MODULE_READ", "a module that cannot be read"),
    ("FUSE_IMPORT_ROOT_ESCAPE", "a `root:` path that leaves the package"),
    ("FUSE_IMPORT_ROOT_PATH", "a `root:` path without a module"),
    ("FUSE_IMPORT_UNKNOWN_DEPENDENCY", "a `dep:` path to an undeclared dependency"),
    ("FUSE_IMPORT_UNSUPPORTED_EXTENSION", "an import of a file that is no module, Markdown or JSON"),
    ("FUSE_MANIFEST_ENTRY_MISSING", "no entry file was named and the manifest has none"),
    ("FUSE_MANIFEST_ENTRY_NOT_FOUND", "the entry file does not exist"),
    ("FUSE_MANIFEST_ENTRY_READ", "the entry file cannot be read"),
    ("FUSE_MANIFEST_PARSE_FAILED", "a manifest that cannot be decoded"),
    ("FUSE_MANIFEST_READ_FAILED", "a manifest that cannot be read"),
    ("FUSE_SOURCE_UTF8", "a module that is not valid UTF-8"),
    ("FUSE_WORKSPACE_NO_MANIFESTS", "a workspace without a package"),
    ("FUSE_UNSUPPORTED", "this part of the language is not built yet"),
];

/// The meaning of a code, for `--explain` style output.
pub fn meaning(code: &str) -> Option<&'static str> {
    CODES
        .iter()
        .find(|(name, _)| *name == code)
        .map(|(_, meaning)| *meaning)
}
