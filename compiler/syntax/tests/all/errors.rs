use crate::support::errors;

#[test]
fn independent_mistakes_are_all_found() {
    let source = "fn a(x Int):\n  y\ntype T:\n  b\n  c: Int\nfn d():\n  let = 1\n  e(1 2)\n  f(g.\n    h,\n    i)\n  j\n";
    let expected = [
        "1:8 SYNTAX_EXPECTED expected `:`, found identifier `Int`",
        "4:4 SYNTAX_EXPECTED expected `:`, found end of line",
        "7:7 SYNTAX_EXPECTED expected a variable name, found `=`",
        "8:7 SYNTAX_EXPECTED expected `,` or `)`, found number `2`",
    ];
    assert_eq!(errors(source), expected);
}

#[test]
fn what_is_around_a_mistake_is_kept() {
    let source = "fn f():\n  a\n  let = 1\n  b(1, *)\n  c\nfn g(:\n  d\nfn h():\n  e\n";
    let (module, diagnostics) = fuse_syntax::parse(fuse_syntax::span::FileId(0), source);
    assert_eq!(diagnostics.len(), 3, "{diagnostics:?}");
    let expected = "(fn f (params) (block a (error) (call b 1) c))\n(fn h (params) (block e))\n";
    assert_eq!(fuse_syntax::dump(&module), expected);
}

#[test]
fn the_number_of_diagnostics_is_bounded() {
    let source = "x = = 1\n".repeat(10).replace("x", "fn f():\n  x") + &"  é\n".repeat(5000);
    let found = errors(&source);
    assert!(found.len() <= 201, "{}", found.len());
    assert!(
        found
            .last()
            .is_some_and(|last| last.contains("SYNTAX_TOO_MANY_ERRORS")),
        "{:?}",
        found.last()
    );
}

#[test]
fn codes_in_the_sources_are_in_the_table() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut directories = vec![root];
    let mut used = std::collections::BTreeSet::new();
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(&directory)
            .expect("the crate has sources")
            .flatten()
        {
            let path = entry.path();
            if path.is_dir() {
                directories.push(path);
            } else if path.file_name().is_some_and(|name| name != "codes.rs") {
                let text = std::fs::read_to_string(&path).expect("sources are text");
                let codes = text
                    .split("\"FUSE_")
                    .skip(1)
                    .filter_map(|rest| rest.split('"').next());
                used.extend(codes.map(|code| format!("FUSE_{code}")));
            }
        }
    }
    assert!(used.len() > 15, "{used:?}");
    for code in used {
        assert!(
            fuse_syntax::codes::meaning(&code).is_some(),
            "{code} is not in the table"
        );
    }
}

#[test]
fn the_table_has_no_duplicates() {
    let mut codes: Vec<&str> = fuse_syntax::codes::CODES
        .iter()
        .map(|(code, _)| *code)
        .collect();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
}
