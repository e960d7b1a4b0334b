//! Tasks: functions that run beside the one that started them.
//!
//! A task runs in a guard and a heap of its own, on a pool of threads made with the first task. What it captured belongs to whoever
//! started it until it is awaited, so the task never frees any of it; its result is copied out of its heap, which then goes at once.
//! Awaiting a task that has not begun runs it on the spot, so waiting never takes a thread that the awaited task needs.

use core::cell::Cell;
use core::ptr;
use core::sync::atomic::{AtomicU32, Ordering};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};

use crate::fault::Fault;
use crate::fault::guard::guarded;
use crate::memory::buffer::Buffer;
use crate::memory::heap::Scratch;
use crate::memory::ledger::Ledger;
use crate::memory::stack::Stack;
use crate::memory::thread;
use crate::object::new_text;

/// Generated: runs the task, gives up what it captured, or gives up its result.
type Entry = unsafe extern "C" fn(job: *mut u8, step: i64);

const RUN: i64 = 0;
const RELEASE: i64 = 1;
const DROP_RESULT: i64 = 2;

const WAITING: u32 = 0;
const RUNNING: u32 = 1;
const DONE: u32 = 2;

pub struct Job {
    entry: Entry,
    /// The captures, a shared object. One reference is ours.
    record: *mut u8,
    /// Of the route that started it, which outlives it.
    exchange: *mut u8,
    state: AtomicU32,
    /// Whoever started it may go on after its fault.
    has_ledger: bool,
    /// The jobs started before and after this one by the same thread.
    links: Cell<(*const Job, *const Job)>,
    /// Written by whoever runs the job, read after it is done.
    outcome: Mutex<Outcome>,
}

struct Outcome {
    /// A counted object in the job's heap.
    result: *mut u8,
    heap: Option<Scratch>,
    /// What the result refers to outside of the heap.
    held: Ledger,
    fault: Option<Fault>,
}

// SAFETY: the captures are shared objects, tasks only read the request of an exchange, and the outcome is touched by one thread at a time: by the one that runs the job until it is
// done, then by the one that awaits it.
unsafe impl Send for Job {}
// SAFETY: as above.
unsafe impl Sync for Job {}

struct Pool {
    waiting: Mutex<VecDeque<Arc<Job>>>,
    /// Told when a job is added.
    added: Condvar,
    /// Told when a job is done.
    done: Condvar,
    /// Guards the wait for `done`.
    ending: Mutex<()>,
}

static POOL: OnceLock<Pool> = OnceLock::new();
fn pool() -> &'static Pool {
    POOL.get_or_init(|| {
        let threads = std::thread::available_parallelism().map_or(2, |n| n.get().max(2));
        for number in 0..threads {
            // Without threads, tasks run where they are awaited.
            let _ = std::thread::Builder::new()
                .name(format!("fuse-task-{number}"))
                .spawn(work);
        }
        Pool {
            waiting: Mutex::new(VecDeque::new()),
            added: Condvar::new(),
            done: Condvar::new(),
            ending: Mutex::new(()),
        }
    })
}

/// One thread of the pool.
fn work() {
    let pool = POOL.wait();
    let stack = Stack::reserve();
    loop {
        let mut waiting = pool.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let job = loop {
            match waiting.pop_front() {
                Some(job) => break job,
                None => {
                    waiting = pool
                        .added
                        .wait(waiting)
                        .unwrap_or_else(PoisonError::into_inner)
                }
            }
        };
        drop(waiting);
        run_if_waiting(pool, &job, stack.as_ref());
    }
}

/// Runs the job unless somebody else does or has done.
fn run_if_waiting(pool: &Pool, job: &Arc<Job>, stack: Option<&Stack>) {
    let claimed =
        job.state
            .compare_exchange(WAITING, RUNNING, Ordering::Acquire, Ordering::Relaxed);
    if claimed.is_err() {
        return;
    }
    let mut heap = Scratch::new();
    let argument = Arc::as_ptr(job).cast_mut().cast::<u8>();
    let thread = thread::current();
    // SAFETY: this thread's own state.
    let outer = unsafe { core::mem::replace(&mut (*thread).exchange, job.exchange) };
    let mut held = Ledger::default();
    let result = held.keeping(job.has_ledger, || {
        heap.filled(|| {
            // SAFETY: `call` holds nothing with a destructor, and the job lives as long as its `Arc`.
            unsafe { guarded(call, argument, stack) }
        })
    });
    held.without(&heap);
    // SAFETY: as above.
    unsafe { (*thread).exchange = outer };
    {
        let mut outcome = job.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        outcome.heap = Some(heap);
        match result {
            Ok(()) => outcome.held = held,
            Err(fault) => {
                // SAFETY: the job holds its captures until it is released, which is after it is done.
                unsafe { held.settle() };
                outcome.fault = Some(fault);
            }
        }
    }
    let _ending = pool.ending.lock().unwrap_or_else(PoisonError::into_inner);
    job.state.store(DONE, Ordering::Release);
    pool.done.notify_all();
}

