//! Tests of the crate through its public surface, over files in memory.

mod assets;
mod codes;
mod dependencies;
mod discovery;
mod imports;
mod manifest;
mod support;
