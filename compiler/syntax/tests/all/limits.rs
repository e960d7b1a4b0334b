use crate::support::{errors, statements};

/// Runs on a thread with a small stack, so that the limits hold with room to spare.
fn on_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new()
        .stack_size(3 << 19)
        .spawn(test)
        .expect("threads can be started");
    assert!(thread.join().is_ok());
}

#[test]
fn deep_nesting_is_one_error() {
    let depth = 5000;
    let cases = [
        format!("{}1{}", "(".repeat(depth), ")".repeat(depth)),
        format!("{}1{}", "[".repeat(depth), "]".repeat(depth)),
        format!("{}1{}", "(".repeat(600), ")".repeat(600)),
        format!("{}1{}", "[".repeat(600), "]".repeat(600)),
        format!("{}1", "{1: ".repeat(600)) + &"}".repeat(600),
        format!("{}1", "-".repeat(depth)),
        format!("{}1", "!".repeat(depth)),
        format!("{}1", "await ".repeat(depth)),
        format!("f{}", "()".repeat(depth)),
        format!("f{}", ".x".repeat(depth)),
        format!("f{}", "[0]".repeat(depth)),
        format!("1{}", " + 1".repeat(depth)),
        format!("1{}", " ?? 1".repeat(depth)),
        format!("{}1{}", "f(".repeat(600), ")".repeat(600)),
        format!("{}1{}", "\"${".repeat(300), "}\"".repeat(300)),
        format!("{}1", "f() ?! ".repeat(depth)),
        format!("let x: Int{} = 1", "?".repeat(depth)),
        format!(
            "let x: {}Int{} = 1",
            "List<".repeat(depth),
            ">".repeat(depth)
        ),
        format!("let x: Int{} = 1", "!Int".repeat(depth)),
        format!("{}1", "div(): ".repeat(depth)),
        format!("{}1", "if a: ".repeat(depth)),
        format!("for {}a{} in b:\n    c", "V(".repeat(600), ")".repeat(600)),
    ];
    on_small_stack(move || {
        for case in cases {
            let found = errors(&format!("fn f():\n  {case}\n  a\n"));
            assert_eq!(found.len(), 1, "{} {found:?}", &case[..20]);
            assert!(found[0].contains("SYNTAX_TOO_DEEP"), "{found:?}");
        }
    });
}

#[test]
fn deep_blocks_are_one_error() {
    on_small_stack(|| {
        for header in [
            "if a:",
            "while a:",
            "for a in b:",
            "div():",
            "let x = spawn:",
            "transaction:",
        ] {
            let mut source = String::from("fn f():\n");
            for depth in 1..400 {
                source += &format!("{}{header}\n", " ".repeat(depth));
            }
            source += &format!("{}a\n", " ".repeat(400));
            let found = errors(&source);
            assert_eq!(found.len(), 1, "{header} {found:?}");
            assert!(found[0].contains("SYNTAX_TOO_DEEP"), "{found:?}");
        }
    });
}

#[test]
fn nesting_within_the_limit_is_fine() {
    on_small_stack(|| {
        let depth = 60;
        statements(&format!("{}1{}", "(".repeat(depth), ")".repeat(depth)));
        statements(&format!(
            "{}1{}",
            "f([".repeat(depth / 2),
            "])".repeat(depth / 2)
        ));
        statements(&format!("1{}", " + 1".repeat(250)));
        statements(&format!("if a: b{}", "\nelse if a: b".repeat(3000)));
        statements(&format!("f({})", vec!["1"; 5000].join(", ")));
    });
}

#[test]
fn time_is_linear() {
    let body = "  let x = f(a, [1, 2, {\"k\": \"v ${y}\"}])\n".repeat(20_000);
    assert_eq!(errors(&format!("fn f():\n{body}")), Vec::<String>::new());
    for hostile in [
        "(", "[{", "\"${", "]", ")(", "<", "if (\n", "\\", "'", "?.", "\n\t x",
    ] {
        assert!(!errors(&hostile.repeat(50_000 / hostile.len())).is_empty());
    }
}
