//! Reading: function bodies.

use fuse_abi::{FaultKind, RuntimeFn};

use super::super::constants::{ConstContent, ConstObject, ConstValue};
use super::super::function::*;
use super::super::program::LocId;
use super::super::types::{Type, TypeId};
use super::lex::Token;
use super::ops::{BINARY, UNARY};
use super::parse::{Parser, Result};

impl Parser {
    pub(super) fn body(&mut self, function: &mut Function) -> Result<()> {
        while self.eat_word("local") {
            loop {
                if self.local_decl(function).is_err() {
                    self.recover();
                    break;
                }
                if !self.eat(',') {
                    break;
                }
            }
        }
        while !self.eat('}') {
            if *self.peek() == Token::End {
                return self.fail("function does not end");
            }
            if self.block(function).is_err() {
                // The error is recorded; the rest of the program is still read for more.
                while !matches!(self.peek(), Token::Punct('}') | Token::End) {
                    self.next();
                }
            }
        }
        self.check_targets(function);
        Ok(())
    }

    fn check_targets(&mut self, function: &Function) {
        let missing = function
            .blocks
            .values()
            .flat_map(|block| block.terminator.successors())
            .find(|target| target.as_u32() as usize >= function.blocks.len());
        if let Some(target) = missing {
            let _ = self.fail::<()>(format!("{}: no block {target}", function.name));
        }
    }

    fn block(&mut self, function: &mut Function) -> Result<()> {
        let label = self.block_id()?;
        self.expect(':')?;
        if label.as_u32() as usize != function.blocks.len() {
            return self.fail(format!("expected bb{}", function.blocks.len()));
        }
        let mut statements = Vec::new();
        loop {
            if let Some(terminator) = self.terminator(function)? {
                function.blocks.push(Block {
                    statements,
                    terminator,
                });
                return Ok(());
            }
            match self.statement(function) {
                Ok(kind) => {
                    let loc = self.loc()?;
                    statements.push(Statement { kind, loc });
                }
                Err(failed) => {
                    self.recover();
                    if matches!(self.peek(), Token::End | Token::Punct('}')) {
                        return Err(failed);
                    }
                }
            }
        }
    }

    fn block_id(&mut self) -> Result<BlockId> {
        let word = self.word()?;
        match word.strip_prefix("bb").and_then(|n| n.parse().ok()) {
            Some(number) => Ok(BlockId::from_u32(number)),
            None => self.fail(format!("expected a block, found {word}")),
        }
    }

    fn terminator(&mut self, function: &Function) -> Result<Option<Terminator>> {
        let Token::Ident(word) = self.peek().clone() else {
            return Ok(None);
        };
        let terminator = match word.as_str() {
            "goto" => {
                self.next();
                Terminator::Goto(self.block_id()?)
            }
            "branch" => {
                self.next();
                let condition = self.operand(function)?;
                self.expect(',')?;
                let then = self.block_id()?;
                self.expect(',')?;
                let otherwise = self.block_id()?;
                Terminator::Branch {
                    condition,
                    then,
                    otherwise,
                }
            }
            "switch" => {
                self.next();
                let value = self.operand(function)?;
                let mut cases = Vec::new();
                self.expect('{')?;
                while !self.eat_word("else") {
                    let case = self.int()?;
                    let Ok(case) = i64::try_from(case) else {
                        return self.fail("number out of range");
                    };
                    self.expect(':')?;
                    cases.push((case, self.block_id()?));
                    self.eat(',');
                }
                self.expect(':')?;
                let default = self.block_id()?;
                self.expect('}')?;
                Terminator::Switch {
                    value,
                    cases,
                    default,
                }
            }
            "return" => {
                self.next();
                Terminator::Return(self.operand(function)?)
            }
            "fault" => {
                self.next();
                let fault = self.fault()?;
                let loc = self.loc()?;
                Terminator::Fault(fault, loc)
            }
            "unreachable" => {
                self.next();
                Terminator::Unreachable
            }
            _ => return Ok(None),
        };
        if matches!(self.peek(), Token::Loc(_)) {
            let _: LocId = self.loc()?;
        }
        Ok(Some(terminator))
    }

    fn fault(&mut self) -> Result<Fault> {
        let word = self.word()?;
        match FaultKind::ALL.iter().find(|k| format!("{k:?}") == word) {
            Some(&kind) => Ok(kind),
            None => self.fail(format!("unknown fault {word}")),
        }
    }

