//! Refinements, logging, entry points, and what is not supported.

use super::{assert_lines, assert_none, function, lower, lowered};
use crate::mir::Segment;

#[test]
fn ranges_are_compared_before_anything_is_asked() {
    let source = "type P:\n  age: Int(0..150)\n\nfn f(n: Int) -> P:\n  return P(age = n)\n";
    assert_lines(
        &lowered(source),
        &[
            "ge %n, 0",
            "le %n, 150",
            "fuse_check_int_range(%n, 0, 150)",
            "fuse_fault_validation(\"P.age\", \"invalid_value\"",
        ],
    );
}

#[test]
fn a_failed_refinement_is_an_error_value_where_it_can_be() {
    let source = "import { Validation } from \"std.Error\"\n\ntype P:\n  name: String(1..3)\n\nfn f(s: String) -> P!Validation:\n  return P(name = s)\n";
    let text = lowered(source);
    assert_lines(
        &text,
        &[
            "fuse_check_text_length(%s, 1, 3)",
            "make struct(\"P.name\", \"invalid_value\"",
            "return",
        ],
    );
    assert_none(&text, "fuse_fault_validation");
}

#[test]
fn predicates_and_patterns() {
    let source = "fn even(n: Int) -> Bool:\n  return n % 2 == 0\n\ntype P:\n  n: Int(predicate(even))\n  s: String(regex(\"^a\"))\n\nfn f(n: Int, s: String) -> P:\n  return P(n = n, s = s)\n";
    let text = lowered(source);
    assert_lines(
        &text,
        &[
            "call even(%n)",
            "fuse_regex_matches(%s, \"",
            "value does not match regex ^a",
            "fuse_fault_validation(\"P.s\"",
        ],
    );
    assert_lines(
        &text,
        &[
            "predicate even rejected value",
            "fuse_fault_validation(\"P.n\"",
        ],
    );
}

#[test]
fn log_makes_text_only_for_lines_that_are_shown() {
    let text = lowered("fn f(n: Int):\n  log(\"warn\", \"n is ${n}\", n)\n");
    assert_lines(
        &text,
        &["fuse_log_enabled(3)", "branch", "fuse_log_json(3, "],
    );
    assert_none(&text, "fuse_log_level");
    let text = lowered("fn f(s: String):\n  log(s, \"x\")\n");
    assert_lines(
        &text,
        &["fuse_log_level(%s)", "fuse_log_text", "fuse_log_json(2, %s"],
    );
}

#[test]
fn configuration_is_resolved_in_order_and_immortal() {
    let source = "config App:\n  port: Int(1..65535) = 8080\n  dbUrl: String = \"x\"\n  limit: Int? = null\n\nfn f() -> Int:\n  return App.port\n";
    let program = lower(source);
    assert_lines(&function(&program, "f"), &["return $\"App.port\""]);
    assert_lines(
        &function(&program, "config"),
        &[
            "fuse_config_text(\"App\", \"port\", \"APP_PORT\")",
            "fuse_parse_int",
            "fuse_fault_validation(\"App.port\"",
            "$\"App.port\" = %port",
            "\"APP_DB_URL\"",
            "$\"App.dbUrl\" = %dbUrl",
            "immortal<String>",
            "fuse_parse_is_null",
            "$\"App.limit\" = %limit",
        ],
    );
    let names = &program.entry.config_names;
    assert_eq!(names[0].0, "APP_");
    assert_eq!(
        names[0].1[1],
        ("APP_DB_URL".to_owned(), "App.dbUrl".to_owned())
    );
}

