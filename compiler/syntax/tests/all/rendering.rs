use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::render::{Color, json_lines, text};
use fuse_syntax::source::{Lines, SourceMap};
use fuse_syntax::span::{FileId, Span};

struct Files(Vec<(&'static str, &'static str)>);

impl SourceMap for Files {
    fn path(&self, file: FileId) -> &str {
        self.0.get(file.0 as usize).map_or("", |file| file.0)
    }

    fn text(&self, file: FileId) -> &str {
        self.0.get(file.0 as usize).map_or("", |file| file.1)
    }
}

fn files() -> Files {
    Files(vec![
        ("src/main.fuse", "fn f():\n  let ä = böse(1)\n"),
        ("lib.fuse", "fn böse():\n  1\n"),
        ("empty.fuse", ""),
    ])
}

fn span(file: u32, start: u32, end: u32) -> Span {
    Span::new(FileId(file), start, end)
}

#[test]
fn text_form() {
    let diagnostic = Diagnostic::error("FUSE_X", span(0, 19, 24), "unknown `böse`")
        .with_related(span(0, 14, 16), "used here")
        .with_related(span(1, 3, 8), "declared here")
        .with_hint("import it");
    let warning = Diagnostic::warning("FUSE_W", span(0, 0, 2), "odd");
    let expected = "\
error[FUSE_X]: unknown `böse`
 --> src/main.fuse:2:12
  |
2 |   let ä = böse(1)
  |       -   ^^^^
  |       |
  |       used here
  |
 ::: lib.fuse:1:4
  |
1 | fn böse():
  |    ---- declared here
  |
  = hint: import it

warning[FUSE_W]: odd
 --> src/main.fuse:1:1
  |
1 | fn f():
  | ^^
";
    assert_eq!(
        text(&[diagnostic, warning], &files(), Color::Never),
        expected
    );
}

#[test]
fn colour_only_on_request() {
    let diagnostic = [Diagnostic::error("FUSE_X", span(0, 0, 2), "m")];
    assert!(!text(&diagnostic, &files(), Color::Never).contains('\u{1b}'));
    assert!(text(&diagnostic, &files(), Color::Always).contains('\u{1b}'));
}

#[test]
fn odd_spans_do_no_harm() {
    // Inside a character, behind the end, in an empty file, in no file.
    for span in [
        span(0, 15, 15),
        span(0, 500, 900),
        span(2, 0, 0),
        span(9, 3, 4),
        span(0, 27, 27),
    ] {
        let diagnostic = [Diagnostic::error("FUSE_X", span, "m")];
        let output = text(&diagnostic, &files(), Color::Never);
        assert!(output.starts_with("error[FUSE_X]: m"), "{output}");
        assert!(json_lines(&diagnostic, &files()).starts_with("{\"code\":\"FUSE_X\""));
    }
    let empty = text(
        &[Diagnostic::error("FUSE_X", span(2, 0, 0), "m")],
        &files(),
        Color::Never,
    );
    assert!(empty.contains("empty.fuse:1:1"), "{empty}");
}

#[test]
fn json_form() {
    let diagnostics = [
        Diagnostic::error("FUSE_X", span(0, 19, 24), "a \"b\"\n"),
        Diagnostic::warning("FUSE_W", span(1, 0, 2), "odd"),
    ];
    let expected = concat!(
        r#"{"code":"FUSE_X","column":12,"kind":"diagnostic","level":"error","line":2,"message":"a \"b\"\n","#,
        r#""path":"src/main.fuse","span_end":24,"span_start":19}"#,
        "\n",
        r#"{"code":"FUSE_W","column":1,"kind":"diagnostic","level":"warning","line":1,"message":"odd","#,
        r#""path":"lib.fuse","span_end":2,"span_start":0}"#,
        "\n",
    );
    assert_eq!(json_lines(&diagnostics, &files()), expected);
}

