//! Markup grows one text.

use super::{assert_lines, assert_none, function, lower, lowered};

#[test]
fn elements_and_loops_append_to_one_text() {
    let text = lowered(
        "fn f(names: List<String>) -> Html:\n  return ul(class=\"x\"):\n    for name in names:\n      li(): name\n    \"${names.len()}\"\n",
    );
    assert_lines(
        &text,
        &[
            "fn f(%0: Html, %names",
            "fuse_text_push(%3, \"<ul class=\\\"x\\\">\")",
            "len %name",
            "add.nowrap",
            "fuse_text_reserve(%3, ",
            "fuse_text_put(",
            "\"<li>\"",
            "fuse_html_put_text(",
            "%name, 5)",
            "fuse_text_put(",
            "\"</li>\"",
            "fuse_text_reserve(%3, 25)",
            "fuse_text_put_int(",
            "return %3",
        ],
    );
    assert_none(&text, "fuse_text_new");
}

#[test]
fn functions_continue_the_text_of_their_caller() {
    let program = lower(
        "fn part(n: Int) -> Html:\n  return b(): \"${n}\"\nfn f() -> Html:\n  return p(): part(1)\nfn g() -> String:\n  return html.render(part(2))\n",
    );
    let text = function(&program, "f");
    assert_lines(&text, &["\"<p>\"", "= call part(%1, 1)", "\"</p>\""]);
    assert_none(&text, "fuse_text_new");
    assert_lines(
        &function(&program, "g"),
        &["fuse_text_new(256)", "call part("],
    );
}

#[test]
fn markup_without_values_is_a_constant() {
    let text = lowered("fn f():\n  let x = div(id=\"a\"): br()\n  print(x)\n");
    assert_lines(&text, &["\"<div id=\\\"a\\\"><br></div>\""]);
    assert_none(&text, "fuse_text_push");
}

#[test]
fn a_block_after_a_function_is_its_last_parameter() {
    let text = lowered(
        "fn panel(attrs: Map<String, String>, kids: List<Html>) -> Html:\n  return p(attrs, kids)\nfn f() -> Html:\n  panel():\n    \"a\"\n    b()\n",
    );
    assert_lines(
        &text,
        &["list []", "list [\"a\", \"<b></b>\"]", "call panel("],
    );
}

#[test]
fn main_and_defaults_may_give_markup() {
    let program = lower(
        "fn none() -> Html:\n  return b()\ntype Page:\n  body: Html = none()\nfn main(name: String = \"x\") -> Html:\n  return p(): name\nfn f() -> Html:\n  return Page().body\napp \"a\":\n  print(f())\n",
    );
    assert_lines(
        &function(&program, "Page.body:default"),
        &["call none(%1)", "return"],
    );
}
