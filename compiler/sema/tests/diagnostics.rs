//! Programs with mistakes: what is reported, and where.

mod support;

/// Source of the root module, and what is reported as `line: CODE` with `~` before warnings.
const CASES: &[(&str, &str, &[&str])] = &[
    ("clean", "fn f(a: Int) -> Int:\n  a + 1\n", &[]),
    (
        "unknown name",
        "app \"a\":\n  print(nope)\n",
        &["2: FUSE_UNKNOWN_NAME"],
    ),
    (
        "one mistake, one error",
        "app \"a\":\n  let x = nope + 1\n  print(x * 2)\n",
        &["2: FUSE_UNKNOWN_NAME"],
    ),
    (
        "null is no Int",
        "app \"a\":\n  let z: Int = null\n  print(z)\n",
        &["2: FUSE_TYPE_MISMATCH"],
    ),
    (
        "empty collections",
        "app \"a\":\n  print([][0])\n  print({}[\"a\"])\n  print([].first())\n",
        &[],
    ),
    (
        "int is no float",
        "app \"a\":\n  let z: Float = 1\n  print(z)\n",
        &["2: FUSE_TYPE_MISMATCH"],
    ),
    (
        "if condition",
        "app \"a\":\n  if 1:\n    print(1)\n",
        &["2: FUSE_TYPE_MISMATCH"],
    ),
    (
        "operands",
        "app \"a\":\n  print(1 + true)\n",
        &["2: FUSE_OPERANDS"],
    ),
    (
        "not comparable kinds",
        "app \"a\":\n  print(1 == \"a\")\n",
        &["2: FUSE_TYPE_MISMATCH"],
    ),
    (
        "null test on a value",
        "app \"a\":\n  print(1 == null)\n",
        &["2: FUSE_NOT_OPTIONAL"],
    ),
    (
        "let is final",
        "app \"a\":\n  let x = 1\n  x = 2\n  print(x)\n",
        &["3: FUSE_IMMUTABLE"],
    ),
    (
        "parameters are final",
        "fn f(x: Int):\n  x = 2\n",
        &["2: FUSE_IMMUTABLE"],
    ),
    (
        "assignment target",
        "app \"a\":\n  print(1) = 2\n",
        &["2: FUSE_ASSIGN_TARGET"],
    ),
    (
        "break outside",
        "app \"a\":\n  break\n",
        &["2: FUSE_OUTSIDE_LOOP"],
    ),
    (
        "open list",
        "app \"a\":\n  let x = []\n",
        &["2: FUSE_CANNOT_INFER"],
    ),
    (
        "duplicate binding",
        "fn f():\n  let x = 1\n  let x = 2\n  print(x)\n",
        &["3: FUSE_DUPLICATE_BINDING"],
    ),
    (
        "duplicate name",
        "fn f():\n  print(1)\nfn f():\n  print(2)\n",
        &["3: FUSE_DUPLICATE_NAME"],
    ),
    (
        "duplicate field",
        "type A:\n  x: Int\n  x: Int\n",
        &["3: FUSE_DUPLICATE_FIELD"],
    ),
    (
        "duplicate variant",
        "enum A:\n  X\n  X\n",
        &["3: FUSE_DUPLICATE_VARIANT"],
    ),
    (
        "missing result",
        "fn f(a: Int) -> Int:\n  if a > 1:\n    return 1\n",
        &["1: FUSE_MISSING_RETURN"],
    ),
    (
        "endless loop needs none",
        "fn f() -> Int:\n  while true:\n    return 1\n",
        &[],
    ),
    (
        "unit returns nothing",
        "fn f():\n  return 1\n",
        &["2: FUSE_TYPE_MISMATCH"],
    ),
    ("arity", "fn f(a: Int):\n  f()\n", &["2: FUSE_WRONG_ARITY"]),
    (
        "unknown argument",
        "fn f(a: Int):\n  f(b=1)\n",
        &["2: FUSE_UNKNOWN_ARGUMENT"],
    ),
    (
        "argument twice",
        "fn f(a: Int):\n  f(a=1, a=2)\n",
        &["2: FUSE_DUPLICATE_ARGUMENT"],
    ),
    (
        "default is checked",
        "fn f(a: Int = \"x\"):\n  print(a)\n",
        &["1: FUSE_TYPE_MISMATCH"],
    ),
    (
        "not callable",
        "fn f(a: Int):\n  a(1)\n",
        &["2: FUSE_NOT_CALLABLE"],
    ),
    (
        "unknown method",
        "app \"a\":\n  print(\"x\".size())\n",
        &["2: FUSE_UNKNOWN_FIELD"],
    ),
    (
        "method elements",
        "app \"a\":\n  print([true].sum())\n",
        &["2: FUSE_METHOD_ELEMENT"],
    ),
    (
        "missing field",
        "type A:\n  x: Int\nfn f() -> A:\n  A()\n",
        &["4: FUSE_MISSING_FIELD"],
    ),
    (
        "unknown field once",
        "type A:\n  x: Int\nfn f() -> A:\n  A(y=1)\n",
        &["4: FUSE_UNKNOWN_FIELD"],
    ),
    (
        "fields have names",
        "type A:\n  x: Int\nfn f() -> A:\n  A(1)\n",
        &["4: FUSE_STRUCT_ARGUMENT"],
    ),
    (
        "refinement of a literal",
        "fn f() -> Int(0..9):\n  10\n",
        &["2: FUSE_REFINEMENT_VIOLATED"],
    ),
    (
        "email literal",
        "fn f() -> Email:\n  \"a@b\"\n",
        &["2: FUSE_REFINEMENT_VIOLATED"],
    ),
    (
        "regex literal",
        "fn f() -> String(regex(\"^a+$\")):\n  \"b\"\n",
        &["2: FUSE_REFINEMENT_VIOLATED"],
    ),
    (
        "element literal",
        "fn f() -> List<Int(0..9)>:\n  [1, 20]\n",
        &["2: FUSE_REFINEMENT_VIOLATED"],
    ),
    (
        "bad regex",
        "fn f(x: String(regex(\"(\"))):\n  print(x)\n",
        &["1: FUSE_REFINEMENT_REGEX"],
    ),
    (
        "empty range",
        "fn f(x: Int(5..1)):\n  print(x)\n",
        &["1: FUSE_REFINEMENT_EMPTY"],
    ),
    (
        "predicate shape",
        "fn p(x: String) -> Bool:\n  true\nfn f(x: Int(predicate(p))):\n  print(x)\n",
        &["3: FUSE_REFINEMENT_PREDICATE"],
    ),
    (
        "unknown type",
        "fn f(x: Strin):\n  print(x)\n",
        &["1: FUSE_UNKNOWN_TYPE"],
    ),
    (
        "error domain",
        "fn f() -> Int!Int:\n  1\n",
        &["1: FUSE_ERROR_DOMAIN"],
    ),
    (
        "error domain mismatch",
        "fn f(x: Int?) -> Int!std.Error.NotFound:\n  x ?! std.Error.Conflict(message=\"m\")\n",
        &["2: FUSE_ERROR_DOMAIN_MISMATCH"],
    ),
    (
        "propagate in a plain function",
        "fn f(x: Int!std.Error) -> Int:\n  x ?!\n",
        &["2: FUSE_PROPAGATE_NON_FALLIBLE"],
    ),
    (
        "propagate in an app",
        "fn g() -> Int!std.Error:\n  1\napp \"a\":\n  print(g() ?!)\n",
        &["4: FUSE_PROPAGATE_OUTSIDE"],
    ),
    (
        "propagate a plain value",
        "fn f() -> Int!std.Error:\n  1 ?!\n",
        &["2: FUSE_PROPAGATE_OPERAND"],
    ),
    (
        "option needs an error",
        "fn f(x: Int?) -> Int!std.Error:\n  x ?!\n",
        &["2: FUSE_PROPAGATE_OPERAND"],
    ),
    (
        "option where value is due",
        "fn f(x: Int?) -> Int:\n  x\n",
        &["2: FUSE_TYPE_MISMATCH"],
    ),
    (
        "option fields",
        "type A:\n  x: Int\nfn f(a: A?) -> Int:\n  a.x\n",
        &["4: FUSE_UNKNOWN_FIELD"],
    ),
    (
        "match as statement",
        "fn f(b: Bool):\n  match b:\n    true:\n      print(1)\n",
        &["~2: FUSE_MATCH_NOT_EXHAUSTIVE"],
    ),
    (
        "match as result",
        "fn f(b: Bool) -> Int:\n  match b:\n    true:\n      1\n",
        &["2: FUSE_MATCH_NOT_EXHAUSTIVE"],
    ),
    (
        "unreachable arm",
        "fn f(b: Int?):\n  match b:\n    _:\n      print(1)\n    null:\n      print(2)\n",
        &["~5: FUSE_UNREACHABLE_ARM"],
    ),
    (
        "nested coverage",
        "fn f(b: Bool?) -> Int:\n  match b:\n    Some(true) -> 1\n    None -> 2\n    Some(false) -> 3\n",
        &[],
    ),
    (
        "misspelt variant",
        "enum C:\n  Red\n  Blue\nfn f(c: C):\n  match c:\n    Rad:\n      print(1)\n",
        &["~6: FUSE_PATTERN_BINDING"],
    ),
    (
        "dotted pattern",
        "enum C:\n  Red\nfn f(c: C) -> Int:\n  match c:\n    C.Redd -> 1\n",
        &["5: FUSE_UNKNOWN_VARIANT"],
    ),
    (
        "pattern arity",
        "enum C:\n  Red(Int)\nfn f(c: C) -> Int:\n  match c:\n    Red(a, b) -> a + b\n",
        &["5: FUSE_PATTERN_ARITY"],
    ),
    (
        "unused variable",
        "app \"a\":\n  let x = 1\n  let _y = 2\n  let _ = 3\n",
        &["~2: FUSE_UNUSED_VARIABLE"],
    ),
    (
        "unreachable code",
        "fn f() -> Int:\n  return 1\n  print(2)\n  print(3)\n",
        &["~3: FUSE_UNREACHABLE_CODE"],
    ),
    (
        "capability",
        "app \"a\":\n  serve(1)\n",
        &["2: FUSE_CAPABILITY_MISSING"],
    ),
    (
        "not iterable",
        "app \"a\":\n  for x in 5:\n    print(x)\n",
        &["2: FUSE_NOT_ITERABLE"],
    ),
    (
        "not indexable",
        "app \"a\":\n  print(5[0])\n",
        &["2: FUSE_NOT_INDEXABLE"],
    ),
    (
        "derive field",
        "type A:\n  x: Int\ntype B = A without y\n",
        &["3: FUSE_TYPE_DERIVE_FIELD"],
    ),
    (
        "derive cycle",
        "type A = B without x\ntype B = A without y\n",
        &["2: FUSE_TYPE_DERIVE_CYCLE"],
    ),
    (
        "derive base",
        "enum A:\n  X\ntype B = A without y\n",
        &["3: FUSE_TYPE_DERIVE_BASE"],
    ),
    (
        "generic body",
        "fn f<T>(x: T) -> T:\n  x + 1\n",
        &["2: FUSE_OPERANDS"],
    ),
    (
        "generic body with instances",
        "fn f<T>(x: T) -> Int:\n  x\napp \"a\":\n  print(f(1))\n",
        &["2: FUSE_TYPE_MISMATCH"],
    ),
    (
        "inference",
        "fn f<T>() -> Int:\n  1\napp \"a\":\n  print(f())\n",
        &["4: FUSE_GENERIC_INFERENCE"],
    ),
    (
        "type arguments",
        "fn f(x: Int):\n  f<Int>(x)\n",
        &["2: FUSE_GENERIC_CALL_TYPE_ARG"],
    ),
    (
        "endless instances",
        "fn f<T>(x: T, n: Int):\n  f([x], n)\napp \"a\":\n  f(1, 2)\n",
        &["2: FUSE_GENERIC_RECURSION"],
    ),
    (
        "growing instances",
        "fn f<T>(x: T):\n  let r: Result<T, T> = Ok(x)\n  f(r)\napp \"a\":\n  f(1)\n",
        &["3: FUSE_GENERIC_RECURSION"],
    ),
    (
        "two apps",
        "app \"a\":\n  print(1)\napp \"a\":\n  print(1)\n",
        &["3: FUSE_SYMBOL_DUPLICATE"],
    ),
    (
        "two routes",
        "service S at \"/\":\n  get \"/{a: Int}\" -> Int:\n    a\n  get \"/{b: Int}\" -> Int:\n    b\n",
        &["4: FUSE_DUPLICATE_ROUTE"],
    ),
    (
        "route parameter",
        "service S at \"/\":\n  get \"/{a: List<Int>}\" -> Int:\n    1\n",
        &["2: FUSE_ROUTE_PARAM"],
    ),
    (
        "interface",
        "interface Show:\n  fn show() -> Strin\n",
        &["2: FUSE_UNKNOWN_TYPE"],
    ),
    (
        "a task that is never awaited",
        "fn f():\n  let t = spawn:\n    1\n",
        &["2: FUSE_TASK_NOT_AWAITED"],
    ),
    (
        "a task awaited on one path",
        "fn f(c: Bool) -> Int:\n  let t = spawn:\n    1\n  if c:\n    return await t\n  return 2\n",
        &["2: FUSE_TASK_NOT_AWAITED"],
    ),
    (
        "a task awaited on every path, twice, and moved",
        "fn f(c: Bool) -> Int:\n  let t = spawn:\n    1\n  let u = t\n  if c:\n    return await u\n  return await u + await u\n",
        &[],
    ),
    (
        "tasks that go nowhere, or everywhere",
        "fn f():\n  spawn:\n    1\n  var t = spawn:\n    1\n  t = spawn:\n    2\n  let l = [t]\n  print(l.len())\n",
        &[
            "2: FUSE_DETACHED_TASK",
            "6: FUSE_TASK_REASSIGNED",
            "8: FUSE_TASK_STORED",
        ],
    ),
    (
        "the result of a task is its own",
        "type E:\n  m: String\nfn g() -> Int!E:\n  return 1\nfn f() -> String:\n  let t = spawn:\n    let x = g()?!\n    x + 1\n  match await t:\n    Ok(v):\n      return \"${v}\"\n    Err(e):\n      return e.m\n",
        &[],
    ),
    (
        "what tasks may not do",
        "fn say():\n  print(1)\nfn f(n: Int) -> Int:\n  var v = n\n  let b = box 1\n  let t = spawn:\n    v = 2\n    b + 1\n  let u = spawn:\n    box 1\n  v = 3\n  return await t + await u + v\nfn h() -> Int:\n  let t = spawn:\n    say()\n    print(2)\n    1\n  return await t\n",
        &[
            "7: FUSE_SPAWN_CAPTURE",
            "8: FUSE_SPAWN_BOX",
            "10: FUSE_SPAWN_BOX",
        ],
    ),
    (
        "effects of tasks",
        "fn say():\n  print(1)\nfn h() -> Int:\n  let t = spawn:\n    say()\n    print(2)\n    1\n  return await t\n",
        &["5: FUSE_SPAWN_EFFECT", "6: FUSE_SPAWN_EFFECT"],
    ),
    (
        "await of something else",
        "fn h() -> Int:\n  return await 1\n",
        &["2: FUSE_AWAIT_OPERAND"],
    ),
    (
        "what transactions may not contain",
        "requires db\nfn h():\n  for i in 1..3:\n    transaction:\n      for j in 1..3:\n        break\n      if i == 2:\n        break\n      return\n",
        &["8: FUSE_TRANSACTION_CONTROL", "9: FUSE_TRANSACTION_CONTROL"],
    ),
    (
        "what modules with transactions require",
        "requires db, time\nfn h():\n  transaction:\n    print(1)\n",
        &["3: FUSE_TRANSACTION_CAPABILITY"],
    ),
    (
        "box of another type",
        "fn f():\n  let b = box 1\n  b = true\n",
        &["3: FUSE_TYPE_MISMATCH"],
    ),
    (
        "html",
        "fn f():\n  div(1):\n    \"x\"\n",
        &["2: FUSE_TYPE_MISMATCH"],
    ),
    (
        "impl and its uses",
        "type A:\n  x: Int\ninterface I:\n  fn m() -> Int\nimpl I for A:\n  fn m() -> Int:\n    self.y\nfn f(a: A) -> Int:\n  a.n()\n",
        &["7: FUSE_UNKNOWN_FIELD", "9: FUSE_UNKNOWN_FIELD"],
    ),
    (
        "function value",
        "fn f<T>(x: T):\n  let g = f\n  print(1)\n",
        &["2: FUSE_GENERIC_INFERENCE"],
    ),
];

