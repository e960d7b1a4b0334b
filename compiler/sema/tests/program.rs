//! Programs without mistakes: what they become.

mod support;

/// Source and lines the dump must contain, in order.
const CASES: &[(&str, &str, &[&str])] = &[
    (
        "tail expressions return",
        "fn f(n: Int) -> Int:\n  if n <= 1:\n    1\n  else:\n    n * f(n - 1)\n",
        &[
            "if (n%0 <= 1):",
            "return 1",
            "else:",
            "return (n%0 * f((n%0 - 1)))",
        ],
    ),
    (
        "arrow arms return, covered matches end in a fault",
        "enum C:\n  A\n  B(Int)\nfn f(c: C) -> Int:\n  match c:\n    A -> 0\n    C.B(n) -> n\n",
        &[
            "variant 0():",
            "return 0",
            "variant 1(n%1: Int):",
            "return n%1",
            "fault \"match did not cover its value\"",
        ],
    ),
    (
        "unit results",
        "fn f(x: Int) -> Unit!std.Error:\n  if x > 0:\n    return\n  print(x)\n",
        &["return ok(unit)", "@Print(text(x%0))", "return ok(unit)"],
    ),
    (
        "text is joined flat",
        "fn f(a: Int, b: String) -> String:\n  \"x${a}\" + b + 1.5\n",
        &["return concat(\"x\", text(a%0), b%1, text(1.5))"],
    ),
    (
        "numbers promote",
        "fn f(a: Int) -> Float:\n  a + 0.5 - 1\n",
        &["return ((int_to_float(a%0) + 0.5) - 1.0)"],
    ),
    (
        "numbers compare as they are",
        "fn f(a: Int) -> Bool:\n  a < 0.5\n",
        &["return (a%0 < 0.5)"],
    ),
    (
        "named arguments keep their order of evaluation",
        "fn g(a: Int, b: Int) -> Int:\n  a\nfn f() -> Int:\n  g(b=g(1, 2), a=g(3, 4))\n",
        &["{ let %0: Int = g(1, 2); let %1: Int = g(3, 4) } g(%1, %0)"],
    ),
    (
        "positional arguments skip what is named",
        "fn g(a: Int, b: Int) -> Int:\n  a\nfn f() -> Int:\n  g(a=1, 2)\n",
        &["return g(1, 2)"],
    ),
    (
        "defaults see earlier parameters",
        "fn g(a: Int, b: Int = a + 1, c: Int = 7) -> Int:\n  b\nfn f() -> Int:\n  g(g(1))\n",
        &[
            "let %0: Int = g:b:default(1)",
            "g(%1, %2, 7)",
            "fn g:b:default(a%0: Int) -> Int:",
            "return (a%0 + 1)",
        ],
    ),
    (
        "fields in declared order, written first",
        "type T:\n  a: Int\n  b: Int\n  c: Int = h()\n  d: Int?\nfn h() -> Int:\n  1\nfn f() -> T:\n  T(b=h(), a=2)\n",
        &["{ let %0: Int = h(); let %1: Int = T.c:default() } T(2, %0, %1, none: Int?)"],
    ),
    (
        "a literal that fits needs no check",
        "fn f() -> String(1..3):\n  \"ab\"\n",
        &["return retype(\"ab\", String(1..3))"],
    ),
    (
        "a value is checked",
        "type T:\n  n: Int(0..9)\nfn f(x: Int) -> T:\n  T(n=x)\n",
        &["T(refine(x%0, 0..9, \"T.n\"))"],
    ),
    (
        "a failed check is the error of a function that returns one",
        "fn f(x: String) -> Email!std.Error.Validation:\n  x\n",
        &["refine(x%0, Email, \"return\") or %1 { give up tasks; return err(%1) }"],
    ),
    (
        "assignments are checked",
        "type T:\n  n: Int(0..9)\nfn f(t: T, x: Int):\n  t.n = x\n",
        &["t%0.0 = refine(x%1, 0..9, \"T.n\")"],
    ),
    (
        "elements have paths",
        "type T:\n  n: List<Int(0..9)>\nfn f(x: Int) -> T:\n  T(n=[1, x])\n",
        &["refine(x%0, 0..9, \"T.n[1]\")"],
    ),
    (
        "refined values widen",
        "fn f(x: Int(0..9)) -> Int:\n  x + 1\n",
        &["return (retype(x%0, Int) + 1)"],
    ),
    (
        "missing entries are faults",
        "fn f(m: Map<String, Int>) -> Int:\n  m[\"a\"]\n",
        &["return unwrap(map_get(m%0, \"a\"))"],
    ),
    (
        "missing entries are null where an option is due",
        "fn f(m: Map<String, Int>) -> Int?:\n  print(m[\"a\"] ?? 1)\n  print(m[\"b\"] == null)\n  m[\"c\"]\n",
        &[
            "(map_get(m%0, \"a\") ?? 1)",
            "is_null(map_get(m%0, \"b\"))",
            "return map_get(m%0, \"c\")",
        ],
    ),
    (
        "entries that can be null do not nest",
        "fn f(m: Map<String, Int?>) -> Int?:\n  m[\"a\"]\n",
        &["return (map_get(m%0, \"a\") ?? none: Int?)"],
    ),
    (
        "chains flatten",
        "type A:\n  next: A?\n  n: Int\nfn f(a: A?) -> Int?:\n  a?.next?.n\n",
        &["map(flat_map(a%0, %1 => %1.0), %2 => %2.1)"],
    ),
    (
        "optional elements",
        "fn f(a: List<Int>) -> Int?:\n  a?[3]\n",
        &["list_get(a%0, 3)"],
    ),
    (
        "propagation",
        "fn g() -> Int!std.Error:\n  1\nfn f(x: Int?) -> Int!std.Error:\n  let a = g() ?!\n  a + x ?! std.Error(code=\"c\", message=\"m\")\n",
        &[
            "let a%2: Int = payload(g()) or %1 { return err(%1) }",
            "payload(x%0) or { return err(std.Error(\"c\", \"m\", std.Error.status:default())) }",
        ],
    ),
    (
        "constructors",
        "fn f(x: Int) -> Int!std.Error:\n  if x > 0:\n    return Ok(x)\n  let o = Some(x)\n  print(o)\n  Err(std.Error(code=\"c\", message=\"m\", status=1))\n",
        &[
            "return ok(x%0)",
            "let o%1: Int? = some(x%0)",
            "return err(std.Error(\"c\", \"m\", 1))",
        ],
    ),
    (
        "ranges loop",
        "fn f(n: Int):\n  for i in 0..<n:\n    print(i)\n  for i in 1..n:\n    print(i)\n  print(1..n)\n",
        &[
            "for i%1 in 0..<n%0:",
            "for i%2 in 1..n%0:",
            "@Print(text((1 .. n%0)))",
        ],
    ),
    (
        "maps loop",
        "fn f(m: Map<String, Int>):\n  for k, v in m:\n    print(k + v)\n  for v in m:\n    print(v)\n",
        &["for k%1, v%2 in map m%0:", "for _, v%3 in map m%0:"],
    ),
    (
        "patterns of loops",
        "fn f(xs: List<Int?>):\n  for Some(x) in xs:\n    print(x)\n",
        &[
            "for %2 in list xs%0:",
            "match %2:",
            "some(x%1: Int):",
            "_:",
            "fault \"for pattern did not match value\"",
        ],
    ),
    (
        "places",
        "type A:\n  xs: List<Int>\n  b: A?\nfn f(a: A, m: Map<String, A>):\n  a.xs[1] = 2\n  a.b?.xs = []\n  m[\"k\"].xs[0] = 1\n",
        &[
            "a%0.0[1] = 2",
            "a%0.1?.0 = []: List<Int>",
            "m%1[key \"k\"].0[0] = 1",
        ],
    ),
    (
        "list elements of a common type",
        "fn f() -> List<Int?>:\n  let xs = [1, null]\n  xs + [2]\n",
        &[
            "let xs%0: List<Int?> = [some(1), none: Int?]: List<Int?>",
            "list_concat(xs%0, [some(2)]: List<Int?>)",
        ],
    ),
    (
        "generic functions have instances",
        "fn g<T>(xs: List<T>, d: T) -> T:\n  xs.first() ?? d\nfn f() -> Int:\n  print(g([\"a\"], \"b\"))\n  g<Int>([], 1)\n",
        &[
            "g<Int>([]: List<Int>, 1)",
            "fn g<String>(xs%0: List<String>, d%1: String) -> String:",
            "fn g<Int>(",
        ],
    ),
    (
        "methods",
        "fn f(s: String) -> Int:\n  s.trim().split(\",\").len()\n",
        &["@ListLen(@StringSplit(@StringTrim(s%0), \",\"))"],
    ),
    (
        "config",
        "config App:\n  dbUrl: String = \"x\"\n  port: Int(1..9) = 3\nfn f() -> Int:\n  App.port\n",
        &[
            "dbUrl: String env APP_DB_URL = App.dbUrl:default()",
            "return retype(App.port, Int)",
        ],
    ),
    (
        "program flags",
        "fn main(name: String, count: Int = 2):\n  print(name.repeat(count))\n",
        &[
            "main = main",
            "--name: String",
            "--count: Int = main:count:default",
        ],
    ),
    (
        "services",
        "service S at \"/api/\":\n  get \"/users/{id: Int}\" -> Int:\n    id\n  post \"/\" body String -> String:\n    body\n",
        &[
            "service S at /api:",
            "get /users/{id: Int} -> Int = S:GET /users/{id: Int}",
            "post  body String -> String = S:POST /",
        ],
    ),
    (
        "own names win over builtin ones",
        "fn log(x: Int) -> Int:\n  x\nfn f() -> Int:\n  log(1)\n",
        &["return log(1)"],
    ),
    (
        "derived types",
        "type A:\n  x: Int\n  y: Int = 2\ntype B = A without x\nfn f() -> B:\n  B()\n",
        &["return B(2)"],
    ),
];

