//! What methods of builtin types are called elsewhere.

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
