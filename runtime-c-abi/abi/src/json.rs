//! What generated code, `core` and the runtime share about reading JSON.

/// Containers may be open at the same time.
pub const MAX_DEPTH: u64 = 128;

/// State of reading one text. Lives in the heap of the guard, like everything it refers to.
#[repr(C)]
pub struct Cursor {
    /// Next byte to read; `end` once reading has failed.
    pub at: *const u8,
    pub end: *const u8,
    pub start: *const u8,
    /// The last object key read, or the tag of the last tagged object, unescaped.
    pub key: *const u8,
    pub key_len: u64,
    /// Containers open.
    pub depth: u64,
    /// Number of a [`SyntaxError`], 0 while the text is well formed.
    pub error: u64,
    /// What the last tagged object holds under `data` (null: nothing), and where it ends.
    pub data: *const u8,
    pub data_end: *const u8,
    /// The text being read, owned.
    pub text: *mut u8,
    /// Owned text behind `key` when it could not stay in place, or null.
    pub key_text: *mut u8,
    /// Owned list of problems, or null.
    pub problems: *mut u8,
    /// Problems found, reported or not.
    pub found: u64,
}

/// Results of reading the next key of an object besides its length.
pub const KEY_END: i64 = -1;
pub const KEY_FAILED: i64 = -2;

/// Results of looking for the next element of an array.
pub const ITEM: i64 = 1;
pub const ITEM_END: i64 = 0;
pub const ITEM_FAILED: i64 = -1;

/// Tags of dynamic values: the variants of the enum that lowering declares for them, a byte at offset 0, payload at 8.
pub mod dynamic {
    pub const NULL: u8 = 0;
    pub const BOOL: u8 = 1;
    pub const INT: u8 = 2;
    pub const FLOAT: u8 = 3;
    pub const STRING: u8 = 4;
    pub const LIST: u8 = 5;
    pub const MAP: u8 = 6;
    pub const BYTES: u8 = 7;
    pub const SIZE: u64 = 16;
    /// A `Bool` stands right behind the tag.
    pub const BOOL_OFFSET: u64 = 1;
    pub const PAYLOAD_OFFSET: u64 = 8;
}

macro_rules! errors {
    ($($name:ident = $number:literal, $message:literal;)*) => {
        /// Why a text is not JSON.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u64)]
        pub enum SyntaxError { $($name = $number),* }

        impl SyntaxError {
            /// The message of an error number.
            pub fn message(number: u64) -> &'static str {
                match number { $($number => $message,)* _ => "invalid JSON" }
            }
        }
    };
}

errors! {
    Character = 1, "unexpected character";
    End = 2, "unexpected end of input";
    Null = 3, "invalid null";
    Bool = 4, "invalid bool";
    Number = 5, "invalid number";
    Key = 6, "expected string";
    Unterminated = 7, "unterminated string";
    Escape = 8, "invalid escape";
    Unicode = 9, "invalid unicode escape";
    Comma = 10, "expected ',' or ']'";
    CommaBrace = 11, "expected ',' or '}'";
    Colon = 12, "expected ':'";
    Trailing = 13, "trailing characters";
    Depth = 14, "nesting too deep";
    Control = 15, "control character in string";
}
