//! The shapes of optimised IR that speed depends on.

mod support;

use fuse_abi::FaultKind;
use fuse_codegen_llvm::{OptLevel, Options};
use fuse_ir::mir::*;
use support::*;

/// `fn fib(n) = if n < 2 then n else fib(n - 1) + fib(n - 2)`
fn fib(builder: &mut Builder) -> FuncId {
    fibonacci(builder, "fib", true)
}

/// Known to be recursive, the function holds two levels of itself; otherwise one.
fn fibonacci(builder: &mut Builder, name: &str, recursive: bool) -> FuncId {
    let int = builder.ty(Type::Int);
    let bool = builder.ty(Type::Bool);
    let mut f = builder.user(name, &[("n", int)], int);
    f.mir().effects.recursive = recursive;
    let id = f.id;
    let n = f.param(0);
    let (small, a, b) = (f.local("small", bool), f.int("a"), f.int("b"));
    f.binary(BinaryOp::Lt, small, n, 2);
    let (base, step) = (f.new_block(), f.new_block());
    f.branch(small, base, step);
    f.go_to(base);
    f.ret(n);
    f.go_to(step);
    f.push(StatementKind::StackCheck(id));
    f.binary(BinaryOp::SubChecked, a, n, 1);
    f.call(a, id, vec![copy(a)]);
    f.binary(BinaryOp::SubChecked, b, n, 2);
    f.call(b, id, vec![copy(b)]);
    f.binary(BinaryOp::AddChecked, a, a, b);
    f.ret(a);
    id
}

#[test]
fn fib_runs() {
    let mut builder = Builder::new();
    let fib = fib(&mut builder);
    let mut main = builder.main();
    let result = main.int("result");
    main.call(result, fib, vec![O::from(20).into()]);
    main.show("fib ", result);
    main.ret(7);
    assert_eq!(builder.run(), ("fib 6765\n".to_string(), 7));
}

#[test]
fn endless_recursion_faults() {
    let mut builder = Builder::new();
    let int = builder.ty(Type::Int);
    let mut f = builder.user("down", &[("n", int)], int);
    let (id, n) = (f.id, f.param(0));
    let (next, below) = (f.int("next"), f.int("below"));
    f.push(StatementKind::StackCheck(id));
    f.binary(BinaryOp::AddChecked, next, n, 1);
    f.call(below, id, vec![copy(next)]);
    f.binary(BinaryOp::AddChecked, below, below, n);
    f.ret(below);
    let mut main = builder.main();
    let result = main.int("result");
    main.call(result, id, vec![O::from(0).into()]);
    main.ret(result);
    let fault = FaultKind::StackOverflow as u32;
    assert_eq!(
        builder.run(),
        (format!("fault {fault} at app.fuse:1:1 in down\n"), 1)
    );
}

#[test]
fn fib_touches_no_memory() {
    let mut builder = Builder::new();
    let fib = fib(&mut builder);
    let mut main = builder.main();
    let result = main.int("result");
    main.call(result, fib, vec![O::from(20).into()]);
    main.ret(result);
    let ir = builder.optimised();
    let fib = definition(&ir, "fib");
    assert!(!fib.contains("alloca") && !fib.contains("store"), "{fib}");
    // The thread pointer and the limit behind it, for each of the two levels.
    assert!(fib.matches(" load ").count() <= 4, "{fib}");
    assert!(!fib.contains("@fuse_context"), "{fib}");
}

#[test]
fn a_small_recursion_holds_two_levels() {
    let mut builder = Builder::new();
    let fib = fib(&mut builder);
    let mut main = builder.main();
    let result = main.int("result");
    main.call(result, fib, vec![O::from(20).into()]);
    main.ret(result);
    let ir = builder.optimised();
    let calls = definition(&ir, "fib").matches("@\"fuse::fib\"(").count();
    // Its own name and two calls of each inlined level.
    assert_eq!(calls, 5, "{ir}");
    assert!(!ir.contains("@\"fuse::fib::inlined"), "{ir}");
}

