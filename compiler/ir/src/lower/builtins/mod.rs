//! Operations the language provides: rows of the runtime where work is to be done, a few instructions where it is small.

mod http;
mod lists;
mod maps;
mod numbers;
mod process;
mod texts;
mod time;

use fuse_abi::RuntimeFn;
use fuse_sema::program::{Builtin, Expr};

use super::body::{Body, unit};
use crate::mir::{LocalId, Operand};

impl Body<'_, '_> {
    pub fn builtin(
        &mut self,
        expr: &Expr,
        builtin: Builtin,
        args: &[Expr],
        dest: Option<LocalId>,
    ) -> Operand {
        if let Some(row) = plain_row(builtin) {
            let ty = self.ty(expr);
            let args = self.operands(args);
            return self.row_into(dest, row, args, ty);
        }
        match builtin {
            Builtin::HtmlText | Builtin::HtmlRaw | Builtin::HtmlNode | Builtin::HtmlRender => {
                self.html_builtin(expr, builtin, args, dest)
            }
            Builtin::Log => self.log(args),
            Builtin::Assert => self.assert(args),
            Builtin::JsonEncode => self.json_encode(args, dest),
            Builtin::JsonDecode => self.json_decode(expr, &args[0], dest),
            Builtin::DynamicIndex
            | Builtin::DynamicGet
            | Builtin::DynamicItems
            | Builtin::DynamicEntries
            | Builtin::DynamicOption => self.dynamic_builtin(expr, builtin, args, dest),
            Builtin::TimeParse => self.time_parse(expr, args, dest),
            Builtin::HttpRequest | Builtin::HttpGet | Builtin::HttpPost => {
                self.http_call(expr, builtin, args, dest)
            }
            Builtin::StringIsEmpty
            | Builtin::ListIsEmpty
            | Builtin::MapIsEmpty
            | Builtin::BytesIsEmpty => {
                let place = self.expr_place(&args[0]);
                self.is_empty(place, dest)
            }
            Builtin::ListLen | Builtin::MapLen | Builtin::BytesLen => {
                let place = self.expr_place(&args[0]);
                let int_type = self.cx.known.int;
                self.value(dest, int_type, crate::mir::Rvalue::Len(place))
            }
            Builtin::StringIndexOf | Builtin::StringToBytes | Builtin::BytesToBase64 => {
                self.text_builtin(expr, builtin, args, dest)
            }
            Builtin::MapHas | Builtin::MapRemove | Builtin::MapKeys | Builtin::MapValues => {
                self.map_builtin(expr, builtin, args, dest)
            }
            Builtin::IntToFloat
            | Builtin::IntAbs
            | Builtin::FloatFloor
            | Builtin::FloatCeil
            | Builtin::FloatRound
            | Builtin::FloatSqrt
            | Builtin::FloatAbs
            | Builtin::FloatIsNan => self.number_builtin(builtin, args, dest),
            _ => self.list_builtin(expr, builtin, args, dest),
        }
    }

    fn json_encode(&mut self, args: &[Expr], dest: Option<LocalId>) -> Operand {
        let ty = self.ty(&args[0]);
        let value = self.operand(&args[0]);
        self.json_of(ty, value, dest)
    }

    /// `assert`: the message is made only when it is needed, unless making it does something.
    fn assert(&mut self, args: &[Expr]) -> Operand {
        let (condition, message) = (&args[0], &args[1]);
        let (holds, fails) = (self.f.block(), self.f.block());
        if super::stability::is_effect_free(message) {
            self.condition(condition, holds, fails);
            self.f.switch_to(fails);
            let message = self.operand(message);
            self.diverge(RuntimeFn::AssertFailed, vec![message]);
        } else {
            let (condition, message) = self.operand_pair(condition, message);
            self.branch_or_goto(condition, holds, fails);
            self.f.switch_to(fails);
            self.diverge(RuntimeFn::AssertFailed, vec![message]);
        }
        self.f.switch_to(holds);
        unit()
    }
}