#[test]
fn becomes() {
    for (name, source, expected) in CASES {
        let (program, found) = support::check(&[("main.fuse", source)]);
        let dump = program.map_or_else(|| panic!("{name}: {found:#?}"), |p| fuse_sema::dump(&p));
        assert!(found.is_empty(), "{name}: {found:#?}");
        let mut rest = dump.as_str();
        for line in *expected {
            let at = rest
                .find(line)
                .unwrap_or_else(|| panic!("{name}: {line} is not in\n{rest}\nof\n{dump}"));
            rest = &rest[at + line.len()..];
        }
    }
}

/// Long `else if` chains and many statements make no deep trees.
#[test]
fn long_chains_stay_flat() {
    let mut source = String::from("fn f(a: Int) -> Int:\n  if a == 0:\n    0\n");
    for i in 1..3000 {
        source += &format!("  else if a == {i}:\n    {i}\n");
    }
    source += "  else:\n    1\n";
    let (program, found) = support::check(&[("main.fuse", &source)]);
    assert!(found.is_empty(), "{found:?}");
    let dump = program.map(|p| fuse_sema::dump(&p)).unwrap_or_default();
    assert!(dump.contains("return 2999"));
    let deepest = dump.lines().map(|l| l.len() - l.trim_start().len()).max();
    assert!(deepest < Some(200), "{deepest:?}");
}

