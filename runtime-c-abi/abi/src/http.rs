//! What generated code and the runtime share about exchanges with other servers.

/// The function that was called.
pub const REQUEST: i64 = 0;
pub const GET: i64 = 1;
pub const POST: i64 = 2;

/// The texts of an exchange.
pub const METHOD: i64 = 0;
pub const URL: i64 = 1;
pub const BODY: i64 = 2;
pub const CODE: i64 = 3;
pub const MESSAGE: i64 = 4;