#[test]
fn main_binds_all_flags_before_it_runs() {
    let source = "import { NotFound } from \"std.Error\"\n\nfn main(count: Int(1..5) = 2, loud: Bool = false, name: String, limit: Float?) -> Int!NotFound:\n  return count\n";
    let program = lower(source);
    let main = program.entry.main.as_ref().expect("a main entry");
    let shown: Vec<_> = main
        .flags
        .iter()
        .map(|f| (f.name.as_str(), f.is_bool, f.required))
        .collect();
    assert_eq!(
        shown,
        [
            ("count", false, false),
            ("loud", true, false),
            ("name", false, true),
            ("limit", false, false)
        ]
    );
    assert_lines(
        &function(&program, "run main"),
        &[
            "fuse_flag_text(%flags, 0)",
            "fuse_flag_int(%flags, 0",
            "fuse_flag_bool(%flags, 1)",
            "fuse_flag_bool_text(%flags, 1",
            "fuse_flag_text(%flags, 2)",
            "fuse_flag_float(%flags, 3",
            "fuse_flags_ok(%flags)",
            "fuse_flag_error(%flags, 0, \"invalid_value\"",
            "fuse_flags_ok(%flags)",
            "call main(%count.ok, %loud.ok, %name.ok, %limit.ok)",
            "return 0",
            "fuse_main_failed(",
            "return 1",
            "return 2",
        ],
    );
}

#[test]
fn routes_read_parameters_and_answer_json() {
    let source = "requires network\n\nimport { NotFound } from \"std.Error\"\n\ntype User:\n  name: String\n\nservice Api at \"/api\":\n  get \"/users/{id: Int}\" -> User!NotFound:\n    if id == 0:\n      return null ?! NotFound(message = \"no\")\n    return User(name = input(\"\"))\n";
    let program = lower(source);
    let service = &program.entry.services[0];
    assert_eq!(service.base, ["api"]);
    let route = &service.routes[0];
    assert_eq!(
        (route.method, route.has_body, route.blocks),
        ("GET", false, true)
    );
    let segments = [
        Segment::Literal("users".to_owned()),
        Segment::Param("id".to_owned(), "Int".to_owned()),
    ];
    assert_eq!(route.segments, segments);
    let name = program.functions[route.function].name.clone();
    assert_lines(
        &function(&program, &name),
        &[
            "fuse_request_param(%request, 0)",
            "fuse_parse_int(%",
            "json<User>",
            "fuse_respond_json(%request, 200",
            "error_json<std.Error.NotFound>",
            "fuse_respond_json(%request, 404",
        ],
    );
}

#[test]
fn structured_values_are_read_by_decoders() {
    let cases = [
        (
            "config App:\n  ports: List<Int> = [1]\n",
            "config",
            [
                "decode<List<Int>>",
                "fuse_json_finish(%",
                "\"App.ports\", 1",
            ],
        ),
        (
            "fn main(ports: List<Int>):\n  print(ports)\n",
            "run main",
            ["decode<List<Int>>", "\"ports\", 1", "fuse_flag_problems(%"],
        ),
        (
            "requires network\n\ntype P:\n  n: Int\n\nservice Api at \"/\":\n  post \"/\" body P -> Int:\n    return body.n\n",
            "route Api:POST /",
            ["fuse_request_body(%request)", "decode<P>", "\"body\", 0"],
        ),
    ];
    for (source, name, lines) in cases {
        let program = lower(source);
        let names: Vec<&str> = program
            .functions
            .values()
            .map(|f| f.name.as_str())
            .collect();
        let name = names
            .iter()
            .find(|found| found.contains(name))
            .unwrap_or_else(|| panic!("{name} in {names:?}"));
        assert_lines(&function(&program, name), &lines);
    }
}

#[test]
fn fields_are_stored_where_they_stay() {
    let source = "type P:\n  a: Int\n  b: String\n  c: Int = 3\n\nfn f(text: String) -> Bool:\n  match json.decode<P>(text):\n    Ok(p) -> p.a == p.c\n    Err(_e) -> false\n";
    let text = function(&lower(source), "decode<P>");
    assert_lines(
        &text,
        &[
            "%partial = partial",
            "all_claimed %partial",
            "claim %partial, 2",
            "fill %partial, 2",
            "finish %partial",
            "claim %partial, 0",
            "fill %partial, 0",
            "claim %partial, 1",
            "fill %partial, 1",
        ],
    );
    // Nothing is kept of a field between keys but what the partial struct has.
    assert_none(&text, "make ok");
}