    fn statement(&mut self, function: &Function) -> Result<StatementKind> {
        let Token::Ident(word) = self.peek().clone() else {
            return self.assignment(function);
        };
        self.next();
        Ok(match word.as_str() {
            "call" => self.call(function, None)?,
            "check" => {
                let condition = self.operand(function)?;
                self.keyword("else")?;
                let fault = self.fault()?;
                StatementKind::Check { condition, fault }
            }
            "stack_check" => StatementKind::StackCheck(self.function_name()?),
            "set_tag" => {
                let place = self.place(function)?;
                self.expect(',')?;
                StatementKind::SetTag(place, self.u32()?)
            }
            "set_len" => {
                let place = self.place(function)?;
                self.expect(',')?;
                StatementKind::SetLen(place, self.operand(function)?)
            }
            "drop" => StatementKind::Drop(self.place(function)?),
            "make_unique" => StatementKind::MakeUnique(self.place(function)?),
            "fill" => {
                let partial = self.place(function)?;
                self.expect(',')?;
                let field = self.u32()?;
                self.expect(',')?;
                let value = self.operand(function)?;
                StatementKind::Fill {
                    partial,
                    field,
                    value,
                }
            }
            "map_set" => {
                let map = self.place(function)?;
                self.expect(',')?;
                let key = self.operand(function)?;
                self.expect(',')?;
                let value = self.operand(function)?;
                StatementKind::MapSet { map, key, value }
            }
            _ => return self.fail(format!("unknown statement `{word}`")),
        })
    }

    fn assignment(&mut self, function: &Function) -> Result<StatementKind> {
        let dest = self.place(function)?;
        self.expect('=')?;
        if self.eat_word("call") {
            return self.call(function, Some(dest));
        }
        if self.eat_word("claim") {
            let partial = self.place(function)?;
            self.expect(',')?;
            let field = self.u32()?;
            return Ok(StatementKind::Claim {
                dest,
                partial,
                field,
            });
        }
        let rvalue = self.rvalue(function, &dest)?;
        Ok(StatementKind::Assign(dest, rvalue))
    }

    fn call(&mut self, function: &Function, dest: Option<Place>) -> Result<StatementKind> {
        let callee = if self.eat('@') {
            let symbol = self.word()?;
            match RuntimeFn::from_symbol(&symbol) {
                Some(row) => Callee::Runtime(row),
                None => return self.fail(format!("unknown runtime function {symbol}")),
            }
        } else {
            Callee::Function(self.function_name()?)
        };
        let args = self.operands(function, '(', ')')?;
        Ok(StatementKind::Call { dest, callee, args })
    }

    fn operands(&mut self, function: &Function, open: char, close: char) -> Result<Vec<Operand>> {
        let mut operands = Vec::new();
        self.expect(open)?;
        while !self.eat(close) {
            operands.push(self.operand(function)?);
            if !self.eat(',') && *self.peek() != Token::Punct(close) {
                return self.fail(format!("expected `,` or `{close}`"));
            }
        }
        Ok(operands)
    }

    /// An operator's mnemonic, which may contain a dot.
    fn mnemonic(&mut self) -> Result<String> {
        let mut word = self.word()?;
        if self.eat('.') {
            word.push('.');
            word.push_str(&self.word()?);
        }
        Ok(word)
    }

