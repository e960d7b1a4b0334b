//! Running a route's generated code: in a guard, with a heap of its own, on this thread.

use core::cell::Cell;
use core::ptr;

use bytes::Bytes;
use fuse_abi::FaultKind;

use crate::fault::Fault;
use crate::fault::guard::guarded;
use crate::http::answer::{Answer, HTML};
use crate::http::exchange::{Added, Exchange, Question, question};
use crate::memory::buffer::Buffer;
use crate::memory::heap::Scratch;
use crate::memory::stack::Stack;
use crate::memory::thread;
use crate::object::{bytes, new_text};
use crate::process::log::push_escaped;
use crate::process::{output, report};

/// What a thread keeps from one request to the next.
struct Workplace {
    heap: Scratch,
    /// Only where the program has recursive functions.
    stack: Option<Stack>,
}

impl Workplace {
    /// None when there is no room for a stack that the program needs.
    fn new() -> Option<Workplace> {
        let needs_stack = report::program().is_some_and(|program| program.needs_stack != 0);
        let stack = if needs_stack {
            Some(Stack::reserve()?)
        } else {
            None
        };
        Some(Workplace {
            heap: Scratch::new(),
            stack,
        })
    }
}

thread_local! {
    static WORKPLACE: Cell<Option<Workplace>> = const { Cell::new(None) };
}

type Run = extern "C" fn(request: *mut u8);

struct Work {
    run: Run,
    exchange: *mut u8,
}

/// Runs the route and gives its answer. A fault is answered, and logged when it is not the client's.
pub fn run(run: Run, question: Question<'_>, show_faults: bool) -> Answer {
    let request_id = question.id;
    let mut exchange = Exchange::new(question);
    let mut work = Work {
        run,
        exchange: (&raw mut exchange).cast(),
    };
    let Some(mut place) = WORKPLACE.take().or_else(Workplace::new) else {
        return answer_fault(
            &Fault::kind(FaultKind::OutOfMemory),
            request_id,
            show_faults,
        );
    };
    let Workplace { heap, stack } = &mut place;
    let thread = thread::current();
    // SAFETY: this thread's own state, put back below: every way out of the guard leads there.
    unsafe { (*thread).exchange = work.exchange };
    // SAFETY: `work` outlives the call; `call` holds nothing with a destructor. What the handler answered with has been copied out of
    // the heap by the rows below.
    let result = heap.using(|| unsafe { guarded(call, (&raw mut work).cast(), stack.as_ref()) });
    // SAFETY: as above.
    unsafe { (*thread).exchange = ptr::null_mut() };
    WORKPLACE.set(Some(place));
    let Exchange {
        answer,
        failure,
        added,
        ..
    } = exchange;
    match result {
        Ok(()) => {
            let answer = match (answer, failure) {
                (Some(answer), _) => answer,
                (None, Some(text)) => answer_failure(&text, 0, request_id, show_faults),
                (None, None) => Answer::internal_error("internal error"),
            };
            Answer { added, ..answer }
        }
        Err(fault) => {
            let answer = answer_fault(&fault, request_id, show_faults);
            // An error is an answer of the route; any other fault is the server's.
            let added = if fault.is_json {
                added
            } else {
                Added::default()
            };
            fault.release();
            Answer { added, ..answer }
        }
    }
}

extern "C" fn call(work: *mut u8) {
    // SAFETY: `run` passes its own `Work`.
    unsafe {
        let work = &*work.cast::<Work>();
        (work.run)(work.exchange);
    }
}

fn answer_fault(fault: &Fault, request_id: &str, show_faults: bool) -> Answer {
    if fault.is_json {
        return Answer::json(fault.status, Bytes::copy_from_slice(fault.text()));
    }
    answer_failure(fault.text(), fault.site, request_id, show_faults)
}

/// What went wrong goes to the log, and to clients only while developing.
fn answer_failure(text: &[u8], site: i64, request_id: &str, show_faults: bool) -> Answer {
    let mut line = Buffer::new();
    line.push(b"[ERROR] request ");
    line.push(request_id.as_bytes());
    line.push(b": ");
    push_escaped(&mut line, text);
    line.push(b"\n");
    report::push_site(&mut line, site);
    output::error(line.as_bytes());
    if show_faults {
        Answer::internal_error(&String::from_utf8_lossy(text))
    } else {
        Answer::internal_error("internal error")
    }
}

/// The decoded path parameter, numbered in path order, without blanks around it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_request_param(request: *mut u8, index: i64) -> *mut u8 {
    // SAFETY: `Raw` is what `call` passed.
    let question = unsafe { question(request) };
    match question.parameters.get(index as usize) {
        Some(text) => new_text(text.trim().as_bytes()),
        None => ptr::null_mut(),
    }
}

unsafe fn request_body(request: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: `Raw` is what `call` passed.
    let body = &unsafe { question(request) }.body;
    if body
        .iter()
        .all(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t'))
    {
        let message = b"missing JSON body";
        return Err(Fault::validation(b"body", b"missing_field", message));
    }
    if core::str::from_utf8(body).is_err() {
        return Err(Fault::validation(
            b"body",
            b"invalid_json",
            b"invalid UTF-8",
        ));
    }
    Ok(new_text(body))
}

faulting! {
    /// The body as text.
    fn fuse_request_body(request: *mut u8) -> *mut u8 = request_body;
}

unsafe fn respond(request: *mut u8, answer: impl FnOnce(Bytes) -> Answer, text: *mut u8) {
    // SAFETY: `Raw` is what `call` passed. The text's memory goes with the request's heap, so its bytes are copied.
    unsafe {
        let answer = answer(Bytes::copy_from_slice(bytes(text)));
        (*request.cast::<Exchange>()).answer = Some(answer);
        fuse_core::fuse_drop_text(text);
    }
}

/// (request, status, JSON text)
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_respond_json(request: *mut u8, status: i64, text: *mut u8) {
    // SAFETY: contract of the crate.
    unsafe { respond(request, |body| Answer::json(status_of(status), body), text) };
}

/// (request, text)
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_respond_failure(request: *mut u8, text: *mut u8) {
    // SAFETY: `Raw` is what `call` passed. The text's memory goes with the request's heap, so its bytes are copied.
    unsafe {
        let failure = Bytes::copy_from_slice(bytes(text));
        (*request.cast::<Exchange>()).failure = Some(failure);
        fuse_core::fuse_drop_text(text);
    }
}

/// Before a whole page.
const DOCTYPE: &[u8] = b"<!doctype html>";

/// Is the root the `html` element?
fn is_page(markup: &[u8]) -> bool {
    let rest = markup.strip_prefix(b"<html");
    rest.and_then(|rest| rest.first())
        .is_some_and(|b| matches!(b, b'>' | b' '))
}

/// (request, status, markup)
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_respond_html(request: *mut u8, status: i64, text: *mut u8) {
    let answer = |body: Bytes| Answer {
        content_type: Some(HTML),
        ..Answer::json(
            status_of(status),
            if is_page(&body) {
                Bytes::from([DOCTYPE, &body].concat())
            } else {
                body
            },
        )
    };
    // SAFETY: contract of the crate.
    unsafe { respond(request, answer, text) };
}

/// Only final statuses of the protocol may be sent.
fn status_of(status: i64) -> u16 {
    if (200..=599).contains(&status) {
        status as u16
    } else {
        500
    }
}
