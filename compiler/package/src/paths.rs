//! Lexical work on paths.

use std::path::{Component, Path, PathBuf};

/// The path without `.` and with `..` applied to what is before it; leading `..` of a relative path stay.
pub(crate) fn normalize(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => match result.components().next_back() {
                Some(Component::Normal(_)) => {
                    result.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => {}
                _ => result.push(".."),
            },
            other => result.push(other),
        }
    }
    result
}

/// `path` as seen from `base`, with `/` between parts. Both are absolute and normal. Never absolute.
pub(crate) fn relative(base: &Path, path: &Path) -> String {
    let mut base = base.components().peekable();
    let mut path = path.components().peekable();
    while base.peek().is_some() && base.peek() == path.peek() {
        base.next();
        path.next();
    }
    let mut parts: Vec<String> = base
        .filter(|part| matches!(part, Component::Normal(_)))
        .map(|_| "..".into())
        .collect();
    for component in path {
        if let Component::Normal(part) = component {
            parts.push(part.to_string_lossy().into_owned());
        }
    }
    parts.join("/")
}

/// A relative path that stays below its start and is not empty.
pub(crate) fn inside(text: &str) -> Option<PathBuf> {
    let path = normalize(Path::new(text));
    let all_normal = path
        .components()
        .all(|component| matches!(component, Component::Normal(_)));
    (all_normal && path.components().next().is_some()).then_some(path)
}