    fn rvalue(&mut self, function: &Function, dest: &Place) -> Result<Rvalue> {
        match self.peek() {
            Token::Ident(word)
                if !["const", "entry", "move", "true", "false", "null"]
                    .contains(&word.as_str()) => {}
            _ => return Ok(Rvalue::Use(self.operand(function)?)),
        }
        let word = self.mnemonic()?;
        if let Some(&(op, _)) = UNARY.iter().find(|(_, name)| *name == word) {
            return Ok(Rvalue::Unary(op, self.operand(function)?));
        }
        if let Some(&(op, _)) = BINARY.iter().find(|(_, name)| *name == word) {
            let a = self.operand(function)?;
            self.expect(',')?;
            return Ok(Rvalue::Binary(op, a, self.operand(function)?));
        }
        Ok(match word.as_str() {
            "clone" => Rvalue::Clone(self.place(function)?),
            "partial" => Rvalue::Partial,
            "all_claimed" => Rvalue::AllClaimed(self.place(function)?),
            "finish" => Rvalue::Finish(self.operand(function)?),
            "tag" => Rvalue::Tag(self.place(function)?),
            "len" => Rvalue::Len(self.place(function)?),
            "capacity" => Rvalue::Capacity(self.place(function)?),
            "address" => Rvalue::Address(self.place(function)?),
            "make" => {
                let variant = self.variant(function, dest)?;
                let fields = self.operands(function, '(', ')')?;
                Rvalue::Aggregate { variant, fields }
            }
            "list" => {
                let elements = self.operands(function, '[', ']')?;
                self.keyword("capacity")?;
                let capacity = self.operand(function)?;
                Rvalue::List { elements, capacity }
            }
            "push" => {
                let list = self.operand(function)?;
                self.expect(',')?;
                let value = self.operand(function)?;
                Rvalue::ListPush { list, value }
            }
            _ => return self.fail(format!("unknown operation `{word}`")),
        })
    }

    fn variant(&mut self, function: &Function, dest: &Place) -> Result<u32> {
        if matches!(self.peek(), Token::Int(_)) {
            return self.u32();
        }
        let name = self.bare_name()?;
        let ty = self
            .program
            .place_type(function, dest)
            .map(|ty| self.program.types.get(ty));
        let found = match (ty, name.as_str()) {
            (Some(Type::Option(_)), "none")
            | (Some(Type::Result(..)), "ok")
            | (Some(Type::Struct(_)), "struct") => Some(0),
            (Some(Type::Option(_)), "some") | (Some(Type::Result(..)), "err") => Some(1),
            (Some(Type::Enum(id)), _) => self.program.types.enums[id]
                .variants
                .iter()
                .position(|v| v.name == name)
                .map(|i| i as u32),
            _ => None,
        };
        match found {
            Some(variant) => Ok(variant),
            None => self.fail(format!("the destination has no variant {name}")),
        }
    }

    fn operand(&mut self, function: &Function) -> Result<Operand> {
        let constant = match self.peek().clone() {
            Token::Punct('(') => {
                self.next();
                self.expect(')')?;
                return Ok(Operand::Const(Const::Unit));
            }
            Token::Int(value) => match i64::try_from(value) {
                Ok(value) => Const::Int(value),
                Err(_) => return self.fail("number out of range"),
            },
            Token::Float(value) => Const::Float(value),
            Token::Str(bytes) => Const::Str(self.program.string(&bytes)),
            Token::Ident(word) => match word.as_str() {
                "true" => Const::Bool(true),
                "false" => Const::Bool(false),
                "null" => Const::Null,
                "const" => {
                    self.next();
                    let ty = self.ty()?;
                    return match self.constant(ty)? {
                        ConstValue::Object(id) => Ok(Operand::Const(Const::Object(id))),
                        _ => self.fail("expected the content of an object"),
                    };
                }
                "entry" => {
                    self.next();
                    return Ok(Operand::Const(Const::Function(self.function_name()?)));
                }
                "move" => {
                    self.next();
                    return Ok(Operand::Move(self.place(function)?));
                }
                _ => return self.fail(format!("expected an operand, found `{word}`")),
            },
            _ => return Ok(Operand::Copy(self.place(function)?)),
        };
        self.next();
        Ok(Operand::Const(constant))
    }

    /// A constant of the type.
    fn constant(&mut self, ty: TypeId) -> Result<ConstValue> {
        let value = match self.peek().clone() {
            Token::Punct('(') => {
                self.next();
                self.expect(')')?;
                return Ok(ConstValue::Unit);
            }
            Token::Punct('[') => {
                let Type::List(element) = self.program.types.get(ty) else {
                    return self.fail("elements of what is no list");
                };
                self.next();
                let content = ConstContent::Elements(self.constants(|_| Some(element), ']')?);
                let object = ConstObject { ty, content };
                return Ok(ConstValue::Object(self.program.object(object)));
            }
            Token::Punct('{') => {
                self.next();
                let Ok(variant) = u32::try_from(self.int()?) else {
                    return self.fail("number out of range");
                };
                self.expect(':')?;
                let Some(types) = self.program.types.members(ty, variant) else {
                    return self.fail(format!("there is no variant {variant}"));
                };
                let members = self.constants(|at| types.get(at).map(|(_, ty)| *ty), '}')?;
                if !self.program.types.is_cell(ty, variant) {
                    return Ok(ConstValue::Inline { variant, members });
                }
                let content = ConstContent::Cell { variant, members };
                let object = ConstObject { ty, content };
                return Ok(ConstValue::Object(self.program.object(object)));
            }
            Token::Int(value) => match i64::try_from(value) {
                Ok(value) => ConstValue::Int(value),
                Err(_) => return self.fail("number out of range"),
            },
            Token::Float(value) => ConstValue::Float(value.to_bits()),
            Token::Str(bytes) => ConstValue::Str(self.program.string(&bytes)),
            Token::Ident(word) if word == "true" => ConstValue::Bool(true),
            Token::Ident(word) if word == "false" => ConstValue::Bool(false),
            _ => return self.fail("expected a constant"),
        };
        self.next();
        Ok(value)
    }

