//! Every operation, run at O0 and O2 with the same result.

mod support;

use fuse_abi::{FaultKind, RuntimeFn};
use fuse_ir::mir::*;
use support::*;

/// A `main` that shows what `body` shows.
fn shows(expected: &str, body: impl FnOnce(&mut Body)) {
    let mut builder = Builder::new();
    let mut main = builder.main();
    body(&mut main);
    main.ret(0);
    assert_eq!(builder.run(), (expected.to_string(), 0));
}

/// A zero the optimiser does not see through.
fn hidden_zero(f: &mut Body) -> LocalId {
    let zero = f.int("zero");
    let (left, right) = (f.builder.text("1234"), f.builder.text("abcd"));
    f.row(Some(zero), RuntimeFn::TextIndexOf, vec![left, right]);
    f.binary(BinaryOp::SubNowrap, zero, zero, 4);
    zero
}

#[test]
fn ints() {
    let cases: &[(BinaryOp, i64, i64, i64)] = &[
        (BinaryOp::AddChecked, i64::MAX - 1, 1, i64::MAX),
        (BinaryOp::SubChecked, i64::MIN + 1, 1, i64::MIN),
        (BinaryOp::MulChecked, -3, 7, -21),
        (BinaryOp::AddNowrap, 2, 3, 5),
        (BinaryOp::SubNowrap, 2, 3, -1),
        (BinaryOp::MulNowrap, 2, 3, 6),
        (BinaryOp::Div, -7, 2, -3),
        (BinaryOp::Rem, -7, 2, -1),
        (BinaryOp::BitAnd, 12, 10, 8),
        (BinaryOp::BitOr, 12, 10, 14),
    ];
    let expected: String = cases
        .iter()
        .map(|(op, _, _, result)| format!("{op:?} {result}\n"))
        .collect();
    shows(&expected, |f| {
        let zero = hidden_zero(f);
        for (op, left, right, _) in cases {
            let (a, r) = (f.int("a"), f.int("r"));
            f.binary(BinaryOp::AddNowrap, a, zero, *left);
            f.binary(*op, r, a, *right);
            f.show(&format!("{op:?} "), r);
        }
    });
}

#[test]
fn comparisons() {
    let cases: &[(BinaryOp, i64, i64, i64)] = &[
        (BinaryOp::Eq, 3, 3, 1),
        (BinaryOp::Ne, 3, 3, 0),
        (BinaryOp::Lt, -1, 0, 1),
        (BinaryOp::Le, 0, 0, 1),
        (BinaryOp::Gt, -1, 0, 0),
        (BinaryOp::Ge, 0, 1, 0),
        (BinaryOp::LtUnsigned, -1, 3, 0),
    ];
    let expected: String = cases
        .iter()
        .map(|(op, _, _, result)| format!("{op:?} {result}\n"))
        .collect();
    shows(&expected, |f| {
        let zero = hidden_zero(f);
        let bool = f.ty(Type::Bool);
        for (op, left, right, _) in cases {
            let (a, r, n) = (f.int("a"), f.local("r", bool), f.int("n"));
            f.binary(BinaryOp::AddNowrap, a, zero, *left);
            f.binary(*op, r, a, *right);
            f.unary(UnaryOp::BoolToInt, n, r);
            f.show(&format!("{op:?} "), n);
        }
    });
}

#[test]
fn bools() {
    shows("not 0\neq 1\n", |f| {
        let bool = f.ty(Type::Bool);
        let (a, b, n) = (f.local("a", bool), f.local("b", bool), f.int("n"));
        let zero = hidden_zero(f);
        f.binary(BinaryOp::Eq, a, zero, 0);
        f.unary(UnaryOp::Not, b, a);
        f.unary(UnaryOp::BoolToInt, n, b);
        f.show("not ", n);
        f.binary(BinaryOp::EqBool, b, b, false);
        f.unary(UnaryOp::BoolToInt, n, b);
        f.show("eq ", n);
    });
}

