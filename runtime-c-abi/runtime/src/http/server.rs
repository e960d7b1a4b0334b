//! Life of a server: bind, accept, drain, end.

use std::future::poll_fn;
use std::io;
use std::net::TcpListener;
use std::os::fd::AsRawFd;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use fuse_abi::entry::{Program, Service};
use tokio::sync::{Semaphore, watch};

use crate::fault::{Fault, constant_bytes};
use crate::http::connection;
use crate::http::router::Router;
use crate::http::settings::Settings;
use crate::http::signals::{Catcher, Waker};
use crate::memory::buffer::Buffer;
use crate::memory::thread as thread_state;
use crate::process::environment::text_variable;
use crate::process::{output, panics, report};

/// Connections that wait to be accepted.
const BACKLOG: i32 = 4096;
/// Threads for handlers that wait.
const BLOCKING_THREADS: usize = 64;
/// What the I/O threads get beyond the drain time to notice that it is over.
const LAST_CALL: Duration = Duration::from_millis(250);

/// What all I/O threads share.
pub struct Shared {
    pub router: Router,
    pub settings: Settings,
    handled: AtomicU64,
    /// One permit per open connection.
    connections: Arc<Semaphore>,
    waker: Waker,
}

impl Shared {
    /// Counts an answered request; the last one that is wanted stops the server.
    pub fn count_request(&self) {
        let handled = self.handled.fetch_add(1, Ordering::Relaxed) + 1;
        if self.settings.max_requests == Some(handled) {
            self.waker.stop();
        }
    }
}

/// Serves until it is told to stop.
unsafe fn serve(port: i64) -> Result<(), Fault> {
    panics::arm();
    let Some(program) = report::program() else {
        return Err(failed("no service declared"));
    };
    // SAFETY: the running program's tables.
    let service = unsafe { service_of(program)? };
    let Ok(port) = u16::try_from(port) else {
        return Err(failed("invalid port"));
    };
    let settings = Settings::read();
    let listener = bind(&settings.host, port)?;
    // SAFETY: the tables outlive the run, and with it this call.
    let router = unsafe { Router::new(service) };
    output::flush();
    output::set_serving(true);
    let result = serve_on(listener, router, settings);
    output::set_serving(false);
    result.map_err(|error| failed(&format!("server failed: {error}")))
}

faulting! {
    /// Serves the program's service on the port until a signal or the wanted number of requests.
    fn fuse_serve(port: i64) -> () = serve;
}

fn failed(message: &str) -> Fault {
    Fault::message(message.as_bytes(), "runtime_error")
}

/// The service of the process: the only one, or the one that `FUSE_SERVICE` names.
unsafe fn service_of<'a>(program: &'a Program) -> Result<&'a Service, Fault> {
    let services: &'a [Service] = if program.services.len == 0 {
        &[]
    } else {
        // SAFETY: the program's table.
        unsafe { core::slice::from_raw_parts(program.services.data, program.services.len as usize) }
    };
    let wanted = text_variable(b"FUSE_SERVICE").filter(|name| !name.is_empty());
    match (services, wanted) {
        ([], _) => Err(failed("no service declared")),
        (_, Some(name)) => services
            .iter()
            // SAFETY: the program's constants.
            .find(|service| unsafe { constant_bytes(&service.name) } == name.as_bytes())
            .ok_or_else(|| failed(&format!("service not found: {name}"))),
        ([service], None) => Ok(service),
        _ => Err(failed("multiple services declared; set FUSE_SERVICE")),
    }
}

fn bind(host: &str, port: u16) -> Result<TcpListener, Fault> {
    let address = format!("{host}:{port}");
    let listener = TcpListener::bind(&address)
        .and_then(|listener| {
            listener.set_nonblocking(true)?;
            Ok(listener)
        })
        .map_err(|error| failed(&format!("failed to bind {address}: {error}")))?;
    // SAFETY: raises the backlog of a socket that listens already.
    unsafe { libc::listen(listener.as_raw_fd(), BACKLOG) };
    Ok(listener)
}

fn serve_on(listener: TcpListener, router: Router, settings: Settings) -> io::Result<()> {
    let catcher = Catcher::install()?;
    let (stop, stopped) = watch::channel(false);
    let shared = Arc::new(Shared {
        router,
        handled: AtomicU64::new(0),
        connections: Arc::new(Semaphore::new(settings.max_connections)),
        waker: catcher.waker()?,
        settings,
    });
    let count = thread::available_parallelism().map_or(1, |count| count.get());
    let (ended, end) = mpsc::channel::<()>();
    for _ in 0..count {
        let listener = listener.try_clone()?;
        let shared = shared.clone();
        let (stopped, ended) = (stopped.clone(), ended.clone());
        thread::Builder::new()
            .name("fuse-http".to_owned())
            .spawn(move || {
                io_thread(listener, &shared, stopped);
                drop(ended);
            })?;
    }
    drop(ended);
    let address = listener.local_addr()?;
    output::error(format!("listening: http://{address}\n").as_bytes());

    let reason = catcher.wait();
    drop(listener);
    stop.send_replace(true);
    // Disconnected when the last thread has ended. A handler that computes on does not see that its time is over: it is left behind.
    let _ = end.recv_timeout(shared.settings.drain + LAST_CALL);
    if let Some(signal) = reason.name() {
        let mut line = Buffer::new();
        line.push(b"shutdown: runtime=native signal=");
        line.push(signal.as_bytes());
        line.push(b" handled_requests=");
        line.push_int(shared.handled.load(Ordering::Relaxed) as i64);
        line.push(b"\n");
        output::error(line.as_bytes());
    }
    Ok(())
}

/// One event loop. A failure to make one stops the server.
fn io_thread(listener: TcpListener, shared: &Arc<Shared>, stopped: watch::Receiver<bool>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(BLOCKING_THREADS)
        // SAFETY: a thread that ends is in no handler.
        .on_thread_stop(|| unsafe { thread_state::release() })
        .build();
    let result = runtime.and_then(|runtime| {
        let result = runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            accept_until_stopped(listener, shared, stopped).await;
            Ok(())
        });
        runtime.shutdown_timeout(Duration::ZERO);
        result
    });
    // SAFETY: no handler runs on this thread any more.
    unsafe { thread_state::release() };
    if let Err(error) = result {
        output::error(format!("server thread failed: {error}\n").as_bytes());
        shared.waker.stop();
    }
}

async fn accept_until_stopped(
    listener: tokio::net::TcpListener,
    shared: &Arc<Shared>,
    stopped: watch::Receiver<bool>,
) {
    let mut own = stopped.clone();
    {
        let mut stop = pin!(own.wait_for(|stopped| *stopped));
        let mut accepting = pin!(accept_all(&listener, shared, stopped));
        poll_fn(|context| {
            if stop.as_mut().poll(context).is_ready() {
                return Poll::Ready(());
            }
            accepting.as_mut().poll(context)
        })
        .await;
    }
    drop(listener);
    // All permits back: no connection is open any more.
    let all = shared.settings.max_connections as u32;
    let idle = shared.connections.acquire_many(all);
    let _ = tokio::time::timeout(shared.settings.drain, idle).await;
}

async fn accept_all(
    listener: &tokio::net::TcpListener,
    shared: &Arc<Shared>,
    stopped: watch::Receiver<bool>,
) {
    loop {
        let Ok(permit) = shared.connections.clone().acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection::serve(
                    stream,
                    shared.clone(),
                    stopped.clone(),
                    permit,
                ));
            }
            Err(error) => {
                // Out of descriptors or memory: those in use must end first.
                if error.kind() != io::ErrorKind::ConnectionAborted {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }
}
