//! The formatter: tables of what it writes, and its promises over programs with random layout.

use std::path::Path;

use fuse_syntax::fuzz::fuzz_format;
use fuse_syntax::span::FileId;

use crate::programs::PROGRAMS;
use crate::random::Random;

fn format(source: &str) -> String {
    match fuse_syntax::format(FileId(0), source) {
        Ok(text) => text,
        Err(diagnostics) => panic!("{source}\n{diagnostics:?}"),
    }
}

fn check(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(format(source), *expected, "{source}");
        assert_eq!(format(expected), *expected, "{source}");
    }
}

/// Statements, given and expected without the function around them.
fn check_statements(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        let inside = |text: &str| -> String {
            let lines = text.lines().map(|line| match line {
                "" => "\n".to_string(),
                line => format!("  {line}\n"),
            });
            format!("fn f():\n{}", lines.collect::<String>())
        };
        check(&[(&inside(source), &inside(expected))]);
    }
}

#[test]
fn blanks_between_tokens() {
    check_statements(&[
        ("a+b*c", "a + b * c"),
        ("a   +\tb", "a + b"),
        ("let  x:Int=1", "let x: Int = 1"),
        ("let x :Int? =- 1", "let x: Int? = -1"),
        ("x=a- -b", "x = a - -b"),
        ("x = - - a", "x = --a"),
        ("return(a)", "return (a)"),
        ("return ! a==b", "return !a == b"),
        ("f ( a , b = 2 , c =- 1 ) [ 0 ] . x", "f(a, b=2, c=-1)[0].x"),
        ("f(a = 1 b = 2)", "f(a=1 b=2)"),
        ("f(a=1 , b=2 ,)", "f(a=1, b=2,)"),
        ("x = [ 1,2 ,3 ]", "x = [1, 2, 3]"),
        ("x = { \"a\" :1,\"b\" : 2 }", "x = {\"a\": 1, \"b\": 2}"),
        ("x = [ ] + { }", "x = [] + {}"),
        ("x = a ?. b ?[ 0 ] ?! E ( )", "x = a?.b?[0] ?! E()"),
        ("x = f() ?!", "x = f()?!"),
        ("x = (f() ?! ).y", "x = (f()?!).y"),
        ("x = a??b", "x = a ?? b"),
        ("for i in 0 .. n-1:\n  g()", "for i in 0..n - 1:\n  g()"),
        ("for i in 0..< n :\n  g()", "for i in 0..<n:\n  g()"),
        ("for k ,v in m:\n  g()", "for k, v in m:\n  g()"),
        ("x = f < Int > ( 1 )", "x = f<Int>(1)"),
        ("x = f<List<Int>,Int ? >(1)", "x = f<List<Int>, Int?>(1)"),
        ("x = a<b", "x = a < b"),
        ("g(a < b, c > (d))", "g(a < b, c > (d))"),
        ("let x: List<Int>=[]", "let x: List<Int> = []"),
        ("let x: Int ? ?=1", "let x: Int?? = 1"),
        ("let x: Int ?! E=1", "let x: Int?!E = 1"),
        ("let x: A ! B ! C = y", "let x: A!B!C = y"),
        ("let x: Int ( 1 .. 5 ) = 1", "let x: Int(1..5) = 1"),
        ("let x: box  Int = box  1", "let x: box Int = box 1"),
        ("x = a.type [ 0 ] - 1", "x = a.type[0] - 1"),
        ("x = -9223372036854775808", "x = -9223372036854775808"),
        ("if a :\n  b\nelse :\n  c", "if a:\n  b\nelse:\n  c"),
        (
            "match x :\n  V ( a= - 1,b=c )->y\n  - 1 -> z",
            "match x:\n  V(a=-1, b=c) -> y\n  -1 -> z",
        ),
        ("var ( a=1 )", "var(a=1)"),
        ("x = await  spawn :\n  y", "x = await spawn:\n  y"),
    ]);
}