/// Bits of the results of operations on floats the optimiser does not see through.
fn float_unaries(cases: &[(UnaryOp, f64)]) -> Vec<u64> {
    let mut builder = Builder::new();
    let mut main = builder.main();
    let float = main.ty(Type::Float);
    let zero = hidden_zero(&mut main);
    let (nothing, x, bits) = (
        main.local("nothing", float),
        main.local("x", float),
        main.int("bits"),
    );
    main.unary(UnaryOp::IntToFloat, nothing, zero);
    // Adding -0.0 changes nothing, not even another -0.0.
    main.unary(UnaryOp::NegFloat, nothing, nothing);
    for &(op, value) in cases {
        main.binary(BinaryOp::AddFloat, x, nothing, value);
        main.unary(op, x, x);
        main.unary(UnaryOp::FloatBits, bits, x);
        main.show("", bits);
    }
    main.ret(0);
    let (output, _) = builder.run();
    output
        .lines()
        .map(|line| line.parse::<i64>().expect("a number") as u64)
        .collect()
}

#[test]
fn rounding() {
    let mut cases = vec![
        (UnaryOp::Sqrt, 2.25, 1.5),
        (UnaryOp::AbsFloat, -2.0, 2.0),
        (UnaryOp::Floor, f64::INFINITY, f64::INFINITY),
    ];
    for value in [
        0.5,
        -0.5,
        -0.0,
        0.49999999999999994,
        2.5,
        -2.5,
        1e300,
        -7.0,
        4503599627370495.5,
    ] {
        cases.push((UnaryOp::Floor, value, f64::floor(value)));
        cases.push((UnaryOp::Ceil, value, f64::ceil(value)));
        cases.push((UnaryOp::Round, value, f64::round(value)));
    }
    let asked: Vec<_> = cases.iter().map(|&(op, value, _)| (op, value)).collect();
    for ((op, value, expected), bits) in cases.iter().zip(float_unaries(&asked)) {
        assert_eq!(bits, expected.to_bits(), "{op:?} {value}");
    }
    assert!(f64::from_bits(float_unaries(&[(UnaryOp::Floor, f64::NAN)])[0]).is_nan());
}

#[test]
fn floats() {
    shows(
        "AddFloat 9\nSubFloat 5\nMulFloat 15\nDivFloat 3\nRemFloat 1\nEqFloat 0\nNeFloat 1\nLtFloat 0\nLeFloat 0\nGtFloat 1\nGeFloat 1\nnan 1\n",
        |f| {
            let (float, bool) = (f.ty(Type::Float), f.ty(Type::Bool));
            let zero = hidden_zero(f);
            let (x, r, n) = (f.local("x", float), f.local("r", float), f.int("n"));
            let holds = f.local("holds", bool);
            f.unary(UnaryOp::IntToFloat, x, zero);
            f.binary(BinaryOp::AddFloat, x, x, 7.5);
            for (op, right) in [
                (BinaryOp::AddFloat, 1.5),
                (BinaryOp::SubFloat, 2.5),
                (BinaryOp::MulFloat, 2.0),
                (BinaryOp::DivFloat, 2.5),
                (BinaryOp::RemFloat, 2.0),
            ] {
                f.binary(op, r, x, right);
                f.unary(UnaryOp::FloatToInt, n, r);
                f.show(&format!("{op:?} "), n);
            }
            for op in [
                BinaryOp::EqFloat,
                BinaryOp::NeFloat,
                BinaryOp::LtFloat,
                BinaryOp::LeFloat,
                BinaryOp::GtFloat,
                BinaryOp::GeFloat,
            ] {
                f.binary(op, holds, x, 7.0);
                f.unary(UnaryOp::BoolToInt, n, holds);
                f.show(&format!("{op:?} "), n);
            }
            f.binary(BinaryOp::MulFloat, x, x, f64::NAN);
            f.binary(BinaryOp::NeFloat, holds, x, x);
            f.unary(UnaryOp::BoolToInt, n, holds);
            f.show("nan ", n);
        },
    );
}

