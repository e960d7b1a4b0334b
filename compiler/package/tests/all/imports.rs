use crate::support::{errors, load_files, paths, targets};
use fuse_package::{ImportTarget, ModuleId, PackageId};

#[test]
fn every_form_finds_its_module() {
    let loaded = load_files(
        &[
            (
                "/app/fuse.toml",
                "[package]\nname = \"demo\"\nentry = \"src/main.fuse\"\n",
            ),
            (
                "/app/src/main.fuse",
                "import Util\nfn f():\n  a\nimport A from \"lib/a\"\nimport B as C from \"./lib/b.fuse\"\n\
                 import {D} from \"root:shared/d\"\nimport {NotFound} from std.Error\nimport E from \"<std.Error>\"\n",
            ),
            ("/app/src/Util.fuse", ""),
            ("/app/src/lib/a.fuse", "import B from \"b\"\n"),
            ("/app/src/lib/b.fuse", ""),
            ("/app/shared/d.fuse", "import U from \"../src/Util\"\n"),
        ],
        None,
    );
    assert_eq!(errors(&loaded), Vec::<String>::new());
    let expected = [
        "src/main.fuse",
        "src/Util.fuse",
        "src/lib/a.fuse",
        "src/lib/b.fuse",
        "shared/d.fuse",
    ];
    assert_eq!(paths(&loaded), expected, "depth first, in source order");
    assert_eq!(
        targets(&loaded),
        [
            "src/Util.fuse",
            "src/lib/a.fuse",
            "src/lib/b.fuse",
            "shared/d.fuse",
            "std.Error",
            "std.Error"
        ]
    );
    let items: Vec<usize> = loaded.graph.modules[0]
        .imports
        .iter()
        .map(|import| import.item)
        .collect();
    assert_eq!(items, [0, 2, 3, 4, 5, 6], "indices of the import items");
    assert!(
        loaded
            .graph
            .modules
            .iter()
            .all(|module| module.package == PackageId(0))
    );
    assert_eq!(loaded.graph.packages[0].name, "demo");
    assert_eq!(loaded.graph.packages[0].path, "");
}

#[test]
fn cycles_are_accepted() {
    let loaded = load_files(
        &[
            (
                "/app/main.fuse",
                "import A from \"a\"\nimport M from \"main\"\n",
            ),
            ("/app/a.fuse", "import B from \"b\"\n"),
            (
                "/app/b.fuse",
                "import A from \"a\"\nimport M from \"../app/main\"\n",
            ),
        ],
        Some("main.fuse"),
    );
    assert_eq!(errors(&loaded), Vec::<String>::new());
    assert_eq!(paths(&loaded), ["main.fuse", "a.fuse", "b.fuse"]);
    let back: Vec<ImportTarget> = loaded.graph.modules[2]
        .imports
        .iter()
        .map(|import| import.target)
        .collect();
    assert_eq!(
        back,
        [
            ImportTarget::Module(ModuleId(1)),
            ImportTarget::Module(ModuleId(0))
        ]
    );
}

#[test]
fn long_chains_need_no_stack() {
    let files: Vec<(String, String)> = (0..3000)
        .map(|n| {
            (
                format!("/app/m{n}.fuse"),
                format!("import M from \"m{}\"\n", (n + 1) % 3000),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let loaded = load_files(&files, Some("m0.fuse"));
    assert_eq!(loaded.graph.modules.len(), 3000);
    assert_eq!(errors(&loaded), Vec::<String>::new());
}

#[test]
fn mistakes_are_reported_at_the_path() {
    let cases: &[(&str, &str)] = &[
        (
            "import A from \"no/such\"",
            "1:15 IMPORT_MODULE_READ cannot read module `no/such.fuse`: no such file",
        ),
        (
            "import Nope",
            "1:8 IMPORT_MODULE_READ cannot read module `Nope.fuse`: no such file",
        ),
        (
            "import A from \"../out\"",
            "1:15 IMPORT_MODULE_READ cannot read module `../out.fuse`: no such file",
        ),
        (
            "import A from \"x.png\"",
            "1:15 IMPORT_UNSUPPORTED_EXTENSION cannot import a file with extension `.png`",
        ),
        (
            "import A from a.b",
            "1:15 IMPORT_UNSUPPORTED_EXTENSION cannot import a file with extension `.b`",
        ),
        (
            "import A from \"root:\"",
            "1:15 IMPORT_ROOT_PATH a `root:` path needs a module",
        ),
        (
            "import A from \"root:../x\"",
            "1:15 IMPORT_ROOT_ESCAPE the path leaves the package",
        ),
        (
            "import A from \"root:/etc/x\"",
            "1:15 IMPORT_ROOT_ESCAPE the path leaves the package",
        ),
        (
            "import A from \"root:a/..\"",
            "1:15 IMPORT_ROOT_ESCAPE the path leaves the package",
        ),
        (
            "import A from \"dep:\"",
            "1:15 IMPORT_DEP_PATH a `dep:` path needs a dependency and a module",
        ),
        (
            "import A from \"dep:x\"",
            "1:15 IMPORT_DEP_PATH a `dep:` path needs a dependency and a module",
        ),
        (
            "import A from \"dep:x/y\"",
            "1:15 IMPORT_UNKNOWN_DEPENDENCY unknown dependency `x`",
        ),
        (
            "import A from \"bad\"",
            "bad.fuse:1:1 SYNTAX_EXPECTED expected a declaration, found identifier `oops`",
        ),
    ];
    for (source, expected) in cases {
        let loaded = load_files(
            &[("/app/main.fuse", source), ("/app/bad.fuse", "oops")],
            Some("main.fuse"),
        );
        let expected = if expected.starts_with("bad") {
            expected.to_string()
        } else {
            format!("main.fuse:{expected}")
        };
        assert_eq!(errors(&loaded), [expected], "{source}");
        if !source.contains("bad") {
            assert_eq!(targets(&loaded), ["failed"], "{source}");
        }
    }
}

#[test]
fn broken_text_is_an_error_of_the_module() {
    let mut memory = fuse_package::MemoryFileSystem::default();
    memory.insert("/app/main.fuse", "import A from \"a\"\n");
    memory.insert("/app/a.fuse", [0xff, 0xfe]);
    let loaded = crate::support::load_from(&memory, Some("main.fuse"));
    assert_eq!(
        errors(&loaded),
        ["a.fuse:1:1 SOURCE_UTF8 module `a.fuse` is not valid UTF-8"]
    );
}

#[test]
fn no_path_in_the_result_depends_on_the_place() {
    let files = |root: &str| {
        vec![
            (
                format!("{root}/fuse.toml"),
                "[package]\nentry = \"main.fuse\"\n".to_string(),
            ),
            (
                format!("{root}/main.fuse"),
                "import A from \"../lib/a\"\nimport B from \"nope\"\n".to_string(),
            ),
            (
                format!(
                    "{}/lib/a.fuse",
                    root.rsplit_once('/').expect("the root has a parent").0
                ),
                String::new(),
            ),
        ]
    };
    let show = |root: &str| {
        let files = files(root);
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        let loaded = load_files(&files, Some(&format!("{root}/main.fuse")));
        format!(
            "{:?} {:?} {:?}",
            paths(&loaded),
            errors(&loaded),
            loaded.graph.packages
        )
    };
    assert_eq!(show("/app/x"), show("/home/me/elsewhere/y"));
}
