//! What `fuse-compare json` and `fuse-compare html` measure FUSE beside: `json KIND READS WRITES` with serde_json,
//! `maud ROWS ROUNDS` and `sailfish ROWS ROUNDS` with these template engines.

mod documents;
mod json;
mod page;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize| args[index].parse().expect("a number");
    match args[0].as_str() {
        "json" => json::run(&args[1], number(2), number(3)),
        engine => page::run(engine, number(1), number(2)),
    }
}