/// The fault a body ends in, and the line it happened on.
fn faults(kind: FaultKind, line: u32, body: impl FnOnce(&mut Body)) {
    let mut builder = Builder::new();
    let mut main = builder.main();
    body(&mut main);
    main.ret(0);
    let expected = format!("fault {} at app.fuse:{line}:3 in main\n", kind as u32);
    assert_eq!(builder.run(), (expected, 1));
}

#[test]
fn overflow_and_checks_fault() {
    for (op, left, right) in [
        (BinaryOp::AddChecked, i64::MAX, 1),
        (BinaryOp::SubChecked, i64::MIN, 1),
        (BinaryOp::MulChecked, i64::MAX / 2, 3),
    ] {
        faults(FaultKind::IntegerOverflow, 3, |f| {
            let (a, r) = (f.int("a"), f.int("r"));
            f.set(a, left);
            f.binary(op, r, a, right);
            f.show("", r);
        });
    }
    faults(FaultKind::IntegerOverflow, 3, |f| {
        let a = f.int("a");
        f.set(a, i64::MIN);
        f.unary(UnaryOp::NegChecked, a, a);
        f.show("", a);
    });
    faults(FaultKind::IndexOutOfBounds, 3, |f| {
        let bool = f.ty(Type::Bool);
        let ok = f.local("ok", bool);
        f.binary(BinaryOp::LtUnsigned, ok, -1, 3);
        f.check(ok, FaultKind::IndexOutOfBounds);
    });
    faults(FaultKind::DivisionByZero, 2, |f| {
        let loc = f.builder.program.loc(Loc {
            file: 0,
            line: 2,
            column: 3,
        });
        f.end(Terminator::Fault(FaultKind::DivisionByZero, loc));
        let after = f.new_block();
        f.go_to(after);
    });
}

#[test]
fn control_flow() {
    shows("case 20\nelse 30\n", |f| {
        let (i, r) = (f.int("i"), f.int("r"));
        for (value, label) in [(-2, "case "), (9, "else ")] {
            f.set(i, value);
            let (one, two, other, join) =
                (f.new_block(), f.new_block(), f.new_block(), f.new_block());
            f.end(Terminator::Switch {
                value: copy(i),
                cases: vec![(1, one), (-2, two)],
                default: other,
            });
            for (block, result) in [(one, 10), (two, 20), (other, 30)] {
                f.go_to(block);
                f.set(r, result);
                f.goto(join);
            }
            f.go_to(join);
            f.show(label, r);
        }
    });
}

#[test]
fn lists() {
    shows("len 2\ncap 8\nlast 7\nsame 1\n", |f| {
        let (int, raw, bool) = (f.ty(Type::Int), f.ty(Type::Raw), f.ty(Type::Bool));
        let list_type = f.ty(Type::List(int));
        let list = f.local("list", list_type);
        let (n, i) = (f.int("n"), f.int("i"));
        f.row(
            Some(list),
            RuntimeFn::ListNew,
            vec![O::from(8).into(), O::from(8).into()],
        );
        f.push(StatementKind::SetLen(Place::local(list), O::from(2).into()));
        let at = |index| Place::local(list).project(Projection::Element(index));
        f.set(at(Index::Const(0)), 3);
        f.binary(BinaryOp::AddChecked, i, at(Index::Const(0)), -2);
        f.set(at(Index::Local(i)), 7);
        f.assign(n, Rvalue::Len(Place::local(list)));
        f.show("len ", n);
        f.assign(n, Rvalue::Capacity(Place::local(list)));
        f.show("cap ", n);
        f.show("last ", at(Index::Const(1)));
        let (address, same) = (f.local("address", raw), f.local("same", bool));
        f.assign(address, Rvalue::Address(Place::local(list)));
        let other = f.local("other", list_type);
        f.set(other, address);
        f.binary(BinaryOp::EqPointer, same, other, list);
        f.unary(UnaryOp::BoolToInt, n, same);
        f.show("same ", n);
    });
}

