//! Request ids: the client's, when they are harmless, else 16 random hexadecimal digits.

use core::cell::RefCell;

use hyper::HeaderMap;

/// Random bytes are taken from the system in pieces.
const POOL: usize = 256;

struct Pool {
    bytes: [u8; POOL],
    used: usize,
}

thread_local! {
    static RANDOM: RefCell<Pool> = const {
        RefCell::new(Pool {
            bytes: [0; POOL],
            used: POOL,
        })
    };
}

/// The id of a request: `X-Request-Id`, else `X-Correlation-Id`, else a new one.
pub fn of(headers: &HeaderMap) -> String {
    for name in ["x-request-id", "x-correlation-id"] {
        let given = headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(id) = given.map(str::trim).filter(|id| is_valid(id)) {
            return id.to_owned();
        }
    }
    format!("req-{:016x}", random_word())
}

fn is_valid(id: &str) -> bool {
    (1..=128).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/@".contains(&byte))
}

fn random_word() -> u64 {
    RANDOM.with_borrow_mut(|pool| {
        if pool.used + 8 > POOL {
            fill(&mut pool.bytes);
            pool.used = 0;
        }
        let mut word = [0; 8];
        word.copy_from_slice(&pool.bytes[pool.used..pool.used + 8]);
        pool.used += 8;
        u64::from_le_bytes(word)
    })
}

/// The system's random bytes; up to 256 at a time never come short.
fn fill(bytes: &mut [u8; POOL]) {
    // SAFETY: the buffer has that many bytes.
    while unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), POOL, 0) } < 0
        && crate::process::output::errno() == libc::EINTR
    {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(fields: &[(&'static str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            if let Ok(value) = hyper::header::HeaderValue::from_str(value) {
                headers.insert(*name, value);
            }
        }
        of(&headers)
    }

    #[test]
    fn harmless_ids_are_kept() {
        assert_eq!(id(&[("x-request-id", " a-1/b@c ")]), "a-1/b@c");
        assert_eq!(
            id(&[("x-request-id", "a b"), ("x-correlation-id", "c")]),
            "c"
        );
        let (first, second) = (id(&[]), id(&[]));
        assert_ne!(first, second);
        assert_eq!(first.len(), 20);
        assert!(first.starts_with("req-"));
    }
}
