//! Addresses to functions, files and lines; functions to sizes. Symbols are in the executable, or in the file beside it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use addr2line::{Loader, demangle_auto};
use goblin::elf::Elf;
use goblin::elf::sym::STT_FUNC;

use crate::inspect::{inspect, parse, read};
use crate::{BuildId, LinkError, symbols_path};

/// Where the paths of FUSE sources begin in debug information.
const SOURCES: &str = "/fuse/src/";
/// What the names of a program's functions begin with.
const PROGRAM: &str = "fuse::";

/// Functions and lines of one executable.
pub struct Symbols {
    path: PathBuf,
    loader: Loader,
    /// Addresses of machine code.
    code: Vec<Range<u64>>,
}

/// One function that an address is in; inlined functions come before those they were inlined into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub function: String,
    /// Relative to the package for FUSE code.
    pub file: Option<String>,
    pub line: Option<u32>,
    pub column: Option<u32>,
}

impl Symbols {
    /// The symbols of the executable (or symbols file) at `path`.
    ///
    /// # Errors
    /// [`LinkError::NoSymbols`] without any, [`LinkError::ForeignSymbols`] when the file beside it belongs to another executable.
    pub fn of(path: &Path) -> Result<Symbols, LinkError> {
        let path = file_with_symbols(path)?;
        let loader = Loader::new(&path).map_err(|error| LinkError::Malformed {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        let code = inspect(&path)?
            .sections
            .into_iter()
            .filter(|section| section.executable)
            .map(|section| section.address..section.address + section.size)
            .collect();
        Ok(Symbols { path, loader, code })
    }

    /// The file that has them.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The functions at an address of the file, innermost first; none for an address that is no code.
    #[must_use]
    pub fn frames(&self, address: u64) -> Vec<Frame> {
        let mut frames = Vec::new();
        if !self.code.iter().any(|code| code.contains(&address)) {
            return frames;
        }
        let symbol = self.loader.find_symbol(address).map(readable);
        if let Ok(mut found) = self.loader.find_frames(address) {
            while let Ok(Some(frame)) = found.next() {
                let location = frame.location.as_ref();
                let name = frame.function.as_ref().and_then(|function| {
                    let name = function.raw_name().ok()?;
                    Some(readable(&name))
                });
                if name.is_none() && location.is_none() {
                    continue;
                }
                frames.push(Frame {
                    function: name.or_else(|| symbol.clone()).unwrap_or_default(),
                    file: location.and_then(|at| at.file).map(source_path),
                    line: location.and_then(|at| at.line),
                    column: location.and_then(|at| at.column),
                });
            }
        }
        if frames.is_empty() {
            frames.extend(symbol.map(|function| Frame {
                function,
                file: None,
                line: None,
                column: None,
            }));
        }
        frames
    }
}

fn source_path(path: &str) -> String {
    path.strip_prefix(SOURCES).unwrap_or(path).to_owned()
}

fn readable(name: &str) -> String {
    let name = name.strip_prefix(PROGRAM).unwrap_or(name);
    demangle_auto(name.into(), None).into_owned()
}

fn file_with_symbols(path: &Path) -> Result<PathBuf, LinkError> {
    let bytes = read(path)?;
    let elf = parse(&bytes, path)?;
    if elf.syms.iter().any(|symbol| symbol.is_function()) {
        return Ok(path.to_owned());
    }
    let beside = symbols_path(path);
    let Ok(other) = std::fs::read(&beside) else {
        return Err(LinkError::NoSymbols {
            path: path.to_owned(),
        });
    };
    let id = |bytes: &[u8], elf: &Elf<'_>| BuildId::read(bytes, elf);
    if id(&bytes, &elf).is_none() || id(&bytes, &elf) != id(&other, &parse(&other, &beside)?) {
        return Err(LinkError::ForeignSymbols {
            path: path.to_owned(),
            symbols: beside,
        });
    }
    Ok(beside)
}

/// Bytes of machine code, largest first.
#[derive(Clone, Debug, Default)]
pub struct Sizes {
    /// The program, and each part of the runtime: a Rust crate or module, or the C library.
    pub parts: Vec<(String, u64)>,
    /// Source files of the program.
    pub modules: Vec<(String, u64)>,
    pub functions: Vec<(String, u64)>,
}

/// How large each function of an executable is, and sums over parts and modules.
///
/// # Errors
/// As [`Symbols::of`].
pub fn sizes(path: &Path) -> Result<Sizes, LinkError> {
    let symbols = Symbols::of(path)?;
    let bytes = read(symbols.path())?;
    let elf = parse(&bytes, symbols.path())?;
    // Functions that were folded into one have one address; they count once, under the first of their names.
    let mut code: BTreeMap<u64, (u64, &str)> = BTreeMap::new();
    for symbol in elf.syms.iter() {
        let name = elf.strtab.get_at(symbol.st_name).unwrap_or_default();
        if symbol.st_type() != STT_FUNC || symbol.st_size == 0 || symbol.st_value == 0 {
            continue;
        }
        let entry = code
            .entry(symbol.st_value)
            .or_insert((symbol.st_size, name));
        *entry = (*entry).max((symbol.st_size, name));
    }
    let mut parts = BTreeMap::new();
    let mut modules = BTreeMap::new();
    let mut functions = BTreeMap::new();
    for (address, (size, name)) in code {
        let is_program = name.starts_with(PROGRAM);
        let name = readable(name);
        *parts.entry(part(&name, is_program)).or_insert(0) += size;
        if is_program {
            let file = symbols
                .frames(address)
                .pop()
                .and_then(|outermost| outermost.file)
                .unwrap_or_else(|| "generated".to_owned());
            *modules.entry(file).or_insert(0) += size;
        }
        *functions.entry(name).or_insert(0) += size;
    }
    Ok(Sizes {
        parts: largest_first(parts),
        modules: largest_first(modules),
        functions: largest_first(functions),
    })
}

/// `program`, `fuse_runtime::http`, `hyper`, `C`.
fn part(name: &str, is_program: bool) -> String {
    if is_program {
        return "program".to_owned();
    }
    if name.starts_with("fuse_") && !name.contains("::") {
        return "fuse_runtime".to_owned();
    }
    // `<a::B as c::D>::e` belongs to the crate of the type.
    let path = name.trim_start_matches(['<', '&', '*', '[']);
    let mut words = path.split("::");
    let (Some(first), Some(second)) = (words.next(), words.next()) else {
        return "C".to_owned();
    };
    let is_word = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if first == "fuse_runtime" && is_word(second) {
        format!("{first}::{second}")
    } else if is_word(first) {
        first.to_owned()
    } else {
        "other".to_owned()
    }
}

fn largest_first(sizes: BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut sizes: Vec<_> = sizes.into_iter().collect();
    sizes.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_belong_to_parts() {
        for (name, expected) in [
            ("fuse_runtime::http::server::serve", "fuse_runtime::http"),
            ("<hyper::Error as core::fmt::Debug>::fmt", "hyper"),
            ("fuse_print", "fuse_runtime"),
            ("memcpy", "C"),
            ("core::fmt::write", "core"),
        ] {
            assert_eq!(part(name, false), expected, "{name}");
        }
        assert_eq!(part("main", true), "program");
    }
}
