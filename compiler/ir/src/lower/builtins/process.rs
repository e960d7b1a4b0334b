//! `log`.

use fuse_abi::RuntimeFn;
use fuse_sema::program::{Expr, ExprKind};

use crate::lower::body::{Body, int, unit};
use crate::mir::{BinaryOp, Operand, TypeId};

const INFO: i64 = 2;

/// Number of a level, as `fuse_log_level` gives it.
fn level_number(name: &str) -> Option<i64> {
    let name = name.trim().to_ascii_lowercase();
    Some(match name.as_str() {
        "trace" => 0,
        "debug" => 1,
        "info" => INFO,
        "warn" | "warning" => 3,
        "error" => 4,
        _ => return None,
    })
}

type Values = [(TypeId, Operand)];

impl Body<'_, '_> {
    pub fn log(&mut self, args: &[Expr]) -> Operand {
        let operands = self.operands(args);
        let values: Vec<(TypeId, Operand)> = args
            .iter()
            .zip(operands)
            .map(|(arg, operand)| (self.ty(arg), operand))
            .collect();
        let string = self.cx.known.string;
        match (args, values.as_slice()) {
            ([first, _, ..], [(ty, level), rest @ ..]) if *ty == string => {
                match constant_level(first) {
                    Some(Some(level)) => self.log_line(int(level), rest),
                    Some(None) => self.log_line(int(INFO), &values),
                    None => self.log_by_level(level.clone(), &values, rest),
                }
            }
            _ => self.log_line(int(INFO), &values),
        }
        unit()
    }

    /// The first text may name a level; only running the program tells.
    fn log_by_level(&mut self, name: Operand, all: &Values, rest: &Values) {
        let int_type = self.cx.known.int;
        let level = self.row(RuntimeFn::LogLevel, vec![name], int_type);
        let (known, unknown, join) = (self.f.block(), self.f.block(), self.f.block());
        let is_level = self.binary(BinaryOp::Ge, level.clone(), int(0));
        self.f.branch(is_level, known, unknown);
        self.f.switch_to(known);
        self.log_line(level, rest);
        self.f.goto(join);
        self.f.switch_to(unknown);
        self.log_line(int(INFO), all);
        self.f.goto(join);
        self.f.switch_to(join);
    }

    /// Text is made only for lines that are shown.
    fn log_line(&mut self, level: Operand, values: &Values) {
        let known = self.cx.known;
        let (shown, join) = (self.f.block(), self.f.block());
        let enabled = self.row(RuntimeFn::LogEnabled, vec![level.clone()], known.bool);
        self.f.branch(enabled, shown, join);
        self.f.switch_to(shown);
        match values {
            [] => {
                let empty = self.text_const("");
                self.row(RuntimeFn::LogText, vec![level, empty], known.unit);
            }
            [(ty, message)] => {
                let text = self.text_of(*ty, message.clone(), None);
                self.row(RuntimeFn::LogText, vec![level, text], known.unit);
            }
            [(ty, message), data @ ..] => {
                let text = self.text_of(*ty, message.clone(), None);
                let data = self.log_data(data);
                self.row(RuntimeFn::LogJson, vec![level, text, data], known.unit);
            }
        }
        self.f.goto(join);
        self.f.switch_to(join);
    }

    /// One value as it is, several as an array.
    fn log_data(&mut self, values: &Values) -> Operand {
        let mut sink = self.new_text(int(64));
        if values.len() > 1 {
            sink.constant("[");
        }
        for (index, (ty, value)) in values.iter().enumerate() {
            if index > 0 {
                sink.constant(",");
            }
            self.sink_json(&mut sink, *ty, value.clone());
        }
        if values.len() > 1 {
            sink.constant("]");
        }
        self.sink_finish(sink)
    }
}

/// For a literal: the level it names, if it names one.
fn constant_level(expr: &Expr) -> Option<Option<i64>> {
    match &expr.kind {
        ExprKind::String(name) => Some(level_number(name)),
        _ => None,
    }
}
