//! The diagnostic codes of this crate.

/// Every code this crate reports, with what it means. Sorted.
pub const CODES: &[(&str, &str)] = &[
    (
        "FUSE_ASSIGN_TARGET",
        "the left side of an assignment is not a variable, field or element",
    ),
    ("FUSE_AWAIT_OPERAND", "`await` on something that is no task"),
    (
        "FUSE_CANNOT_INFER",
        "nothing tells the type of a variable; it has to be written",
    ),
    (
        "FUSE_CAPABILITY_DUPLICATE",
        "a capability is required twice",
    ),
    (
        "FUSE_CAPABILITY_LEAK",
        "code of a module that requires more capabilities is used",
    ),
    (
        "FUSE_CAPABILITY_MISSING",
        "an operation needs a capability the module does not require",
    ),
    (
        "FUSE_COALESCE_NEVER_NULL",
        "`??` after a value that is never null",
    ),
    (
        "FUSE_CONFIG_CYCLE",
        "a config field needs its own value to be resolved",
    ),
    ("FUSE_DB_VALUE", "a value cannot be stored in a column"),
    (
        "FUSE_DEFAULT_BEFORE_REQUIRED",
        "a parameter with a default stands before one without",
    ),
    ("FUSE_DETACHED_TASK", "a task is started and not kept"),
    ("FUSE_DUPLICATE_ARGUMENT", "an argument is given twice"),
    (
        "FUSE_DUPLICATE_BINDING",
        "a name is declared twice in one scope",
    ),
    (
        "FUSE_DUPLICATE_FIELD",
        "a field is declared, given or matched twice",
    ),
    (
        "FUSE_DUPLICATE_MEMBER",
        "an interface declares a member twice",
    ),
    (
        "FUSE_DUPLICATE_METHOD",
        "an `impl` block declares a method twice",
    ),
    (
        "FUSE_DUPLICATE_NAME",
        "a module declares or imports a name twice",
    ),
    (
        "FUSE_DUPLICATE_ROUTE",
        "two routes answer the same requests",
    ),
    ("FUSE_DUPLICATE_VARIANT", "an enum declares a variant twice"),
    (
        "FUSE_DYNAMIC_TYPE",
        "an operation on a dynamic value needs a static type first",
    ),
    (
        "FUSE_ERROR_DOMAIN",
        "the error type of a result is not a declared type or enum",
    ),
    (
        "FUSE_ERROR_DOMAIN_MISMATCH",
        "an error is passed on that the function does not return",
    ),
    (
        "FUSE_ERROR_DOMAIN_MISSING",
        "a result type names no error type",
    ),
    (
        "FUSE_GENERIC_CALL_TYPE_ARG",
        "type arguments on a callee without them, or too many or few",
    ),
    (
        "FUSE_GENERIC_DUPLICATE_TYPE_PARAM",
        "a type parameter is declared twice",
    ),
    (
        "FUSE_GENERIC_INFERENCE",
        "the type arguments of a call cannot be inferred",
    ),
    (
        "FUSE_GENERIC_RECURSION",
        "generic calls lead to ever new types",
    ),
    ("FUSE_HTML_ARIA_ROLE", "there is no `aria-role`"),
    (
        "FUSE_HTML_ARIA_UNKNOWN",
        "an `aria-` attribute does not exist",
    ),
    (
        "FUSE_HTML_ARIA_VALUE",
        "a literal is no value of an `aria-` attribute",
    ),
    (
        "FUSE_HTML_ARITY",
        "an element has more arguments than attributes and children",
    ),
    ("FUSE_HTML_ATTR_COMMA", "a comma stands before an attribute"),
    ("FUSE_HTML_ATTR_DUPLICATE", "an attribute is given twice"),
    (
        "FUSE_HTML_ATTR_MAP",
        "attributes are written as a map literal",
    ),
    (
        "FUSE_HTML_ATTR_MIXED",
        "values without names stand among attributes",
    ),
    (
        "FUSE_HTML_ATTR_VALUE",
        "the value of an attribute is no `String`",
    ),
    (
        "FUSE_HTML_BLOCK",
        "a block of children follows something that takes none",
    ),
    (
        "FUSE_HTML_CHILD_TYPE",
        "a child is neither `Html` nor `String`",
    ),
    ("FUSE_HTML_VOID_CHILDREN", "a void element has children"),
    ("FUSE_IMMUTABLE", "a name that is not a `var` is assigned"),
    (
        "FUSE_IMPL_DUPLICATE",
        "an interface is implemented twice for a type",
    ),
    (
        "FUSE_IMPL_INCOMPLETE",
        "an implementation lacks members of its interface",
    ),
    (
        "FUSE_IMPL_ORPHAN",
        "neither interface nor type of an implementation belong to the package",
    ),
    (
        "FUSE_IMPL_SIGNATURE_MISMATCH",
        "a method differs from the member it implements",
    ),
    (
        "FUSE_IMPL_TARGET",
        "an interface is implemented for something that is no declared type",
    ),
    ("FUSE_IMPORT_DUPLICATE", "a name is imported twice"),
    (
        "FUSE_IMPORT_UNKNOWN",
        "a module does not export an imported name",
    ),
    (
        "FUSE_INTERFACE_DYNAMIC_USE",
        "an interface is used as a value",
    ),
    (
        "FUSE_INTERFACE_NOT_A_TYPE",
        "an interface is used as a type",
    ),
    (
        "FUSE_JSON_TYPE",
        "JSON text cannot be read as a value of this type",
    ),
    ("FUSE_MAP_KEY", "the keys of a map are not strings"),
    ("FUSE_MATCH_NOT_EXHAUSTIVE", "a match leaves out values"),
    (
        "FUSE_METHOD_AMBIGUOUS",
        "several interfaces bring a method of this name",
    ),
    ("FUSE_METHOD_ELEMENT", "a list method needs other elements"),
    (
        "FUSE_METHOD_NEEDS_VALUE",
        "a method that uses `self` is called on a type",
    ),
    (
        "FUSE_MIGRATION_DUPLICATE",
        "a package declares two migrations of one name",
    ),
    ("FUSE_MIGRATION_NAME", "a migration has a blank name"),
    (
        "FUSE_MISSING_FIELD",
        "a struct literal leaves out a field that has no default",
    ),
    (
        "FUSE_MISSING_RETURN",
        "a path through a function yields no result",
    ),
    ("FUSE_NOT_A_TYPE", "a name in type position is no type"),
    ("FUSE_NOT_A_VALUE", "a name in value position is no value"),
    (
        "FUSE_NOT_CALLABLE",
        "something that is no function is called",
    ),
    (
        "FUSE_NOT_COMPARABLE",
        "values that have no equality are compared",
    ),
    ("FUSE_NOT_ENCODABLE", "a value has no JSON form"),
    (
        "FUSE_NOT_INDEXABLE",
        "something that is no list or map is indexed",
    ),
    (
        "FUSE_NOT_ITERABLE",
        "a loop goes over something that has no elements",
    ),
    (
        "FUSE_NOT_OPTIONAL",
        "a value that is never null is used as an optional one",
    ),
    (
        "FUSE_OPERANDS",
        "an operator does not apply to its operands",
    ),
    (
        "FUSE_OUTSIDE_LOOP",
        "`break` or `continue` outside of a loop",
    ),
    (
        "FUSE_PATTERN_AMBIGUOUS",
        "several error types have the variant a pattern names",
    ),
    (
        "FUSE_PATTERN_ARITY",
        "a pattern has too many or too few parts",
    ),
    (
        "FUSE_PATTERN_BINDING",
        "a capitalised name in a pattern is no variant and matches anything",
    ),
    (
        "FUSE_PROPAGATE_NON_FALLIBLE",
        "`?!` in a function that does not return a result",
    ),
    (
        "FUSE_PROPAGATE_OPERAND",
        "`?!` on something that cannot fail, or without an error value",
    ),
    ("FUSE_PROPAGATE_OUTSIDE", "`?!` outside of a function"),
    (
        "FUSE_REFINEMENT_BASE",
        "a constraint does not apply to its base type",
    ),
    ("FUSE_REFINEMENT_EMPTY", "no value can satisfy a range"),
    ("FUSE_REFINEMENT_FORM", "a constraint is not written as one"),
    (
        "FUSE_REFINEMENT_PREDICATE",
        "a predicate does not take the base type or not return `Bool`",
    ),
    ("FUSE_REFINEMENT_REGEX", "a regular expression is not valid"),
    (
        "FUSE_REFINEMENT_VIOLATED",
        "a literal does not satisfy its refined type",
    ),
    ("FUSE_RETURN_NOT_ALLOWED", "`return` in a test or migration"),
    (
        "FUSE_ROUTE_PARAM",
        "a route parameter is not one a path can carry",
    ),
    (
        "FUSE_SELF_OUTSIDE",
        "`Self` outside of an interface or implementation",
    ),
    ("FUSE_SPAWN_BOX", "a task uses a box"),
    (
        "FUSE_SPAWN_CAPTURE",
        "a task assigns to a variable it only has a copy of",
    ),
    (
        "FUSE_SPAWN_EFFECT",
        "a task does what only its program may do",
    ),
    (
        "FUSE_STRICT_CAPABILITY",
        "a module requires a capability it does not use (`--strict-architecture`)",
    ),
    (
        "FUSE_STRICT_ERROR_DOMAIN",
        "a module returns errors of several modules (`--strict-architecture`)",
    ),
    (
        "FUSE_STRICT_LAYER_CYCLE",
        "layers import each other (`--strict-architecture`)",
    ),
    (
        "FUSE_STRUCT_ARGUMENT",
        "a struct literal gives a value without a field name",
    ),
    (
        "FUSE_SYMBOL_DUPLICATE",
        "two services or two apps have one name",
    ),
    (
        "FUSE_SYNTAX_EXPECTED",
        "a token that does not fit the grammar",
    ),
    ("FUSE_TASK_API", "a member of `task`, which has none"),
    ("FUSE_TASK_MOVED", "a task is used after it was passed on"),
    (
        "FUSE_TASK_NOT_AWAITED",
        "a task is not awaited on some path",
    ),
    (
        "FUSE_TASK_REASSIGNED",
        "a variable is assigned while its task is not awaited",
    ),
    (
        "FUSE_TASK_STORED",
        "a task is stored, returned or used as a value",
    ),
    (
        "FUSE_TEST_DUPLICATE",
        "a package declares two tests of one name",
    ),
    ("FUSE_TEST_NAME", "a test has a blank name"),
    (
        "FUSE_TRANSACTION_CAPABILITY",
        "a transaction, or its module, has to do with more than `db`",
    ),
    (
        "FUSE_TRANSACTION_CONTROL",
        "something leaves or waits inside a transaction",
    ),
    ("FUSE_TYPED_QUERY_CALL", "a typed query is given arguments"),
    (
        "FUSE_TYPED_QUERY_FIELD_MISMATCH",
        "the columns of a typed query are not the fields of its type",
    ),
    (
        "FUSE_TYPED_QUERY_TYPE_ARG",
        "a typed query is not given one declared type",
    ),
    (
        "FUSE_TYPE_ARITY",
        "a generic type has too many or too few arguments",
    ),
    (
        "FUSE_TYPE_DERIVE_BASE",
        "`without` derives from something that is no type",
    ),
    ("FUSE_TYPE_DERIVE_CYCLE", "a type is derived from itself"),
    (
        "FUSE_TYPE_DERIVE_FIELD",
        "`without` removes a field that is not there",
    ),
    ("FUSE_TYPE_MISMATCH", "a value has another type than is due"),
    (
        "FUSE_UNKNOWN_ARGUMENT",
        "a callee has no parameter of this name",
    ),
    (
        "FUSE_UNKNOWN_FIELD",
        "a value has no field or method of this name",
    ),
    (
        "FUSE_UNKNOWN_INTERFACE",
        "no interface in scope has this name",
    ),
    (
        "FUSE_UNKNOWN_MEMBER",
        "a module or namespace has no member of this name",
    ),
    ("FUSE_UNKNOWN_NAME", "nothing in scope has this name"),
    ("FUSE_UNKNOWN_TYPE", "no type in scope has this name"),
    (
        "FUSE_UNKNOWN_VARIANT",
        "an enum has no variant of this name",
    ),
    ("FUSE_UNREACHABLE_ARM", "an arm of a match never runs"),
    ("FUSE_UNREACHABLE_CODE", "a statement never runs"),
    (
        "FUSE_UNSUPPORTED",
        "this part of the language is not built yet",
    ),
    ("FUSE_UNUSED_IMPORT", "an import nothing refers to"),
    ("FUSE_UNUSED_VARIABLE", "a variable nothing reads"),
    (
        "FUSE_WHERE_MULTI_CONSTRAINT",
        "a type parameter has two bounds",
    ),
    ("FUSE_WHERE_UNKNOWN_INTERFACE", "a bound names no interface"),
    (
        "FUSE_WHERE_UNKNOWN_PARAM",
        "a bound names no type parameter of its declaration",
    ),
    (
        "FUSE_WRONG_ARITY",
        "a call has too many or too few arguments",
    ),
];
