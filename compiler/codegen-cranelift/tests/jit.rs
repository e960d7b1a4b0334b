//! Expanded MIR in its text form, compiled and run here, with a few runtime functions written for the test.

use std::alloc::{Layout, alloc_zeroed};
use std::ptr;
use std::sync::mpsc;
use std::thread;

use fuse_abi::Context;
use fuse_codegen_cranelift::{CodegenError, JitProgram, Options, compile};
use fuse_ir::layout::Layouts;
use fuse_ir::mir;

mod runtime {
    use super::*;
    use std::cell::{Cell, UnsafeCell};

    thread_local! {
        /// Where a fault goes; the faulting thread stops there for good.
        pub static FAULTS: UnsafeCell<Option<mpsc::Sender<(i64, i64)>>> = const { UnsafeCell::new(None) };
        static CONTEXT: Cell<*mut Context> = const { Cell::new(ptr::null_mut()) };
    }

    pub extern "C" fn fault(kind: i64, site: i64) {
        FAULTS.with(|faults| {
            // SAFETY: only this thread reaches its own cell, and nobody holds a reference across calls.
            if let Some(sender) = unsafe { &*faults.get() } {
                let _ = sender.send((kind, site));
            }
        });
        loop {
            thread::park();
        }
    }

    pub extern "C" fn context() -> *mut Context {
        CONTEXT.with(|context| {
            if context.get().is_null() {
                let here = 0u8;
                context.set(Box::leak(Box::new(Context {
                    stack_limit: ptr::from_ref(&here).addr() as u64 - 64 * 1024,
                    ..Context::EMPTY
                })));
            }
            context.get()
        })
    }

    pub extern "C" fn alloc(size: i64) -> *mut u8 {
        let layout = Layout::from_size_align(size as usize, 16).expect("a small object");
        // SAFETY: objects are never empty.
        let object = unsafe { alloc_zeroed(layout) };
        // SAFETY: the object begins with its count.
        unsafe { object.cast::<i32>().write(1) };
        object
    }

    pub extern "C" fn float_rem(x: f64, y: f64) -> f64 {
        x % y
    }

    /// `Option<Int>`: the length of the text, none when empty.
    pub extern "C" fn text_to_int(out: *mut u8, text: *mut u8) {
        // SAFETY: generated code passes room for an `Option<Int>` and a text object.
        unsafe {
            let len = text.add(8).cast::<i64>().read();
            out.write(u8::from(len > 0));
            out.add(8).cast::<i64>().write(len);
        }
    }

    pub extern "C" fn run_main(_: *const u8, _: i64, _: *const *const u8) -> i64 {
        0
    }
}

fn symbols() -> Vec<(&'static str, *const u8)> {
    vec![
        ("fuse_fault", runtime::fault as *const u8),
        ("fuse_context", runtime::context as *const u8),
        ("fuse_alloc", runtime::alloc as *const u8),
        ("fuse_float_rem", runtime::float_rem as *const u8),
        ("fuse_text_to_int", runtime::text_to_int as *const u8),
        ("fuse_run_main", runtime::run_main as *const u8),
    ]
}

fn build(text: &str, optimize: bool) -> Result<JitProgram, CodegenError> {
    let program = mir::text::parse(text).expect("the test program reads");
    let layouts = Layouts::compute(&program.types);
    let options = Options {
        optimize,
        build_info: "mode=jit".to_owned(),
        release: false,
    };
    compile(&program, &layouts, &symbols(), &options)
}

fn call_main(program: &JitProgram) -> i64 {
    // SAFETY: every test program has a main entry, whose table lives as long as the program.
    let main = unsafe { &*program.descriptor().main };
    (main.run)(ptr::null_mut())
}

/// Runs `start`, an entry function `(Raw) -> Int`, with and without optimisation.
#[track_caller]
fn expect(result: i64, text: &str) {
    let text = format!("phase expanded\nmain start \"\" {{ }}\n{text}");
    for optimize in [false, true] {
        let program = build(&text, optimize).expect("the test program compiles");
        assert_eq!(call_main(&program), result, "optimize: {optimize}");
    }
}

/// Runs a program that faults; gives the fault's number and the line and function of its site.
fn fault_of(text: &str) -> (i64, u32, String) {
    let text = format!("phase expanded\nfiles \"a.fuse\"\nmain start \"\" {{ }}\n{text}");
    let program: &'static JitProgram = Box::leak(Box::new(build(&text, true).expect("compiles")));
    let descriptor = program.descriptor();
    // SAFETY: the site table lives as long as the program, which is leaked.
    let sites =
        unsafe { std::slice::from_raw_parts(descriptor.sites.data, descriptor.sites.len as usize) };
    // SAFETY: as in `call_main`.
    let run = unsafe { (*descriptor.main).run };
    let (sender, receiver) = mpsc::channel();
    let finished = sender.clone();
    thread::spawn(move || {
        // SAFETY: this thread's own cell.
        runtime::FAULTS.with(|faults| unsafe { *faults.get() = Some(sender) });
        let result = run(ptr::null_mut());
        let _ = finished.send((-result, -1));
    });
    let (kind, site) = receiver.recv().expect("the program ends");
    assert!(site >= 0, "no fault; the program returned {}", -kind);
    let site = &sites[site as usize];
    // SAFETY: names are UTF-8 text of the leaked program.
    let function =
        unsafe { std::slice::from_raw_parts(site.function.data, site.function.len as usize) };
    (
        kind,
        site.line,
        String::from_utf8_lossy(function).into_owned(),
    )
}