    /// Constants up to the closing bracket, the n-th of the type `ty(n)`.
    fn constants(
        &mut self,
        ty: impl Fn(usize) -> Option<TypeId>,
        close: char,
    ) -> Result<Vec<ConstValue>> {
        let mut values = Vec::new();
        while !self.eat(close) {
            let Some(ty) = ty(values.len()) else {
                return self.fail("too many members");
            };
            values.push(self.constant(ty)?);
            self.eat(',');
        }
        Ok(values)
    }

    fn local(&mut self) -> Result<LocalId> {
        let name = self.local_name()?;
        match self.locals.get(&name) {
            Some(&id) => Ok(id),
            None => self.fail(format!("unknown local %{}", name.0)),
        }
    }

    fn index(&mut self) -> Result<Index> {
        self.expect('[')?;
        let index = if *self.peek() == Token::Punct('%') {
            Index::Local(self.local()?)
        } else {
            let value = self.int()?;
            match u64::try_from(value) {
                Ok(value) => Index::Const(value),
                Err(_) => return self.fail("number out of range"),
            }
        };
        self.expect(']')?;
        Ok(index)
    }

    fn place(&mut self, function: &Function) -> Result<Place> {
        let (mut place, mut ty) = if self.eat('$') {
            let name = self.name()?;
            let Some(&id) = self.globals.get(&name) else {
                return self.fail(format!("unknown global ${}", name.0));
            };
            (Place::global(id), self.program.globals[id].ty)
        } else {
            let local = self.local()?;
            (Place::local(local), function.locals[local].ty)
        };
        loop {
            let projection = match self.peek() {
                Token::Punct('[') => Projection::Element(self.index()?),
                Token::Punct('.') => {
                    self.next();
                    self.member(ty)?
                }
                _ => return Ok(place),
            };
            let Some(next) = self.program.types.project(ty, projection) else {
                return self.fail("the projection does not apply to the type");
            };
            place.projections.push(projection);
            ty = next;
        }
    }

    fn member(&mut self, ty: TypeId) -> Result<Projection> {
        let ty = self.program.types.get(ty);
        let name = match self.peek() {
            Token::Int(_) => self.int()?.to_string(),
            _ => self.bare_name()?,
        };
        let found = match (ty, name.as_str()) {
            (Type::Struct(id), _) => {
                let fields = &self.program.types.structs[id].fields;
                let index = fields.iter().position(|f| f.name == name);
                let index = index.map(|i| i as u32).or_else(|| name.parse().ok());
                index.map(Projection::Field)
            }
            (Type::Enum(id), _) => {
                let variants = &self.program.types.enums[id].variants;
                let variant = variants.iter().position(|v| v.name == name);
                let variant = variant.map(|i| i as u32).or_else(|| name.parse().ok());
                self.expect('.')?;
                let index = self.u32()?;
                variant.map(|variant| Projection::Variant { variant, index })
            }
            (Type::Option(_), "some") => Some(Projection::Some),
            (Type::Result(..), "ok") => Some(Projection::Ok),
            (Type::Result(..), "err") => Some(Projection::Err),
            (Type::Box(_), "content") => Some(Projection::Content),
            (Type::Map(_), "key") => Some(Projection::EntryKey(self.index()?)),
            (Type::Map(_), "value") => Some(Projection::EntryValue(self.index()?)),
            _ => None,
        };
        match found {
            Some(projection) => Ok(projection),
            None => self.fail(format!("no member {name}")),
        }
    }
}