#[test]
fn the_end_of_a_recursion_needs_no_frame() {
    let mut builder = Builder::new();
    let sum = fibonacci(&mut builder, "sum", false);
    let mut main = builder.main();
    let result = main.int("result");
    main.call(result, sum, vec![O::from(20).into()]);
    main.ret(result);
    let asm = builder.compile(OptLevel::O2).asm.expect("asked for");
    file_check(
        &asm,
        "CHECK: \"fuse::sum\":
         CHECK-NOT: push
         CHECK: cmpq $2
         CHECK-NOT: push
         CHECK: j
         CHECK: push
         CHECK: %fs:fuse.thread@TPOFF
         CHECK: cmpq %rsp
         CHECK: callq \"fuse::sum\"
        ",
    );
}

#[test]
fn uniqueness_tests_do_not_make_loops_read_again() {
    let mut builder = Builder::new();
    let int = builder.ty(Type::Int);
    let bool = builder.ty(Type::Bool);
    let fill = list_loop(&mut builder, "fill", int, |f, list, i, sum| {
        let unique = f.local("unique", bool);
        f.row(
            Some(unique),
            fuse_abi::RuntimeFn::RcUnique,
            vec![copy(list)],
        );
        let one = f.int("one");
        f.unary(UnaryOp::BoolToInt, one, unique);
        f.binary(BinaryOp::AddNowrap, sum, sum, one);
        f.set(element(list, i), i);
    });
    let fill = shape_of(&mut builder, fill);
    // Length and count, both in front of the loop.
    assert_eq!(fill.matches("load i64").count(), 1, "{fill}");
    assert_eq!(fill.matches("load i32").count(), 1, "{fill}");
}

/// A loop over a list parameter with the length read and the bounds checked in every round.
fn list_loop(
    builder: &mut Builder,
    name: &str,
    element: TypeId,
    body: impl FnOnce(&mut Body, LocalId, LocalId, LocalId),
) -> FuncId {
    let int = builder.ty(Type::Int);
    let bool = builder.ty(Type::Bool);
    let list = builder.ty(Type::List(element));
    let mut f = builder.user(name, &[("list", list)], int);
    let list = f.param(0);
    let (i, n, sum) = (f.int("i"), f.int("n"), f.int("sum"));
    let ok = f.local("ok", bool);
    let (head, inside, done) = (f.new_block(), f.new_block(), f.new_block());
    f.set(i, 0);
    f.set(sum, 0);
    f.goto(head);
    f.go_to(head);
    f.assign(n, Rvalue::Len(Place::local(list)));
    f.binary(BinaryOp::Lt, ok, i, n);
    f.branch(ok, inside, done);
    f.go_to(inside);
    f.assign(n, Rvalue::Len(Place::local(list)));
    f.binary(BinaryOp::LtUnsigned, ok, i, n);
    f.check(ok, FaultKind::IndexOutOfBounds);
    body(&mut f, list, i, sum);
    f.binary(BinaryOp::AddNowrap, i, i, 1);
    f.goto(head);
    f.go_to(done);
    f.ret(sum);
    f.id
}

fn element(list: LocalId, index: LocalId) -> Place {
    Place::local(list).project(Projection::Element(Index::Local(index)))
}

/// Optimised IR of a function that is kept because a table points to it.
fn shape_of(builder: &mut Builder, function: FuncId) -> String {
    let name = builder.program.functions[function].name.clone();
    builder.program.entry.apps.push((name.clone(), function));
    let ir = builder.optimised();
    definition(&ir, &name).to_string()
}

#[test]
fn summing_a_list_reads_its_length_once_and_checks_no_bounds() {
    let mut builder = Builder::new();
    let int = builder.ty(Type::Int);
    let sum = list_loop(&mut builder, "sum", int, |f, list, i, sum| {
        f.binary(BinaryOp::AddNowrap, sum, sum, element(list, i));
    });
    let sum = shape_of(&mut builder, sum);
    file_check(
        &sum,
        "CHECK: define internal fastcc
         CHECK: load i64, {{.*}}!range
         CHECK-NOT: @fuse_fault
         CHECK-NOT: load i64, {{.*}}!range
         CHECK: load <2 x i64>
         CHECK-NOT: @fuse_fault
         CHECK-NOT: load i64, {{.*}}!range
        ",
    );
}

