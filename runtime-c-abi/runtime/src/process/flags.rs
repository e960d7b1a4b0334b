//! Program flags: what the user wrote for the parameters of `fn main`.
//!
//! The runtime splits the arguments and finds what is wrong with their form; generated code converts each value to its parameter's type
//! and records what is wrong with that. All problems are reported together.

use core::ffi::CStr;
use core::ptr;

use fuse_abi::entry::{Flag, Main, Program};

use crate::fault::guard::guarded_at_the_end;
use crate::fault::{Fault, constant_bytes, validation_json};
use crate::json::each_problem;
use crate::memory::buffer::Buffer;
use crate::object::{bytes, new_text, string, write_option};
use crate::process::parse::{bool_from, bytes_from, invalid};
use crate::process::run::Rendering;
use crate::process::{output, panics, report};
use crate::text::{float_from, int_from};

const EXIT_BINDING: i64 = 2;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Problem {
    /// 0 for unknown flags, else the parameter's number from 1: the order of the report.
    place: usize,
    path: String,
    code: String,
    message: String,
}

/// What the arguments say about one parameter.
#[derive(Default)]
struct Given {
    values: Vec<String>,
    /// `--name` without a value is true, `--no-name` false; the last one counts.
    switch: Option<bool>,
}

/// A parameter as its row of the table says.
struct Parameter {
    name: String,
    type_name: String,
    is_bool: bool,
    required: bool,
    default: String,
}

struct Flags {
    parameters: Vec<Parameter>,
    given: Vec<Given>,
    problems: Vec<Problem>,
}

/// An argument that is no flag at all.
struct Unexpected(String);

impl Flags {
    fn bind(parameters: Vec<Parameter>, arguments: &[String]) -> Result<Flags, Unexpected> {
        let given = parameters.iter().map(|_| Given::default()).collect();
        let mut flags = Flags {
            parameters,
            given,
            problems: Vec::new(),
        };
        let mut arguments = arguments.iter().peekable();
        while let Some(argument) = arguments.next() {
            let Some(flag) = argument.strip_prefix("--") else {
                return Err(Unexpected(argument.clone()));
            };
            if let Some((name, value)) = flag.split_once('=') {
                flags.value(name, value.to_owned());
            } else if let Some(value) = arguments.next_if(|next| !next.starts_with("--")) {
                flags.value(flag, value.clone());
            } else {
                flags.switch(flag);
            }
        }
        flags.check_forms();
        Ok(flags)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|p| p.name == name)
    }

    fn value(&mut self, name: &str, value: String) {
        match self.position(name) {
            Some(index) => self.given[index].values.push(value),
            None => self.unknown(name),
        }
    }

    fn switch(&mut self, name: &str) {
        if let Some(index) = self.position(name) {
            self.given[index].switch = Some(true);
        } else if let Some(index) = name
            .strip_prefix("no-")
            .and_then(|name| self.position(name))
        {
            self.given[index].switch = Some(false);
        } else {
            self.unknown(name);
        }
    }

    fn unknown(&mut self, name: &str) {
        self.problems.push(Problem {
            place: 0,
            path: name.to_owned(),
            code: "unknown_flag".to_owned(),
            message: "unknown flag".to_owned(),
        });
    }

    fn check_forms(&mut self) {
        for index in 0..self.parameters.len() {
            let (parameter, given) = (&self.parameters[index], &self.given[index]);
            let problem = if given.switch.is_some() && !parameter.is_bool {
                ("invalid_type", "expected Bool flag")
            } else if given.switch.is_none() && given.values.len() > 1 {
                ("invalid_type", "multiple values not supported")
            } else if given.switch.is_none() && given.values.is_empty() && parameter.required {
                ("missing_field", "missing flag")
            } else {
                continue;
            };
            self.problem(index, problem.0, problem.1);
        }
    }

    fn problem(&mut self, index: usize, code: &str, message: &str) {
        if let Some(parameter) = self.parameters.get(index) {
            self.problems.push(Problem {
                place: index + 1,
                path: parameter.name.clone(),
                code: code.to_owned(),
                message: message.to_owned(),
            });
        }
    }

    /// The only value of a parameter whose form is right.
    fn text(&self, index: usize) -> Option<&str> {
        let given = self.given.get(index)?;
        match given.values.as_slice() {
            [value] if given.switch.is_none() => Some(value),
            _ => None,
        }
    }

    /// The report of all problems, in order, or none.
    fn report(&mut self) -> Option<Buffer> {
        if self.problems.is_empty() {
            return None;
        }
        self.problems.sort_by_key(|problem| problem.place);
        let fields: Vec<(&[u8], &[u8], &[u8])> = self
            .problems
            .iter()
            .map(|p| (p.path.as_bytes(), p.code.as_bytes(), p.message.as_bytes()))
            .collect();
        let mut document = Buffer::new();
        validation_json(&mut document, &fields);
        document.push(b"\n");
        Some(document)
    }
}

