//! Programs as generated code would lay them out, made by hand.

use core::ptr;

use fuse_abi::FaultKind;
use fuse_abi::entry::{
    App, ConfigName, Flag, Main, Program, Route, Segment, Service, Site, Slice, Text,
};
use fuse_core::{fuse_drop_text, fuse_text_new, fuse_text_push, fuse_text_push_int};
use fuse_runtime::object::new_text;

unsafe extern "C" {
    fn fuse_print(text: *mut u8);
    fn fuse_fault(kind: i64, site: i64) -> !;
    fn fuse_serve(port: i64, site: i64);
    fn fuse_config_text(config: *mut u8, field: *mut u8, variable: *mut u8, site: i64) -> *mut u8;
    fn fuse_request_param(request: *mut u8, index: i64) -> *mut u8;
    fn fuse_respond_json(request: *mut u8, status: i64, text: *mut u8);
    fn fuse_text_push_json(text: *mut u8, value: *mut u8) -> *mut u8;
    fn fuse_parse_int(text: *mut u8, path: *mut u8, site: i64) -> i64;
    fn fuse_raise(text: *mut u8, status: i64, is_json: bool, site: i64) -> !;
    fn fuse_flag_text(flags: *mut u8, index: i64) -> *mut u8;
    fn fuse_flag_int(out: *mut u8, flags: *mut u8, index: i64, text: *mut u8);
    fn fuse_flags_ok(flags: *mut u8) -> bool;
    fn fuse_main_failed(text: *mut u8, is_json: bool);
    fn fuse_run_main(program: *const Program, count: i64, arguments: *const *const u8) -> i64;
    fn fuse_input(prompt: *mut u8, site: i64) -> *mut u8;
}

const fn text(text: &'static str) -> Text {
    Text {
        data: text.as_ptr(),
        len: text.len() as u64,
    }
}

fn leak<T>(rows: Vec<T>) -> Slice<T> {
    let rows = Vec::leak(rows);
    Slice {
        data: rows.as_ptr(),
        len: rows.len() as u64,
    }
}

/// A program whose app is `run`.
pub fn with_app(run: extern "C" fn()) -> Program {
    Program {
        build_info: text("mode=aot profile=test contract=aot-v1"),
        sites: leak(vec![
            Site {
                file: text(""),
                function: text(""),
                line: 0,
                column: 0,
            },
            Site {
                file: text("src/main.fuse"),
                function: text("half"),
                line: 3,
                column: 7,
            },
        ]),
        config_names: leak(vec![ConfigName {
            prefix: text("APP_"),
            env: text("APP_DB_URL"),
            field: text("App.dbUrl"),
        }]),
        apps: leak(vec![App {
            name: text("demo"),
            run,
        }]),
        services: leak(vec![]),
        configs: None,
        main: ptr::null(),
        run_main: None,
        migrations: leak(Vec::new()),
        run_migrations: None,
        needs_stack: 0,
        release: 1,
    }
}

fn print(line: &str) {
    let line = new_text(line.as_bytes());
    // SAFETY: live text.
    unsafe {
        fuse_print(line);
        fuse_drop_text(line);
    }
}

pub extern "C" fn prints() {
    print("one");
    print("two");
}

pub extern "C" fn prints_forever() {
    loop {
        print("y");
    }
}

pub extern "C" fn faults() {
    print("before");
    // SAFETY: inside the run's guard.
    unsafe { fuse_fault(FaultKind::DivisionByZero as i64, 1) }
}

pub extern "C" fn panics() {
    print("before");
    fuse_runtime::process::panics::arm();
    let place = std::hint::black_box(7);
    panic!("place {place}\nis wrong");
}

pub extern "C" fn asks() {
    // SAFETY: live text, inside the run's guard.
    unsafe {
        let line = fuse_input(new_text(b"name? "), 1);
        fuse_print(line);
    }
}

/// Prints what environment or file say about `App.dbUrl`.
pub extern "C" fn configured() {
    // SAFETY: live texts, inside the run's guard.
    unsafe {
        let found = fuse_config_text(
            new_text(b"App"),
            new_text(b"dbUrl"),
            new_text(b"APP_DB_URL"),
            1,
        );
        if found.is_null() {
            print("default");
        } else {
            fuse_print(found);
        }
    }
}

