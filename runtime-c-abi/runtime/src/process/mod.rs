//! The process: entry and exit, standard streams, reports of failures, environment, program flags, configuration.

pub mod check;
pub mod clock;
pub mod config;
#[cfg(feature = "entry")]
pub mod crash;
mod crypto;
#[cfg(feature = "entry")]
mod entry;
pub mod environment;
pub mod flags;
#[cfg(feature = "entry")]
mod image;
pub mod input;
pub mod log;
pub mod output;
pub mod panics;
pub mod parse;
pub mod report;
pub mod run;
mod task;
#[cfg(not(feature = "entry"))]
pub mod tests;

pub use check::{
    fuse_check_bytes_length, fuse_check_email, fuse_check_float_range, fuse_check_id,
    fuse_check_int_range, fuse_check_text_length, fuse_regex_matches,
};
pub use clock::{fuse_time_format, fuse_time_parse, fuse_time_parse_message, fuse_time_sleep};
pub use config::fuse_config_text;
pub use crypto::{fuse_constant_time_equal, fuse_crypto_hash, fuse_crypto_hmac, fuse_random_bytes};
pub use environment::{fuse_env, fuse_env_bool, fuse_env_float, fuse_env_int, fuse_time_now};
pub use flags::{
    fuse_flag_bool, fuse_flag_bool_text, fuse_flag_bytes, fuse_flag_error, fuse_flag_float,
    fuse_flag_int, fuse_flag_problems, fuse_flag_text, fuse_flags_ok, fuse_main_failed,
    fuse_run_main,
};
pub use input::{fuse_input, fuse_read_line, fuse_read_text};
pub use log::{fuse_log_enabled, fuse_log_json, fuse_log_level, fuse_log_text};
pub use output::fuse_print;
pub use parse::{
    fuse_parse_bool, fuse_parse_bytes, fuse_parse_float, fuse_parse_int, fuse_parse_is_null,
};
pub use task::{
    fuse_task_await, fuse_task_failure, fuse_task_finish, fuse_task_give_up, fuse_task_newest,
    fuse_task_record, fuse_task_release, fuse_task_spawn, fuse_task_take_record,
    fuse_task_take_result,
};
