use crate::support::{check_statements, errors};

#[test]
fn literals_and_escapes() {
    check_statements(&[
        (r#""""#, r#""""#),
        (r#""a\n\t\r\\\"\$\q""#, r#""a\n\t\r\\\"$q""#),
        (r#""$ $x {y}""#, r#""$ $x {y}""#),
        (r##""# no comment" # comment"##, r##""# no comment""##),
        ("\"\"\"a \"b\" \"\"c\"\"\"", r#""a \"b\" \"\"c""#),
        ("\"öäü\"", "\"öäü\""),
        ("\"a\\\nb\"", "\"a\\n b\""),
    ]);
}

#[test]
fn interpolation() {
    check_statements(&[
        (r#""a ${b} c""#, r#"(interpolated "a " b " c")"#),
        (r#""${ b }""#, "(interpolated b)"),
        (r#""${a}${b}""#, "(interpolated a b)"),
        (r#""${"p\n"}""#, r#"(interpolated "p\n")"#),
        (
            r#""${f({"k": {"x": 1}})}""#,
            r#"(interpolated (call f (map ("k" (map ("x" 1))))))"#,
        ),
        (
            r#""${"in ${"deep ${x}"}"}!""#,
            r#"(interpolated (interpolated "in " (interpolated "deep " x)) "!")"#,
        ),
        (r#""${f(\"x\")}""#, r#"(interpolated (call f "x"))"#),
        (r#""${m[\"a\\n\"]}""#, r#"(interpolated (index m "a\n"))"#),
        ("\"${a +\n  b}\"", "(interpolated (+ a b))"),
        (
            "\"${\"\"\"x \"y\" z\"\"\"}\"",
            r#"(interpolated "x \"y\" z")"#,
        ),
        (
            "\"\"\"${a} \"${b}\" \"\"\"",
            r#"(interpolated a " \"" b "\" ")"#,
        ),
        (r#""\${a} \$5""#, r#""${a} $5""#),
        (r#""$${a}""#, r#"(interpolated "$" a)"#),
    ]);
}

#[test]
fn long_strings_keep_every_byte() {
    let source = "fn f():\n  let a = \"\"\"\n# no comment\n    x\n\tend\r\n  \"\"\" + b\n  c\n";
    let expected =
        "(fn f (params) (block (let a (+ \"\\n# no comment\\n    x\\n\\tend\\r\\n  \" b)) c))";
    assert_eq!(crate::support::tree(source), expected);
}

#[test]
fn one_mistake_is_one_error() {
    let cases: &[(&str, &str)] = &[
        (
            "  \"abc\n  g()",
            "2:3 SYNTAX_UNTERMINATED_STRING string is never closed",
        ),
        (
            "  g(\"abc)\n  h()",
            "2:5 SYNTAX_UNTERMINATED_STRING string is never closed",
        ),
        (
            "  \"\"\"abc\n\n",
            "2:3 SYNTAX_UNTERMINATED_STRING string is never closed",
        ),
        (
            "  \"abc ${x\n  let y = 1",
            "2:8 SYNTAX_UNTERMINATED_INTERPOLATION `${` is never closed by `}`",
        ),
        (
            "  \"${}\"",
            "2:4 SYNTAX_EMPTY_INTERPOLATION `${}` has no expression",
        ),
        (
            "  \"${  }\"",
            "2:4 SYNTAX_EMPTY_INTERPOLATION `${}` has no expression",
        ),
        (
            "  \"${a b}\"",
            "2:8 SYNTAX_EXPECTED expected an operator or `}`, found identifier `b`",
        ),
        (
            "  \"${a +}\"",
            "2:9 SYNTAX_EXPECTED expected an expression, found `}`",
        ),
        (
            "  \"${f(a}\"",
            "2:7 SYNTAX_UNCLOSED_DELIMITER `(` is never closed by `)`",
        ),
        (
            "  'x'",
            "2:3 SYNTAX_UNEXPECTED_CHARACTER unexpected character `'`",
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(errors(&format!("fn f():\n{body}\n")), [*expected], "{body}");
    }
    assert_eq!(
        errors("app \"a ${b}\":\n  c()\n"),
        ["1:5 SYNTAX_PLAIN_STRING an app name cannot be interpolated"]
    );
}
