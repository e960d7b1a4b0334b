//! Code-free stand-ins for shared libraries: every exported symbol with its version, no code. Linking against one gives the same
//! executable as linking against the library, and needs no libc development package.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use object::elf::{self, FileHeader64};
use object::read::elf::{FileHeader as _, Sym as _};
use object::{Endianness, SymbolIndex};

use crate::{Result, tools};

/// One exported symbol.
struct Symbol {
    name: String,
    version: String,
    kind: elf::SymbolType,
    size: u64,
}

/// Writes the stand-in for the shared library `library` to `stub`, under the same soname.
pub fn write(library: &Path, stub: &Path) -> Result<()> {
    let bytes = fs::read(library)
        .map_err(|error| format!("cannot read `{}`: {error}", library.display()))?;
    let symbols = exported(&bytes)?;
    let soname = library
        .file_name()
        .ok_or("a shared library has a name")?
        .to_string_lossy();
    let scratch = tempfile::tempdir()?;
    let path = |name: &str| scratch.path().join(name);
    fs::write(path("stub.s"), assembly(&symbols))?;
    fs::write(path("stub.map"), version_script(&symbols))?;
    tools::run(
        Command::new(tools::llvm("llvm-mc"))
            .args(["-filetype=obj", "-triple=x86_64-linux-gnu", "-o"])
            .args([path("stub.o"), path("stub.s")]),
    )?;
    tools::run(
        Command::new(tools::llvm("ld.lld"))
            .args(["-shared", "--strip-all", "--build-id=none"])
            .args(["--hash-style=gnu", "-soname", &soname, "--version-script"])
            .args([&path("stub.map"), &path("stub.o")])
            .arg("-o")
            .arg(stub),
    )
}

/// Symbols that a new program may link with: defined, and the default version of their name.
fn exported(bytes: &[u8]) -> Result<Vec<Symbol>> {
    let header = FileHeader64::<Endianness>::parse(bytes)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, bytes)?;
    let table = sections.symbols(endian, bytes, elf::SHT_DYNSYM)?;
    let versions = sections
        .versions(endian, bytes)?
        .ok_or("the library has no symbol versions")?;
    let mut symbols = Vec::new();
    for (index, symbol) in table.enumerate() {
        let index: SymbolIndex = index;
        let global = matches!(symbol.st_bind(), elf::STB_GLOBAL | elf::STB_WEAK);
        let defined = !symbol.is_undefined(endian) && !symbol.is_absolute(endian);
        let version = versions.version_index(endian, index);
        if !global || !defined || version.is_hidden() {
            continue;
        }
        let Some(version) = versions.version(version.into())? else {
            continue;
        };
        symbols.push(Symbol {
            name: str::from_utf8(symbol.name(endian, table.strings())?)?.to_owned(),
            version: str::from_utf8(version.name())?.to_owned(),
            kind: symbol.st_type(),
            size: symbol.st_size(endian),
        });
    }
    symbols.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(symbols)
}

fn assembly(symbols: &[Symbol]) -> String {
    let mut text = String::new();
    for Symbol {
        name, kind, size, ..
    } in symbols
    {
        let (section, kind) = match *kind {
            elf::STT_OBJECT => (".bss", "object"),
            elf::STT_TLS => (".section .tbss,\"awT\",@nobits", "tls_object"),
            _ => (".text", "function"),
        };
        write!(
            text,
            "{section}\n.globl {name}\n.type {name},@{kind}\n{name}:\n"
        )
        .expect("a String takes any text");
        if kind != "function" {
            write!(text, ".size {name},{size}\n.zero {}\n", (*size).max(1))
                .expect("a String takes any text");
        }
    }
    text
}

fn version_script(symbols: &[Symbol]) -> String {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for symbol in symbols {
        versions
            .entry(&symbol.version)
            .or_default()
            .push(&symbol.name);
    }
    versions
        .iter()
        .map(|(version, names)| format!("{version} {{ {}; }};\n", names.join("; ")))
        .collect()
}
