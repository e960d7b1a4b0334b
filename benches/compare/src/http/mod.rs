//! Services under load: requests per second and latency of the HTTP fixtures beside hyper, net/http of Go and http of Node.

mod load;
mod server;

use std::path::PathBuf;
use std::time::Duration;

use crate::build;
use crate::measure::{rank, spread_of};
use crate::report::{Better, Figure, Report, Row};
use server::{Program, Server};

/// How much is asked of each server.
#[derive(clap::Args)]
pub struct Load {
    /// Connections that ask all the time, each waiting for its answer
    #[arg(long, default_value_t = 16)]
    pub connections: usize,
    /// Milliseconds of one turn
    #[arg(long, default_value_t = 1000)]
    pub milliseconds: u64,
}

impl Default for Load {
    fn default() -> Load {
        Load {
            connections: 16,
            milliseconds: 1000,
        }
    }
}

/// Before what is counted.
const WARM_UP: Duration = Duration::from_millis(300);

const ORDER: &str = r#"{"customer":"ada@example.org","lines":[{"sku":"A-17","quantity":2},{"sku":"B-4","quantity":40},{"sku":"C-230","quantity":1}],"payment":{"type":"Card","data":"4000123412341234"},"note":"at the back door"}"#;

/// A request, and the fixture that answers it.
struct Work {
    name: &'static str,
    fixture: &'static str,
    request: String,
}

fn works() -> [Work; 3] {
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    [
        Work {
            name: "GET /hello/{name}",
            fixture: "hello-http",
            request: get("/hello/ada"),
        },
        Work {
            name: "GET /users/{id}",
            fixture: "hello-http",
            request: get("/users/7"),
        },
        Work {
            name: "POST /orders",
            fixture: "json-http",
            request: format!(
                "POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{ORDER}",
                ORDER.len()
            ),
        },
    ]
}

/// What one contestant did with one kind of request: a value for every turn.
#[derive(Default)]
struct Turns {
    rate: Vec<f64>,
    p50: Vec<f64>,
    p99: Vec<f64>,
}

pub fn run(rounds: usize, load: &Load) -> Result<Vec<Report>, String> {
    let works = works();
    let entrants = entrants()?;
    let mut turns: Vec<Vec<Turns>> = Vec::new();
    for work in &works {
        let of_work = measure(work, &entrants, rounds, load)?;
        turns.push(of_work);
    }
    let title = format!(
        "http, {} connections, medians of {rounds} interleaved turns of {} ms",
        load.connections, load.milliseconds
    );
    let report = |what: &str, unit, better, select: fn(&Turns) -> &Vec<f64>| Report {
        title: format!("{title}: {what}"),
        unit,
        better,
        digits: 0,
        contestants: entrants.iter().map(|entrant| entrant.name).collect(),
        missing: entrants
            .iter()
            .filter(|entrant| entrant.program.is_none())
            .map(|entrant| entrant.name)
            .collect(),
        bases: vec!["hyper"],
        rows: works
            .iter()
            .zip(&turns)
            .map(|(work, turns)| Row {
                work: work.name.to_owned(),
                figures: turns.iter().map(|turns| figure(select(turns))).collect(),
            })
            .collect(),
        notes: vec!["the load comes from one thread of the same machine".to_owned()],
    };
    let reports = vec![
        report("throughput", "requests per second", Better::More, |t| {
            &t.rate
        }),
        report("latency at p50", "microseconds", Better::Less, |t| &t.p50),
        report("latency at p99", "microseconds", Better::Less, |t| &t.p99),
    ];
    for report in &reports {
        report.print();
    }
    Ok(reports)
}

fn figure(values: &[f64]) -> Option<Figure> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    (!sorted.is_empty()).then(|| Figure {
        median: rank(&sorted, 50),
        noise: spread_of(&sorted),
    })
}

/// A way to serve: the program and what it is given, by fixture.
struct Entrant {
    name: &'static str,
    program: Option<fn(&Entrant, &str) -> Program>,
    path: PathBuf,
}

fn entrants() -> Result<Vec<Entrant>, String> {
    let dir = build::scratch()?;
    for fixture in ["hello-http", "json-http"] {
        let source = build::root().join("benches/fixtures").join(fixture);
        for profile in ["release", "static"] {
            build::fuse_aot(&source, profile, &dir.join(format!("{fixture}-{profile}")))?;
        }
    }
    let entrant = |name, path: Option<PathBuf>, program: fn(&Entrant, &str) -> Program| Entrant {
        name,
        program: path.as_ref().map(|_| program),
        path: path.unwrap_or_default(),
    };
    let serve = |entrant: &Entrant, _: &str| Program::new(&entrant.path).arg("http");
    let built = |entrant: &Entrant, fixture: &str| {
        Program::new(
            &entrant
                .path
                .join(format!("{fixture}-{}", profile(entrant.name))),
        )
    };
    Ok(vec![
        entrant("hyper", Some(build::rust_contestants()?), serve),
        entrant("Go", build::go()?, serve),
        entrant("Node", build::tool("node"), |entrant, _| {
            Program::new(&entrant.path).arg(&build::script("http.js"))
        }),
        entrant("JIT", Some(build::fuse()), |entrant, fixture| {
            let package = build::root().join("benches/fixtures").join(fixture);
            Program::new(&entrant.path)
                .arg("run")
                .arg("--quiet")
                .arg(&package.display().to_string())
        }),
        entrant("FUSE", Some(dir.clone()), built),
        entrant("static", Some(dir), built),
    ])
}

fn profile(name: &str) -> &str {
    match name {
        "FUSE" => "release",
        other => other,
    }
}

fn measure(
    work: &Work,
    entrants: &[Entrant],
    rounds: usize,
    load: &Load,
) -> Result<Vec<Turns>, String> {
    let mut turns: Vec<Turns> = entrants.iter().map(|_| Turns::default()).collect();
    let mut expected: Option<(&str, Vec<u8>)> = None;
    for _ in 0..rounds {
        for (entrant, turns) in entrants.iter().zip(&mut turns) {
            let Some(program) = entrant.program else {
                continue;
            };
            let server = Server::start(&program(entrant, work.fixture))
                .map_err(|error| format!("{}: {error}", entrant.name))?;
            let asked = load::Asked {
                address: server.address(),
                request: work.request.as_bytes(),
                connections: load.connections,
            };
            let of = |error| format!("{}, {}: {error}", entrant.name, work.name);
            load::ask(&asked, WARM_UP).map_err(of)?;
            let mut answers =
                load::ask(&asked, Duration::from_millis(load.milliseconds)).map_err(of)?;
            match &expected {
                None => expected = Some((entrant.name, answers.body)),
                Some((_, body)) if *body == answers.body => {}
                Some((first, body)) => {
                    return Err(of(format!(
                        "answered {:?}, {first} answered {:?}",
                        String::from_utf8_lossy(&answers.body),
                        String::from_utf8_lossy(body)
                    )));
                }
            }
            answers.latencies.sort_by(f64::total_cmp);
            let count = answers.latencies.len() as f64;
            turns.rate.push(count / answers.elapsed.as_secs_f64());
            turns.p50.push(rank(&answers.latencies, 50));
            turns.p99.push(rank(&answers.latencies, 99));
        }
    }
    Ok(turns)
}
