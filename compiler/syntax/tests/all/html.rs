use crate::support::{check_statements, errors};

#[test]
fn children() {
    check_statements(&[
        ("div():\n  \"a\"\n  b\nc", "(call div (children \"a\" b)) c"),
        (
            "div(): span(): \"x\"",
            "(call div (children (call span (children \"x\"))))",
        ),
        (
            "let x = div(a=1 b=2):\n  \"a\"",
            "(let x (call div (= a 1) (= b 2) (children \"a\")))",
        ),
        (
            "return ui.card(t):\n  p(): a\n  hr()",
            "(return (call (member ui card) t (children (call p (children a)) (call hr))))",
        ),
        ("x = div():\n  a", "(assign x (call div (children a)))"),
        (
            "div():\n  if a:\n    b\n  else if c: d\n  else:\n    e\n  for x in xs:\n    li(): x\n  for k, v in m: v",
            "(call div (children (if (a b) (c d) (else e)) \
             (for (x) xs (call li (children x))) (for (k v) m v)))",
        ),
        ("if f(): g()", "(if ((call f) (call g)))"),
        (
            "div():\n  table(): tr(): td(): \"x\"",
            "(call div (children (call table (children (call tr (children (call td (children \"x\"))))))))",
        ),
    ]);
}

#[test]
fn mistakes() {
    let cases: &[(&str, &str)] = &[
        (
            "div():\n  let y = 2\n  \"text\"",
            "3:5 HTML_CHILD `let` cannot stand among the children of an element",
        ),
        (
            "div():\n  a = b\n  c",
            "3:7 HTML_CHILD an assignment cannot stand among the children of an element",
        ),
        (
            "div():\n  match a:\n    b -> c\n  d",
            "3:5 HTML_CHILD `match` cannot stand among the children of an element",
        ),
        (
            "div:\n  \"x\"\ny",
            "2:6 SYNTAX_EXPECTED expected end of line, found `:`",
        ),
        (
            "div():\ny",
            "2:9 SYNTAX_EXPECTED expected an indented block of children, found end of line",
        ),
    ];
    for (source, expected) in cases {
        let body: String = source.lines().map(|line| format!("  {line}\n")).collect();
        assert_eq!(errors(&format!("fn f():\n{body}")), [*expected], "{source}");
    }
}
