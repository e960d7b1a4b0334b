use std::path::{Path, PathBuf};

use crate::support::{errors, load_files, paths};
use fuse_package::{LoadRequest, MemoryFileSystem, OsFileSystem, load, load_memory};

const MANIFEST: &str = "[package]\nentry = \"src/main.fuse\"\n";

#[test]
fn the_manifest_is_found_upward() {
    let mut memory = MemoryFileSystem::default();
    memory.insert("/app/fuse.toml", MANIFEST);
    memory.insert("/app/src/main.fuse", "");
    memory.insert("/app/src/deep/x.fuse", "");
    for directory in ["/app", "/app/src", "/app/src/deep"] {
        let request = LoadRequest {
            directory: PathBuf::from(directory),
            ..LoadRequest::default()
        };
        let loaded = load(&memory, &request);
        assert_eq!(errors(&loaded), Vec::<String>::new());
        assert_eq!(paths(&loaded), ["src/main.fuse"]);
        assert_eq!(loaded.root_directory, Path::new("/app"));
        assert!(loaded.manifest.is_some());
    }
}

#[test]
fn an_entry_may_be_named() {
    let files = [
        ("/app/fuse.toml", MANIFEST),
        ("/app/src/main.fuse", ""),
        ("/app/src/other.fuse", ""),
    ];
    assert_eq!(
        paths(&load_files(&files, Some("src/other.fuse"))),
        ["src/other.fuse"]
    );
    assert_eq!(
        paths(&load_files(&files, Some("/app"))),
        ["src/main.fuse"],
        "a directory with a manifest"
    );
    let alone = load_files(&[("/x/y.fuse", "")], Some("/x/y.fuse"));
    assert_eq!(paths(&alone), ["y.fuse"]);
    assert!(alone.manifest.is_none());
}

#[test]
fn a_manifest_may_be_named() {
    let mut memory = MemoryFileSystem::default();
    memory.insert("/other/fuse.toml", MANIFEST);
    memory.insert("/other/src/main.fuse", "");
    memory.insert("/other/tool.fuse", "");
    for manifest in ["/other", "/other/fuse.toml", "../other"] {
        let request = |entry: Option<&str>| LoadRequest {
            directory: PathBuf::from("/app"),
            manifest_path: Some(PathBuf::from(manifest)),
            entry: entry.map(PathBuf::from),
            ..LoadRequest::default()
        };
        assert_eq!(paths(&load(&memory, &request(None))), ["src/main.fuse"]);
        assert_eq!(
            paths(&load(&memory, &request(Some("tool.fuse")))),
            ["tool.fuse"]
        );
    }
}

#[test]
fn mistakes_leave_a_graph_with_an_empty_root() {
    type Case = (
        &'static [(&'static str, &'static str)],
        Option<&'static str>,
        &'static str,
    );
    let cases: &[Case] = &[
        (
            &[("/app/x", "")],
            None,
            "fuse.toml:1:1 MANIFEST_ENTRY_MISSING missing entry: pass a file path or set package.entry in fuse.toml",
        ),
        (
            &[("/app/fuse.toml", "[package]\n")],
            None,
            "fuse.toml:1:2 MANIFEST_ENTRY_MISSING missing entry: pass a file path or set package.entry in fuse.toml",
        ),
        (
            &[("/app/fuse.toml", MANIFEST)],
            None,
            "fuse.toml:2:9 MANIFEST_ENTRY_NOT_FOUND cannot read the entry file `src/main.fuse`: no such file",
        ),
        (
            &[("/app/x", "")],
            Some("no.fuse"),
            "no.fuse:1:1 MANIFEST_ENTRY_NOT_FOUND cannot read the entry file `no.fuse`: no such file",
        ),
        (
            &[("/app/fuse.toml", "[package]\nentry = 3\n")],
            None,
            "fuse.toml:2:9 MANIFEST_PARSE_FAILED cannot decode the manifest: invalid type: integer `3`, expected a string",
        ),
        (
            &[("/app/fuse.toml", "")],
            None,
            "fuse.toml:1:1 MANIFEST_PARSE_FAILED cannot decode the manifest: missing field `package`",
        ),
    ];
    for (files, entry, expected) in cases {
        let loaded = load_files(files, *entry);
        assert_eq!(errors(&loaded), [*expected]);
        assert_eq!(loaded.graph.modules.len(), 1);
        assert!(loaded.graph.module(loaded.graph.root).ast.items.is_empty());
    }
}

#[test]
fn programs_from_pairs() {
    let loaded = load_memory(&[
        ("main.fuse", "import A from \"a\"\n"),
        ("a.fuse", "fn f():\n  1\n"),
    ]);
    assert_eq!(errors(&loaded), Vec::<String>::new());
    assert_eq!(paths(&loaded), ["main.fuse", "a.fuse"]);
}

#[test]
fn real_files_with_links() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let root = directory.path().join("app");
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("directories can be made");
        std::fs::write(path, text).expect("files can be written");
    };
    write("fuse.toml", "[package]\nmain = \"main.fuse\"\n");
    write(
        "main.fuse",
        "import A from \"a\"\nimport B from \"root:b\"\n",
    );
    write("a.fuse", "");
    std::fs::write(directory.path().join("secret.fuse"), "").expect("files can be written");
    #[cfg(unix)]
    std::os::unix::fs::symlink(directory.path().join("secret.fuse"), root.join("b.fuse"))
        .expect("links can be made");
    let request = LoadRequest {
        directory: root.clone(),
        ..LoadRequest::default()
    };
    let loaded = load(&OsFileSystem, &request);
    assert_eq!(paths(&loaded), ["main.fuse", "a.fuse"]);
    if cfg!(unix) {
        assert_eq!(
            errors(&loaded),
            ["main.fuse:2:15 IMPORT_ROOT_ESCAPE the path leaves the package"]
        );
    }
}