#[test]
fn maps_by_entry() {
    // A map object laid out by hand: the entries pointer is the third word.
    shows("value 42\nkey 2\n", |f| {
        let (int, raw, string) = (f.ty(Type::Int), f.ty(Type::Raw), f.ty(Type::String));
        let words_type = f.ty(Type::List(raw));
        let map_type = f.ty(Type::Map(int));
        let (object, entries) = (
            f.local("object", words_type),
            f.local("entries", words_type),
        );
        let (map, key) = (f.local("map", map_type), f.local("key", string));
        let (i, n) = (f.int("i"), f.int("n"));
        for list in [object, entries] {
            f.row(
                Some(list),
                RuntimeFn::ListNew,
                vec![O::from(8).into(), O::from(16).into()],
            );
        }
        let first = Projection::Element(Index::Const(0));
        f.set(Place::local(object).project(first), entries);
        f.set(map, object);
        f.set(i, 1);
        let value = Projection::EntryValue(Index::Local(i));
        let text = f.builder.text("ab");
        f.set(
            Place::local(map).project(Projection::EntryKey(Index::Const(1))),
            text,
        );
        f.set(Place::local(map).project(value), 42);
        f.show("value ", Place::local(map).project(value));
        f.set(
            key,
            Place::local(map).project(Projection::EntryKey(Index::Local(i))),
        );
        f.assign(n, Rvalue::Len(Place::local(key)));
        f.show("key ", n);
    });
}

#[test]
fn discriminants() {
    shows(
        "none 0\nsome 1\nniche none 0\nniche some 1\nerr 1\nplain 2\n",
        |f| {
            let (int, string, bool) = (f.ty(Type::Int), f.ty(Type::String), f.ty(Type::Bool));
            let tag = f.int("tag");
            let option = f.ty(Type::Option(int));
            let value = f.local("value", option);
            f.push(StatementKind::SetTag(Place::local(value), 0));
            f.assign(tag, Rvalue::Tag(Place::local(value)));
            f.show("none ", tag);
            f.push(StatementKind::SetTag(Place::local(value), 1));
            f.assign(tag, Rvalue::Tag(Place::local(value)));
            f.show("some ", tag);
            let niche = f.ty(Type::Option(string));
            let value = f.local("niche", niche);
            f.push(StatementKind::SetTag(Place::local(value), 0));
            f.assign(tag, Rvalue::Tag(Place::local(value)));
            f.show("niche none ", tag);
            let text = f.builder.text("x");
            f.set(Place::local(value).project(Projection::Some), text);
            f.push(StatementKind::SetTag(Place::local(value), 1));
            f.assign(tag, Rvalue::Tag(Place::local(value)));
            f.show("niche some ", tag);
            let result_type = f.ty(Type::Result(bool, string));
            let result = f.local("result", result_type);
            f.push(StatementKind::SetTag(Place::local(result), 1));
            f.assign(tag, Rvalue::Tag(Place::local(result)));
            f.show("err ", tag);
            let color = f
                .builder
                .enumeration("Color", &[("Red", &[]), ("Green", &[]), ("Blue", &[])]);
            let color = f.local("color", color);
            f.push(StatementKind::SetTag(Place::local(color), 2));
            f.assign(tag, Rvalue::Tag(Place::local(color)));
            f.show("plain ", tag);
        },
    );
}

#[test]
fn cells() {
    // Recursive enums: one immediate, and the general form with two of each.
    for shapes in [1, 2] {
        let mut builder = Builder::new();
        let int = builder.ty(Type::Int);
        let tree = builder.enumeration("Tree", &[]);
        let Type::Enum(id) = builder.program.types.get(tree) else {
            panic!("an enum");
        };
        let variants = &mut builder.program.types.enums[id].variants;
        for shape in 0..shapes {
            variants.push(Variant {
                name: format!("Leaf{shape}"),
                payload: Vec::new(),
            });
            variants.push(Variant {
                name: format!("Node{shape}"),
                payload: vec![tree, int],
            });
        }
        let mut show = builder.user("show", &[("tree", tree)], int);
        let tag = show.int("tag");
        let place = Place::local(show.param(0));
        show.assign(tag, Rvalue::Tag(place.clone()));
        show.ret(tag);
        let show = show.id;
        let mut main = builder.main();
        let (value, tag) = (main.local("value", tree), main.int("tag"));
        let mut expected = String::new();
        for variant in 0..shapes * 2 {
            if variant % 2 == 1 {
                main.row(Some(value), RuntimeFn::Alloc, vec![O::from(32).into()]);
                let item = Projection::Variant { variant, index: 1 };
                main.set(Place::local(value).project(item), 5);
            }
            main.push(StatementKind::SetTag(Place::local(value), variant));
            main.call(tag, show, vec![copy(value)]);
            main.show("tag ", tag);
            expected += &format!("tag {variant}\n");
        }
        let item = Projection::Variant {
            variant: shapes * 2 - 1,
            index: 1,
        };
        main.show("item ", Place::local(value).project(item));
        main.ret(0);
        expected += "item 5\n";
        assert_eq!(builder.run(), (expected, 0));
    }
}

