//! Executables as an operator sees them: start-up order, build information, every way to end. Real programs, real signals.

mod cache;
mod ends;
mod profiles;
mod project;
mod requests;
mod startup;