extern "C" fn call(job: *mut u8) {
    // SAFETY: from `run_if_waiting`.
    unsafe { ((*job.cast::<Job>()).entry)(job, RUN) }
}

/// Starts a task; gives its handle, which one await takes back. Consumes the captures. With `starter_goes_on` a fault of the task may be taken as
/// a value, so what the task held must not stay counted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_task_spawn(
    entry: *mut u8,
    record: *mut u8,
    starter_goes_on: bool,
) -> i64 {
    // SAFETY: generated code passes the address of an entry.
    let entry = unsafe { core::mem::transmute::<*mut u8, Entry>(entry) };
    let thread = thread::current();
    let job = Arc::new(Job {
        entry,
        record,
        // SAFETY: this thread's own state.
        exchange: unsafe { (*thread).exchange },
        state: AtomicU32::new(WAITING),
        // A task of a task that is recovered from is, too.
        // SAFETY: as above.
        has_ledger: starter_goes_on || unsafe { !(*thread).ledger.is_null() },
        links: Cell::new((ptr::null(), ptr::null())),
        outcome: Mutex::new(Outcome {
            result: ptr::null_mut(),
            heap: None,
            held: Ledger::default(),
            fault: None,
        }),
    });
    let pool = pool();
    let handle = Arc::into_raw(job.clone());
    // SAFETY: this thread's own list; the links of a job are touched by the thread that started it only.
    unsafe {
        let below = (*thread).tasks.cast::<Job>().cast_const();
        (*handle).links.set((below, ptr::null()));
        if !below.is_null() {
            (*below).links.set(((*below).links.get().0, handle));
        }
        (*thread).tasks = handle.cast_mut().cast();
        (*thread).abandon = Some(abandon);
    }
    let mut waiting = pool.waiting.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.push_back(job);
    drop(waiting);
    pool.added.notify_one();
    handle as i64
}

/// The captures, with one more reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_task_record(job: *mut u8) -> *mut u8 {
    // SAFETY: the job is live while its entry runs; its captures are too.
    unsafe {
        let record = (*job.cast::<Job>()).record;
        fuse_core::fuse_rc_inc(record);
        record
    }
}

/// The captures, with the job's own reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_task_take_record(job: *mut u8) -> *mut u8 {
    // SAFETY: called once, when the job is given up.
    unsafe { (*job.cast::<Job>()).record }
}

/// The result, with the job's own reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_task_take_result(job: *mut u8) -> *mut u8 {
    // SAFETY: called once, when the job is given up, by the one thread that still has it.
    unsafe {
        let job = &*job.cast::<Job>();
        let mut outcome = job.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        core::mem::replace(&mut outcome.result, ptr::null_mut())
    }
}

/// Keeps the result of the task that runs here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_task_finish(job: *mut u8, result: *mut u8) {
    // SAFETY: the job is live while its entry runs.
    let job = unsafe { &*job.cast::<Job>() };
    let mut outcome = job.outcome.lock().unwrap_or_else(PoisonError::into_inner);
    outcome.result = result;
}

/// Waits until the job is done; runs it here if nobody has begun it.
fn wait(job: &Arc<Job>) {
    let pool = pool();
    run_if_waiting(pool, job, None);
    let mut ending = pool.ending.lock().unwrap_or_else(PoisonError::into_inner);
    while job.state.load(Ordering::Acquire) != DONE {
        ending = pool
            .done
            .wait(ending)
            .unwrap_or_else(PoisonError::into_inner);
    }
}

/// The result of a task, with one more reference, in the task's heap; or its fault, and then the task is gone.
unsafe fn await_task(handle: i64) -> Result<*mut u8, Fault> {
    // SAFETY: the handle is from `fuse_task_spawn`; this borrows the reference it stands for.
    let job = unsafe {
        Arc::increment_strong_count(handle as *const Job);
        Arc::from_raw(handle as *const Job)
    };
    wait(&job);
    let outcome = job.outcome.lock().unwrap_or_else(PoisonError::into_inner);
    let (result, fault) = (outcome.result, outcome.fault);
    drop(outcome);
    if let Some(fault) = fault {
        // SAFETY: nobody uses the handle after this.
        unsafe { fuse_task_release(handle) };
        return Err(fault);
    }
    // SAFETY: a counted object that the job keeps until it is released.
    unsafe { fuse_core::fuse_rc_inc(result) };
    Ok(result)
}

