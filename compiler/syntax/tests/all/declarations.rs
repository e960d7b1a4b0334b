use crate::support::{check_files, errors};

#[test]
fn imports_and_capabilities() {
    check_files(&[
        (
            "requires db, network\nrequires time\n",
            "(requires db network time)",
        ),
        ("import Foo", "(import Foo)"),
        ("import X from \"p/q\"", "(import X \"p/q\")"),
        ("import X as Y from \"p\"", "(import (as X Y) \"p\")"),
        (
            "import {A, B,} from std.Error",
            "(import (names A B) \"std.Error\")",
        ),
        (
            "import {\n  A,\n  B\n} from \"p\"",
            "(import (names A B) \"p\")",
        ),
        ("import A import B\n", "(import A) (import B)"),
    ]);
}

#[test]
fn data() {
    check_files(&[
        (
            "type T:\n  a: Int\n  type: String = \"x\"\n  from: Int? = null\n",
            "(type T (field a Int) (field type String \"x\") (field from (optional Int) null))",
        ),
        (
            "type B = M.A without x, type\n",
            "(type B (without M.A x type))",
        ),
        (
            "enum E:\n  A\n  B(Int, List<E>)\n",
            "(enum E (variant A) (variant B Int (generic List E)))",
        ),
        (
            "config C:\n  port: Int = 1\n  test: Bool = true\n",
            "(config C (field port Int 1) (field test Bool true))",
        ),
    ]);
}

#[test]
fn functions() {
    check_files(&[
        (
            "fn f<T, U>(\n  a: T,\n  b: box Int = 1,\n) -> T!E where T: I, U: M.J:\n  a\n",
            "(fn f (types T U) (params (a T) (b (box Int) 1)) (-> (result T E)) (where (T I) (U M.J)) (block a))",
        ),
        (
            "interface I:\n  fn get() -> Self\n  fn f(a: Int)\n",
            "(interface I (fn get (params) (-> Self)) (fn f (params (a Int))))",
        ),
        (
            "impl M.I for N.T:\n  fn get():\n    a\n",
            "(impl M.I N.T (fn get (params) (block a)))",
        ),
        (
            "component C:\n  p()\n",
            "(component C (params) (block (call p)))",
        ),
        (
            "component C<T>(a: T) where T: I:\n  p()\n",
            "(component C (types T) (params (a T)) (where (T I)) (block (call p)))",
        ),
    ]);
}

#[test]
fn programs() {
    check_files(&[
        (
            "app \"a\":\n  b\ntest \"t\":\n  c\n",
            "(app \"a\" (block b)) (test \"t\" (block c))",
        ),
        (
            "migration 7:\n  a\nmigration x:\n  a\nmigration \"y z\":\n  a\n",
            "(migration \"7\" (block a)) (migration \"x\" (block a)) (migration \"y z\" (block a))",
        ),
        (
            "service S at \"/api\":\n  ## Reads\n  get \"/u/{id: Id}/{n:Int(1..9)?}/\" -> U!E:\n    a\n  post \"/\" body M.N -> U:\n    b\n",
            "(service S \"/api\" (get (doc \"Reads\") \
             (path \"u\" (param id Id) (param n (optional (refined Int (.. 1 9))))) (-> (result U E)) (block a)) \
             (post (path) (body M.N) (-> U) (block b)))",
        ),
        (
            "service S at \"/\":\n  get \"/{s: String(regex(\\\"a/b\\\"))}\" -> U:\n    a\n",
            "(service S \"/\" (get (path (param s (refined String (call regex \"a/b\")))) (-> U) (block a)))",
        ),
    ]);
}

#[test]
fn spans_of_route_parameters_point_into_the_path() {
    let source = "service S at \"/\":\n  get \"/u/{ id : Int }\" -> U:\n    a\n";
    let (module, _) = fuse_syntax::parse(fuse_syntax::span::FileId(0), source);
    let dump = fuse_syntax::dump_with(&module, fuse_syntax::DumpOptions { spans: true });
    let at = source.find("Int").expect("the type is in the source");
    assert!(
        dump.contains(&format!("(param id (type-name @{}..{} Int))", at, at + 3)),
        "{dump}"
    );
}

