use crate::support::{check_statements, errors};

#[test]
fn simple() {
    check_statements(&[
        ("let a = 1\nvar b: Int = 2", "(let a 1) (var b (: Int) 2)"),
        ("a.b[0] = c", "(assign (index (member a b) 0) c)"),
        ("return", "(return)"),
        ("return a", "(return a)"),
        (
            "while a:\n  break\n  continue",
            "(while a (block (break) (continue)))",
        ),
        ("transaction:\n  a", "(transaction a)"),
    ]);
}

#[test]
fn conditions() {
    check_statements(&[
        (
            "if a:\n  b\nelse if c:\n  d\nelse:\n  e\nf",
            "(if (a b) (c d) (else e)) f",
        ),
        ("if a: return 1\nb", "(if (a (return 1))) b"),
        (
            "if a: b\nelse if c: d\nelse: e",
            "(if (a b) (c d) (else e))",
        ),
        ("if a: if b: c\nelse: d", "(if (a (if (b c) (else d))))"),
        ("if a:\n  if b: c\nelse: d", "(if (a (if (b c))) (else d))"),
    ]);
}

#[test]
fn loops() {
    check_statements(&[
        ("for i in 0..<9:\n  a", "(for (i) (..< 0 9) (block a))"),
        ("for k, v in m:\n  a", "(for (k v) m (block a))"),
        (
            "for _, P(x=y) in m:\n  a",
            "(for (_ (struct P (= x y))) m (block a))",
        ),
    ]);
}

#[test]
fn matches() {
    check_statements(&[
        (
            "match a:\n  0 -> 1\n  -1.5 -> 2\n  \"x\":\n    b\n  null -> null\n  true -> 1\n  _ -> 0",
            "(match a (-> 0 1) (-> -1.5 2) (arm \"x\" b) (-> null null) (-> true 1) (-> _ 0))",
        ),
        (
            "match a:\n  Some(x) -> x\n  E.V() -> 1\n  T(type=P(y), a=_) -> 2\n  M.N -> 3\n  body(b) -> 4",
            "(match a (-> (variant Some x) x) (-> (variant E.V) 1) \
             (-> (struct T (= type (variant P y)) (= a _)) 2) (-> M.N 3) (-> (variant body b) 4))",
        ),
        (
            "match a:\n  -9223372036854775808 -> 1",
            "(match a (-> -9223372036854775808 1))",
        ),
    ]);
}

#[test]
fn blocks_end_statements() {
    check_statements(&[
        ("let t = spawn:\n  a\nb", "(let t (spawn a)) b"),
        (
            "let t = await spawn:\n  a\nb",
            "(let t (await (spawn a))) b",
        ),
        (
            "let t = 1 + await spawn:\n  a\nb",
            "(let t (+ 1 (await (spawn a)))) b",
        ),
        ("return spawn:\n  a", "(return (spawn a))"),
    ]);
}

#[test]
fn one_mistake_is_one_error() {
    let cases: &[(&str, &str)] = &[
        (
            "let = 3\nb",
            "2:7 SYNTAX_EXPECTED expected a variable name, found `=`",
        ),
        (
            "let a 3\nb",
            "2:9 SYNTAX_EXPECTED expected `=`, found number `3`",
        ),
        (
            "let type = 3\nb",
            "2:7 RESERVED_KEYWORD expected a variable name, found reserved keyword `type`",
        ),
        (
            "a b\nc",
            "2:5 SYNTAX_EXPECTED expected end of line, found identifier `b`",
        ),
        (
            "a & b\nc",
            "2:5 SYNTAX_UNEXPECTED_CHARACTER unexpected character `&`",
        ),
        (
            "let q = 1;\nc",
            "2:12 SYNTAX_UNEXPECTED_CHARACTER unexpected character `;`",
        ),
        (
            "naïve = 1\nc",
            "2:3 SYNTAX_UNEXPECTED_CHARACTER identifier `naïve` has characters outside `A-Z a-z 0-9 _`",
        ),
        (
            "if a ==:\n  b\nelse:\n  c\nd",
            "2:10 SYNTAX_EXPECTED expected an expression, found `:`",
        ),
        (
            "if a\n  b\nc",
            "2:7 SYNTAX_EXPECTED expected `:`, found end of line",
        ),
        (
            "else:\n  b\nc",
            "2:3 SYNTAX_EXPECTED expected a statement, found keyword `else`",
        ),
        (
            "for x xs:\n  b\nc",
            "2:9 SYNTAX_EXPECTED expected `in`, found identifier `xs`",
        ),
        (
            "match a:\n  1 => 2\n  2 -> 3",
            "3:7 SYNTAX_EXPECTED expected `->` or `:`, found `=>`",
        ),
        (
            "match a:\n  V(x, y=z) -> 3",
            "3:6 SYNTAX_PATTERN_MIXED a pattern has either positional or named parts, not both",
        ),
        (
            "x.\ny",
            "2:5 SYNTAX_EXPECTED expected a name after `.`, found end of line",
        ),
        (
            "x?\ny",
            "2:5 SYNTAX_EXPECTED expected `.` or `[` after `?`, found end of line",
        ),
        (
            "x = (1 + )\ny",
            "2:12 SYNTAX_EXPECTED expected an expression, found `)`",
        ),
        (
            "f(1, , 2)\ny",
            "2:8 SYNTAX_EXPECTED expected an expression, found `,`",
        ),
        (
            "fn g():\n  a\nb",
            "2:3 SYNTAX_EXPECTED expected a statement, found keyword `fn`",
        ),
        (
            "return 1 2\nb",
            "2:12 SYNTAX_EXPECTED expected end of line, found number `2`",
        ),
        (
            "spawn: a\nb",
            "2:10 SYNTAX_EXPECTED expected an indented block of statements, found identifier `a`",
        ),
        (
            "a[1 2]\nb",
            "2:7 SYNTAX_EXPECTED expected `]`, found number `2`",
        ),
    ];
    for (source, expected) in cases {
        let body: String = source.lines().map(|line| format!("  {line}\n")).collect();
        assert_eq!(errors(&format!("fn f():\n{body}")), [*expected], "{source}");
    }
}