/// Gives up a task that is done: its captures, its heap with the result, its handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_task_release(handle: i64) {
    // SAFETY: the handle is given back here, once.
    unsafe {
        let job = Arc::from_raw(handle as *const Job);
        unlink(&job);
        give_back(&job);
        (job.entry)(Arc::as_ptr(&job).cast_mut().cast(), RELEASE);
    }
}

/// The heap of a job that is done. What the result shares with the captures is counted there, so the result goes object by object.
unsafe fn give_back(job: &Job) {
    let mut outcome = job.outcome.lock().unwrap_or_else(PoisonError::into_inner);
    let (heap, has_result) = (outcome.heap.take(), !outcome.result.is_null());
    core::mem::take(&mut outcome.held).hand_over();
    drop(outcome);
    if let Some(mut heap) = heap
        && has_result
    {
        // SAFETY: the result's objects are freed into the heap they are from, before it goes.
        heap.filled(|| unsafe { (job.entry)(ptr::from_ref(job).cast_mut().cast(), DROP_RESULT) });
    }
}

/// Takes the job out of its thread's list.
unsafe fn unlink(job: &Job) {
    // SAFETY: called by the thread that started the job; its neighbours are live while they are in the list.
    unsafe {
        let (below, above) = job.links.get();
        if above.is_null() {
            (*thread::current()).tasks = below.cast_mut().cast();
        } else {
            (*above).links.set((below, (*above).links.get().1));
        }
        if !below.is_null() {
            (*below).links.set(((*below).links.get().0, above));
        }
    }
}

/// Sees to it that the job does not run any more: one not begun never does, another one is waited for.
fn stop(job: &Arc<Job>) {
    let stopped = job
        .state
        .compare_exchange(WAITING, DONE, Ordering::Acquire, Ordering::Relaxed);
    if stopped.is_err() {
        wait(job);
    }
}

/// This thread's newest task that is not given up, or 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_task_newest() -> i64 {
    // SAFETY: this thread's own state.
    unsafe { (*thread::current()).tasks as i64 }
}

/// Gives up this thread's tasks that are newer than `oldest`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_task_give_up(oldest: i64) {
    let thread = thread::current();
    // SAFETY: this thread's own list of live jobs, whose handles are in variables that are not read any more.
    unsafe {
        loop {
            let handle = (*thread).tasks.cast::<Job>().cast_const();
            if handle as i64 == oldest {
                break;
            }
            Arc::increment_strong_count(handle);
            let job = Arc::from_raw(handle);
            stop(&job);
            let mut outcome = job.outcome.lock().unwrap_or_else(PoisonError::into_inner);
            let fault = outcome.fault.take();
            drop(outcome);
            if let Some(fault) = fault {
                fault.release();
            }
            fuse_task_release(handle as i64);
        }
    }
}

/// Gives up the tasks of this thread above `down_to`, whose captures are about to go.
unsafe fn abandon(down_to: *mut u8) {
    let thread = thread::current();
    // SAFETY: this thread's own list of live jobs, each holding the reference its handle stands for.
    unsafe {
        while (*thread).tasks != down_to && !(*thread).tasks.is_null() {
            let job = Arc::from_raw((*thread).tasks.cast::<Job>().cast_const());
            stop(&job);
            unlink(&job);
            let mut outcome = job.outcome.lock().unwrap_or_else(PoisonError::into_inner);
            core::mem::take(&mut outcome.held).settle();
            if let Some(heap) = outcome.heap.take() {
                heap.discard();
            }
            if let Some(fault) = outcome.fault.take() {
                fault.release();
            }
        }
    }
}

/// The JSON of the `std.Error.Validation` that ended a task, and then the task is gone; null if it has a result; or its fault.
unsafe fn failure(handle: i64) -> Result<*mut u8, Fault> {
    // SAFETY: as for `await_task`.
    let job = unsafe {
        Arc::increment_strong_count(handle as *const Job);
        Arc::from_raw(handle as *const Job)
    };
    wait(&job);
    let mut outcome = job.outcome.lock().unwrap_or_else(PoisonError::into_inner);
    let fault = outcome.fault.take();
    drop(outcome);
    let Some(fault) = fault else {
        return Ok(ptr::null_mut());
    };
    // SAFETY: nobody uses the handle after this.
    unsafe { fuse_task_release(handle) };
    let Some(fields) = fault.validation_fields() else {
        return Err(fault);
    };
    let mut text = Buffer::new();
    text.push(b"{");
    text.push(fields);
    let failure = new_text(text.as_bytes());
    fault.release();
    Ok(failure)
}

faulting! {
    fn fuse_task_failure(handle: i64) -> *mut u8 = failure;
    fn fuse_task_await(handle: i64) -> *mut u8 = await_task;
}