#[test]
fn reports() {
    for (name, source, expected) in CASES {
        let (_, found) = support::check(&[("main.fuse", source)]);
        let short: Vec<String> = found.iter().map(|d| shorten(d)).collect();
        assert_eq!(short, *expected, "{name}: {found:#?}");
    }
}

/// `warning main.fuse:3: CODE: message` as `~3: CODE`.
fn shorten(found: &str) -> String {
    let (mark, rest) = match found.strip_prefix("warning ") {
        Some(rest) => ("~", rest),
        None => ("", found),
    };
    let mut parts = rest.splitn(4, ':');
    let line = parts.nth(1).unwrap_or_default();
    format!("{mark}{line}:{}", parts.next().unwrap_or_default())
}

const LIBRARY: &str = "requires time
type Point:
  x: Float
  kind: Kind
enum Kind:
  A
  B(Int)
fn now() -> Int:
  time.now()
";

/// Root module over the library above, and the messages reported.
const MODULES: &[(&str, &[&str])] = &[
    (
        "import { Point, nope } from \"./lib\"\nfn f(p: Point) -> Float:\n  p.x\n",
        &["main.fuse:1: FUSE_IMPORT_UNKNOWN: module `lib` does not export `nope`"],
    ),
    (
        "import { Point } from \"./lib\"\nimport { Point } from \"./lib\"\nfn f(p: Point) -> Float:\n  p.x\n",
        &["main.fuse:2: FUSE_IMPORT_DUPLICATE: `Point` is imported twice"],
    ),
    (
        "import lib\n",
        &["warning main.fuse:1: FUSE_UNUSED_IMPORT: unused import `lib`"],
    ),
    (
        "import lib\nfn f() -> Int:\n  lib.now()\n",
        &[
            "main.fuse:3: FUSE_CAPABILITY_LEAK: function `now` needs the capability `time`, which its module requires",
        ],
    ),
    (
        "import lib\nfn f() -> Int:\n  lib.noww()\n",
        &["main.fuse:3: FUSE_UNKNOWN_MEMBER: module `lib` has no member `noww`"],
    ),
    (
        "import lib\nfn f(p: lib.Point) -> Int:\n  match p.kind:\n    A -> 1\n    lib.Kind.B(n) -> n\n",
        &[],
    ),
    (
        "import lib\ntype Point:\n  x: Float\nfn f(p: lib.Point) -> Point:\n  p\n",
        &["main.fuse:5: FUSE_TYPE_MISMATCH: expected `main::Point`, found `lib::Point`"],
    ),
];

