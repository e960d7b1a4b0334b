//! The HTTP server behind `serve`. The protocol is hyper's; ours are routing, the path from a request to generated code and back, limits,
//! and the way a server ends.
//!
//! One I/O thread per core, each with an event loop of its own, all accepting from one listening socket. A handler that cannot wait runs
//! on the I/O thread, in a guard and a heap of its own; one that may wait runs on a pool of threads.

mod answer;
mod connection;
mod cookie;
mod exchange;
mod framing;
mod handler;
mod request;
mod request_id;
mod router;
mod server;
pub mod settings;
mod signals;
mod stream;

pub use exchange::{
    fuse_request_cookie, fuse_request_header, fuse_request_query, fuse_response_cookie,
    fuse_response_delete_cookie, fuse_response_header,
};
pub use handler::{
    fuse_request_body, fuse_request_param, fuse_respond_failure, fuse_respond_html,
    fuse_respond_json,
};
pub use server::fuse_serve;
