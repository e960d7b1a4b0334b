//! The text form reads back what it prints, and reports what it cannot read by line.

use fuse_ir::mir::text::{parse, print};

#[test]
fn prints_what_it_reads() {
    let file = include_str!("filetests/text/round_trip.mir");
    let source = file.split("=====\n").nth(1).expect("a program");
    let program = parse(source).unwrap_or_else(|errors| panic!("{errors:#?}"));
    assert_eq!(print(&program), source);
}

#[test]
fn reports_every_bad_line() {
    let source = "phase lowered\nfn f(%a: Int) -> Int {\nbb0:\n  %b = 1\n  %a = frob 2\n  return %a\n}\nstruct A { x: Nope }\nfn g() -> Unit {\nbb0:\n  goto bb3\n}\n";
    let errors = parse(source).expect_err("four mistakes");
    let lines: Vec<u32> = errors.iter().map(|e| e.line).collect();
    assert_eq!(lines, [4, 5, 8, 12], "{errors:#?}");
}
