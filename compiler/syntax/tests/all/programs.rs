use crate::support::errors;

/// Realistic programs; other tests take them apart.
pub const PROGRAMS: &[(&str, &str)] = &[
    ("core", include_str!("programs/core.fuse")),
    ("service", include_str!("programs/service.fuse")),
    ("html", include_str!("programs/html.fuse")),
    ("algorithms", include_str!("programs/algorithms.fuse")),
];

#[test]
fn programs_parse() {
    for (name, source) in PROGRAMS {
        assert_eq!(errors(source), Vec::<String>::new(), "{name}");
        assert_eq!(
            errors(&source.replace('\n', "\r\n")),
            Vec::<String>::new(),
            "{name} with CRLF"
        );
    }
}

#[test]
fn any_indentation_width_gives_the_same_tree() {
    for (name, source) in PROGRAMS {
        // Long strings keep their indentation, so programs with them are not the same.
        if source.contains("\"\"\"") {
            continue;
        }
        let wide: String = source
            .lines()
            .map(|line| {
                let blanks = line.len() - line.trim_start().len();
                format!("{}{line}\n", " ".repeat(blanks))
            })
            .collect();
        assert_eq!(
            crate::support::tree(source),
            crate::support::tree(&wide),
            "{name}"
        );
    }
}

#[test]
fn dumps_are_stable() {
    for (name, source) in PROGRAMS {
        let dump = crate::support::tree(source);
        assert_eq!(dump, crate::support::tree(source), "{name}");
        let open = dump.matches('(').count();
        assert!(open > 50, "{name}");
        assert!(dump.lines().all(|line| !line.ends_with(' ')), "{name}");
    }
}

#[test]
fn spans_of_items_cover_their_text() {
    for (_, source) in PROGRAMS {
        let (module, _) = fuse_syntax::parse(fuse_syntax::span::FileId(0), source);
        let mut end = 0;
        for item in &module.items {
            assert!(item.span.start >= end, "items do not overlap");
            end = item.span.end;
            let text = &source[item.span.start as usize..end as usize];
            assert_eq!(text.trim(), text);
        }
    }
}