#[test]
fn lines_and_columns() {
    let source = "ab\ncd\n";
    for (offset, expected) in [
        (0, (1, 1)),
        (1, (1, 2)),
        (2, (1, 3)),
        (3, (2, 1)),
        (6, (3, 1)),
        (99, (3, 1)),
    ] {
        assert_eq!(Lines::new(source).position(offset), expected);
    }
}

/// A file with many lines and as many findings.
fn many(count: usize) -> (String, Vec<Diagnostic>) {
    let line = "  print(unknown)\n";
    let find = |at: usize| {
        let start = (at * line.len() + 8) as u32;
        Diagnostic::error("FUSE_X", span(0, start, start + 7), "unknown")
    };
    (line.repeat(count), (0..count).map(find).collect())
}

struct One<'t>(&'t str);

impl SourceMap for One<'_> {
    fn path(&self, _: FileId) -> &str {
        "main.fuse"
    }

    fn text(&self, _: FileId) -> &str {
        self.0
    }
}

#[test]
fn every_finding_in_a_large_file_is_shown_with_its_line() {
    let (source, found) = many(3000);
    let shown = text(&found, &One(&source), Color::Never);
    assert!(shown.contains(" --> main.fuse:2999:9\n"), "{shown}");
    assert!(shown.contains("\n2999 |   print(unknown)\n     |         ^^^^^^^\n"));
    // Each excerpt has its own line only.
    assert_eq!(shown.matches("print(unknown)").count(), 3000);
    let json = json_lines(&found, &One(&source));
    assert_eq!(json.matches("\"line\":2999,").count(), 1);
    assert_eq!(json.lines().count(), 3000);
}

#[test]
fn long_lines_are_cut_around_what_is_marked() {
    let source = format!(
        "let xs = [{}oops, {}]\n",
        "1, ".repeat(500_000),
        "1, ".repeat(500_000)
    );
    let at = source.find("oops").expect("it is there") as u32;
    let found = [Diagnostic::error("FUSE_X", span(0, at, at + 4), "unknown")
        .with_related(span(0, 0, 3), "far away on the same line")];
    let shown = text(&found, &One(&source), Color::Never);
    assert!(
        shown.contains(&format!(" --> main.fuse:1:{}\n", at + 1)),
        "{shown}"
    );
    assert!(shown.contains("oops") && shown.contains("^^^^"), "{shown}");
    assert!(shown.contains("--- far away on the same line"), "{shown}");
    assert!(shown.len() < 2000, "{}", shown.len());
}

#[test]
fn long_ranges_and_distant_places_are_bounded() {
    let (source, _) = many(5000);
    let end = source.len() as u32;
    let found = [Diagnostic::error("FUSE_X", span(0, 2, end), "too long")
        .with_related(span(0, end - 17, end - 2), "the end")];
    let shown = text(&found, &One(&source), Color::Never);
    assert!(shown.contains(" --> main.fuse:1:3\n"), "{shown}");
    assert!(
        shown.contains("1 |   print(unknown)\n     |   ^^^^^^^^^^^^^^\n"),
        "{shown}"
    );
    assert!(shown.contains(" ::: main.fuse:5000:1\n"), "{shown}");
    assert!(shown.lines().count() < 14, "{shown}");
}

#[test]
fn the_json_form_has_related_places_and_hints() {
    let found = [Diagnostic::error("FUSE_X", span(0, 19, 24), "m")
        .with_related(span(1, 3, 8), "declared here")
        .with_hint("import it")];
    let expected = concat!(
        r#"{"code":"FUSE_X","column":12,"hints":["import it"],"kind":"diagnostic","level":"error","line":2,"#,
        r#""message":"m","path":"src/main.fuse","#,
        r#""related":[{"column":4,"line":1,"message":"declared here","path":"lib.fuse"}],"#,
        r#""span_end":24,"span_start":19}"#,
        "\n",
    );
    assert_eq!(json_lines(&found, &files()), expected);
}
