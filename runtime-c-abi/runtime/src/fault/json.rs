//! JSON of errors: compact, keys in byte order.

use crate::memory::buffer::Buffer;

/// Bytes that need no escape are copied in runs; `emit` gets every piece.
pub fn escape_json(text: &[u8], mut emit: impl FnMut(&[u8])) {
    const HEX: [u8; 16] = *b"0123456789abcdef";
    let mut rest = text;
    loop {
        let mut run = 0;
        for &byte in rest {
            if byte < 0x20 || byte == b'"' || byte == b'\\' {
                break;
            }
            run += 1;
        }
        // SAFETY: `run` counts elements of `rest`. Unchecked because this is reached from every program.
        let (plain, after) = unsafe { rest.split_at_unchecked(run) };
        if !plain.is_empty() {
            emit(plain);
        }
        let Some((&byte, tail)) = after.split_first() else {
            return;
        };
        match byte {
            b'"' => emit(b"\\\""),
            b'\\' => emit(b"\\\\"),
            b'\n' => emit(b"\\n"),
            b'\r' => emit(b"\\r"),
            b'\t' => emit(b"\\t"),
            0x08 => emit(b"\\b"),
            0x0c => emit(b"\\f"),
            _ => emit(&[
                b'\\',
                b'u',
                b'0',
                b'0',
                HEX[(byte >> 4 & 15) as usize],
                HEX[(byte & 15) as usize],
            ]),
        }
        rest = tail;
    }
}

/// A JSON string.
pub fn push_json_string(document: &mut Buffer, text: &[u8]) {
    document.push(b"\"");
    escape_json(text, |piece| document.push(piece));
    document.push(b"\"");
}

/// `{"error":{"code":..,"message":..}}`
pub fn error_json(document: &mut Buffer, code: &[u8], message: &[u8]) {
    document.push(b"{\"error\":{\"code\":");
    push_json_string(document, code);
    document.push(b",\"message\":");
    push_json_string(document, message);
    document.push(b"}}");
}

/// The validation error; fields are (path, code, message).
pub fn validation_json(document: &mut Buffer, fields: &[(&[u8], &[u8], &[u8])]) {
    document.push(b"{\"error\":{\"code\":\"validation_error\",\"fields\":[");
    let mut first = true;
    for (path, code, message) in fields {
        if !first {
            document.push(b",");
        }
        first = false;
        document.push(b"{\"code\":");
        push_json_string(document, code);
        document.push(b",\"message\":");
        push_json_string(document, message);
        document.push(b",\"path\":");
        push_json_string(document, path);
        document.push(b"}");
    }
    document.push(b"],\"message\":\"validation failed\"}}");
}
