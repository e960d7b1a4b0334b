#[test]
fn codes_in_the_sources_are_in_the_table() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut used = Vec::new();
    for entry in std::fs::read_dir(root)
        .expect("the crate has sources")
        .flatten()
    {
        let text = std::fs::read_to_string(entry.path()).expect("sources are text");
        let codes = text
            .split("\"FUSE_")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        used.extend(codes.map(|code| format!("FUSE_{code}")));
    }
    assert!(used.len() > 15, "{used:?}");
    for code in used {
        assert!(
            fuse_syntax::codes::meaning(&code).is_some(),
            "{code} is not in the table"
        );
    }
}
