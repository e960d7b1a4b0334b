//! Assignment to parts of values, and growing them.

use super::{assert_lines, assert_none, lowered};

#[test]
fn containers_are_made_unique_from_the_root() {
    let source = "type P:\n  rows: List<List<Int>>\n\nfn f():\n  var p = P(rows = [[1]])\n  p.rows[0][0] = 2\n  print(p.rows)\n";
    assert_lines(
        &lowered(source),
        &[
            "make_unique %p.rows",
            "len %p.rows",
            "else IndexOutOfBounds",
            "make_unique %p.rows[0]",
            "else IndexOutOfBounds",
            "%p.rows[0][0] = 2",
        ],
    );
}

#[test]
fn entries_are_set_or_must_exist() {
    let source =
        "fn f(k: String):\n  var m = {\"a\": [1]}\n  m[k] = [2]\n  m[k][0] = 3\n  print(m)\n";
    assert_lines(
        &lowered(source),
        &[
            "make_unique %m",
            "map_set %m, %k",
            "make_unique %m",
            "fuse_map_find(%m, %k",
            "else MissingMapEntry",
            "make_unique %m.value[",
            "else IndexOutOfBounds",
        ],
    );
}

#[test]
fn payloads_must_be_there() {
    let source = "type Q:\n  n: Int\n\ntype P:\n  q: Q?\n\nfn f():\n  var p = P()\n  p.q?.n = 2\n  print(p.q == null)\n";
    assert_lines(
        &lowered(source),
        &["tag %p.q", "else OptionalAssignment", "%p.q.some.n = 2"],
    );
}

#[test]
fn numbers_are_updated_where_they_are() {
    let text = lowered("fn f() -> Int:\n  var n = 1\n  n = n * 3\n  return n\n");
    assert_lines(&text, &["%n = 1", "%n = mul.checked %n, 3", "return %n"]);
}

#[test]
fn the_value_comes_before_the_indexes() {
    let source = "fn g(n: Int) -> Int:\n  print(n)\n  return n\n\nfn f():\n  var xs = [0, 0]\n  xs[g(1)] = g(2)\n  print(xs)\n";
    assert_lines(
        &lowered(source),
        &["call g(2)", "call g(1)", "make_unique %xs"],
    );
}

#[test]
fn texts_and_lists_grow_in_place() {
    let text = lowered(
        "fn f(n: Int) -> String:\n  var s = \"\"\n  for i in 0..<n:\n    s = s + \"x\" + \"${i}\"\n  return s\n",
    );
    assert_lines(
        &text,
        &[
            "fuse_text_reserve(%s, 21)",
            "\"x\"",
            "fuse_text_put_int",
            "%s = %",
        ],
    );
    assert_none(&text, "fuse_text_new");
    let text = lowered(
        "fn f() -> List<Int>:\n  var xs = [1]\n  xs = xs.append(2)\n  xs = xs + [3, 4]\n  return xs\n",
    );
    assert_lines(
        &text,
        &[
            "push %xs, 2",
            "%xs = %",
            "push %xs, 3",
            "%xs = %",
            "push %xs, 4",
            "%xs = %",
        ],
    );
}

#[test]
fn a_list_may_grow_by_itself() {
    let text = lowered("fn f() -> List<Int>:\n  var xs = [1]\n  xs = xs + xs\n  return xs\n");
    // The elements come from a list of their own.
    assert_lines(&text, &["= %xs", "len %", "push %xs, %"]);
    assert_none(&text, "push %xs, %xs");
}

#[test]
fn parts_are_taken_out_to_grow() {
    let source = "type P:\n  items: List<Int>\n\nfn f():\n  var p = P(items = [])\n  p.items = p.items.append(1)\n  print(p.items)\n";
    let text = lowered(source);
    assert_lines(
        &text,
        &[
            "= %p.items",
            "%p.items = list [] capacity 0",
            "push %",
            "%p.items = %",
        ],
    );
}

#[test]
fn grouping_takes_the_entry_out() {
    let source = "fn f(k: String):\n  var m: Map<String, List<Int>> = {}\n  m[k] = (m[k] ?? []).append(1)\n  print(m)\n";
    let text = lowered(source);
    assert_eq!(text.matches("fuse_map_find").count(), 1, "{text}");
    assert_lines(
        &text,
        &[
            "make_unique %m",
            "fuse_map_find(%m, %k",
            "branch",
            "= %m.value[",
            "] = list [] capacity 0",
            "push %",
            "map_set %m, %k",
        ],
    );
}

#[test]
fn counting_looks_for_the_entry_once() {
    let source = "fn f(k: String, n: Int):\n  var m: Map<String, Int> = {}\n  m[k] = (m[k] ?? 0) + n\n  print(m)\n";
    let text = lowered(source);
    assert_eq!(text.matches("fuse_map_find").count(), 1, "{text}");
    assert_lines(
        &text,
        &[
            "fuse_map_find(%m, %k",
            "= %m.value[",
            "add.checked",
            "make_unique %m",
            "%m.value[",
            "] = %",
            "map_set %m, %k",
        ],
    );
    let source = "fn f(k: String):\n  var m = {\"a\": 1.5}\n  m[k] = m[k] * 2.0\n  print(m)\n";
    let text = lowered(source);
    assert_eq!(text.matches("fuse_map_find").count(), 1, "{text}");
    assert_lines(
        &text,
        &["else NullAccess", "mul.float", "make_unique %m", "] = %"],
    );
}