/// A struct of three Ints and a Bool travels by address.
fn large(builder: &mut Builder) -> TypeId {
    let (int, bool) = (builder.ty(Type::Int), builder.ty(Type::Bool));
    builder.structure(
        "Large",
        &[("a", int), ("b", int), ("flag", bool), ("c", int)],
    )
}

fn field(local: LocalId, index: u32) -> Place {
    Place::local(local).project(Projection::Field(index))
}

#[test]
fn structs_by_address() {
    let mut builder = Builder::new();
    let large = large(&mut builder);
    let mut rotate = builder.user("rotate", &[("from", large)], large);
    let from = rotate.param(0);
    let to = rotate.local("to", large);
    rotate.set(field(to, 0), field(from, 1));
    rotate.set(field(to, 1), field(from, 3));
    rotate.unary(UnaryOp::Not, field(to, 2), field(from, 2));
    rotate.set(field(to, 3), field(from, 0));
    rotate.ret(to);
    let rotate = rotate.id;
    let mut main = builder.main();
    let (x, y, n) = (
        main.local("x", large),
        main.local("y", large),
        main.int("n"),
    );
    for (index, value) in [(0, 1), (1, 2), (3, 3)] {
        main.set(field(x, index), value);
    }
    main.set(field(x, 2), false);
    main.set(y, x);
    // The destination is also an argument.
    main.call(x, rotate, vec![copy(x)]);
    main.call(x, rotate, vec![copy(x)]);
    main.call(x, rotate, vec![copy(x)]);
    main.call(y, rotate, vec![copy(x)]);
    for local in [x, y] {
        main.show("a ", field(local, 0));
        main.show("b ", field(local, 1));
        main.unary(UnaryOp::BoolToInt, n, field(local, 2));
        main.show("flag ", n);
        main.show("c ", field(local, 3));
    }
    main.ret(0);
    assert_eq!(
        builder.run(),
        (
            "a 1\nb 2\nflag 1\nc 3\na 2\nb 3\nflag 0\nc 1\n".to_string(),
            0
        )
    );
}

#[test]
fn structs_in_lists_and_boxes() {
    let mut builder = Builder::new();
    let large = large(&mut builder);
    let list_type = builder.ty(Type::List(large));
    let box_type = builder.ty(Type::Box(large));
    let mut main = builder.main();
    let (list, cell, x) = (
        main.local("list", list_type),
        main.local("cell", box_type),
        main.local("x", large),
    );
    let i = main.int("i");
    main.row(
        Some(list),
        RuntimeFn::ListNew,
        vec![O::from(32).into(), O::from(4).into()],
    );
    main.row(Some(cell), RuntimeFn::Alloc, vec![O::from(48).into()]);
    main.set(i, 2);
    for (index, value) in [(0, 10), (1, 20), (3, 40)] {
        main.set(field(x, index), value);
    }
    main.set(field(x, 2), true);
    let element = Place::local(list).project(Projection::Element(Index::Local(i)));
    main.set(element.clone(), x);
    main.set(
        Place::local(cell).project(Projection::Content),
        element.clone(),
    );
    main.set(element.project(Projection::Field(0)), 11);
    main.show(
        "box ",
        Place::local(cell)
            .project(Projection::Content)
            .project(Projection::Field(0)),
    );
    main.show("list ", element.project(Projection::Field(0)));
    main.show("c ", element.project(Projection::Field(3)));
    main.ret(0);
    assert_eq!(builder.run(), ("box 10\nlist 11\nc 40\n".to_string(), 0));
}

