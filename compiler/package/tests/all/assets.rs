use crate::support::{errors, load_files, load_from, paths, targets};
use fuse_package::{AssetId, AssetKind, MemoryFileSystem};
use fuse_syntax::source::SourceMap;

#[test]
fn assets_are_loaded_once_with_their_exact_text() {
    let loaded = load_files(
        &[
            (
                "/app/main.fuse",
                "import A from \"a.md\"\nimport B from \"./a.MD\"\nimport C from \"x/../a.md\"\nimport J from \"j.json\"\n",
            ),
            ("/app/a.md", "# Title\r\n\n"),
            ("/app/a.MD", "other"),
            ("/app/j.json", " {\"a\": [1, -2.5e3, \"\\u00e9\", null]}\n"),
        ],
        Some("main.fuse"),
    );
    assert_eq!(errors(&loaded), Vec::<String>::new());
    assert_eq!(paths(&loaded), ["main.fuse"]);
    assert_eq!(targets(&loaded), ["a.md", "a.MD", "a.md", "j.json"]);
    let first = loaded.graph.asset(AssetId(0));
    assert_eq!(first.kind, AssetKind::Markdown);
    assert_eq!(loaded.graph.files.text(first.file), "# Title\r\n\n");
    assert_eq!(loaded.graph.asset(AssetId(2)).kind, AssetKind::Json);
}

#[test]
fn mistakes() {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "import A from \"no.md\"",
            "",
            &["main.fuse:1:15 ASSET_MISSING cannot read asset `no.md`: no such file"],
        ),
        (
            "import {A} from \"a.json\"",
            "",
            &["main.fuse:1:1 IMPORT_ASSET_FORM an asset is imported as a whole, under one name"],
        ),
        (
            "import A as B from \"a.json\"",
            "",
            &["main.fuse:1:1 IMPORT_ASSET_FORM an asset is imported as a whole, under one name"],
        ),
        (
            "import A from \"a.json\"",
            "{\n  \"a\": }",
            &["a.json:2:8 ASSET_JSON_INVALID asset `a.json` is not valid JSON: expected value"],
        ),
        (
            "import A from \"a.json\"",
            "1 2",
            &[
                "a.json:1:3 ASSET_JSON_INVALID asset `a.json` is not valid JSON: trailing characters",
            ],
        ),
        ("import A from \"a.json\"", &deep(128), &[]),
        (
            "import A from \"a.json\"",
            &deep(129),
            &[
                "a.json:1:129 ASSET_JSON_INVALID asset `a.json` is not valid JSON: nested deeper than 128 levels",
            ],
        ),
        (
            "import A from \"a.json\"",
            &deep(200_000),
            &[
                "a.json:1:129 ASSET_JSON_INVALID asset `a.json` is not valid JSON: nested deeper than 128 levels",
            ],
        ),
        (
            "import A from \"a.json\"\nimport B from \"a.json\"",
            "",
            &[
                "a.json:1:1 ASSET_JSON_INVALID asset `a.json` is not valid JSON: EOF while parsing a value",
            ],
        ),
    ];
    for (source, asset, expected) in cases {
        let loaded = load_files(
            &[("/app/main.fuse", source), ("/app/a.json", asset)],
            Some("main.fuse"),
        );
        assert_eq!(errors(&loaded), *expected, "{source}");
    }
}

#[test]
fn invalid_text() {
    let mut memory = MemoryFileSystem::default();
    memory.insert("/app/main.fuse", "import A from \"a.md\"\n");
    memory.insert("/app/a.md", [b'a', 0xff]);
    let loaded = load_from(&memory, Some("main.fuse"));
    assert_eq!(
        errors(&loaded),
        ["a.md:1:2 ASSET_UTF8 asset `a.md` is not valid UTF-8"]
    );
    assert_eq!(targets(&loaded), ["failed"]);
}