#[test]
fn reports_across_modules() {
    for (source, expected) in MODULES {
        let (_, found) = support::check(&[("main.fuse", source), ("lib.fuse", LIBRARY)]);
        assert_eq!(found, *expected, "{source}");
    }
}

#[test]
fn every_code_is_listed_once_and_sorted() {
    let codes: Vec<&str> = fuse_sema::CODES.iter().map(|(code, _)| *code).collect();
    assert!(codes.windows(2).all(|w| w[0] < w[1]));
    let mut folders = vec![std::path::PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src"
    ))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).expect("text");
            for piece in text.split("\"FUSE_").skip(1) {
                let code = format!("FUSE_{}", piece.split('"').next().unwrap_or_default());
                assert!(codes.contains(&code.as_str()), "{code} is not listed");
            }
        }
    }
}

/// Pieces of programs that have to do with each other, to be put together in any order.
const PIECES: &[&str] = &[
    "component Q<T>(t: T, n: Int = 2):\n  div(attrs class=\"c\"):\n    if n > 1: \"${t}\"\n    else: html.raw(\"x\")\n    for c in children: li(): c\n",
    "fn page(u: String, kids: List<Html>) -> Html:\n  Q(t=u id=u):\n    \"x\"\n    br()\n    Q(t=1 attrs=a()):\n      script(): u + \"</\"\n      kids\n",
    "fn a(x: Int = 1) -> Map<String, String>:\n  page(\"<\"):\n    input(type=\"text\")\n  {\"a\": \"${x}\"}\n",
    "type A:\n  x: Int(0..9) = 1\n  b: A?\n",
    "type B = A without x\n",
    "enum C:\n  R\n  S(Int, A)\n",
    "fn f(a: Int, b: A? = null) -> Int!std.Error.NotFound:\n  let x = b?.x ?! std.Error.NotFound(message=\"${a}\")\n  x + a\n",
    "fn g<T>(x: T, xs: List<T>) -> List<T>:\n  match xs.first():\n    Some(y) -> [y]\n    None -> xs.append(x)\n",
    "fn h(c: C, m: Map<String, List<Int>>) -> Int:\n  match c:\n    C.S(n, A(x = 3)) -> n\n    _ -> m[\"k\"]?[0] ?? 2\n",
    "service S at \"/a\":\n  get \"/b/{id: Int?}\" -> A:\n    return A(x=id ?? 3)\n",
    "config K:\n  a: Email = \"a@b.c\"\n",
    "app \"p\":\n  var t = A()\n  t.b?.x = 4\n  for k, v in {\"a\": [1, 2.5]}:\n    print(k + v[0..<1][0])\n",
    "fn main(n: Int = 1, s: String = \"x\"):\n  while n < 3 and s != \"\":\n    print(g(n, g<Int>([], [n])))\n",
];

