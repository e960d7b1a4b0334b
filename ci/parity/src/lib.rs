//! Generated programs, and what must be seen when they run: the part of the parity gate that nobody wrote by hand.
//!
//! A seed gives a program ([`generate`]) whose output and end are predicted ([`oracle`]) by evaluating its tree. The program then runs
//! on every back end ([`run`]); what differs from the prediction, or between back ends, is a failure, made smaller ([`minimise`]).
//!
//! **Architecture Invariant:** equal seeds give equal programs on every host, and the prediction shares nothing with the compiler.

#![forbid(unsafe_code)]

pub mod generate;
mod library;
mod methods;
pub mod minimise;
#[path = "../../../compiler/cli/tests/conformance/normalise.rs"]
#[allow(dead_code)]
mod normalise;
pub mod oracle;
#[path = "../../../compiler/cli/tests/conformance/process.rs"]
mod process;
pub mod render;
mod rng;
pub mod run;
pub mod tree;
mod value;