#[test]
fn declarations() {
    check(&[
        (
            "import {A,B} from \"x\"\nimport  C\n",
            "import { A, B } from \"x\"\nimport C\n",
        ),
        ("import {} from \"x\"\n", "import {} from \"x\"\n"),
        (
            "fn f < T,U > ( a:T , b : U=1 )->T ! E where T :X , U: Y :\n a\n",
            "fn f<T, U>(a: T, b: U = 1) -> T!E where T: X, U: Y:\n  a\n",
        ),
        (
            "type T :\n    a :String ( 1..5 )=\"x\"\n    type: Int\n",
            "type T:\n  a: String(1..5) = \"x\"\n  type: Int\n",
        ),
        ("type T=A without b,c\n", "type T = A without b, c\n"),
        ("enum E:\n A ( Int,B )\n C\n", "enum E:\n  A(Int, B)\n  C\n"),
        (
            "service S  at \"/\" :\n  get  \"/{ id : Int }\"  body  T->U :\n    x\n",
            "service S at \"/\":\n  get \"/{ id : Int }\" body T -> U:\n    x\n",
        ),
        ("requires db,time\n", "requires db, time\n"),
        (
            "impl A  for B:\n  fn get ( self: B ):\n    x\n",
            "impl A for B:\n  fn get(self: B):\n    x\n",
        ),
        (
            "component C ( a: Int ):\n  div ( ):\n    span( ) : \"x\"\n",
            "component C(a: Int):\n  div():\n    span(): \"x\"\n",
        ),
    ]);
}

#[test]
fn lines() {
    check(&[
        ("", ""),
        ("\n \n\t\n", ""),
        ("\u{feff}\n\nfn f():\n  a", "fn f():\n  a\n"),
        (
            "fn f():\n\n\n\n    a\r\n  \r\n\r\n    b   \n\n\n\nfn g():\n c\n\n\n",
            "fn f():\n\n  a\n\n  b\n\nfn g():\n  c\n",
        ),
        (
            "fn f():\n   if a:\n      if b:\n            c\n   d\n",
            "fn f():\n  if a:\n    if b:\n      c\n  d\n",
        ),
        (
            "import A import B from \"b\"\n",
            "import A import B from \"b\"\n",
        ),
    ]);
}

#[test]
fn chains_and_brackets() {
    check_statements(&[
        (
            "x = a\n    .b()\n   ?[0]\n ?! E()",
            "x = a\n  .b()\n  ?[0]\n  ?! E()",
        ),
        (
            "x = a\n.b(\n1,\n   2\n)\n.c",
            "x = a\n  .b(\n    1,\n    2\n  )\n  .c",
        ),
        ("x = [\n1,\n      2\n]", "x = [\n  1,\n  2\n]"),
        ("x = [ 1,\n2 ]", "x = [1,\n  2]"),
        ("f([\n1\n])", "f([\n  1\n])"),
        ("f(\n[\n1\n]\n)", "f(\n  [\n    1\n  ]\n)"),
        (
            "f(a, {\n\"k\": [\n1]\n}, b)",
            "f(a, {\n  \"k\": [\n    1]\n}, b)",
        ),
        ("x = (a\n+ b)", "x = (a\n  + b)"),
        ("x = (a\n.b\n+ c)", "x = (a\n    .b\n  + c)"),
        ("f(\n\n\n  a,\n\n\n  b\n)", "f(\n\n  a,\n\n  b\n)"),
    ]);
}

#[test]
fn comments() {
    check_statements(&[
        ("a   # x  y  ", "a  # x  y"),
        ("#a\na\n     #b\nb", "#a\na\n#b\nb"),
        ("x = a\n# c\n  .b()", "x = a\n  # c\n  .b()"),
        ("f( # c\n1, # d\n# e\n)", "f(  # c\n  1,  # d\n  # e\n)"),
        ("f(\n1\n# e\n)\n# g", "f(\n  1\n  # e\n)\n# g"),
        (
            "if a:\n# in\n    b\n    # in\n   # out\n# out\nc",
            "if a:\n  # in\n  b\n  # in\n# out\n# out\nc",
        ),
    ]);
    check(&[
        ("#only", "#only\n"),
        (
            "fn f():\n    a\n    # in\n# out",
            "fn f():\n  a\n  # in\n# out\n",
        ),
        (
            "fn f():\n      if a:\n          b\n          # b\n      # a\n # f\n# out\nfn g():\n  c\n",
            "fn f():\n  if a:\n    b\n    # b\n  # a\n# f\n# out\nfn g():\n  c\n",
        ),
        (
            "type T:\n   ## doc\n   x: Int\n\n\n   ## doc\n   # and\n   ## more\n   y: Int\n",
            "type T:\n  ## doc\n  x: Int\n\n  ## doc\n  # and\n  ## more\n  y: Int\n",
        ),
    ]);
}

