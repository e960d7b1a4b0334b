//! One connection, from being accepted to its end.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, sleep_until};

use crate::http::framing::Phase;
use crate::http::request;
use crate::http::server::Shared;
use crate::http::settings::Settings;
use crate::http::stream::{Moment, Progress, Watched};

/// More header fields than this are refused.
const MAX_FIELDS: usize = 100;

/// Why the server ends a connection before the protocol does.
enum Cut {
    /// The client took too long over a head.
    SlowHead,
    /// Nothing is under way that an answer is due for.
    Idle,
}

/// Serves the requests of a connection, each of its phases within its time.
pub async fn serve(
    stream: TcpStream,
    shared: Arc<Shared>,
    mut stopped: watch::Receiver<bool>,
    permit: OwnedSemaphorePermit,
) {
    // Answers are written whole; waiting for more to send would only add delay. A socket that refuses is served all the same.
    let _ = stream.set_nodelay(true);
    let progress = Arc::new(Progress::new());
    let service = {
        let (shared, progress) = (shared.clone(), progress.clone());
        service_fn(move |request| {
            let (shared, progress) = (shared.clone(), progress.clone());
            async move {
                let is_clear = progress.begin();
                let response = request::answer(shared, request, is_clear).await;
                progress.answered();
                Ok::<_, Infallible>(response)
            }
        })
    };
    let settings = &shared.settings;
    let socket = Watched::new(stream, progress.clone(), shared.clone());
    let mut connection = http1::Builder::new()
        // Clients may say at once that they have asked everything.
        .half_close(true)
        .max_headers(MAX_FIELDS)
        .max_buf_size(settings.max_head)
        .serve_connection(TokioIo::new(socket), service);
    let mut stop = pin!(stopped.wait_for(|stopped| *stopped));
    let mut draining = false;
    let mut moment = progress.moment();
    let mut since = Instant::now();
    let mut timer = pin!(sleep_until(since + limit(settings, &moment)));
    let cut = poll_fn(|context| {
        if !draining && stop.as_mut().poll(context).is_ready() {
            draining = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
        // Errors of a connection are the client's affair: it has gone, or its request was answered with what is wrong.
        if Pin::new(&mut connection).poll(context).is_ready() {
            return Poll::Ready(None);
        }
        let now = progress.moment();
        if now != moment {
            moment = now;
            since = Instant::now();
        }
        if moment.is_handling {
            return Poll::Pending;
        }
        // The library ends connections between requests, but waits for a first one.
        if draining && moment.is_fresh() {
            return Poll::Ready(Some(Cut::Idle));
        }
        // The timer only moves when it is late or early: that is not at every request.
        let deadline = since + limit(settings, &moment);
        while timer.deadline() > deadline || timer.as_mut().poll(context).is_ready() {
            if deadline <= Instant::now() {
                return Poll::Ready(Some(match moment.phase {
                    Phase::Head => Cut::SlowHead,
                    Phase::Idle | Phase::Body => Cut::Idle,
                }));
            }
            timer.as_mut().reset(deadline);
        }
        Poll::Pending
    })
    .await;
    if let Some(Cut::SlowHead) = cut {
        connection.into_parts().io.into_inner().refuse_slow();
    }
    drop(permit);
}

/// How long a client may stay in a phase.
fn limit(settings: &Settings, moment: &Moment) -> Duration {
    match moment.phase {
        Phase::Idle => settings.idle_timeout,
        Phase::Head => settings.head_timeout,
        Phase::Body => settings.body_timeout,
    }
}
