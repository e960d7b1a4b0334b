//! What of standard error is compared.
//!
//! The launcher's `run error: TEXT` and the executable's `fatal: class=runtime_fatal pid=N message=TEXT BUILDINFO` both become
//! `error: TEXT` (escapes in the message undone); class `panic` becomes `panic: TEXT`. Everything else stays, above all the
//! `  at PATH:LINE:COL in FUNCTION` line of a fault.

pub fn stderr(text: &str) -> String {
    let mut result = String::new();
    for line in text.lines() {
        result.push_str(&normal_line(line));
        result.push('\n');
    }
    result
}

/// Standard error of a command without its `[check] start` and the like.
pub fn without_steps(text: &str) -> String {
    text.lines()
        .filter(|line| !is_step(line))
        .map(|line| format!("{line}\n"))
        .collect()
}

fn is_step(line: &str) -> bool {
    let step = line
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "));
    step.is_some_and(|(_, step)| matches!(step, "start" | "ok" | "failed" | "validation failed"))
}

fn normal_line(line: &str) -> String {
    if let Some(text) = line.strip_prefix("run error: ") {
        return format!("error: {text}");
    }
    let Some(report) = line.strip_prefix("fatal: class=") else {
        return line.to_owned();
    };
    let parts = report
        .split_once(" pid=")
        .and_then(|(class, rest)| Some((class, rest.split_once(" message=")?.1)))
        .and_then(|(class, rest)| Some((class, rest.rsplit_once(" mode=")?.0)));
    match parts {
        Some(("runtime_fatal", message)) => format!("error: {}", unescape(message)),
        Some((class, message)) => format!("{class}: {}", unescape(message)),
        None => line.to_owned(),
    }
}

fn unescape(message: &str) -> String {
    message.replace("\\r", "\r").replace("\\n", "\n")
}

#[test]
fn both_ways_to_fail_look_the_same() {
    let launcher = "run error: index out of bounds\n  at main.fuse:2:3 in f\n";
    let executable = "fatal: class=runtime_fatal pid=12 message=index out of bounds mode=aot profile=debug \
                      contract=aot-v1\n  at main.fuse:2:3 in f\n";
    assert_eq!(stderr(launcher), stderr(executable));
    assert_eq!(
        stderr(launcher),
        "error: index out of bounds\n  at main.fuse:2:3 in f\n"
    );
}

#[test]
fn panics_stay_panics_and_other_lines_stay() {
    let text =
        "log line\nfatal: class=panic pid=1 message=panic_kind=panic_string a\\nb mode=aot x=y\n";
    assert_eq!(
        stderr(text),
        "log line\npanic: panic_kind=panic_string a\nb\n"
    );
}

#[test]
fn steps_are_left_out() {
    let text = "[test] start\n  at main.fuse:1:2 in f\n[ok] fine\n[test] failed\n";
    assert_eq!(without_steps(text), "  at main.fuse:1:2 in f\n[ok] fine\n");
}
