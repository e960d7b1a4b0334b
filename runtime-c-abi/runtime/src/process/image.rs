//! This executable as it is loaded: where its code is, and its build id.

use crate::process::report::{Line, Sink};

/// The part of an ELF header that is read here (64 bits).
#[repr(C)]
struct Header {
    identification: [u8; 16],
    kind: u16,
    machine: u16,
    version: u32,
    entry: u64,
    segments: u64,
    sections: u64,
    flags: u32,
    header_size: u16,
    segment_size: u16,
    segment_count: u16,
}

#[repr(C)]
struct Segment {
    kind: u32,
    flags: u32,
    offset: u64,
    address: u64,
    physical: u64,
    file_size: u64,
    memory_size: u64,
    align: u64,
}

const POSITION_INDEPENDENT: u16 = 3;
const LOAD: u32 = 1;
const NOTE: u32 = 4;
const BUILD_ID: u32 = 3;

unsafe extern "C" {
    /// Defined by the linker: the executable's first loaded byte.
    static __ehdr_start: Header;
}

/// ` pc=ADDRESS build_id=ID`: an address of this executable's code as its file has it, for tools with its symbols. Nothing for code
/// that is not the executable's own.
pub fn push_place(line: &mut Line, instruction: u64) {
    // SAFETY: the linker's symbol is the header of this executable, whose segment table is loaded with it.
    unsafe {
        let header = &raw const __ehdr_start;
        let base = header as u64;
        // Where the file's addresses begin in memory.
        let slide = if (*header).kind == POSITION_INDEPENDENT {
            base
        } else {
            0
        };
        let segments = header
            .cast::<u8>()
            .add((*header).segments as usize)
            .cast::<Segment>();
        let segments = core::slice::from_raw_parts(segments, (*header).segment_count as usize);
        let address = instruction.wrapping_sub(slide);
        let is_ours = segments.iter().any(|segment| {
            segment.kind == LOAD && address.wrapping_sub(segment.address) < segment.memory_size
        });
        if !is_ours {
            return;
        }
        line.push(b" pc=0x");
        push_hex(line, &address.to_be_bytes());
        for segment in segments {
            if segment.kind == NOTE {
                let start = slide.wrapping_add(segment.address) as *const u8;
                push_build_id(line, start, segment.memory_size as usize);
            }
        }
    }
}

/// Looks through the notes of a segment.
unsafe fn push_build_id(line: &mut Line, mut note: *const u8, mut size: usize) {
    const HEAD: usize = 12;
    while size >= HEAD {
        // SAFETY: `size` bytes from `note` on are the loaded segment's, and notes are aligned to four bytes.
        unsafe {
            let head = note.cast::<u32>();
            let (name, text) = (*head as usize, *head.add(1) as usize);
            let name_room = name.next_multiple_of(4);
            let total = HEAD + name_room + text.next_multiple_of(4);
            if total > size {
                return;
            }
            let is_gnu = name == 4 && *head.add(3) == u32::from_ne_bytes(*b"GNU\0");
            if *head.add(2) == BUILD_ID && is_gnu {
                line.push(b" build_id=");
                let id = core::slice::from_raw_parts(note.add(HEAD + name_room), text);
                push_hex(line, id);
                return;
            }
            note = note.add(total);
            size -= total;
        }
    }
}

#[inline(never)]
fn push_hex(line: &mut Line, bytes: &[u8]) {
    for byte in bytes {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        for digit in [byte >> 4, byte & 15] {
            let at = digit as usize;
            line.push(&DIGITS[at..=at]);
        }
    }
}