fn usage(doc: &str, parameters: &[Parameter]) -> String {
    let mut text = String::new();
    if !doc.trim().is_empty() {
        text.push_str(doc.trim());
        text.push_str("\n\n");
    }
    text.push_str("flags:\n");
    let shown: Vec<String> = parameters
        .iter()
        .map(|p| {
            if p.is_bool {
                format!("--{0}, --no-{0}", p.name)
            } else {
                format!("--{} <{}>", p.name, p.type_name)
            }
        })
        .chain(["--help".to_owned()])
        .collect();
    let width = shown
        .iter()
        .map(|flag| flag.chars().count())
        .max()
        .unwrap_or(0);
    for (index, flag) in shown.iter().enumerate() {
        let note = match parameters.get(index) {
            Some(p) if p.required => "required".to_owned(),
            Some(p) if !p.default.is_empty() => format!("default {}", p.default),
            Some(_) => "optional".to_owned(),
            None => "shows this text".to_owned(),
        };
        text.push_str(&format!("  {flag:width$}  {note}\n"));
    }
    text
}

/// Binds the arguments and runs `main`; gives the exit code. Referred to by programs that have a `main`.
///
/// # Safety
/// The program has a `main`; `arguments` holds `count` C strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_run_main(
    program: *const Program,
    count: i64,
    arguments: *const *const u8,
) -> i64 {
    panics::arm();
    // SAFETY: as stated; the table's constants are live.
    let (main, arguments) = unsafe {
        let main = &*(*program).main;
        let arguments: Result<Vec<String>, Vec<u8>> = (0..count as usize)
            .map(|index| {
                let argument = CStr::from_ptr((*arguments.add(index)).cast());
                let bytes = argument.to_bytes();
                core::str::from_utf8(bytes)
                    .map(str::to_owned)
                    .map_err(|_| bytes.to_owned())
            })
            .collect();
        (main, arguments)
    };
    let arguments = match arguments {
        Ok(arguments) => arguments,
        Err(bytes) => {
            let argument = String::from_utf8_lossy(&bytes);
            return refuse(&format!("argument is not valid UTF-8: {argument}"));
        }
    };
    let parameters = parameters(main);
    let asks_help = arguments.iter().any(|argument| argument == "--help")
        && parameters.iter().all(|p| p.name != "help");
    if asks_help {
        // SAFETY: the program's constant.
        let doc = String::from_utf8_lossy(unsafe { constant_bytes(&main.doc) });
        output::print(usage(&doc, &parameters).as_bytes(), false);
        return 0;
    }
    let mut flags = match Flags::bind(parameters, &arguments) {
        Ok(flags) => flags,
        Err(Unexpected(argument)) => return refuse(&format!("unexpected argument: {argument}")),
    };
    let mut work = Work {
        main,
        flags: &raw mut flags,
        code: 0,
    };
    // SAFETY: `work` outlives the call; `call_main` holds nothing with a destructor.
    match unsafe { guarded_at_the_end(call_main, (&raw mut work).cast(), None) } {
        Ok(()) => work.code,
        Err(fault) if fault.quiet => 0,
        Err(fault) => {
            let code = report_fault(&fault);
            fault.release();
            code as i64
        }
    }
}

