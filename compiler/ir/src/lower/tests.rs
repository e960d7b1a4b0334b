//! Source text to MIR shapes. Every program lowered here also passes the verifier.

use fuse_package::load_memory;
use fuse_syntax::diagnostic::Diagnostic;

use crate::layout::Layouts;
use crate::mir::Program;
use crate::mir::text::print_function;
use crate::verify::verify;

fn try_lower(source: &str) -> Result<Program, Vec<Diagnostic>> {
    let loaded = load_memory(&[("main.fuse", source)]);
    assert!(
        loaded.diagnostics.is_empty(),
        "does not load: {:#?}",
        loaded.diagnostics
    );
    let (program, diagnostics) = fuse_sema::check(&loaded.graph);
    let Some(program) = program else {
        panic!("does not check: {diagnostics:#?}")
    };
    super::lower(&program, &loaded.graph.files)
}

fn lower(source: &str) -> Program {
    let program = match try_lower(source) {
        Ok(program) => program,
        Err(problems) => panic!("not supported: {problems:#?}"),
    };
    let layouts = Layouts::compute(&program.types);
    let problems = verify(&program, &layouts);
    if let Some(first) = problems.first() {
        let texts = function(&program, &first.function);
        panic!("ill-formed: {problems:#?}\n{texts}");
    }
    program
}

/// The text form of one function.
fn function(program: &Program, name: &str) -> String {
    let (id, _) = program
        .functions
        .iter()
        .find(|(_, function)| function.name == name)
        .unwrap_or_else(|| {
            let names: Vec<_> = program.functions.values().map(|f| &f.name).collect();
            panic!("no function {name} among {names:?}")
        });
    print_function(program, id)
}

#[test]
fn smoke() {
    let program = lower(
        r#"
enum Shape:
  Circle(Float)
  Rect(Float, Float)
  Nothing

type Point:
  x: Int
  y: Int = 2

fn area(s: Shape) -> Float:
  match s:
    Circle(r) -> r * r * 3.0
    Rect(w, h) -> w * h
    Nothing -> 0.0

fn fib(n: Int) -> Int:
  if n < 2:
    return n
  return fib(n - 1) + fib(n - 2)

fn sum(xs: List<Int>) -> Int:
  var total = 0
  for x in xs:
    total = total + x
  return total

app "demo":
  let p = Point(x = 1)
  var xs = [1, 2, 3]
  xs[1] = p.y
  xs = xs.append(4)
  for i in 0..3:
    print("${i}: ${xs[i]}")
  print(sum(xs))
  print(fib(10))
  print(area(Shape.Rect(2.0, 3.0)))
  let m = {"a": 1, "b": 2}
  print(m["a"] ?? 0)
  print(m)
"#,
    );
    for id in program.functions.keys() {
        println!("{}", print_function(&program, id));
    }
    crate::pipeline::prepare(program, crate::pipeline::Options::default()).map_err(|d| d.to_string()).unwrap();
}

#[test]
fn conf() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/conformance");
    let mut bad = 0;
    for dir in std::fs::read_dir(root).unwrap() {
        let dir = dir.unwrap().path();
        if !dir.is_dir() { continue }
        for file in std::fs::read_dir(&dir).unwrap() {
            let file = file.unwrap().path();
            let text = std::fs::read_to_string(&file).unwrap();
            for example in text.split("\n## ").skip(1) {
                if example.contains("```diagnostics") { continue }
                let title = example.lines().next().unwrap().to_owned();
                let mut files: Vec<(String, String)> = vec![];
                for block in example.split("```fuse").skip(1) {
                    let (head, rest) = block.split_once('\n').unwrap();
                    let name = head.trim().strip_prefix("file=").unwrap_or("main.fuse").to_owned();
                    files.push((name, rest.split("```").next().unwrap().to_owned()));
                }
                if files.is_empty() { continue }
                let refs: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
                let loaded = load_memory(&refs);
                let (program, diagnostics) = fuse_sema::check(&loaded.graph);
                let Some(program) = program else { println!("{file:?} {title}: no check: {:?} {:?}", loaded.diagnostics, diagnostics.iter().map(|d| &d.message).collect::<Vec<_>>()); continue };
                let result = std::panic::catch_unwind(|| super::lower(&program, &loaded.graph.files));
                let lowered = match result { Err(_) => { println!("{file:?} {title}: PANIC"); bad += 1; continue } Ok(Err(e)) => { println!("{file:?} {title}: {e:?}"); bad += 1; continue } Ok(Ok(l)) => l };
                let r = std::panic::catch_unwind(|| crate::pipeline::prepare(lowered, crate::pipeline::Options::default()));
                match r { Err(_) => { println!("{file:?} {title}: PIPELINE PANIC"); bad += 1; } Ok(Err(d)) => { println!("{file:?} {title}: {d}"); bad += 1; } Ok(Ok(_)) => {} }
            }
        }
    }
    assert_eq!(bad, 0);
}
