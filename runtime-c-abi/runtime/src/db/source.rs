//! Where the database is, and how many connections there are.

use std::sync::{Mutex, PoisonError};

use super::fault;
use crate::fault::Fault;
use crate::object::string;
use crate::process::environment::text_variable;
use crate::process::run;

/// Where a database is.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// What SQLite takes as the file name.
    pub name: String,
    /// In memory: every connection would have one of its own.
    pub is_memory: bool,
    pub connections: usize,
}

/// What one run of a program configured.
struct Configured {
    run: u64,
    url: String,
    pool: String,
}

static CONFIGURED: Mutex<Option<Configured>> = Mutex::new(None);

/// `App.dbUrl` and `App.dbPoolSize` as text; empty when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_db_configure(url: *mut u8, pool: *mut u8) {
    // SAFETY: contract of the crate.
    let (url, pool) = unsafe { (string(url).to_owned(), string(pool).to_owned()) };
    *CONFIGURED.lock().unwrap_or_else(PoisonError::into_inner) = Some(Configured {
        run: run::number(),
        url,
        pool,
    });
}

impl Source {
    /// From the environment, else from the configuration.
    pub fn find() -> Result<Source, Fault> {
        let configured = CONFIGURED.lock().unwrap_or_else(PoisonError::into_inner);
        let configured = configured
            .as_ref()
            .filter(|configured| configured.run == run::number());
        let url = text_variable(b"FUSE_DB_URL")
            .or(configured.map(|configured| configured.url.as_str()))
            .filter(|url| !url.is_empty())
            .ok_or_else(|| fault("db url not configured (set FUSE_DB_URL or App.dbUrl)"))?;
        let size = text_variable(b"FUSE_DB_POOL_SIZE").map(|text| ("FUSE_DB_POOL_SIZE", text));
        let size = size.or(configured
            .map(|configured| ("App.dbPoolSize", configured.pool.as_str()))
            .filter(|(_, text)| !text.is_empty()));
        let connections = match size {
            Some((name, text)) => pool_size(name, text)?,
            None => 1,
        };
        Source::parse(url, connections)
    }

    fn parse(url: &str, connections: usize) -> Result<Source, Fault> {
        let url = url.trim();
        let name = url
            .strip_prefix("sqlite://")
            .or_else(|| url.strip_prefix("sqlite:"))
            .ok_or_else(|| fault("unsupported db url (expected sqlite://...)"))?
            .trim();
        if name.is_empty() {
            return Err(fault("sqlite url missing path"));
        }
        let is_memory = name == ":memory:"
            || name.starts_with("file:")
                && (name.contains("mode=memory") || name.contains(":memory:"));
        Ok(Source {
            name: name.to_owned(),
            is_memory,
            connections: if is_memory { 1 } else { connections },
        })
    }
}

fn pool_size(name: &str, text: &str) -> Result<usize, Fault> {
    match text.trim().parse() {
        Ok(size) if size >= 1 => Ok(size),
        _ => Err(fault(&format!("invalid {name}: expected integer >= 1"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(url: &str) -> Result<(String, usize), String> {
        Source::parse(url, 3)
            .map(|source| (source.name, source.connections))
            .map_err(|fault| String::from_utf8_lossy(fault.text()).into_owned())
    }

    #[test]
    fn forms_of_urls() {
        assert_eq!(parsed(" sqlite://a.db "), Ok(("a.db".to_owned(), 3)));
        assert_eq!(parsed("sqlite:a.db"), Ok(("a.db".to_owned(), 3)));
        assert_eq!(parsed("sqlite:///v/x"), Ok(("/v/x".to_owned(), 3)));
        assert_eq!(parsed("sqlite::memory:"), Ok((":memory:".to_owned(), 1)));
        assert_eq!(
            parsed("sqlite://"),
            Err("sqlite url missing path".to_owned())
        );
        let unsupported = Err("unsupported db url (expected sqlite://...)".to_owned());
        assert_eq!(parsed("postgres://x"), unsupported);
        assert_eq!(parsed(""), unsupported);
    }

    #[test]
    fn sizes_are_positive() {
        assert_eq!(pool_size("X", " 4 ").ok(), Some(4));
        for text in ["0", "-1", "x", "1.5"] {
            let fault = pool_size("X", text).expect_err("no size");
            assert_eq!(fault.text(), b"invalid X: expected integer >= 1");
        }
    }
}
