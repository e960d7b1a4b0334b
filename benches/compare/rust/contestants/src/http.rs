//! The routes of `benches/fixtures/hello-http` and `json-http` that are measured, with hyper on all cores.

use std::convert::Infallible;
use std::net::SocketAddr;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::documents::{Checked, Payment, email, id, range};

#[derive(Serialize)]
struct Greeting {
    length: usize,
    message: String,
}

#[derive(Serialize)]
struct User {
    active: bool,
    id: i64,
    name: String,
    tags: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    sku: String,
    quantity: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    customer: String,
    lines: Vec<Line>,
    payment: Payment,
    #[serde(rename = "note")]
    _note: Option<String>,
    #[serde(default)]
    urgent: bool,
}

impl Checked for Order {
    fn check(&self) -> Result<(), String> {
        email(&self.customer)?;
        self.lines.iter().try_for_each(|line| {
            id(&line.sku)?;
            range(line.quantity, 1, 100)
        })
    }
}

#[derive(Serialize)]
struct Receipt {
    customer: String,
    payment: Payment,
    pieces: i64,
    urgent: bool,
}

type Answer = Response<Full<Bytes>>;

fn json<T: Serialize>(value: &T) -> Answer {
    let text = serde_json::to_vec(value).expect("a value that can be written");
    let mut response = Response::new(Full::new(Bytes::from(text)));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

fn refused(status: StatusCode, message: &str) -> Answer {
    let mut response = Response::new(Full::new(Bytes::copy_from_slice(message.as_bytes())));
    *response.status_mut() = status;
    response
}

async fn order(request: Request<Incoming>) -> Answer {
    let bad = |message: String| refused(StatusCode::BAD_REQUEST, &message);
    let body = match Limited::new(request.into_body(), 1 << 20).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return bad(error.to_string()),
    };
    let order: Order = match serde_json::from_slice(&body) {
        Ok(order) => order,
        Err(error) => return bad(error.to_string()),
    };
    if let Err(message) = order.check() {
        return bad(message);
    }
    json(&Receipt {
        pieces: order.lines.iter().map(|line| line.quantity).sum(),
        customer: order.customer,
        payment: order.payment,
        urgent: order.urgent,
    })
}

async fn answer(request: Request<Incoming>) -> Result<Answer, Infallible> {
    let mut parts = request.uri().path().split('/').skip(1);
    let answer = match (request.method(), parts.next(), parts.next(), parts.next()) {
        (&Method::GET, Some("hello"), Some(name), None) => {
            let message = format!("hello, {name}");
            json(&Greeting {
                length: message.chars().count(),
                message,
            })
        }
        (&Method::GET, Some("users"), Some(id), None) => match id.parse() {
            Ok(id @ 1..=1000) => json(&User {
                active: true,
                id,
                name: format!("user {id}"),
                tags: ["even", "odd"].map(str::to_owned).into(),
            }),
            _ => refused(StatusCode::NOT_FOUND, "no such user"),
        },
        (&Method::POST, Some("orders"), None, None) => order(request).await,
        _ => refused(StatusCode::NOT_FOUND, "not found"),
    };
    Ok(answer)
}

pub fn run() {
    let port = std::env::var("APP_PORT").expect("APP_PORT");
    let port: u16 = port.parse().expect("a port");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_io()
        .build();
    runtime.expect("a runtime").block_on(async {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let listener = TcpListener::bind(address).await.expect("a free port");
        eprintln!(
            "listening: http://{}",
            listener.local_addr().expect("an address")
        );
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            // Node and FUSE set this too, and Go always does.
            stream.set_nodelay(true).expect("a connection");
            // A client that goes away is not our failure.
            tokio::spawn(async {
                let _ = http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service_fn(answer))
                    .await;
            });
        }
    });
}
