//! Arithmetic, comparisons, text, collections.

use super::{assert_lines, assert_none, function, lower, lowered};

#[test]
fn arithmetic_checks_what_may_fault() {
    let text = lowered("fn f(a: Int, b: Int) -> Int:\n  return a * 2 + b - 1\n");
    assert_lines(&text, &["mul.checked %a, 2", "add.checked", "sub.checked"]);
    let text = lowered("fn f(a: Float) -> Float:\n  return -a / 2.0 % 3.0\n");
    assert_lines(&text, &["neg.float %a", "div.float", "rem.float"]);
}

#[test]
fn constants_fold_when_certain() {
    let text = lowered("fn f() -> Int:\n  return 2 + 3 * 4\n");
    assert_lines(&text, &["return 14"]);
    let text = lowered("fn f() -> Int:\n  return 9223372036854775807 + 1\n");
    assert_lines(&text, &["add.checked"]);
}

#[test]
fn division_by_constants_needs_no_checks() {
    let text = lowered("fn f(a: Int) -> Int:\n  return a / 3 + a % 7\n");
    assert_none(&text, "check ");
    let text = lowered("fn f(a: Int, b: Int) -> Int:\n  return a / b\n");
    assert_lines(
        &text,
        &[
            "ne %b, 0",
            "else DivisionByZero",
            "eq %b, -1",
            "neg.checked %a",
            "div %a, %b",
        ],
    );
    let text = lowered("fn f(a: Int) -> Int:\n  return a % 0\n");
    assert_lines(&text, &["fault DivisionByZero"]);
}

#[test]
fn int_and_float_compare_exactly() {
    let text = lowered("fn f(a: Int, b: Float) -> Bool:\n  return a < b\n");
    assert_lines(
        &text,
        &["call @fuse_compare_int_float(%a, %b)", "lt ", ", 0"],
    );
    let text = lowered("fn f(b: Float) -> Bool:\n  return b >= 3\n");
    assert_lines(&text, &["le.float 3.0, %b"]);
    assert_none(&text, "call");
}

#[test]
fn equality_is_structural_per_type() {
    let program = lower(
        "type P:\n  x: Int\n  name: String\n\nfn f(a: List<P>, b: List<P>) -> Bool:\n  return a == b\n",
    );
    assert_lines(
        &function(&program, "f"),
        &["call \"equal<List<P>>\"(%a, %b)"],
    );
    let list = function(&program, "equal<List<P>>");
    assert_lines(
        &list,
        &["len %a", "len %b", "eq ", "call \"equal<P>\"(%a[%", "%b[%"],
    );
    let element = function(&program, "equal<P>");
    assert_lines(
        &element,
        &["eq %a.x, %b.x", "call @fuse_text_equal(%a.name, %b.name)"],
    );
}

#[test]
fn a_text_is_empty_when_its_length_is_zero() {
    let text = lowered("fn f(a: String) -> Bool:\n  return a != \"\"\n");
    assert_lines(&text, &["len %a", "eq ", "not "]);
    assert_none(&text, "call");
}

#[test]
fn interpolation_is_one_text_with_merged_constants() {
    let text = lowered("fn f(a: Int, s: String) -> String:\n  return \"<${a}${\"x\"}y${s}>\"\n");
    assert_lines(
        &text,
        &[
            "len %s",
            "add.nowrap",
            "call @fuse_text_new(",
            "call @fuse_text_put(",
            "\"<\"",
            "call @fuse_text_put_int(",
            "\"xy\"",
            ", %s)",
            "\">\"",
        ],
    );
    assert_eq!(text.matches("fuse_text_new").count(), 1);
}

#[test]
fn text_of_values_is_a_function_per_type() {
    let source = "enum E:\n  A\n  B(Int, String)\n\ntype M:\n  message: String\n\nfn f(e: E, m: M) -> String:\n  return \"${e} ${m}\"\n";
    let program = lower(source);
    assert_lines(
        &function(&program, "text<E>"),
        &[
            "switch",
            "\"E.A\"",
            "\"E.B(\"",
            "fuse_text_put_int",
            "\", \"",
            "\")\"",
        ],
    );
    assert_lines(
        &function(&program, "text<M>"),
        &["\"M(\"", "%value.message", "\")\""],
    );
}

#[test]
fn json_keys_are_sorted_and_constants_merged() {
    let source = "type P:\n  b: Int\n  a: Float\n  c: Bytes\n\nfn f(p: P) -> String:\n  return json.encode(p)\n";
    let program = lower(source);
    assert_lines(
        &function(&program, "json<P>"),
        &[
            r#""{\"a\":""#,
            "fuse_text_put_json_float",
            r#"",\"b\":""#,
            "fuse_text_put_int",
            r#"",\"c\":\"""#,
            "fuse_text_push_base64",
            r#""\"}""#,
        ],
    );
}

#[test]
fn elements_are_checked_then_read_in_place() {
    let text = lowered("fn f(xs: List<List<Int>>, i: Int) -> Int:\n  return xs[i][0]\n");
    assert_lines(
        &text,
        &[
            "len %xs",
            "lt.unsigned %i",
            "else IndexOutOfBounds",
            "len %xs[%i]",
            "lt.unsigned 0",
            "else IndexOutOfBounds",
            "return %xs[%i][0]",
        ],
    );
}

#[test]
fn testing_an_entry_builds_no_option() {
    let text = lowered("fn f(m: Map<String, Int>) -> Int:\n  return m[\"a\"] ?? 0\n");
    assert_lines(
        &text,
        &[
            "call @fuse_map_find(%m, \"a\", 8)",
            "ge ",
            "branch",
            "%m.value[",
        ],
    );
    assert_none(&text, "make");
    let text = lowered("fn f(m: Map<String, Int>) -> Int:\n  return m[\"a\"]\n");
    assert_lines(
        &text,
        &["fuse_map_find", "else NullAccess", "return %m.value["],
    );
}

#[test]
fn list_methods_check_bounds_where_they_are_called() {
    let program = lower(
        "fn f(xs: List<String>) -> List<String>:\n  return xs.slice(1, 2).insert(0, \"a\")\n",
    );
    assert_lines(
        &function(&program, "f"),
        &[
            "else IndexOutOfBounds",
            "else IndexOutOfBounds",
            "slice<List<String>>",
            "else IndexOutOfBounds",
            "insert<",
        ],
    );
    assert_none(&function(&program, "slice<List<String>>"), "check");
}

#[test]
fn removing_from_a_map_of_numbers_is_in_place() {
    let program =
        lower("fn f(m: Map<String, Int>) -> Map<String, Int>:\n  return m.remove(\"a\")\n");
    assert_lines(
        &function(&program, "remove<Map<Int>>"),
        &[
            "fuse_map_find",
            "make_unique %result",
            "fuse_map_remove_at(%result",
        ],
    );
    let program = lower(
        "fn f(m: Map<String, List<Int>>) -> Map<String, List<Int>>:\n  return m.remove(\"a\")\n",
    );
    assert_lines(
        &function(&program, "remove<Map<List<Int>>>"),
        &["fuse_map_find", "map_set %result"],
    );
}