#[test]
fn recursion_and_branches() {
    expect(
        832_040,
        "fn fib(%n: Int) -> Int recursive {
           local %small: Bool, %a: Int, %b: Int
         bb0:
           stack_check fib
           %small = lt %n, 2
           branch %small, bb1, bb2
         bb1:
           return %n
         bb2:
           %a = sub.checked %n, 1
           %a = call fib(%a)
           %b = sub.checked %n, 2
           %b = call fib(%b)
           %a = add.checked %a, %b
           return %a
         }
         entry fn start(%flags: Raw) -> Int {
           local %r: Int
         bb0:
           %r = call fib(30)
           return %r
         }",
    );
}

#[test]
fn structs_travel_by_address() {
    expect(
        1234,
        "struct Inner { a: Bool, b: Int }
         struct Outer { inner: Inner, x: Float, u: Unit, y: Int }
         fn swap(%o: borrowed Outer) -> Outer {
           local %r: Outer
         bb0:
           %r.inner.b = %o.y
           %r.inner.a = %o.inner.a
           %r.x = %o.x
           %r.u = ()
           %r.y = %o.inner.b
           return %r
         }
         entry fn start(%flags: Raw) -> Int {
           local %o: Outer, %r: Int, %f: Int, %i: Inner
         bb0:
           %o.inner.a = true
           %o.inner.b = 34
           %o.x = 200.0
           %o.y = 1000
           %o = call swap(%o)
           %i = %o.inner
           %f = float_to_int %o.x
           branch %i.a, bb1, bb2
         bb1:
           %r = add.checked %i.b, %o.y
           %r = add.checked %r, %f
           return %r
         bb2:
           return 0
         }",
    );
}

#[test]
fn tags_in_bytes_pointers_and_cells() {
    expect(
        1021,
        "enum Colour { Red, Green, Blue }
         boxed enum Tree { Leaf, Node(Int, Tree) }
         fn colour(%c: Colour) -> Int {
           local %t: Int
         bb0:
           %t = tag %c
           return %t
         }
         fn depth(%t: borrowed Tree) -> Int {
           local %k: Int, %n: Int
         bb0:
           %k = tag %t
           switch %k { 0: bb1, 1: bb2, else: bb3 }
         bb1:
           return 0
         bb2:
           %n = call depth(%t.Node.1)
           %n = add.checked %n, %t.Node.0
           return %n
         bb3:
           unreachable
         }
         entry fn start(%flags: Raw) -> Int {
           local %c: Colour, %a: Tree, %b: Tree, %raw: Raw, %none: Option<Tree>, %some: Option<Tree>
           local %n: Int, %m: Int, %o: Option<Option<Tree>>
         bb0:
           set_tag %c, 2
           %n = call colour(%c)
           set_tag %a, 0
           %raw = call @fuse_alloc(24)
           %b = %raw
           %b.Node.0 = 5
           %b.Node.1 = %a
           set_tag %b, 1
           %raw = call @fuse_alloc(24)
           %a = %raw
           %a.Node.0 = 6
           %a.Node.1 = %b
           set_tag %a, 1
           %m = call depth(%a)
           %n = mul.checked %n, 5
           %n = add.checked %n, %m
           set_tag %none, 0
           %some.some = %a
           set_tag %some, 1
           %m = tag %none
           %n = add.checked %n, %m
           %m = tag %some
           %m = mul.checked %m, 1000
           %n = add.checked %n, %m
           %o.some = %none
           set_tag %o, 1
           %m = tag %o.some
           %n = add.checked %n, %m
           return %n
         }",
    );
}

#[test]
fn lists_texts_and_globals() {
    expect(
        5 + 300 + 40,
        "struct Point { x: Int, y: Int }
         global $limit: Point
         fn use() -> Int {
         bb0:
           return $limit.y
         }
         entry fn start(%flags: Raw) -> Int {
           local %s: String, %xs: List<Point>, %raw: Raw, %i: Int, %n: Int, %p: Point, %g: Int
         bb0:
           %raw = call @fuse_alloc(64)
           %xs = %raw
           set_len %xs, 3
           %p.x = 1
           %p.y = 100
           %i = 2
           %xs[%i] = %p
           %xs[%i].x = 3
           %s = \"hello\"
           %n = len %s
           %i = len %xs
           %g = mul.checked %i, %xs[2].y
           %n = add.checked %n, %g
           $limit.y = 40
           %g = call use()
           %n = add.checked %n, %g
           return %n
         }",
    );
}

