//! Digests, message authentication, random bytes. The primitives are RustCrypto's and the system's.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use crate::fault::Fault;
use crate::memory::buffer::Buffer;
use crate::object::{bytes, new_text, string};

/// Most random bytes one call gives.
const RANDOM_LIMIT: i64 = 1024 * 1024;

#[derive(Clone, Copy)]
enum Algorithm {
    Sha256,
    Sha512,
}

/// The algorithm a name stands for, blanks around it and its case aside.
fn algorithm(name: &str, function: &str) -> Result<Algorithm, Fault> {
    let trimmed = name.trim();
    let is = |known: &str| trimmed.eq_ignore_ascii_case(known);
    if is("sha256") || is("sha-256") {
        return Ok(Algorithm::Sha256);
    }
    if is("sha512") || is("sha-512") {
        return Ok(Algorithm::Sha512);
    }
    let mut message = Buffer::new();
    message.push(function.as_bytes());
    message.push(b" unsupported algorithm ");
    message.push(name.as_bytes());
    Err(Fault::from_buffer(message, "runtime_error"))
}

unsafe fn hash(name: *mut u8, data: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    let (name, data) = unsafe { (string(name), bytes(data)) };
    Ok(match algorithm(name, "crypto.hash")? {
        Algorithm::Sha256 => new_text(&Sha256::digest(data)),
        Algorithm::Sha512 => new_text(&Sha512::digest(data)),
    })
}

unsafe fn hmac(name: *mut u8, key: *mut u8, data: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    let (name, key, data) = unsafe { (string(name), bytes(key), bytes(data)) };
    let code = match algorithm(name, "crypto.hmac")? {
        Algorithm::Sha256 => Hmac::<Sha256>::new_from_slice(key)
            .map(|mac| new_text(&mac.chain_update(data).finalize().into_bytes())),
        Algorithm::Sha512 => Hmac::<Sha512>::new_from_slice(key)
            .map(|mac| new_text(&mac.chain_update(data).finalize().into_bytes())),
    };
    code.map_err(|_| Fault::constant("crypto.hmac rejects this key", "runtime_error"))
}

unsafe fn random_bytes(count: i64) -> Result<*mut u8, Fault> {
    if count < 0 {
        let message = "crypto.random_bytes expects a non-negative Int";
        return Err(Fault::constant(message, "runtime_invalid_arguments"));
    }
    if count > RANDOM_LIMIT {
        let message = "crypto.random_bytes gives at most 1048576 bytes";
        return Err(Fault::constant(message, "runtime_error"));
    }
    let mut random = vec![0; count as usize];
    match getrandom::fill(&mut random) {
        Ok(()) => Ok(new_text(&random)),
        Err(problem) => {
            let message = format!("crypto.random_bytes failed: {problem}");
            Err(Fault::message(message.as_bytes(), "runtime_error"))
        }
    }
}

/// Takes a time that depends on the lengths alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_constant_time_equal(a: *mut u8, b: *mut u8) -> bool {
    // SAFETY: contract of the crate.
    unsafe { bytes(a).ct_eq(bytes(b)).into() }
}

faulting! {
    fn fuse_crypto_hash(name: *mut u8, data: *mut u8) -> *mut u8 = hash;
    fn fuse_crypto_hmac(name: *mut u8, key: *mut u8, data: *mut u8) -> *mut u8 = hmac;
    fn fuse_random_bytes(count: i64) -> *mut u8 = random_bytes;
}