/// Whatever the text, checking ends without a panic, and says something when there is no program.
#[test]
fn broken_programs_do_not_panic() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % limit.max(1) as u64) as usize
    };
    let rounds = std::env::var("FUSE_FUZZ_ROUNDS")
        .ok()
        .and_then(|r| r.parse().ok())
        .unwrap_or(1500);
    for _ in 0..rounds {
        let mut words: Vec<String> = Vec::new();
        for _ in 0..1 + next(6) {
            words.extend(
                PIECES[next(PIECES.len())]
                    .split_inclusive([' ', '(', ')', '.', ',', ':', '\n'])
                    .map(str::to_string),
            );
        }
        for _ in 0..next(4) {
            let (at, other) = (next(words.len()), next(words.len()));
            match next(3) {
                0 => drop(words.remove(at)),
                1 => words.swap(at, other),
                _ => words.insert(at, words[other].clone()),
            }
            if words.is_empty() {
                break;
            }
        }
        let source = words.concat();
        let loaded = fuse_package::load_memory(&[("main.fuse", &source)]);
        let (program, found) = fuse_sema::check(&loaded.graph);
        match program {
            Some(program) => assert!(fuse_sema::dump(&program).contains("fn ")),
            None => assert!(!found.is_empty(), "{source}"),
        }
    }
}
