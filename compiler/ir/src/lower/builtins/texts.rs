//! Methods of `String` and `Bytes` that are more than one row.

use fuse_abi::RuntimeFn;
use fuse_sema::program::{Builtin, Expr};

use crate::lower::append::Form;
use crate::lower::body::{Body, int};
use crate::mir::{BinaryOp, LocalId, Operand, Rvalue};

impl Body<'_, '_> {
    pub fn text_builtin(
        &mut self,
        expr: &Expr,
        builtin: Builtin,
        args: &[Expr],
        dest: Option<LocalId>,
    ) -> Operand {
        let ty = self.ty(expr);
        let known = self.cx.known;
        let args = self.operands(args);
        match builtin {
            Builtin::StringIndexOf => {
                let index = self.row(RuntimeFn::TextIndexOf, args, known.int);
                self.index_option(index, ty, dest)
            }
            // The same object: text is bytes.
            Builtin::StringToBytes => {
                let [text] = take(args);
                self.value(dest, ty, Rvalue::Use(text))
            }
            Builtin::BytesToBase64 => {
                let [bytes] = take(args);
                let mut sink = self.new_text(int(0));
                self.sink_form(&mut sink, Form::Row(RuntimeFn::TextPushBase64), bytes);
                let text = self.sink_finish(sink);
                self.give(dest, text)
            }
            other => unreachable!("invariant: {other:?} is lowered elsewhere"),
        }
    }

    /// An index as an option: -1 is none.
    pub fn index_option(
        &mut self,
        index: Operand,
        ty: crate::mir::TypeId,
        dest: Option<LocalId>,
    ) -> Operand {
        let known = self.cx.known;
        let index = self.place_of(index, known.int);
        let found = self.binary(BinaryOp::Ge, Operand::Copy(index.clone()), int(0));
        self.option_of(found, index, ty, dest)
    }
}

/// The arguments of a builtin, as many as it has.
pub(super) fn take<const N: usize>(args: Vec<Operand>) -> [Operand; N] {
    args.try_into()
        .expect("invariant: arguments of builtins are complete")
}