#[test]
fn one_mistake_is_one_error() {
    let cases: &[(&str, &str)] = &[
        (
            "let top = 1\nprint(top)\n",
            "1:1 SYNTAX_EXPECTED expected a declaration, found keyword `let`",
        ),
        (
            "x\ny\nfn f():\n  a\n",
            "1:1 SYNTAX_EXPECTED expected a declaration, found identifier `x`",
        ),
        (
            "fn (x: Int):\n  a\nfn g():\n  b\n",
            "1:4 SYNTAX_EXPECTED expected a function name, found `(`",
        ),
        (
            "fn f(x):\n  a\n",
            "1:7 SYNTAX_EXPECTED expected `:`, found `)`",
        ),
        (
            "fn f()\n  a\n",
            "1:7 SYNTAX_EXPECTED expected `:`, found end of line",
        ),
        (
            "fn f() -> :\n  a\n",
            "1:11 SYNTAX_EXPECTED expected a type, found `:`",
        ),
        (
            "fn f(): return 1\n",
            "1:9 SYNTAX_EXPECTED expected an indented block of statements, found keyword `return`",
        ),
        (
            "fn interface():\n  a\n",
            "1:4 RESERVED_KEYWORD expected a function name, found reserved keyword `interface`",
        ),
        (
            "fn f(type: Int):\n  a\n",
            "1:6 RESERVED_KEYWORD expected a parameter name, found reserved keyword `type`",
        ),
        (
            "type T\n",
            "1:7 SYNTAX_EXPECTED expected `:` or `=` after the type name, found end of line",
        ),
        (
            "type T:\n  a Int\n  b: Int\n",
            "2:5 SYNTAX_EXPECTED expected `:`, found identifier `Int`",
        ),
        (
            "type T:\n  true: Int\n",
            "2:3 SYNTAX_EXPECTED expected a field name, found `true`",
        ),
        (
            "type T:\n  a: Int\n    b: Int\n  c: Int\n",
            "3:5 SYNTAX_INDENTATION unexpected indentation",
        ),
        (
            "config C:\n  a: Int\n",
            "2:9 SYNTAX_EXPECTED expected `=` and a default, found end of line",
        ),
        (
            "interface I:\n  fn f():\n    a\n",
            "2:9 SYNTAX_EXPECTED expected end of line, found `:`",
        ),
        (
            "requires web\n",
            "1:10 REQUIRES_UNKNOWN unknown capability `web`",
        ),
        (
            "import A\nrequires db\n",
            "2:1 REQUIRES_ORDER `requires` must come before every other declaration",
        ),
        (
            "import A from\n",
            "1:14 SYNTAX_EXPECTED expected an import path, found end of line",
        ),
        (
            "import A fro \"x\"\n",
            "1:10 SYNTAX_EXPECTED expected end of line, found identifier `fro`",
        ),
        (
            "app main:\n  a\n",
            "1:5 SYNTAX_EXPECTED expected an app name, found identifier `main`",
        ),
        (
            "test \"x\n",
            "1:6 SYNTAX_UNTERMINATED_STRING string is never closed",
        ),
        (
            "service S at \"/\":\n  fetch \"/\" -> U:\n    a\n",
            "2:3 SYNTAX_EXPECTED expected `get`, `post`, `put`, `patch` or `delete`, found identifier `fetch`",
        ),
        (
            "service S at \"/\":\n  get \"/{id}\" -> U:\n    a\n",
            "2:9 ROUTE_PARAM a route parameter needs a name and a type",
        ),
        (
            "service S at \"/\":\n  get \"/a{id: Int}\" -> U:\n    a\n",
            "2:9 ROUTE_PARAM a route parameter must be a whole path segment",
        ),
        (
            "service S at \"/\":\n  get \"/{id: Int\" -> U:\n    a\n",
            "2:9 ROUTE_PARAM `{` in the route path is never closed by `}`",
        ),
        (
            "service S at \"/\":\n  get \"/{2: Int}\" -> U:\n    a\n",
            "2:10 ROUTE_PARAM the name of a route parameter must be an identifier",
        ),
        (
            "service S at \"/\":\n  get \"/{id: Int Int}\" -> U:\n    a\n",
            "2:18 SYNTAX_EXPECTED expected `}` after the type of the route parameter, found identifier `Int`",
        ),
    ];
    for (source, expected) in cases {
        assert_eq!(errors(source), [*expected], "{source}");
    }
}