#[test]
fn storing_elements_reads_no_length_again() {
    let mut builder = Builder::new();
    let int = builder.ty(Type::Int);
    let fill = list_loop(&mut builder, "fill", int, |f, list, i, _| {
        f.set(element(list, i), i);
    });
    let fill = shape_of(&mut builder, fill);
    assert_eq!(fill.matches(" load ").count(), 1, "{fill}");
    assert!(!fill.contains("@fuse_fault"), "{fill}");
    assert!(fill.contains("store <2 x i64>"), "{fill}");
}

#[test]
fn rows_of_a_matrix_are_read_once() {
    let mut builder = Builder::new();
    let float = builder.ty(Type::Float);
    let row = builder.ty(Type::List(float));
    // rows[i][0] = 1.0; rows[i][1] = 1.0: one load of the row.
    let fill = list_loop(&mut builder, "fill", row, |f, list, i, _| {
        for column in 0..2 {
            let place = element(list, i).project(Projection::Element(Index::Const(column)));
            f.set(place, 1.0);
        }
    });
    let fill = shape_of(&mut builder, fill);
    let stores = fill.matches("store <2 x double>").count();
    assert_eq!(fill.matches("load ptr").count(), stores, "{fill}");
    assert!(stores > 0, "{fill}");
}

#[test]
fn checked_arithmetic_leaves_one_cold_block_per_place() {
    let mut builder = Builder::new();
    let int = builder.ty(Type::Int);
    let mut f = builder.user("poly", &[("a", int), ("b", int)], int);
    let (a, b, r) = (f.param(0), f.param(1), f.int("r"));
    f.binary(BinaryOp::MulChecked, r, a, b);
    f.binary(BinaryOp::AddChecked, r, r, a);
    f.ret(r);
    let poly = f.id;
    let mut main = builder.main();
    let r = main.int("r");
    main.set(r, main.param(0));
    main.call(r, poly, vec![copy(r), copy(r)]);
    main.ret(r);
    let ir = builder.compile(OptLevel::O2).ir_before.expect("asked for");
    file_check(
        definition(&ir, "poly"),
        "CHECK: @llvm.smul.with.overflow.i64
         CHECK: br i1 {{.*}} !prof
         CHECK: @llvm.sadd.with.overflow.i64
         CHECK: br i1 {{.*}} !prof
         CHECK: ret i64
         CHECK: call void @fuse_fault(i64 1, i64 1)
         CHECK-NEXT: unreachable
         CHECK: call void @fuse_fault(i64 1, i64 2)
         CHECK-NEXT: unreachable
        ",
    );
}

#[test]
fn optional_ints_travel_in_registers() {
    let mut builder = Builder::new();
    let int = builder.ty(Type::Int);
    let option = builder.ty(Type::Option(int));
    let mut f = builder.user("next", &[("value", option)], option);
    let value = f.param(0);
    let result = f.local("result", option);
    let payload = Place::local(result).project(Projection::Some);
    f.binary(
        BinaryOp::AddNowrap,
        payload,
        Place::local(value).project(Projection::Some),
        1,
    );
    f.push(StatementKind::SetTag(Place::local(result), 1));
    f.ret(result);
    let next = f.id;
    let mut main = builder.main();
    let value = main.local("value", option);
    main.set(Place::local(value).project(Projection::Some), 41);
    main.push(StatementKind::SetTag(Place::local(value), 1));
    main.call(value, next, vec![copy(value)]);
    let payload = Place::local(value).project(Projection::Some);
    main.show("next ", payload.clone());
    let tag = main.int("tag");
    main.assign(tag, Rvalue::Tag(Place::local(value)));
    main.show("tag ", tag);
    main.ret(0);
    assert_eq!(builder.run(), ("next 42\ntag 1\n".to_string(), 0));
    let ir = builder.compile(OptLevel::O0).ir_before.expect("asked for");
    let next = definition(&ir, "next");
    assert!(next.contains("fastcc { i8, i64 }"), "{next}");
}