/// Builtins that are one row with the same arguments.
fn plain_row(builtin: Builtin) -> Option<RuntimeFn> {
    Some(match builtin {
        Builtin::Print => RuntimeFn::Print,
        Builtin::Env => RuntimeFn::Env,
        Builtin::EnvInt => RuntimeFn::EnvInt,
        Builtin::EnvFloat => RuntimeFn::EnvFloat,
        Builtin::EnvBool => RuntimeFn::EnvBool,
        Builtin::Input => RuntimeFn::Input,
        Builtin::ReadLine => RuntimeFn::ReadLine,
        Builtin::ReadText => RuntimeFn::ReadText,
        Builtin::Serve => RuntimeFn::Serve,
        Builtin::TimeNow => RuntimeFn::TimeNow,
        Builtin::SvgInline => RuntimeFn::SvgInline,
        Builtin::Asset => RuntimeFn::Asset,
        Builtin::RequestHeader => RuntimeFn::RequestHeader,
        Builtin::RequestCookie => RuntimeFn::RequestCookie,
        Builtin::RequestQuery => RuntimeFn::RequestQuery,
        Builtin::ResponseHeader => RuntimeFn::ResponseHeader,
        Builtin::ResponseCookie => RuntimeFn::ResponseCookie,
        Builtin::ResponseDeleteCookie => RuntimeFn::ResponseDeleteCookie,
        Builtin::TimeSleep => RuntimeFn::TimeSleep,
        Builtin::TimeFormat => RuntimeFn::TimeFormat,
        Builtin::CryptoHash => RuntimeFn::CryptoHash,
        Builtin::CryptoHmac => RuntimeFn::CryptoHmac,
        Builtin::RandomBytes => RuntimeFn::RandomBytes,
        Builtin::ConstantTimeEqual => RuntimeFn::ConstantTimeEqual,
        Builtin::DbExec => RuntimeFn::DbExec,
        Builtin::DbQuery => RuntimeFn::DbQuery,
        Builtin::DbOne => RuntimeFn::DbOne,
        Builtin::QueryFrom => RuntimeFn::QueryFrom,
        Builtin::QuerySelect => RuntimeFn::QuerySelect,
        Builtin::QueryWhere => RuntimeFn::QueryWhere,
        Builtin::QueryOrderBy => RuntimeFn::QueryOrderBy,
        Builtin::QueryLimit => RuntimeFn::QueryLimit,
        Builtin::QueryInsert => RuntimeFn::QueryInsert,
        Builtin::QueryUpdate => RuntimeFn::QueryUpdate,
        Builtin::QueryDelete => RuntimeFn::QueryDelete,
        Builtin::QueryCount => RuntimeFn::QueryCount,
        Builtin::QueryOne => RuntimeFn::QueryOne,
        Builtin::QueryAll => RuntimeFn::QueryAll,
        Builtin::QueryTexts => RuntimeFn::QueryTexts,
        Builtin::QueryExec => RuntimeFn::QueryExec,
        Builtin::QuerySql => RuntimeFn::QuerySql,
        Builtin::QueryParams => RuntimeFn::QueryParams,
        Builtin::StringLen => RuntimeFn::TextScalars,
        Builtin::StringTrim => RuntimeFn::TextTrim,
        Builtin::StringTrimStart => RuntimeFn::TextTrimStart,
        Builtin::StringTrimEnd => RuntimeFn::TextTrimEnd,
        Builtin::StringLower => RuntimeFn::TextLower,
        Builtin::StringUpper => RuntimeFn::TextUpper,
        Builtin::StringContains => RuntimeFn::TextContains,
        Builtin::StringStartsWith => RuntimeFn::TextStartsWith,
        Builtin::StringEndsWith => RuntimeFn::TextEndsWith,
        Builtin::StringReplace => RuntimeFn::TextReplace,
        Builtin::StringSplit => RuntimeFn::TextSplit,
        Builtin::StringLines => RuntimeFn::TextLines,
        Builtin::StringSlice => RuntimeFn::TextSlice,
        Builtin::StringRepeat => RuntimeFn::TextRepeat,
        Builtin::StringToInt => RuntimeFn::TextToInt,
        Builtin::StringToFloat => RuntimeFn::TextToFloat,
        Builtin::BytesSlice => RuntimeFn::BytesSlice,
        Builtin::BytesToString => RuntimeFn::BytesToString,
        Builtin::BytesToHex => RuntimeFn::BytesToHex,
        Builtin::ListJoin => RuntimeFn::TextJoin,
        Builtin::FloatToInt => RuntimeFn::FloatToInt,
        _ => return None,
    })
}
