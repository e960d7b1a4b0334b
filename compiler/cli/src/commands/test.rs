//! `fuse test`

use std::io::Write;

use fuse_driver::Purpose;
use fuse_driver::test::{self, TestPlace, TestRequest, TestResult};
use serde_json::{Value, json};

use super::{Outcome, Session};
use crate::args::TestArgs;
use crate::failure::Failure;

pub fn run(session: &mut Session, args: &TestArgs) -> Result<Outcome, Failure> {
    let Some(checked) = session.check(Purpose::Test)? else {
        return Ok(Outcome::Failed);
    };
    let request = TestRequest {
        filter: args.filter.clone(),
        variables: session.variables(&checked.root),
    };
    let tests = test::compile(&checked, &request, &mut session.timings)?;
    session.show_timings();
    let total = tests.count();
    if total == 0 {
        say("0 tests");
        return match &args.filter {
            None => Ok(Outcome::Ok),
            Some(filter) => Err(Failure::new(format!("no test has `{filter}` in its name"))
                .with_code("wrapper_no_tests")
                .with_hint("`--filter` takes a part of a name, in the same letter case")),
        };
    }
    let console = session.console;
    let mut failed = 0;
    let mut report = |result: TestResult| {
        say(&line(&result));
        failed += usize::from(result.failure.is_some());
        console.test_result(place(&result).as_deref(), &data(&result));
    };
    if let Err(failure) = tests.run(&mut report) {
        console.test_error(&failure.message);
        if let Some(place) = &failure.place {
            let mut object = json!({"kind": "fault_place"});
            add_place(&mut object, place);
            console.test_result(Some(&shown(place)), &object);
        }
        return Ok(Outcome::Failed);
    }
    say(&match failed {
        0 => format!("ok ({total} tests)"),
        _ => format!("FAILED ({failed} failed of {total} tests)"),
    });
    let passed = total - failed;
    let summary =
        json!({"kind": "test_summary", "failed": failed, "passed": passed, "total": total});
    console.test_result(None, &summary);
    Ok(match failed {
        0 => Outcome::Ok,
        _ => Outcome::Failed,
    })
}

/// A line on standard output. A reader that went away is not our failure.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn line(result: &TestResult) -> String {
    match &result.failure {
        None => format!("ok {}", result.name),
        Some(failure) => format!("FAILED {}: {}", result.name, failure.message),
    }
}

/// Where a test failed.
fn place(result: &TestResult) -> Option<String> {
    Some(shown(result.failure.as_ref()?.place.as_ref()?))
}

fn shown(place: &TestPlace) -> String {
    let (path, line, column) = (&place.path, place.line, place.column);
    format!("  at {path}:{line}:{column} in {}", place.function)
}

fn add_place(object: &mut Value, place: &TestPlace) {
    object["path"] = place.path.as_str().into();
    object["line"] = place.line.into();
    object["column"] = place.column.into();
    object["function"] = place.function.as_str().into();
}

fn data(result: &TestResult) -> Value {
    let mut object = json!({
        "kind": "test",
        "name": result.name,
        "status": if result.failure.is_some() { "failed" } else { "ok" },
        "microseconds": result.duration.as_micros() as u64,
    });
    if let Some(failure) = &result.failure {
        object["message"] = failure.message.as_str().into();
        if let Some(place) = &failure.place {
            add_place(&mut object, place);
        }
    }
    object
}