/// Reports arguments that are no flags.
fn refuse(message: &str) -> i64 {
    let mut document = Buffer::new();
    validation_json(
        &mut document,
        &[(b"$", b"invalid_args", message.as_bytes())],
    );
    document.push(b"\n");
    output::error(document.as_bytes());
    EXIT_BINDING
}

/// A fault in `main`: executables show the envelope as always, the launcher the JSON form.
fn report_fault(fault: &Fault) -> i32 {
    match report::rendering() {
        Rendering::Executable => report::fault(fault),
        Rendering::Launcher => {
            report::json_fault(fault);
            report::EXIT_FAULT
        }
    }
}

struct Work<'a> {
    main: &'a Main,
    flags: *mut Flags,
    code: i64,
}

extern "C" fn call_main(work: *mut u8) {
    // SAFETY: `fuse_run_main` passes its own `Work`.
    let work = unsafe { &mut *work.cast::<Work<'_>>() };
    work.code = (work.main.run)(work.flags.cast());
}

fn parameters(main: &Main) -> Vec<Parameter> {
    if main.flags.len == 0 {
        return Vec::new();
    }
    // SAFETY: the table and its constants are the program's.
    unsafe {
        let flags: &[Flag] = core::slice::from_raw_parts(main.flags.data, main.flags.len as usize);
        flags
            .iter()
            .map(|flag| Parameter {
                name: String::from_utf8_lossy(constant_bytes(&flag.name)).into_owned(),
                type_name: String::from_utf8_lossy(constant_bytes(&flag.type_name)).into_owned(),
                is_bool: flag.is_bool != 0,
                required: flag.required != 0,
                default: String::from_utf8_lossy(constant_bytes(&flag.default)).into_owned(),
            })
            .collect()
    }
}

unsafe fn table<'a>(flags: *mut u8) -> &'a mut Flags {
    // SAFETY: `Raw` parameters of these rows are what `call_main` passed on.
    unsafe { &mut *flags.cast::<Flags>() }
}

/// The value of a flag as written, or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_flag_text(flags: *mut u8, index: i64) -> *mut u8 {
    // SAFETY: contract of the crate.
    match unsafe { table(flags) }.text(index as usize) {
        Some(text) => new_text(text.as_bytes()),
        None => ptr::null_mut(),
    }
}

/// 0 absent, 1 false, 2 true, 3 given with a value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_flag_bool(flags: *mut u8, index: i64) -> i64 {
    // SAFETY: contract of the crate.
    let flags = unsafe { table(flags) };
    match flags
        .given
        .get(index as usize)
        .and_then(|given| given.switch)
    {
        Some(false) => 1,
        Some(true) => 2,
        None if flags.text(index as usize).is_some() => 3,
        None => 0,
    }
}

/// Records a problem: (flags, index, code, message).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_flag_error(
    flags: *mut u8,
    index: i64,
    code: *mut u8,
    message: *mut u8,
) {
    // SAFETY: contract of the crate.
    unsafe { table(flags).problem(index as usize, string(code), string(message)) };
}

