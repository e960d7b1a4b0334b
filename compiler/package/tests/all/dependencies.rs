use crate::support::{errors, load_files, paths};

const CONSUMER: &str = "[package]\nentry = \"main.fuse\"\n[dependencies]\nlib = \"../lib\"\nbare = { path = \"vendor/bare\" }\n";
const LIB: &str = "[package]\nname = \"lib\"\n[dependencies]\nbase = \"../base\"\n";

fn program<'a>(main: &'a str, lib: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("/app/fuse.toml", CONSUMER),
        ("/app/main.fuse", main),
        ("/app/vendor/bare/b.fuse", "import S from \"root:s\"\n"),
        ("/app/vendor/bare/s.fuse", ""),
        ("/lib/fuse.toml", LIB),
        ("/lib/src/a.fuse", lib),
        ("/lib/top.fuse", ""),
        ("/base/fuse.toml", "[package]\nname = \"base\"\n"),
        ("/base/b.fuse", ""),
    ]
}

#[test]
fn paths_resolve_in_the_importing_package() {
    let lib = "import T from \"root:top\"\nimport B from \"dep:base/b\"\n";
    let loaded = load_files(
        &program(
            "import A from \"dep:lib/src/a\"\nimport B from \"dep:bare/b.fuse\"\n",
            lib,
        ),
        None,
    );
    assert_eq!(errors(&loaded), Vec::<String>::new());
    assert_eq!(
        paths(&loaded),
        [
            "main.fuse",
            "../lib/src/a.fuse",
            "../lib/top.fuse",
            "../base/b.fuse",
            "vendor/bare/b.fuse",
            "vendor/bare/s.fuse"
        ]
    );
    let packages: Vec<&str> = loaded
        .graph
        .modules
        .iter()
        .map(|module| {
            loaded.graph.packages[module.package.0 as usize]
                .path
                .as_str()
        })
        .collect();
    assert_eq!(
        packages,
        [
            "",
            "../lib",
            "../lib",
            "../base",
            "vendor/bare",
            "vendor/bare"
        ]
    );
}

#[test]
fn mistakes() {
    let cases: &[(&str, &str, &str)] = &[
        (
            "import A from \"dep:base/b\"",
            "",
            "main.fuse:1:15 IMPORT_UNKNOWN_DEPENDENCY unknown dependency `base`",
        ),
        (
            "import A from \"dep:lib/../x\"",
            "",
            "main.fuse:1:15 IMPORT_ESCAPE the path leaves the dependency",
        ),
        (
            "import A from \"dep:lib/src/a\"",
            "import X from \"../../app/main\"",
            "../lib/src/a.fuse:1:15 IMPORT_ESCAPE the path leaves the dependency",
        ),
        (
            "import A from \"dep:lib/src/a\"",
            "import X from \"dep:bare/b\"",
            "../lib/src/a.fuse:1:15 IMPORT_UNKNOWN_DEPENDENCY unknown dependency `bare`",
        ),
    ];
    for (main, lib, expected) in cases {
        assert_eq!(
            errors(&load_files(&program(main, lib), None)),
            [*expected],
            "{main}"
        );
    }
    let loaded = load_files(&program("import A from \"dep:base/b\"", ""), None);
    assert_eq!(
        loaded.diagnostics[0].hints,
        ["declared dependencies: bare, lib"]
    );
}

#[test]
fn cycles_of_packages_are_errors() {
    let manifest = |name: &str, dependency: &str| {
        format!(
            "[package]\nname = \"{name}\"\nentry = \"m.fuse\"\n[dependencies]\n{dependency} = \"../{dependency}\"\n"
        )
    };
    let (app, x, y) = (manifest("app", "x"), manifest("x", "y"), manifest("y", "x"));
    let files = [
        ("/app/fuse.toml", app.as_str()),
        ("/app/m.fuse", ""),
        ("/x/fuse.toml", x.as_str()),
        ("/y/fuse.toml", y.as_str()),
    ];
    let found = errors(&load_files(&files, None));
    assert_eq!(
        found,
        ["../y/fuse.toml:5:5 DEP_CYCLE packages depend on each other: x → y → x"]
    );
}

#[test]
fn a_broken_manifest_of_a_dependency_is_reported_there() {
    let files = [
        (
            "/app/fuse.toml",
            "[package]\nentry = \"m.fuse\"\n[dependencies]\nx = \"../x\"\n",
        ),
        ("/app/m.fuse", "import A from \"dep:x/a\"\n"),
        ("/x/fuse.toml", "nonsense"),
        ("/x/a.fuse", ""),
    ];
    let loaded = load_files(&files, None);
    let found = errors(&loaded);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("../x/fuse.toml:1:9 DEP_MANIFEST_LOAD_FAILED"),
        "{found:?}"
    );
    assert_eq!(paths(&loaded), ["m.fuse", "../x/a.fuse"]);
}
