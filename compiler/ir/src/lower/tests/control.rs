//! Statements, loops, matches, errors, and facts about functions.

use super::{assert_lines, assert_none, function, lower, lowered};

#[test]
fn conditions_branch_directly() {
    let text =
        lowered("fn f(a: Int, b: Bool) -> Int:\n  if a < 3 and !b:\n    return 1\n  return 2\n");
    assert_lines(&text, &["lt %a, 3", "branch", "branch %b", "return"]);
    assert_none(&text, "not");
}

#[test]
fn ranges_are_counted_loops() {
    let text = lowered("fn f(n: Int):\n  for i in 0..<n:\n    print(i)\n");
    assert_lines(
        &text,
        &["%i = 0", "lt %i, %n", "branch", "add.nowrap %i, 1"],
    );
    assert_none(&text, "check");
    // Up to the largest Int: tested before counting on.
    let text = lowered("fn f(n: Int):\n  for i in 0..n:\n    print(i)\n");
    assert_lines(
        &text,
        &[
            "le 0, %n",
            "else RangeOrder",
            "%i = 0",
            "lt %i, %n",
            "add.nowrap %i, 1",
        ],
    );
    let text = lowered("fn f():\n  for i in 1..3:\n    print(i)\n");
    assert_none(&text, "RangeOrder");
}

#[test]
fn a_bound_is_what_it_was_when_the_loop_began() {
    let text = lowered("fn f():\n  var n = 3\n  for i in 0..<n:\n    n = 0\n");
    assert_lines(&text, &["%n = 3", "= %n", "%i = 0", "%n = 0"]);
    assert_none(&text, "lt %i, %n");
}

#[test]
fn lists_are_walked_without_checks() {
    let text = lowered(
        "fn f(xs: List<Int>) -> Int:\n  var t = 0\n  for x in xs:\n    t = t + x\n  return t\n",
    );
    assert_lines(
        &text,
        &[
            "len %xs",
            "= 0",
            "%x = %xs[%",
            "%t = add.checked %t, %x",
            "add.nowrap",
        ],
    );
    assert_none(&text, "check ");
}

#[test]
fn a_changed_list_is_walked_as_it_was() {
    let text = lowered("fn f():\n  var xs = [1]\n  for x in xs:\n    xs = xs.append(x)\n");
    assert_lines(&text, &["= %xs", "len %"]);
    assert_none(&text, "len %xs");
}

#[test]
fn match_switches_once_per_level() {
    let source = "enum S:\n  A(Int)\n  B\n  C(Bool)\n\nfn f(s: S) -> Int:\n  match s:\n    A(0) -> 1\n    A(n) -> n\n    B -> 2\n    C(true) -> 3\n    C(false) -> 4\n";
    let text = lowered(source);
    assert_eq!(text.matches("tag %s").count(), 1, "{text}");
    assert_eq!(text.matches("switch %s.A.0").count(), 1, "{text}");
    assert_eq!(text.matches("branch %s.C.0").count(), 1, "{text}");
}

#[test]
fn nested_options_and_results_match_inside_out() {
    let source = "type E:\n  n: Int\n\nfn g() -> Int?!E:\n  return 1\n\nfn f() -> Int:\n  match g():\n    Ok(Some(n)) -> n\n    Ok(None) -> 0\n    Err(E(n = 7)) -> 7\n    Err(_) -> -1\n";
    let text = lowered(source);
    assert_lines(
        &text,
        &[
            "tag ", "switch", "tag %", ".ok", "switch", "switch %", ".err.n",
        ],
    );
}

#[test]
fn strings_match_by_equality() {
    let text = lowered(
        "fn f(s: String) -> Int:\n  match s:\n    \"a\" -> 1\n    \"b\" -> 2\n    _ -> 3\n",
    );
    assert_lines(
        &text,
        &[
            "fuse_text_equal(%s, \"a\")",
            "branch",
            "fuse_text_equal(%s, \"b\")",
            "branch",
        ],
    );
}

#[test]
fn operands_are_read_where_they_are() {
    let source = "fn g(a: Int, b: Int) -> Int:\n  return a - b\n\nfn f(n: Int) -> Int:\n  var xs = [n]\n  return xs[0] + g(xs[0], n)\n";
    let text = lowered(source);
    assert_lines(&text, &["call g(%xs[0], %n)", "add.checked %xs[0], %"]);
}

#[test]
fn failed_results_leave_by_the_error_path() {
    let source = "import { NotFound } from \"std.Error\"\n\nfn g(n: Int) -> Int!NotFound:\n  return null ?! NotFound(message = \"no\")\n\nfn f(n: Int) -> Int!NotFound:\n  let x = g(n) ?!\n  return x + 1\n";
    let text = lowered(source);
    assert_lines(
        &text,
        &["call g(%n)", "tag %", "switch", ".err", "make ", "return"],
    );
}

#[test]
fn recursion_is_found_across_functions() {
    let program = lower(
        "fn f(n: Int) -> Int:\n  if n == 0:\n    return 0\n  return g(n - 1)\n\nfn g(n: Int) -> Int:\n  return f(n)\n\nfn h() -> Int:\n  return f(3)\n",
    );
    for (name, recursive) in [("f", true), ("g", true), ("h", false)] {
        let text = function(&program, name);
        assert_eq!(text.contains("stack_check"), recursive, "{text}");
        assert_eq!(
            text.lines().next().is_some_and(|l| l.contains("recursive")),
            recursive
        );
        assert_lines(&text, &["faults"]);
    }
}

#[test]
fn recursive_types_check_the_stack_in_their_functions() {
    let program =
        lower("enum T:\n  Leaf\n  Node(T, Int)\n\nfn f(t: T) -> String:\n  return \"${t}\"\n");
    assert_lines(
        &function(&program, "text<T>"),
        &["recursive", "stack_check", "call \"text<T>\""],
    );
}

#[test]
fn waiting_spreads_to_callers() {
    let program = lower(
        "fn f() -> String:\n  return input(\"? \")\n\nfn g() -> String:\n  return f()\n\nfn h() -> Int:\n  return 1\n",
    );
    for (name, blocks) in [("f", true), ("g", true), ("h", false)] {
        let found = program.functions.values().find(|f| f.name == name);
        assert_eq!(found.map(|f| f.effects.blocks), Some(blocks), "{name}");
    }
}

#[test]
fn asserting_makes_its_message_only_when_it_fails() {
    let text = lowered("fn f(n: Int):\n  assert(n > 0, \"bad ${n}\")\n");
    assert_lines(
        &text,
        &[
            "gt %n, 0",
            "branch",
            "fuse_text_new",
            "fuse_assert_failed",
            "unreachable",
        ],
    );
}
