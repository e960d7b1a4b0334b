use fuse_package::Manifest;
use fuse_package::manifest::{GitSource, Reference, Source};

#[test]
fn known_keys_are_read_and_others_ignored() {
    let manifest = Manifest::parse(
        "[package]\nname = \"x # y\"\nmain = \"a.fuse\"\napp = \"web\"\nbackend = \"ast\"\nfuture = 1\n\
         [build]\nnative_bin = \"out/x\"\nopenapi = \"api.json\"\n[serve]\nstatic_dir = \"public\"\nopenapi_ui = true\n\
         [vite]\ndev_url = \"http://x\"\n[dependencies]\na = \"./a\"\nb = { path = \"/b\" }\n\
         c = { git = \"https://x\", tag = \"v1\" }\nd = \"1.2\"\n",
    )
    .expect("the manifest is valid");
    assert_eq!(manifest.package.name, "x # y");
    assert_eq!(manifest.package.entry.as_deref(), Some("a.fuse"));
    assert_eq!(manifest.package.app.as_deref(), Some("web"));
    assert_eq!(manifest.build.native_bin.as_deref(), Some("out/x"));
    assert_eq!(manifest.build.openapi.as_deref(), Some("api.json"));
    assert_eq!(manifest.serve.static_dir.as_deref(), Some("public"));
    assert_eq!(manifest.serve.openapi_ui, Some(true));
    let source = |name: &str| manifest.dependencies[name].source.clone();
    assert_eq!(source("a"), Source::Path("./a".into()));
    assert_eq!(source("b"), Source::Path("/b".into()));
    let git = GitSource {
        url: "https://x".into(),
        reference: Reference::Tag("v1".into()),
        subdir: None,
    };
    assert_eq!(source("c"), Source::Git(git));
    assert_eq!(source("d"), Source::Invalid);
    let codes: Vec<&str> = manifest.problems.iter().map(|p| p.code).collect();
    assert_eq!(codes, ["FUSE_DEP_INVALID_SOURCE"]);
}

#[test]
fn errors_say_where() {
    let error = Manifest::parse("[package]\nname = \n").expect_err("the value is missing");
    assert!(error.range.is_some_and(|range| range.start >= 10));
    assert!(!error.message.is_empty());
}