#[test]
fn the_context_is_asked_for_at_the_edge_only() {
    let core = core_bitcode();
    let mut builder = Builder::new();
    let mut main = builder.main();
    let raw = main.ty(Type::Raw);
    let object = main.local("object", raw);
    for _ in 0..3 {
        main.row(
            Some(object),
            fuse_abi::RuntimeFn::Alloc,
            vec![O::from(32).into()],
        );
        main.row(None, fuse_abi::RuntimeFn::RcInc, vec![copy(object)]);
    }
    main.ret(3);
    for opt in [OptLevel::O0, OptLevel::O2] {
        let artifact = builder.compile_with(&Options {
            core_bitcode: Some(&core),
            ..options(opt)
        });
        let ir = artifact.ir_after.as_ref().expect("asked for");
        assert_eq!(ir.matches("call ptr @fuse_context").count(), 1, "{ir}");
        assert!(!ir.contains("@fuse_list_new"), "{ir}");
        if opt == OptLevel::O2 {
            assert!(!ir.contains("@fuse_rc_inc"), "{ir}");
        }
        let ran = execute(&artifact, "-pie", &["-DWITH_CORE"], &[]);
        assert_eq!(ran, (String::new(), 3));
    }
}

#[test]
fn what_runs_once_is_called_and_what_loops_is_expanded() {
    let mut builder = Builder::new();
    let int = builder.ty(Type::Int);
    let bool = builder.ty(Type::Bool);
    let mut f = builder.user("multiple", &[("n", int)], int);
    let (n, sum) = (f.param(0), f.int("sum"));
    f.set(sum, 0);
    // What its checks lead to does not make it large.
    for _ in 0..6 {
        f.binary(BinaryOp::AddChecked, sum, sum, n);
    }
    f.ret(sum);
    let multiple = f.id;

    let mut main = builder.main();
    let (i, more) = (main.int("i"), main.local("more", bool));
    let (head, inside, done) = (main.new_block(), main.new_block(), main.new_block());
    main.set(i, 1);
    main.call(i, multiple, vec![copy(i)]);
    main.goto(head);
    main.go_to(head);
    main.binary(BinaryOp::Lt, more, i, 1000);
    main.branch(more, inside, done);
    main.go_to(inside);
    main.call(i, multiple, vec![copy(i)]);
    main.goto(head);
    main.go_to(done);
    main.ret(i);
    let name = main.mir().name.clone();
    let ir = builder.optimised();
    let main = definition(&ir, &name);
    assert_eq!(main.matches("@\"fuse::multiple\"").count(), 1, "{main}");
}

#[test]
fn a_large_function_with_one_caller_stays_a_function() {
    for (statements, called) in [(3, 0), (100, 1)] {
        let mut builder = Builder::new();
        let int = builder.ty(Type::Int);
        let bool = builder.ty(Type::Bool);
        let mut f = builder.user("work", &[("n", int)], int);
        let (n, sum) = (f.param(0), f.int("sum"));
        f.set(sum, 1);
        for _ in 0..statements {
            f.binary(BinaryOp::AddChecked, sum, sum, n);
        }
        f.ret(sum);
        let work = f.id;

        let mut main = builder.main();
        let (i, more) = (main.int("i"), main.local("more", bool));
        let (head, inside, done) = (main.new_block(), main.new_block(), main.new_block());
        main.set(i, 1);
        main.goto(head);
        main.go_to(head);
        main.binary(BinaryOp::Lt, more, i, 1000);
        main.branch(more, inside, done);
        main.go_to(inside);
        main.call(i, work, vec![copy(i)]);
        main.goto(head);
        main.go_to(done);
        main.ret(i);
        let name = main.mir().name.clone();
        let ir = builder.optimised();
        let main = definition(&ir, &name);
        assert_eq!(main.matches("@\"fuse::work\"").count(), called, "{main}");
    }
}