#[test]
fn strings_are_copied() {
    check_statements(&[
        (
            "x=\"a  #  b\"+\"${ a+b }\"",
            "x = \"a  #  b\" + \"${ a+b }\"",
        ),
        (
            "x=\"${ \"${ a+b }\"+c }\"+d",
            "x = \"${ \"${ a+b }\"+c }\" + d",
        ),
        ("x=\"${\n   a+b\n  }\"+c", "x = \"${\n   a+b\n  }\" + c"),
    ]);
    check(&[(
        "fn f():\n x=\"\"\"a \r\n\n\n\n   x   :  y\n\t\"\"\"+b\n",
        "fn f():\n  x = \"\"\"a \r\n\n\n\n   x   :  y\n\t\"\"\" + b\n",
    )]);
}

#[test]
fn files_with_errors_are_refused() {
    for source in ["fn f(:\n  a\n", "fn f():\n\ta\n", "x\n"] {
        let errors = fuse_syntax::format(FileId(0), source).expect_err("there are errors");
        assert_eq!(errors, fuse_syntax::parse(FileId(0), source).1);
        assert!(!errors.is_empty());
    }
}

/// Programs of the conformance files and the fixtures.
fn repository_programs() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut programs = Vec::new();
    for directory in [
        "spec/conformance",
        "benches/fixtures",
        "compiler/syntax/tests",
    ] {
        collect(&root.join(directory), &mut programs);
    }
    assert!(programs.len() > 200, "{}", programs.len());
    programs
}

fn collect(directory: &Path, programs: &mut Vec<String>) {
    for entry in std::fs::read_dir(directory).expect("it is there").flatten() {
        let path = entry.path();
        let is = |extension: &str| path.extension().is_some_and(|found| found == extension);
        if path.is_dir() {
            collect(&path, programs);
        } else if is("fuse") {
            let text = std::fs::read_to_string(&path).expect("programs are text");
            programs.push(text);
        } else if is("md") {
            let text = std::fs::read_to_string(&path).expect("examples are text");
            let blocks = text.split("\n```fuse").skip(1);
            programs.extend(blocks.filter_map(|block| {
                let program = block.split_once('\n')?.1.split("\n```").next()?;
                Some(format!("{program}\n"))
            }));
        }
    }
}

#[test]
fn repository_programs_keep_their_meaning() {
    for program in repository_programs() {
        fuzz_format(program.as_bytes());
    }
}

/// Blanks, line ends and comments at random places; what still parses has to keep its meaning.
#[test]
fn random_layout() {
    const LAYOUT: &[&str] = &[
        " ",
        "  ",
        "\t",
        "\n",
        "\n\n\n",
        "\r\n",
        "\n  ",
        "\n    ",
        "\n      ",
        " # note\n",
        "\n# note",
        "\n  # note",
        "\n## doc\n",
        "\n    ## doc",
        "\n  .",
        "\u{a0}",
        "\u{a0}#\n",
    ];
    let mut pieces: Vec<String> = Vec::new();
    for (_, source) in PROGRAMS {
        pieces.extend(source.split("\n\n").map(str::to_string));
    }
    pieces.extend(repository_programs());
    pieces.retain(|piece| piece.len() < 1500);
    let mut random = Random(0xF0_0D);
    let mut formatted = 0;
    for _ in 0..20_000 {
        let mut text = pieces[random.below(pieces.len())].clone();
        if random.below(3) == 0 {
            text = reindent(&text, 1 + random.below(4));
        }
        for _ in 0..=random.below(3) {
            let mut at = random.below(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            if random.below(4) == 0 {
                let blank = text[at..].starts_with([' ', '\n']);
                text.replace_range(at..at + usize::from(blank), "");
            } else {
                text.insert_str(at, LAYOUT[random.below(LAYOUT.len())]);
            }
        }
        fuzz_format(text.as_bytes());
        formatted += usize::from(fuse_syntax::format(FileId(0), &text).is_ok());
    }
    assert!(formatted > 4000, "{formatted}");
}

/// Other widths of indentation; text in long strings changes with it, which is as good a program.
fn reindent(text: &str, factor: usize) -> String {
    let lines = text.lines().map(|line| {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        format!("{}{}\n", " ".repeat(blanks * factor), &line[blanks..])
    });
    lines.collect()
}
