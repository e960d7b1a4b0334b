//! Refinement checks: ranges are compared in place, the rest asks the runtime; the message is made only when a check fails.

use fuse_abi::RuntimeFn;
use fuse_sema::program::{Expr, ExprKind};
use fuse_sema::types::{self as sema, Constraint, RefinementId};

use super::body::{Body, int};
use crate::mir::{
    BinaryOp, BlockId, Const, LocalId, Operand, Place, Projection, Rvalue, Type, TypeId,
};

/// Code of every failed refinement.
pub(super) const INVALID_VALUE: &str = "invalid_value";

/// Bytes of a character in UTF-8.
const MOST_BYTES: i64 = 4;

/// One condition on a value.
#[derive(Clone, Copy)]
pub(super) enum Rule<'p> {
    Id,
    Email,
    Constraint(&'p Constraint),
}

impl<'p> Body<'_, 'p> {
    /// Everything a type asks of its values beyond their representation, base types first.
    pub fn rules_of(&self, ty: sema::TypeId) -> Vec<Rule<'p>> {
        let types = &self.cx.program.types;
        match *types.get(ty) {
            sema::Type::Id => vec![Rule::Id],
            sema::Type::Email => vec![Rule::Email],
            sema::Type::Refined { base, rule } => {
                let mut rules = self.rules_of(base);
                rules.extend(self.constraints(rule));
                rules
            }
            _ => Vec::new(),
        }
    }

    fn constraints(&self, rule: RefinementId) -> impl Iterator<Item = Rule<'p>> + use<'p> {
        let program = self.cx.program;
        program
            .types
            .refinement(rule)
            .constraints
            .iter()
            .map(Rule::Constraint)
    }

    pub fn refine(&mut self, expr: &Expr, dest: Option<LocalId>) -> Operand {
        let ExprKind::Refine {
            value,
            rule,
            path,
            on_error,
        } = &expr.kind
        else {
            unreachable!("invariant: called for refinements")
        };
        let rules: Vec<Rule> = match rule {
            Some(rule) => self.constraints(*rule).collect(),
            None => self.rules_of(expr.ty),
        };
        let ty = self.ty(value);
        let value = self.operand(value);
        let (fails, message) = self.check_rules(&rules, ty, &value);
        let holds = self.f.block();
        self.f.goto(holds);
        self.f.switch_to(fails);
        match on_error {
            Some((error, exit)) => {
                let error = self.local(*error);
                self.validation_error(error, path, message);
                self.block(exit);
                self.never_falls_through();
            }
            None => self.fault_validation(path, message),
        }
        self.f.switch_to(holds);
        self.give(dest, value)
    }

    /// Faults with a validation error for one value.
    pub fn fault_validation(&mut self, path: &str, message: LocalId) {
        let path = self.text_const(path);
        let code = self.text_const(INVALID_VALUE);
        let args = vec![path, code, super::body::copy(message)];
        self.diverge(RuntimeFn::FaultValidation, args);
    }

    /// Falls through when all rules hold. Otherwise goes to the block returned, with the message in the local returned.
    pub fn check_rules(
        &mut self,
        rules: &[Rule],
        ty: TypeId,
        value: &Operand,
    ) -> (BlockId, LocalId) {
        let string = self.cx.known.string;
        let message = self.f.temp(string);
        let fails = self.f.block();
        for rule in rules {
            self.check_rule(*rule, ty, value, fails, message);
        }
        (fails, message)
    }

    fn check_rule(
        &mut self,
        rule: Rule,
        ty: TypeId,
        value: &Operand,
        fails: BlockId,
        message: LocalId,
    ) {
        let value = value.clone();
        match (rule, self.cx.shape(ty)) {
            (Rule::Id, _) => {
                let next = self.f.block();
                let length = self.length_of(&value, ty);
                let is_empty = self.binary(BinaryOp::Eq, length, int(0));
                self.ask_where(is_empty, next);
                self.ask(RuntimeFn::CheckId, vec![value], fails, message);
                self.f.goto(next);
                self.f.switch_to(next);
            }
            (Rule::Email, _) => self.ask(RuntimeFn::CheckEmail, vec![value], fails, message),
            (Rule::Constraint(Constraint::IntRange { min, max }), Type::Int) => {
                let (min, max) = (int(*min), int(*max));
                let ops = (BinaryOp::Ge, BinaryOp::Le);
                let row = RuntimeFn::CheckIntRange;
                self.check_range(ops, row, value, min, max, fails, message);
            }
            (Rule::Constraint(Constraint::FloatRange { min, max }), _) => {
                let float = |value: f64| Operand::Const(Const::Float(value));
                let ops = (BinaryOp::GeFloat, BinaryOp::LeFloat);
                let row = RuntimeFn::CheckFloatRange;
                self.check_range(ops, row, value, float(*min), float(*max), fails, message);
            }
            (Rule::Constraint(Constraint::IntRange { min, max }), shape) => {
                let (row, width) = match shape {
                    Type::Bytes => (RuntimeFn::CheckBytesLength, 1),
                    _ => (RuntimeFn::CheckTextLength, MOST_BYTES),
                };
                // Characters are counted only where the number of bytes leaves it open.
                let (upper, asked, next) = (self.f.block(), self.f.block(), self.f.block());
                let length = self.length_of(&value, ty);
                let enough = min.saturating_sub(1).saturating_mul(width);
                let is_enough = self.binary(BinaryOp::Gt, length.clone(), int(enough));
                self.f.branch(is_enough, upper, asked);
                self.f.switch_to(upper);
                let is_few = self.binary(BinaryOp::Le, length, int(*max));
                self.f.branch(is_few, next, asked);
                self.f.switch_to(asked);
                self.ask(row, vec![value, int(*min), int(*max)], fails, message);
                self.f.goto(next);
                self.f.switch_to(next);
            }
            (Rule::Constraint(Constraint::Regex(pattern)), _) => {
                let tables = self.cx.program.patterns[pattern].bytes();
                let tables = Operand::Const(Const::Str(self.cx.mir.string(tables)));
                let args = vec![value, tables];
                let matches = self.row(RuntimeFn::RegexMatches, args, self.cx.known.bool);
                let text = format!("value does not match regex {pattern}");
                self.reject_unless(matches, &text, fails, message);
            }
            (Rule::Constraint(Constraint::Predicate { function, name }), _) => {
                let function = self.cx.function(*function);
                let bool_type = self.cx.known.bool;
                let accepted = self.call(function, vec![value], bool_type);
                let text = format!("predicate {name} rejected value");
                self.reject_unless(accepted, &text, fails, message);
            }
        }
    }

    /// Goes on where a condition holds, to `fails` with that message elsewhere.
    fn reject_unless(&mut self, holds: Operand, text: &str, fails: BlockId, message: LocalId) {
        let (rejects, next) = (self.f.block(), self.f.block());
        self.f.branch(holds, next, rejects);
        self.f.switch_to(rejects);
        let text = self.text_const(text);
        self.f.assign(message, Rvalue::Use(text));
        self.f.goto(fails);
        self.f.switch_to(next);
    }

    /// Two comparisons; the row is asked for the message once one has failed.
    #[expect(
        clippy::too_many_arguments,
        reason = "a range check is these seven things, used twice above"
    )]
    fn check_range(
        &mut self,
        (not_below, not_above): (BinaryOp, BinaryOp),
        row: RuntimeFn,
        value: Operand,
        min: Operand,
        max: Operand,
        fails: BlockId,
        message: LocalId,
    ) {
        let (second, outside, next) = (self.f.block(), self.f.block(), self.f.block());
        let holds = self.binary(not_below, value.clone(), min.clone());
        self.f.branch(holds, second, outside);
        self.f.switch_to(second);
        let holds = self.binary(not_above, value.clone(), max.clone());
        self.f.branch(holds, next, outside);
        self.f.switch_to(outside);
        let answer = self.answer_of(row, vec![value, min, max]);
        self.take_message(answer, fails, message);
        self.f.switch_to(next);
    }

    /// Bytes of a text or of `Bytes`.
    fn length_of(&mut self, value: &Operand, ty: TypeId) -> Operand {
        let place = self.place_of(value.clone(), ty);
        self.len(place)
    }

    /// What follows is only done where the condition holds.
    fn ask_where(&mut self, condition: Operand, next: BlockId) {
        let asked = self.f.block();
        self.f.branch(condition, asked, next);
        self.f.switch_to(asked);
    }

    /// Asks a row that gives null when the rule holds.
    fn ask(&mut self, row: RuntimeFn, args: Vec<Operand>, fails: BlockId, message: LocalId) {
        let answer = self.answer_of(row, args);
        let (rejects, next) = (self.f.block(), self.f.block());
        self.switch_tag(answer.clone(), 1, rejects, next);
        self.f.switch_to(rejects);
        self.take_message(answer, fails, message);
        self.f.switch_to(next);
    }

    fn answer_of(&mut self, row: RuntimeFn, args: Vec<Operand>) -> Place {
        let option = self.cx.known.option_string;
        let answer = self.row(row, args, option);
        self.place_of(answer, option)
    }

    fn take_message(&mut self, answer: Place, fails: BlockId, message: LocalId) {
        let text = Operand::Copy(answer.project(Projection::Some));
        self.f.assign(message, Rvalue::Use(text));
        self.f.goto(fails);
    }

    /// A `std.Error.Validation` with one field.
    fn validation_error(&mut self, dest: LocalId, path: &str, message: LocalId) {
        let path = self.text_const(path);
        let code = self.text_const(INVALID_VALUE);
        let ty = self.f.local_type(dest);
        let list_type = self.named_field_type(ty, "fields");
        let Type::List(field_type) = self.cx.shape(list_type) else {
            unreachable!("invariant: `std.Error.Validation.fields` is a list")
        };
        let message = super::body::copy(message);
        let parts = [("path", path), ("code", code), ("message", message)];
        let field = self.struct_of(None, field_type, &parts);
        let fields = self.value(
            None,
            list_type,
            Rvalue::List {
                elements: vec![field],
                capacity: int(1),
            },
        );
        let text = self.text_const("validation failed");
        self.struct_of(Some(dest), ty, &[("message", text), ("fields", fields)]);
    }

    /// A struct from values for all its fields, by name.
    pub fn struct_of(
        &mut self,
        dest: Option<LocalId>,
        ty: TypeId,
        parts: &[(&str, Operand)],
    ) -> Operand {
        let Type::Struct(id) = self.cx.shape(ty) else {
            unreachable!("invariant: a struct type")
        };
        let fields = self.cx.mir.types.structs[id]
            .fields
            .iter()
            .map(|field| {
                let part = parts.iter().find(|(name, _)| *name == field.name);
                let (_, value) = part.expect("invariant: a value for every field");
                value.clone()
            })
            .collect();
        self.aggregate(dest, ty, 0, fields)
    }

    pub fn named_field_type(&self, ty: TypeId, name: &str) -> TypeId {
        self.place_field(ty, name)
            .map(|(_, ty)| ty)
            .expect("invariant: a field of a standard type")
    }

    /// Number and type of the field with this name.
    pub fn place_field(&self, ty: TypeId, name: &str) -> Option<(u32, TypeId)> {
        let Type::Struct(id) = self.cx.shape(ty) else {
            return None;
        };
        let fields = &self.cx.mir.types.structs[id].fields;
        let index = fields.iter().position(|field| field.name == name)?;
        Some((index as u32, fields[index].ty))
    }
}