#[test]
fn boxed_structs() {
    let mut builder = Builder::new();
    let int = builder.ty(Type::Int);
    let node = builder.structure("Node", &[("value", int)]);
    let next = builder.ty(Type::Option(node));
    let Type::Struct(id) = builder.program.types.get(node) else {
        panic!("a struct");
    };
    builder.program.types.structs[id].fields.push(Field {
        name: "next".to_string(),
        ty: next,
    });
    let mut main = builder.main();
    let (a, b) = (main.local("a", node), main.local("b", node));
    for (local, value) in [(a, 1), (b, 2)] {
        main.row(Some(local), RuntimeFn::Alloc, vec![O::from(24).into()]);
        main.set(field(local, 0), value);
        main.push(StatementKind::SetTag(field(local, 1), 0));
    }
    let link = field(a, 1).project(Projection::Some);
    main.set(link.clone(), b);
    main.push(StatementKind::SetTag(field(a, 1), 1));
    let tag = main.int("tag");
    main.assign(tag, Rvalue::Tag(field(a, 1)));
    main.show("tag ", tag);
    main.show("next ", link.project(Projection::Field(0)));
    main.ret(0);
    assert_eq!(builder.run(), ("tag 1\nnext 2\n".to_string(), 0));
}

#[test]
fn payloads_of_different_kinds_share_bytes() {
    let mut builder = Builder::new();
    let (int, float, string) = (
        builder.ty(Type::Int),
        builder.ty(Type::Float),
        builder.ty(Type::String),
    );
    let any = builder.enumeration("Any", &[("I", &[int]), ("F", &[float]), ("S", &[string])]);
    let mut pass = builder.user("pass", &[("value", any)], any);
    pass.ret(pass.param(0));
    let pass = pass.id;
    let mut main = builder.main();
    let (value, n, x) = (
        main.local("value", any),
        main.int("n"),
        main.local("x", float),
    );
    let item = |variant| Place::local(value).project(Projection::Variant { variant, index: 0 });
    main.set(item(1), 2.75);
    main.push(StatementKind::SetTag(Place::local(value), 1));
    main.call(value, pass, vec![copy(value)]);
    main.set(x, item(1));
    let text = main.builder.text("four");
    main.set(item(2), text);
    main.push(StatementKind::SetTag(Place::local(value), 2));
    main.call(value, pass, vec![copy(value)]);
    main.assign(n, Rvalue::Len(item(2)));
    main.show("len ", n);
    main.binary(BinaryOp::MulFloat, x, x, 4.0);
    main.unary(UnaryOp::FloatToInt, n, x);
    main.show("float ", n);
    main.ret(0);
    assert_eq!(builder.run(), ("len 4\nfloat 11\n".to_string(), 0));
}

#[test]
fn units_take_no_room() {
    let mut builder = Builder::new();
    let (unit, int) = (builder.ty(Type::Unit), builder.ty(Type::Int));
    let nothing = builder.user("nothing", &[("unit", unit), ("n", int)], unit);
    let id = nothing.id;
    let mut nothing = nothing;
    nothing.show("n ", nothing.param(1));
    nothing.ret(Operand::Const(Const::Unit));
    let mut main = builder.main();
    let (u, v) = (main.local("u", unit), main.local("v", unit));
    main.set(u, Operand::Const(Const::Unit));
    main.set(v, u);
    main.call(u, id, vec![copy(v), O::from(3).into()]);
    main.ret(0);
    assert_eq!(builder.run(), ("n 3\n".to_string(), 0));
}

#[test]
fn rows_write_results_in_memory() {
    let mut builder = Builder::new();
    let int = builder.ty(Type::Int);
    let option = builder.ty(Type::Option(int));
    let mut main = builder.main();
    let (value, tag) = (main.local("value", option), main.int("tag"));
    for text in ["815", "x"] {
        let text = main.builder.text(text);
        main.row(Some(value), RuntimeFn::TextToInt, vec![text]);
        main.assign(tag, Rvalue::Tag(Place::local(value)));
        main.show("tag ", tag);
    }
    main.ret(0);
    assert_eq!(builder.run(), ("tag 1\ntag 0\n".to_string(), 0));
}

