//! Generated programs, and what must be seen when they run: the part of the parity gate that nobody wrote by hand.
//!
//! A seed gives a program ([`generate`]) whose output and end are predicted ([`oracle`]) by evaluating its tree. The program then runs
//! on every back end ([`run`]); what differs from the prediction, or between back ends, is a failure, made smaller ([`minimise`]).
//!
//! How programs are run on a back end and what of their output counts ([`backend`], [`process`], [`normalise`]) is the same for the
//! conformance files, whose runner uses these too.
//!
//! **Architecture Invariant:** equal seeds give equal programs on every host, and the prediction shares nothing with the compiler.

#![forbid(unsafe_code)]

pub mod backend;
pub mod generate;
mod library;
mod methods;
pub mod minimise;
pub mod normalise;
pub mod oracle;
pub mod process;
pub mod render;
mod rng;
pub mod run;
pub mod tree;
mod value;
