//! Parses the files named on the command line and prints tree and diagnostics: `cargo run --example parse -- file.fuse`.

use fuse_syntax::render::{Color, text};
use fuse_syntax::source::SourceMap;
use fuse_syntax::span::FileId;

struct File {
    path: String,
    text: String,
}

impl SourceMap for File {
    fn path(&self, _: FileId) -> &str {
        &self.path
    }

    fn text(&self, _: FileId) -> &str {
        &self.text
    }
}

fn main() -> std::io::Result<()> {
    for path in std::env::args().skip(1) {
        let file = File {
            text: std::fs::read_to_string(&path)?,
            path,
        };
        let (module, diagnostics) = fuse_syntax::parse(FileId(0), &file.text);
        print!("{}", fuse_syntax::dump(&module));
        eprint!("{}", text(&diagnostics, &file, Color::Never));
    }
    Ok(())
}
