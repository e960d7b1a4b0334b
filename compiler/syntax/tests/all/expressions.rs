use crate::support::{check_statements, errors};

#[test]
fn precedence_and_associativity() {
    check_statements(&[
        (
            "a ?? b or c and d == e < f .. g + h * -i",
            "(?? a (or b (and c (== d (< e (.. f (+ g (* h (neg i)))))))))",
        ),
        ("a - b - c", "(- (- a b) c)"),
        ("a ?? b ?? c", "(?? (?? a b) c)"),
        ("1 == 2 == true", "(== (== 1 2) true)"),
        ("-a.b", "(neg (member a b))"),
        ("!a == b", "(== (not a) b)"),
        ("await f(x) + 1", "(+ (await (call f x)) 1)"),
        ("box a.b", "(box (member a b))"),
        ("(a + b) * c", "(* (+ a b) c)"),
        ("0..<n - 1", "(..< 0 (- n 1))"),
        ("1.5..3.5", "(.. 1.5 3.5)"),
        ("3..5", "(.. 3 5)"),
        ("a / b % c", "(% (/ a b) c)"),
        ("x!=y", "(!= x y)"),
    ]);
}

#[test]
fn postfix() {
    check_statements(&[
        (
            "a.b.c(1)[2]?.d?[e]",
            "(index? (member? (index (call (member (member a b) c) 1) 2) d) e)",
        ),
        (
            "f() ?! A(m=\"x\") + y",
            "(?! (call f) (+ (call A (= m \"x\")) y))",
        ),
        ("a ?? b ?! E()", "(?? a (?! b (call E)))"),
        ("f() ?!", "(?! (call f))"),
        ("(f() ?!).x", "(member (?! (call f)) x)"),
        (
            "x.type.from.body.match",
            "(member (member (member (member x type) from) body) match)",
        ),
        ("body.name", "(member body name)"),
        ("U (a=1)", "(call U (= a 1))"),
    ]);
}

#[test]
fn arguments() {
    check_statements(&[
        ("f(1, a=2, 3,)", "(call f 1 (= a 2) 3)"),
        ("f(a=1 b=2\nc=3)", "(call f (= a 1) (= b 2) (= c 3))"),
        (
            "f(type=1 for=2 as=x interface=3)",
            "(call f (= type 1) (= for 2) (= as x) (= interface 3))",
        ),
        // Whether this is an element, which takes it, is known later.
        ("f(a b=1)", "(call f a (= b 1))"),
        ("f(a == b)", "(call f (== a b))"),
        ("f(\n  a,\n\n  # comment\n  b\n)", "(call f a b)"),
    ]);
    assert_eq!(
        errors("fn f():\n  g(a b)\n"),
        ["2:7 SYNTAX_EXPECTED expected `,` or `)`, found identifier `b`"]
    );
    assert_eq!(
        errors("fn f():\n  g(a=1 b)\n"),
        ["2:9 SYNTAX_EXPECTED expected `,` or `)`, found identifier `b`"]
    );
}

#[test]
fn type_arguments_at_calls() {
    check_statements(&[
        ("f<Int>(x)", "(call f (types Int) x)"),
        (
            "q.all<M.User?>()",
            "(call (member q all) (types (optional M.User)))",
        ),
        (
            "f<List<Map<String, Int??>>, A?!B>(x)",
            "(call f (types (generic List (generic Map String (optional (optional Int)))) (result (optional A) B)) x)",
        ),
        ("f<Int(1..9)>()", "(call f (types (refined Int (.. 1 9))))"),
        ("a < b and c > (d)", "(and (< a b) (> c d))"),
        ("f(a < b, c > (d))", "(call f (< a b) (> c d))"),
        ("f(g<A, B>(d))", "(call f (call g (types A B) d))"),
        ("a < b", "(< a b)"),
        ("a<b", "(< a b)"),
        ("a < 1 > (b)", "(> (< a 1) b)"),
    ]);
}

#[test]
fn collections() {
    check_statements(&[
        ("[]", "(list)"),
        ("{}", "(map)"),
        ("[1, [2],]", "(list 1 (list 2))"),
        ("{\"a\": 1, b: [2]}", "(map (\"a\" 1) (b (list 2)))"),
    ]);
}

#[test]
fn numbers() {
    check_statements(&[
        ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("- 9223372036854775808 + 1", "(+ -9223372036854775808 1)"),
        ("-5", "(neg 5)"),
        ("007", "7"),
        ("1.0", "1.0"),
        ("1.5.floor()", "(call (member 1.5 floor))"),
    ]);
    let range = "SYNTAX_NUMBER_RANGE number does not fit in `Int`";
    assert_eq!(
        errors("fn f():\n  9223372036854775808\n"),
        [format!("2:3 {range}")]
    );
    assert_eq!(
        errors("fn f():\n  99999999999999999999999\n"),
        [format!("2:3 {range}")]
    );
    assert_eq!(
        errors("fn f():\n  -9223372036854775808.abs()\n"),
        [format!("2:4 {range}")]
    );
    assert_eq!(
        errors("fn f():\n  1e5\n"),
        ["2:4 SYNTAX_EXPECTED expected end of line, found identifier `e5`"]
    );
    let float = format!("fn f():\n  {}.0\n", "9".repeat(400));
    assert_eq!(
        errors(&float),
        ["2:3 SYNTAX_NUMBER_RANGE number does not fit in `Float`"]
    );
}

#[test]
fn reserved_words_as_tags() {
    check_statements(&[
        ("table()", "(call table)"),
        ("var(a)", "(call var a)"),
        ("let x = var()", "(let x (call var))"),
    ]);
    check_statements(&[("let table = 1\ntable", "(let table 1) table")]);
    assert_eq!(
        errors("fn f():\n  body = in\n"),
        ["2:10 SYNTAX_EXPECTED expected an expression, found keyword `in`"]
    );
}
