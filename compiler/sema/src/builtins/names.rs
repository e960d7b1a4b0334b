//! What parts of the language are called elsewhere.

/// Names of other languages and habits, with the methods that do the same here; which of them exists depends on the type.
const USUAL: &[(&str, &[&str])] = &[
    ("add", &["append"]),
    ("containsKey", &["has"]),
    ("contains_key", &["has"]),
    ("count", &["len"]),
    ("delete", &["remove", "remove_at"]),
    ("endsWith", &["ends_with"]),
    ("find", &["index_of"]),
    ("has", &["contains"]),
    ("has_key", &["has"]),
    ("has_prefix", &["starts_with"]),
    ("has_suffix", &["ends_with"]),
    ("head", &["first"]),
    ("includes", &["contains"]),
    ("length", &["len"]),
    ("push", &["append"]),
    ("remove", &["remove_at"]),
    ("reversed", &["reverse"]),
    ("size", &["len"]),
    ("sorted", &["sort"]),
    ("startsWith", &["starts_with"]),
    ("strip", &["trim"]),
    ("sub", &["slice"]),
    ("substr", &["slice"]),
    ("substring", &["slice"]),
    ("to_lower", &["lower"]),
    ("to_lowercase", &["lower"]),
    ("toLowerCase", &["lower"]),
    ("to_upper", &["upper"]),
    ("to_uppercase", &["upper"]),
    ("toUpperCase", &["upper"]),
];

/// What a method may be called here that is called `name` elsewhere.
pub(crate) fn usual_names(name: &str) -> &'static [&'static str] {
    let found = USUAL.iter().find(|(other, _)| *other == name);
    found.map_or(&[], |(_, usual)| usual)
}

/// How something is written here that is a name of its own elsewhere.
pub(crate) fn usual_form(name: &str) -> Option<&'static str> {
    Some(match name {
        "self" | "this" => "`self` is the value a method of an `impl` is called on",
        "nil" | "none" | "undefined" | "NULL" | "Null" => "no value is `null`",
        "True" => "it is written `true`",
        "False" => "it is written `false`",
        "len" => "it is a method: `x.len()`",
        "range" => "`0..<n` counts from 0 to before `n`",
        "Int" | "int" => "`.to_int()` reads a number from a text",
        "Float" | "float" => "`.to_float()` makes one of an `Int` or a text",
        "String" | "str" | "string" => "`\"${x}\"` is the text of `x`",
        "console" | "println" | "printf" | "puts" | "echo" => "`print(..)` writes a line",
        _ => return None,
    })
}
