use crate::support::{check_files, check_statements, errors};

#[test]
fn blocks() {
    check_files(&[
        (
            "fn f():\n      a\n      b\nfn g():\n c",
            "(fn f (params) (block a b)) (fn g (params) (block c))",
        ),
        (
            "fn f():\r\n  a\r\n\r\n  b\r\n",
            "(fn f (params) (block a b))",
        ),
        ("\u{feff}fn f():\n  a\n", "(fn f (params) (block a))"),
        (
            "fn f():\n\n  # comment\n# comment\n  a\n   \t\n  b # comment\n",
            "(fn f (params) (block a b))",
        ),
        ("", ""),
        ("\n\n# only a comment", ""),
    ]);
}

#[test]
fn continuation_lines() {
    check_statements(&[
        (
            "a\n  .b()\n  # comment\n\n  .c",
            "(member (call (member a b)) c)",
        ),
        ("a\n.b", "(member a b)"),
        (
            "let x = a\n  ?.b\n  ?[0]\n  ?! E()\nc",
            "(let x (?! (index? (member? a b) 0) (call E))) c",
        ),
        ("let a = 1\n(a)", "(let a 1) a"),
        ("let a = 1\n[a]", "(let a 1) (list a)"),
        ("if a:\n  b\n  .c\nd", "(if (a (member b c))) d"),
        ("if a:\n  b\n(c)", "(if (a b)) c"),
    ]);
}

#[test]
fn brackets_suspend_layout() {
    check_statements(&[
        ("let x = [\n1,\n      2\n]\ny", "(let x (list 1 2)) y"),
        ("f(\n)\n", "(call f)"),
    ]);
}

#[test]
fn doc_comments() {
    check_files(&[
        (
            "## One\n##two \n\n## three\nfn f():\n  a\n",
            "(fn (doc \"One\\ntwo\\nthree\") f (params) (block a))",
        ),
        (
            "## lost\nimport A\nfn f():\n  ## ignored\n  a\n",
            "(import (doc \"lost\") A) (fn f (params) (block a))",
        ),
        (
            "type T:\n  ## across\n  x: Int\n",
            "(type T (field (doc \"across\") x Int))",
        ),
        (
            "type T:\n  x: Int\n  ## at the end\nfn f():\n  a\n",
            "(type T (field x Int)) (fn f (params) (block a))",
        ),
        (
            "enum E:\n  ## first\n  A\n",
            "(enum E (variant (doc \"first\") A))",
        ),
        (
            "fn f():\n  g(\n    ## ignored\n    a)\n## end\n",
            "(fn f (params) (block (call g a)))",
        ),
        ("## about the module\nrequires db\n", "(requires db)"),
    ]);
}

#[test]
fn mistakes() {
    let cases: &[(&str, &[&str])] = &[
        (
            "fn f():\n\ta\n\tb\n",
            &["2:1 SYNTAX_TAB_INDENTATION tabs not allowed for indentation"],
        ),
        (
            "fn f():\n    a\n  b\n  c\n",
            &["3:1 SYNTAX_INDENTATION inconsistent indentation: expected column 0 or 4, found 2"],
        ),
        (
            "fn f():\n  a\n    b\n    c\n  d\n",
            &["3:5 SYNTAX_INDENTATION unexpected indentation"],
        ),
        (
            "  fn f():\n    a\n",
            &["1:3 SYNTAX_INDENTATION unexpected indentation"],
        ),
        (
            "fn f():\nfn g():\n  a\n",
            &["1:8 SYNTAX_EXPECTED expected an indented block of statements, found end of line"],
        ),
        (
            "fn f():\n  a)\n  b\n",
            &["2:4 SYNTAX_UNMATCHED_DELIMITER unmatched closing delimiter `)`"],
        ),
        (
            "fn f():\n  g(1]\n  b\n",
            &["2:6 SYNTAX_UNMATCHED_DELIMITER expected `)`, found `]`"],
        ),
        (
            "fn f():\n  g([1)\n  b\n",
            &["2:5 SYNTAX_UNCLOSED_DELIMITER `[` is never closed by `]`"],
        ),
        (
            "fn f():\n  g(1\n  let x = 2\n",
            &["2:4 SYNTAX_UNCLOSED_DELIMITER `(` is never closed by `)`"],
        ),
        (
            "fn f():\n  g(1\n\nfn h():\n  a\n",
            &["2:4 SYNTAX_UNCLOSED_DELIMITER `(` is never closed by `)`"],
        ),
        (
            "fn f(x: Int -> Int:\n  return x\n",
            &["1:5 SYNTAX_UNCLOSED_DELIMITER `(` is never closed by `)`"],
        ),
        (
            "fn f():\n  g(1",
            &["2:4 SYNTAX_UNCLOSED_DELIMITER `(` is never closed by `)`"],
        ),
    ];
    for (source, expected) in cases {
        assert_eq!(errors(source), *expected, "{source}");
    }
}