/// `fn main(count: Int, verbose: Bool = false)`: prints the count; fails for 13.
pub fn with_main() -> Program {
    let main = Box::leak(Box::new(Main {
        run: count_main,
        doc: text("Counts."),
        flags: leak(vec![
            Flag {
                name: text("count"),
                type_name: text("Int"),
                is_bool: 0,
                required: 1,
                default: text(""),
            },
            Flag {
                name: text("verbose"),
                type_name: text("Bool"),
                is_bool: 1,
                required: 0,
                default: text("false"),
            },
        ]),
    }));
    Program {
        main,
        run_main: Some(run_main),
        ..with_app(prints)
    }
}

extern "C" fn run_main(program: *const Program, count: i64, arguments: *const *const u8) -> i64 {
    // SAFETY: called with what the ABI says.
    unsafe { fuse_run_main(program, count, arguments) }
}

extern "C" fn count_main(flags: *mut u8) -> i64 {
    // SAFETY: the flags are what the runtime passed; the option has two words.
    unsafe {
        let mut count = [0_i64; 2];
        let given = fuse_flag_text(flags, 0);
        if !given.is_null() {
            fuse_flag_int(count.as_mut_ptr().cast(), flags, 0, given);
        }
        if !fuse_flags_ok(flags) {
            return 2;
        }
        if count[1] == 13 {
            fuse_main_failed(new_text(b"unlucky"), false);
            return 1;
        }
        if count[1] == 0 {
            faults();
        }
        fuse_print(fuse_text_push_int(fuse_text_new(0), count[1]));
        0
    }
}

/// A service with every kind of outcome.
pub fn with_service() -> Program {
    let segment = |name: &'static str| Segment {
        text: text(name.trim_start_matches(':')),
        is_param: name.starts_with(':') as u32,
        reserved: 0,
    };
    let route = |method, path: &[&'static str], run, blocks| Route {
        method: text(method),
        segments: leak(path.iter().map(|name| segment(name)).collect()),
        run,
        has_body: 0,
        blocks,
    };
    Program {
        services: leak(vec![Service {
            name: text("Api"),
            base: leak(vec![]),
            routes: leak(vec![
                route("GET", &["health"], health, 0),
                route("GET", &["hello", ":name"], hello, 0),
                route("GET", &["square", ":n"], square, 1),
                route("GET", &["fault"], fault, 0),
                route("POST", &["missing"], missing, 0),
            ]),
        }]),
        ..with_app(serves)
    }
}

extern "C" fn serves() {
    // SAFETY: inside the run's guard.
    unsafe { fuse_serve(0, 1) };
    print("after");
}

extern "C" fn health(request: *mut u8) {
    // SAFETY: called by the server.
    unsafe { fuse_respond_json(request, 200, new_text(b"{\"status\":\"ok\"}")) };
}

extern "C" fn hello(request: *mut u8) {
    // SAFETY: called by the server.
    unsafe {
        let name = fuse_request_param(request, 0);
        let answer = fuse_text_push_json(new_text(b"{\"hello\":"), name);
        let end = new_text(b"}");
        fuse_respond_json(request, 200, fuse_text_push(answer, end));
    }
}

extern "C" fn square(request: *mut u8) {
    // SAFETY: called by the server.
    unsafe {
        let number = fuse_parse_int(fuse_request_param(request, 0), new_text(b"n"), 1);
        let answer = fuse_text_push_int(fuse_text_new(0), number.wrapping_mul(number));
        fuse_respond_json(request, 200, answer);
    }
}

extern "C" fn fault(_request: *mut u8) {
    // SAFETY: called by the server, inside its guard.
    unsafe {
        fuse_text_new(1_000_000);
        fuse_fault(FaultKind::IndexOutOfBounds as i64, 1)
    }
}

extern "C" fn missing(_request: *mut u8) {
    let document = b"{\"error\":{\"code\":\"not_found\",\"message\":\"none\"}}";
    // SAFETY: called by the server, inside its guard.
    unsafe { fuse_raise(new_text(document), 404, true, 1) }
}