#[test]
fn results_through_a_hidden_pointer() {
    expect(
        13,
        "entry fn start(%flags: Raw) -> Int {
           local %o: Option<Int>, %n: Int, %r: Result<Option<Int>, Int>
         bb0:
           %o = call @fuse_text_to_int(\"twelve chars\")
           %r.ok = call @fuse_text_to_int(\"\")
           set_tag %r, 0
           %n = tag %o
           %n = add.checked %n, %o.some
           %o = %r.ok
           %o.some = tag %o
           %n = add.checked %n, %o.some
           return %n
         }",
    );
}

#[test]
fn float_operations() {
    expect(
        10,
        "entry fn start(%flags: Raw) -> Int {
           local %f: Float, %n: Int, %m: Int, %b: Bool
         bb0:
           %f = round -2.5
           %n = float_to_int %f
           %f = round 0.49999999999999994
           %m = float_to_int %f
           %n = add.checked %n, %m
           %f = ceil 2.1
           %m = float_to_int %f
           %n = add.checked %n, %m
           %f = rem.float 17.0, 5.0
           %m = float_to_int %f
           %n = add.checked %n, %m
           %f = sqrt 49.0
           %f = neg.float %f
           %f = abs.float %f
           %m = float_to_int %f
           %n = add.checked %n, %m
           %f = div.float 0.0, 0.0
           %b = ne.float %f, %f
           %m = bool_to_int %b
           %n = add.checked %n, %m
           return %n
         }",
    );
}

#[test]
fn switches_take_negative_cases() {
    expect(
        7,
        "entry fn start(%flags: Raw) -> Int {
           local %n: Int
         bb0:
           %n = -4
           goto bb1
         bb1:
           switch %n { -4: bb2, 9: bb3, else: bb4 }
         bb2:
           %n = 9
           goto bb1
         bb3:
           return 7
         bb4:
           return 0
         }",
    );
}

#[test]
fn overflow_faults_at_its_site() {
    let fault = fault_of(
        "fn big(%n: Int) -> Int faults {
           local %r: Int
         bb0:
           %r = mul.checked %n, 4611686018427387904 ; a.fuse:7:3
           return %r
         }
         entry fn start(%flags: Raw) -> Int {
           local %r: Int
         bb0:
           %r = call big(2)
           return %r
         }",
    );
    assert_eq!(fault, (1, 7, "big".to_owned()));
}

#[test]
fn negating_the_least_integer_faults() {
    let fault = fault_of(
        "entry fn start(%flags: Raw) -> Int {
           local %r: Int
         bb0:
           %r = -9223372036854775808
           %r = neg.checked %r ; a.fuse:2:1
           return %r
         }",
    );
    assert_eq!(fault, (1, 2, "start".to_owned()));
}

#[test]
fn a_failing_check_names_its_fault() {
    let fault = fault_of(
        "entry fn start(%flags: Raw) -> Int {
           local %ok: Bool
         bb0:
           %ok = lt.unsigned -1, 3
           check %ok else IndexOutOfBounds ; a.fuse:4:9
           return 0
         }",
    );
    assert_eq!(fault, (3, 4, "start".to_owned()));
}

#[test]
fn deep_recursion_is_a_fault() {
    let fault = fault_of(
        "fn down(%n: Int) -> Int recursive { ; a.fuse:1:1
           local %r: Int
         bb0:
           stack_check down
           %r = add.checked %n, 1
           %r = call down(%r)
           %r = add.checked %r, %n
           return %r
         }
         entry fn start(%flags: Raw) -> Int {
           local %r: Int
         bb0:
           %r = call down(0)
           return %r
         }",
    );
    assert_eq!(fault, (7, 1, "down".to_owned()));
}

#[test]
fn only_expanded_programs_are_accepted() {
    let program = mir::text::parse("phase lowered\n").expect("reads");
    let layouts = Layouts::compute(&program.types);
    let result = compile(&program, &layouts, &symbols(), &Options::default());
    assert_eq!(
        result.err(),
        Some(CodegenError::WrongPhase(mir::Phase::Lowered))
    );
}

#[test]
fn a_row_without_an_address_is_an_error() {
    let program = mir::text::parse(
        "phase expanded
         entry fn app() -> Unit {
         bb0:
           call @fuse_print(\"x\")
           return ()
         }",
    )
    .expect("reads");
    let layouts = Layouts::compute(&program.types);
    let result = compile(&program, &layouts, &[], &Options::default());
    assert_eq!(
        result.err(),
        Some(CodegenError::MissingSymbol("fuse_print"))
    );
}
