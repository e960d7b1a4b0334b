//! `asset`: the address under which a file is served.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::json::string_entries;
use crate::object::{new_text, string};
use crate::process::environment::text_variable;
use crate::process::panics;

/// Where to find files whose served names differ from their own; read once.
fn map() -> &'static BTreeMap<String, String> {
    static MAP: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    if let Some(map) = MAP.get() {
        return map;
    }
    // Reading may leave for the guard, so it does not happen while the map is being set.
    let entries = text_variable(b"FUSE_ASSET_MAP").and_then(string_entries);
    let entries = entries.unwrap_or_default();
    MAP.get_or_init(|| entries.into_iter().collect())
}

/// Whether the text begins with a scheme and its host.
fn is_absolute(url: &str) -> bool {
    url.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    })
}

fn address(map: &BTreeMap<String, String>, written: &str) -> String {
    let written = written.trim();
    if is_absolute(written) {
        return written.to_owned();
    }
    let (path, suffix) = written.split_at(written.find(['?', '#']).unwrap_or(written.len()));
    let key = path.replace('\\', "/");
    let key = key.trim_start_matches('/');
    let rooted = format!("/{key}");
    let found = match key {
        "" => None,
        key => map.get(key).or_else(|| map.get(&rooted)),
    };
    match found {
        Some(url) if url.starts_with('/') || is_absolute(url) => format!("{url}{suffix}"),
        Some(url) => format!("/{url}{suffix}"),
        None => rooted + suffix,
    }
}

/// (path) -> address
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_asset(path: *mut u8) -> *mut u8 {
    panics::arm();
    // SAFETY: contract of the crate.
    let address = address(map(), unsafe { string(path) });
    new_text(address.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let entries = [
            ("app.css", "app-1.css"),
            ("/img/a.png", "/img/a-2.png"),
            ("cdn.js", "https://cdn.test/cdn-3.js"),
        ];
        let map: BTreeMap<String, String> = entries
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        for (path, expected) in [
            ("app.css", "/app-1.css"),
            (" //app.css?v=1 ", "/app-1.css?v=1"),
            ("img\\a.png#top", "/img/a-2.png#top"),
            ("cdn.js?x", "https://cdn.test/cdn-3.js?x"),
            ("other/b.js", "/other/b.js"),
            ("", "/"),
            ("?q", "/?q"),
            ("https://x.test/a?b", "https://x.test/a?b"),
            ("a://", "a://"),
            ("1a://b", "/1a://b"),
        ] {
            assert_eq!(address(&map, path), expected, "{path:?}");
        }
    }
}