/// The deepest nesting the parser accepts fits into the smallest stack in use.
#[test]
fn deep_nesting_is_checked() {
    let n = 100;
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("Some(", ")"),
        ("[].append(", ")"),
        ("{\"a\": ", "}"),
        ("f(", ")"),
    ] {
        let source = format!(
            "fn f(x: Int) -> Int:\n  x\nfn g():\n  print({}1{})\n",
            open.repeat(n),
            close.repeat(n)
        );
        let (program, found) = support::check(&[("main.fuse", &source)]);
        assert!(program.is_some(), "{found:?}");
    }
}

#[test]
fn same_source_same_text() {
    let source = CASES
        .iter()
        .map(|(_, s, _)| *s)
        .find(|s| s.contains("first()"))
        .unwrap_or_default();
    let text = || {
        support::check(&[("main.fuse", source)])
            .0
            .map(|p| fuse_sema::dump(&p))
    };
    assert_eq!(text(), text());
}

#[test]
fn chains_of_derived_types_have_no_limit() {
    let count = 30_000;
    let mut text = String::new();
    for index in (1..=count).rev() {
        text.push_str(&format!("type A{index} = A{} without x\n", index - 1));
    }
    text.push_str("type A0:\n  y: Int\n");
    let loaded = fuse_package::load_memory(&[("main.fuse", &text)]);
    let (program, found) = fuse_sema::check(&loaded.graph);
    assert!(program.is_none());
    assert_eq!(found.len(), count);
    assert!(found.iter().all(|d| d.code == "FUSE_TYPE_DERIVE_FIELD"));
}
