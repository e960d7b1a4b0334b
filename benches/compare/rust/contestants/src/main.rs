//! What `fuse-compare json`, `html` and `http` measure FUSE beside: `json KIND READS WRITES` with serde_json,
//! `maud ROWS ROUNDS` and `sailfish ROWS ROUNDS` with these template engines, `http` with hyper.

mod documents;
mod http;
mod json;
mod page;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize| args[index].parse().expect("a number");
    match args[0].as_str() {
        "http" => http::run(),
        "json" => json::run(&args[1], number(2), number(3)),
        engine => page::run(engine, number(1), number(2)),
    }
}
