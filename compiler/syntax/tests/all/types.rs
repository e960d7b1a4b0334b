use crate::support::{check_statements, errors};

#[test]
fn shapes() {
    let cases: &[(&str, &str)] = &[
        ("Int", "Int"),
        ("M.User", "M.User"),
        ("std.Error.NotFound", "std.Error.NotFound"),
        ("List<Int?>", "(generic List (optional Int))"),
        ("Int??", "(optional (optional Int))"),
        ("Int? ?", "(optional (optional Int))"),
        ("A!B!C", "(result A (result B C))"),
        ("A!B?", "(result A (optional B))"),
        ("A?!B", "(result (optional A) B)"),
        ("A??!B", "(result (optional (optional A)) B)"),
        ("A!", "(result A)"),
        ("Int(1..10)", "(refined Int (.. 1 10))"),
        ("Int(-5, 5)?", "(optional (refined Int (neg 5) 5))"),
        (
            "String(regex(\"^a\"), 1..9)",
            "(refined String (call regex \"^a\") (.. 1 9))",
        ),
        ("box Int?", "(box (optional Int))"),
        (
            "Map<String, List<Int>>",
            "(generic Map String (generic List Int))",
        ),
    ];
    for (ty, expected) in cases {
        check_statements(&[(
            &format!("let x: {ty} = y"),
            &format!("(let x (: {expected}) y)"),
        )]);
    }
    check_statements(&[("let x: List<Int>= y", "(let x (: (generic List Int)) y)")]);
}

#[test]
fn mistakes() {
    let cases: &[(&str, &str)] = &[
        (
            "let x: = 1",
            "2:10 SYNTAX_EXPECTED expected a type, found `=`",
        ),
        (
            "let x: List<Int = 1",
            "2:19 SYNTAX_EXPECTED expected `,` or `>`, found `=`",
        ),
        (
            "let x: fn(Int) = 1",
            "2:10 SYNTAX_EXPECTED expected a type, found keyword `fn`",
        ),
        (
            "let x: M. = 1",
            "2:13 SYNTAX_EXPECTED expected a name after `.`, found `=`",
        ),
    ];
    for (source, expected) in cases {
        assert_eq!(
            errors(&format!("fn f():\n  {source}\n")),
            [*expected],
            "{source}"
        );
    }
}
