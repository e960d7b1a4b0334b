//! Executables are closed: hardened as promised, and no code comes into being while they run. Checked on the file, and in the memory map of
//! running processes before and after they have worked.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use crate::compiler::{PROFILES, bare, fuse, root, succeed};
use crate::programs;

/// One path of each route of the service.
const PATHS: [&str; 6] = [
    "/health",
    "/hello/you",
    "/users/7",
    "/sum/1000",
    "/at/1",
    // A fault.
    "/at/9",
];

pub fn run() -> Result<(), String> {
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let fuse = fuse()?;
    let mut checked = 0;
    for program in programs::fixtures()? {
        for profile in PROFILES {
            let executable = scratch.path().join(format!("{}-{profile}", program.name));
            let package = root().join("benches/fixtures").join(&program.name);
            succeed(
                bare(&fuse)
                    .args(["build", "--quiet", "--profile", profile, "-o"])
                    .arg(&executable)
                    .arg(&package)
                    .env("FUSE_CACHE_DIR", scratch.path().join("cache")),
            )?;
            succeed(bare(&fuse).args(["inspect", "--verify"]).arg(&executable))?;
            println!("{}, {profile}: the file is sound", program.name);
            checked += 1;
            if program.name == "hello-http" {
                service(&executable)?;
                println!("{}, {profile}: the process is sound", program.name);
            }
        }
    }
    // A process that waits for input, which any program may do.
    let source = scratch.path().join("waits.fuse");
    fs::write(
        &source,
        "app \"waits\":\n  log(\"ready\")\n  print(read_line())\n",
    )
    .map_err(|error| error.to_string())?;
    for profile in PROFILES {
        let executable = scratch.path().join(format!("waits-{profile}"));
        succeed(
            bare(&fuse)
                .args(["build", "--quiet", "--profile", profile, "-o"])
                .arg(&executable)
                .arg(&source)
                .env("FUSE_CACHE_DIR", scratch.path().join("cache")),
        )?;
        let (process, _) = Process::start(&executable, "[INFO] ready")?;
        code(&process.maps()?, &executable)?;
        println!("a waiting program, {profile}: the process is sound");
        checked += 1;
    }
    println!("{checked} executables are sealed");
    Ok(())
}

/// Starts the service, uses every route, and compares the code in its memory before and after.
fn service(executable: &Path) -> Result<(), String> {
    let (process, line) = Process::start(executable, "listening: http://")?;
    let address = line
        .trim_end()
        .strip_prefix("listening: http://")
        .unwrap_or_default();
    let before = code(&process.maps()?, executable)?;
    for path in PATHS.iter().cycle().take(PATHS.len() * 50) {
        request(address, path)?;
    }
    let after = code(&process.maps()?, executable)?;
    if before != after {
        return Err(format!(
            "{}: code came or went while it ran: {:?}",
            executable.display(),
            before.symmetric_difference(&after).collect::<Vec<_>>()
        ));
    }
    Ok(())
}

fn request(address: &str, path: &str) -> Result<(), String> {
    let exchange = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    let answer = exchange().map_err(|error| format!("{path}: {error}"))?;
    let expected = if path == "/at/9" {
        "HTTP/1.1 500"
    } else {
        "HTTP/1.1 200"
    };
    if answer.starts_with(expected) {
        Ok(())
    } else {
        Err(format!("{path}: {answer}"))
    }
}

/// The executable mappings of a process, after checking that none is writable and that each is a file of the executable or the system's.
fn code(maps: &str, executable: &Path) -> Result<BTreeSet<String>, String> {
    let mut code = BTreeSet::new();
    for line in maps.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (Some(range), Some(flags)) = (words.first(), words.get(1)) else {
            continue;
        };
        let name = words.get(5..).unwrap_or_default().join(" ");
        if !flags.contains('x') {
            continue;
        }
        if flags.contains('w') {
            return Err(format!("{}: writable code: {line}", executable.display()));
        }
        let known = name == executable.to_string_lossy()
            || name == "[vdso]"
            || name == "[vsyscall]"
            || name.contains("/libc.so")
            || name.contains("/libm.so")
            || name.contains("/ld-linux")
            || name.contains("/libc-")
            || name.contains("/ld-");
        if !known {
            return Err(format!(
                "{}: code of unknown origin: {line}",
                executable.display()
            ));
        }
        code.insert(format!("{range} {name}"));
    }
    if code.is_empty() {
        return Err(format!("{}: no code in its map", executable.display()));
    }
    Ok(code)
}

/// A process that is killed, by its handle, when it is done with.
struct Process(Child);

impl Process {
    /// Starts an executable and waits for a line on its standard error.
    fn start(executable: &Path, wanted: &str) -> Result<(Process, String), String> {
        let mut child = bare(executable)
            .env("APP_PORT", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", executable.display()))?;
        let stderr = child.stderr.take();
        let process = Process(child);
        let mut lines = BufReader::new(stderr.ok_or("no pipe")?);
        loop {
            let mut line = String::new();
            match lines.read_line(&mut line) {
                Ok(0) | Err(_) => return Err(format!("{} ended early", executable.display())),
                Ok(_) if line.starts_with(wanted) => {
                    // Read on, so that the process can go on writing.
                    std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
                    return Ok((process, line));
                }
                Ok(_) => {}
            }
        }
    }

    fn maps(&self) -> Result<String, String> {
        let path = PathBuf::from(format!("/proc/{}/maps", self.0.id()));
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_with_code_from_elsewhere_are_refused() {
        let own =
            "5500-5600 r-xp 00001000 08:01 7 /x/service\n5600-5700 rw-p 00000000 00:00 0 [heap]\n";
        let check = |maps: &str| code(maps, Path::new("/x/service"));
        assert_eq!(check(own).map(|code| code.len()), Ok(1));
        for line in [
            "7000-7100 rwxp 00000000 08:01 7 /x/service",
            "7000-7100 r-xp 00000000 00:00 0",
            "7000-7100 r-xp 00000000 00:01 9 /memfd:code (deleted)",
            "7000-7100 --xp 00000000 08:01 9 /x/other",
        ] {
            assert!(check(&format!("{own}{line}\n")).is_err(), "{line}");
        }
        assert!(check("").is_err());
    }
}