unsafe fn converted<T>(
    out: *mut u8,
    flags: *mut u8,
    index: i64,
    text: *mut u8,
    type_name: &str,
    convert: impl FnOnce(&str) -> Option<T>,
) {
    // SAFETY: contract of the crate.
    unsafe {
        let text = string(text).trim();
        let value = convert(text);
        if value.is_none() {
            let message = invalid(type_name, text);
            let message = String::from_utf8_lossy(message.as_bytes());
            table(flags).problem(index as usize, "invalid_value", &message);
        }
        write_option(out, value);
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_flag_int(out: *mut u8, flags: *mut u8, index: i64, text: *mut u8) {
    // SAFETY: contract of the crate.
    unsafe { converted(out, flags, index, text, "Int", int_from) };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_flag_float(out: *mut u8, flags: *mut u8, index: i64, text: *mut u8) {
    // SAFETY: contract of the crate.
    unsafe { converted(out, flags, index, text, "Float", float_from) };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_flag_bool_text(
    out: *mut u8,
    flags: *mut u8,
    index: i64,
    text: *mut u8,
) {
    // SAFETY: contract of the crate.
    unsafe { converted(out, flags, index, text, "Bool", bool_from) };
}

/// New `Bytes`, or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_flag_bytes(flags: *mut u8, index: i64, text: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    unsafe {
        match bytes_from(string(text)) {
            Ok(value) => value,
            Err(message) => {
                let message = String::from_utf8_lossy(message.as_bytes());
                table(flags).problem(index as usize, "invalid_value", &message);
                ptr::null_mut()
            }
        }
    }
}

/// The problems of a flag whose text is JSON.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_flag_problems(flags: *mut u8, index: i64, cursor: *mut u8) {
    let owned = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
    // SAFETY: contract of the crate.
    unsafe {
        let flags = table(flags);
        each_problem(cursor.cast(), |path, code, message| {
            flags.problems.push(Problem {
                place: index as usize + 1,
                path: owned(path),
                code: owned(code),
                message: owned(message),
            });
        });
    }
}

/// Reports what has been recorded; true when that was nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_flags_ok(flags: *mut u8) -> bool {
    // SAFETY: contract of the crate.
    match unsafe { table(flags) }.report() {
        Some(report) => {
            output::flush();
            output::error(report.as_bytes());
            false
        }
        None => true,
    }
}

/// Shows the error that `main` gave back: its text, and whether that is the error's JSON form.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_main_failed(text: *mut u8, is_json: bool) {
    output::flush();
    // SAFETY: contract of the crate.
    let text = unsafe { bytes(text) };
    let mut line = Buffer::new();
    if is_json {
        line.push(text);
    } else {
        validation_json(&mut line, &[(b"$", b"runtime_error", text)]);
    }
    line.push(b"\n");
    output::error(line.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bind(arguments: &[&str]) -> Result<Flags, Unexpected> {
        let parameter = |name: &str, is_bool, required| Parameter {
            name: name.to_owned(),
            type_name: "T".to_owned(),
            is_bool,
            required,
            default: if is_bool {
                "false".to_owned()
            } else {
                String::new()
            },
        };
        let parameters = vec![
            parameter("count", false, true),
            parameter("name", false, false),
            parameter("verbose", true, false),
        ];
        let arguments: Vec<String> = arguments.iter().map(|&a| a.to_owned()).collect();
        Flags::bind(parameters, &arguments)
    }

    fn problems(arguments: &[&str]) -> Vec<String> {
        match bind(arguments) {
            Ok(mut flags) => {
                flags.report();
                flags
                    .problems
                    .iter()
                    .map(|p| format!("{} {} {}", p.path, p.code, p.message))
                    .collect()
            }
            Err(Unexpected(argument)) => vec![format!("unexpected {argument}")],
        }
    }

    #[test]
    fn values_and_switches() {
        let flags = bind(&["--count", "-5", "--name=a=b", "--no-verbose"]);
        let Ok(flags) = flags else {
            panic!("must bind")
        };
        assert_eq!(flags.text(0), Some("-5"));
        assert_eq!(flags.text(1), Some("a=b"));
        assert_eq!(flags.given[2].switch, Some(false));
        assert!(flags.problems.is_empty());
    }

    #[test]
    fn all_problems_in_order() {
        assert_eq!(
            problems(&["--name", "--zeta", "1", "--alpha", "--name=1"]),
            [
                "zeta unknown_flag unknown flag",
                "alpha unknown_flag unknown flag",
                "count missing_field missing flag",
                "name invalid_type expected Bool flag",
            ]
        );
        assert_eq!(
            problems(&["--count=1", "--count=2"]),
            ["count invalid_type multiple values not supported"]
        );
        assert_eq!(problems(&["-x"]), ["unexpected -x"]);
    }

    #[test]
    fn usage_names_every_flag() {
        let Ok(flags) = bind(&["--count=1"]) else {
            panic!("must bind")
        };
        assert_eq!(
            usage("Counts.\n", &flags.parameters),
            "Counts.\n\nflags:\n  --count <T>              required\n  --name <T>               optional\n  --verbose, --no-verbose  default false\n  --help                   shows this text\n"
        );
    }
}