#[test]
fn globals_hold_values() {
    let mut builder = Builder::new();
    let large = large(&mut builder);
    let unit = builder.ty(Type::Unit);
    let global = builder.program.globals.push(Global {
        name: "App.limits".to_string(),
        ty: large,
    });
    let mut configs = builder.function("configs", FunctionKind::Entry, &[], unit);
    for (index, value) in [(0, 1), (1, 2), (3, 9)] {
        configs.set(
            Place::global(global).project(Projection::Field(index)),
            value,
        );
    }
    configs.set(Place::global(global).project(Projection::Field(2)), true);
    configs.ret(Operand::Const(Const::Unit));
    let id = configs.id;
    builder.program.entry.configs = Some(id);
    let mut main = builder.main();
    main.show("c ", Place::global(global).project(Projection::Field(3)));
    let n = main.int("n");
    main.unary(
        UnaryOp::BoolToInt,
        n,
        Place::global(global).project(Projection::Field(2)),
    );
    main.show("flag ", n);
    main.ret(0);
    assert_eq!(builder.run(), ("c 9\nflag 1\n".to_string(), 0));
}

#[test]
fn parameters_that_are_written_get_storage() {
    let mut builder = Builder::new();
    let int = builder.ty(Type::Int);
    let large = large(&mut builder);
    let mut bump = builder.user("bump", &[("n", int), ("large", large)], int);
    let (n, large_param) = (bump.param(0), bump.param(1));
    bump.binary(BinaryOp::AddChecked, n, n, 1);
    bump.binary(
        BinaryOp::AddChecked,
        field(large_param, 0),
        field(large_param, 0),
        n,
    );
    bump.ret(field(large_param, 0));
    let bump = bump.id;
    let mut main = builder.main();
    let (x, n) = (main.local("x", large), main.int("n"));
    main.set(field(x, 0), 10);
    main.call(n, bump, vec![O::from(1).into(), copy(x)]);
    main.show("bumped ", n);
    main.show("kept ", field(x, 0));
    main.ret(0);
    assert_eq!(builder.run(), ("bumped 12\nkept 10\n".to_string(), 0));
}

#[test]
fn every_row_can_be_called() {
    use fuse_abi::{ParamKind, ReturnKind};
    let mut builder = Builder::new();
    let (int, float, bool, raw, string) = (
        builder.ty(Type::Int),
        builder.ty(Type::Float),
        builder.ty(Type::Bool),
        builder.ty(Type::Raw),
        builder.ty(Type::String),
    );
    let option = builder.ty(Type::Option(int));
    let text = builder.text("text");
    let mut main = builder.main();
    for &row in RuntimeFn::ALL {
        let args = row
            .params()
            .iter()
            .map(|param| match param {
                ParamKind::I64 => O::from(1).into(),
                ParamKind::F64 => O::from(1.0).into(),
                ParamKind::Bool => O::from(true).into(),
                ParamKind::Raw => copy(main.param(0)),
                ParamKind::Obj | ParamKind::Own | ParamKind::Slot => text.clone(),
            })
            .collect();
        let ty = match row.ret() {
            ReturnKind::Unit | ReturnKind::Never => None,
            ReturnKind::I64 => Some(int),
            ReturnKind::F64 => Some(float),
            ReturnKind::Bool => Some(bool),
            ReturnKind::Raw => Some(raw),
            ReturnKind::Own => Some(string),
            ReturnKind::Out => Some(option),
        };
        let dest = ty.map(|ty| main.local("", ty));
        main.row(dest, row, args);
    }
    main.ret(0);
    let artifact = builder.compile(fuse_codegen_llvm::OptLevel::O0);
    let ir = artifact.ir_before.expect("asked for");
    for row in RuntimeFn::ALL {
        assert!(ir.contains(&format!("@{}(", row.symbol())), "{row:?}");
    }
}
