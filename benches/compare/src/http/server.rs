//! Servers, started on a free port of the loopback and ended by their process id.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// A server may take this long to say that it listens.
const START: Duration = Duration::from_secs(30);

/// A command that serves on the port `APP_PORT` and says `listening: http://ADDRESS` on standard error.
pub struct Program {
    path: PathBuf,
    args: Vec<String>,
}

impl Program {
    pub fn new(path: &Path) -> Program {
        Program {
            path: path.to_owned(),
            args: Vec::new(),
        }
    }

    pub fn arg(mut self, arg: &str) -> Program {
        self.args.push(arg.to_owned());
        self
    }
}

/// A running server; it ends with this value.
pub struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    pub fn start(program: &Program) -> Result<Server, String> {
        let mut child = Command::new(&program.path)
            .args(&program.args)
            .env("APP_PORT", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("failed to start {}: {error}", program.path.display()))?;
        let stderr = child.stderr.take();
        let (sender, receiver) = mpsc::channel();
        // Reads to the end, so that a server never waits for room to write.
        std::thread::spawn(move || {
            for line in stderr.into_iter().flat_map(|s| BufReader::new(s).lines()) {
                let Ok(line) = line else { return };
                if let Some(address) = line.strip_prefix("listening: http://") {
                    // Nobody listens any more once the first has come.
                    let _ = sender.send(address.parse());
                }
            }
        });
        let said = receiver.recv_timeout(START);
        // From here on the process ends when this function fails.
        let mut server = Server {
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        server.address = said
            .map_err(|_| "does not say that it listens".to_owned())?
            .map_err(|error| format!("listens nowhere: {error}"))?;
        Ok(server)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A process that has ended already is what was wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
