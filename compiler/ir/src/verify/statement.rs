//! Statements and what they store.

use super::*;

impl Verifier<'_> {
    pub(super) fn check_statement(&mut self, statement: &StatementKind) {
        self.statement_phase(statement);
        match statement {
            StatementKind::Assign(dest, rvalue) => {
                self.stored_to(dest);
                if let Some(ty) = self.place(dest) {
                    self.rvalue(ty, rvalue);
                }
            }
            StatementKind::Call { dest, callee, args } => {
                if let Some(dest) = dest {
                    self.stored_to(dest);
                }
                match *callee {
                    Callee::Function(id) => self.call(dest.as_ref(), id, args),
                    Callee::Runtime(row) => self.runtime_call(dest.as_ref(), row, args),
                }
            }
            StatementKind::Check { condition, .. } => {
                self.expect(condition, Type::Bool, "condition");
            }
            StatementKind::StackCheck(reported) => {
                if self.program.functions.get(*reported).is_none() {
                    self.problem(format!("{reported} does not exist"));
                }
            }
            StatementKind::SetTag(place, tag) => {
                if let Some(ty) = self.place(place) {
                    self.tag(ty, *tag);
                }
            }
            StatementKind::SetLen(place, len) => {
                self.expect(len, Type::Int, "length");
                if let Some(ty) = self.place(place) {
                    let ty = self.program.types.get(ty);
                    if !matches!(
                        ty,
                        Type::List(_) | Type::String | Type::Bytes | Type::Html | Type::Query
                    ) {
                        self.problem(format!("{ty:?} has no length to set"));
                    }
                }
            }
            StatementKind::Drop(place) => {
                if let Some(ty) = self.place(place)
                    && !self.layouts.of(ty).managed
                {
                    self.problem("drop of a value without references");
                }
            }
            StatementKind::MakeUnique(place) => {
                if let Some(ty) = self.place(place) {
                    let counted = match self.program.types.get(ty) {
                        Type::List(_) | Type::Map(_) => true,
                        Type::Struct(id) => self.program.types.structs[id].boxed,
                        _ => false,
                    };
                    if !counted {
                        let found = self.name(Some(ty));
                        self.problem(format!("make_unique of {found}"));
                    }
                }
            }
            StatementKind::Claim {
                dest,
                partial,
                field,
            } => {
                self.stored_to(dest);
                self.partial_field(partial, *field);
                if let Some(ty) = self.place(dest) {
                    self.result(self.program.types.get(ty), Type::Bool);
                }
            }
            StatementKind::Fill {
                partial,
                field,
                value,
            } => {
                if let Some(ty) = self.partial_field(partial, *field) {
                    self.matches(value, ty, "value");
                }
            }
            StatementKind::MapSet { map, key, value } => {
                self.expect(key, Type::String, "key");
                let ty = self.place(map).map(|ty| self.program.types.get(ty));
                match ty {
                    Some(Type::Map(inner)) => self.matches(value, inner, "value"),
                    Some(ty) => self.problem(format!("map_set of {ty:?}")),
                    None => {}
                }
            }
        }
    }

    fn statement_phase(&mut self, statement: &StatementKind) {
        let (first, last) = match statement {
            StatementKind::SetTag(..) | StatementKind::SetLen(..) => {
                (Phase::Expanded, Phase::Expanded)
            }
            StatementKind::Drop(_) => (Phase::Owned, Phase::Owned),
            StatementKind::MakeUnique(_)
            | StatementKind::MapSet { .. }
            | StatementKind::Claim { .. }
            | StatementKind::Fill { .. } => (Phase::Lowered, Phase::Owned),
            StatementKind::Assign(_, rvalue) => match rvalue {
                Rvalue::Clone(_) => (Phase::Owned, Phase::Owned),
                Rvalue::Capacity(_) | Rvalue::Address(_) => (Phase::Expanded, Phase::Expanded),
                Rvalue::Aggregate { .. }
                | Rvalue::List { .. }
                | Rvalue::ListPush { .. }
                | Rvalue::Partial
                | Rvalue::AllClaimed(_)
                | Rvalue::Finish(_) => (Phase::Lowered, Phase::Owned),
                _ => (Phase::Lowered, Phase::Expanded),
            },
            _ => (Phase::Lowered, Phase::Expanded),
        };
        let phase = self.program.phase;
        if phase < first || phase > last {
            self.problem(format!("not allowed in phase {phase:?}"));
        }
    }

    /// Type of a field of what is made in the partial struct at the place.
    fn partial_field(&mut self, place: &Place, field: u32) -> Option<TypeId> {
        let partial = self.partial(place)?;
        let found = self.program.types.structs[partial.of]
            .fields
            .get(field as usize);
        if found.is_none() {
            self.problem(format!("there is no field {field} to make"));
        }
        found.map(|field| field.ty)
    }

    /// Partial structs are values of locals and of nothing else.
    fn partial(&mut self, place: &Place) -> Option<Partial> {
        let ty = self.place(place)?;
        let partial = self.program.types.partial(ty);
        if partial.is_none() || place.as_local().is_none() {
            let found = self.name(Some(ty));
            self.problem(format!("{found} is no local that is made field by field"));
        }
        partial
    }

    /// Parameters are never assigned.
    fn stored_to(&mut self, dest: &Place) {
        if let Some(local) = dest.as_local()
            && self.function.is_param(local)
        {
            self.problem(format!("parameter {local} is assigned"));
        }
    }

    fn tag(&mut self, ty: TypeId, tag: u32) {
        let count = match self.program.types.get(ty) {
            Type::Option(_) | Type::Result(..) => 2,
            Type::Enum(id) => self.program.types.enums[id].variants.len() as u32,
            other => return self.problem(format!("{other:?} has no discriminant")),
        };
        if tag >= count {
            self.problem(format!("there is no variant {tag}"));
        }
    }

    fn call(&mut self, dest: Option<&Place>, id: FuncId, args: &[Operand]) {
        let Some(callee) = self.program.functions.get(id) else {
            return self.problem(format!("{id} does not exist"));
        };
        if callee.kind == FunctionKind::Entry {
            self.problem("entry functions are called by the runtime only");
        }
        if callee.params.len() != args.len() {
            return self.problem(format!(
                "{} takes {} arguments, found {}",
                callee.name,
                callee.params.len(),
                args.len()
            ));
        }
        for (at, (local, arg)) in callee.param_locals().zip(args).enumerate() {
            let what = format!("argument {at} of {}", callee.name);
            self.matches(arg, callee.locals[local].ty, &what);
            let owned = callee.params[at] == Mode::Owned;
            if self.program.phase == Phase::Owned {
                self.argument_mode(arg, callee.locals[local].ty, owned, &what);
            }
        }
        let ty = match dest {
            Some(dest) => self.place(dest),
            None => self.program.types.lookup(Type::Unit),
        };
        if ty != Some(callee.ret) && (dest.is_none() || ty.is_some()) {
            let (found, expected) = (self.name(ty), self.name(Some(callee.ret)));
            self.problem(format!(
                "{} returns {expected}, destination is {found}",
                callee.name
            ));
        }
    }

    fn argument_mode(&mut self, arg: &Operand, ty: TypeId, owned: bool, what: &str) {
        if !self.layouts.of(ty).managed {
            return;
        }
        match (arg, owned) {
            (Operand::Copy(_), true) => self.problem(format!("{what} is consumed but copied")),
            (Operand::Move(_), false) => self.problem(format!("{what} is borrowed but moved")),
            _ => {}
        }
    }

    fn rvalue(&mut self, ty: TypeId, rvalue: &Rvalue) {
        let kind = self.program.types.get(ty);
        match rvalue {
            Rvalue::Use(operand) => self.use_of(ty, operand),
            Rvalue::Clone(place) => {
                let found = self.place(place);
                if found.is_some() && found != Some(ty) {
                    let found = self.name(found);
                    self.problem(format!("clone: expected {kind:?}, found {found}"));
                }
                if !self.layouts.of(ty).managed {
                    self.problem("clone of a value without references");
                }
                if self.program.types.partial(ty).is_some() {
                    self.problem("clone of what is made field by field");
                }
            }
            Rvalue::Unary(op, a) => {
                let (from, to) = unary_types(*op);
                self.expect(a, from, "operand");
                self.result(kind, to);
            }
            Rvalue::Binary(BinaryOp::EqPointer, a, b) => {
                self.pointer(a, ParamKind::Raw, "operand");
                self.pointer(b, ParamKind::Raw, "operand");
                self.result(kind, Type::Bool);
            }
            Rvalue::Binary(op, a, b) => {
                let (from, to) = binary_types(*op);
                self.expect(a, from, "left operand");
                self.expect(b, from, "right operand");
                self.result(kind, to);
            }
            Rvalue::Aggregate { variant, fields } => self.aggregate(kind, *variant, fields),
            Rvalue::List { elements, capacity } => {
                self.expect(capacity, Type::Int, "capacity");
                match kind {
                    Type::List(inner) => {
                        for element in elements {
                            self.matches(element, inner, "element");
                        }
                    }
                    // An empty map is made like an empty list.
                    Type::Map(_) if elements.is_empty() => {}
                    _ => self.problem(format!("list for a destination of type {kind:?}")),
                }
            }
            Rvalue::ListPush { list, value } => {
                self.matches(list, ty, "list");
                match kind {
                    Type::List(inner) => self.matches(value, inner, "value"),
                    _ => self.problem(format!("push to {kind:?}")),
                }
            }
            Rvalue::Partial => {
                if self.program.types.partial(ty).is_none() {
                    self.problem(format!("partial for a destination of type {kind:?}"));
                }
            }
            Rvalue::AllClaimed(place) => {
                self.partial(place);
                self.result(kind, Type::Bool);
            }
            Rvalue::Finish(operand) => {
                let Some(place) = operand.place() else {
                    return self.problem("finish of a constant");
                };
                self.operand_phase(operand);
                let made = match kind {
                    Type::Result(value, _) => self.program.types.get(value),
                    other => other,
                };
                if let Some(partial) = self.partial(place)
                    && made != Type::Struct(partial.of)
                {
                    self.problem(format!("finish for a destination of type {kind:?}"));
                }
            }
            Rvalue::Tag(place) => {
                if let Some(ty) = self.place(place) {
                    self.tag(ty, 0);
                }
                self.result(kind, Type::Int);
            }
            Rvalue::Len(place) | Rvalue::Capacity(place) => {
                let of = self.place(place).map(|ty| self.program.types.get(ty));
                if let Some(of) = of
                    && !matches!(
                        of,
                        Type::List(_)
                            | Type::Map(_)
                            | Type::String
                            | Type::Bytes
                            | Type::Html
                            | Type::Query
                    )
                {
                    self.problem(format!("{of:?} has no length"));
                }
                self.result(kind, Type::Int);
            }
            Rvalue::Address(place) => {
                let of = self.place(place);
                if of.is_some_and(|of| !self.is_pointer(of)) {
                    self.problem("address of a value that is not a pointer");
                }
                self.result(kind, Type::Raw);
            }
        }
    }

    fn use_of(&mut self, ty: TypeId, operand: &Operand) {
        let is_text = |ty| matches!(ty, Type::String | Type::Bytes | Type::Html | Type::Query);
        let kind = self.program.types.get(ty);
        if let Some(place) = operand.place() {
            self.operand_phase(operand);
            let Some(found) = self.place(place) else {
                return;
            };
            let from = self.program.types.get(found);
            let raw = (from == Type::Raw || kind == Type::Raw)
                && self.is_pointer(found)
                && self.is_pointer(ty)
                && self.program.phase == Phase::Expanded;
            if found != ty && !(is_text(from) && is_text(kind)) && !raw {
                self.problem(format!("stores {from:?} into {kind:?}"));
            }
        } else {
            self.matches(operand, ty, "value");
        }
    }

    fn result(&mut self, found: Type, expected: Type) {
        if found != expected {
            self.problem(format!("stores {expected:?} into {found:?}"));
        }
    }

    fn aggregate(&mut self, kind: Type, variant: u32, fields: &[Operand]) {
        let types = &self.program.types;
        let members: Option<Vec<TypeId>> = match (kind, variant) {
            (Type::Struct(id), 0) => Some(types.structs[id].fields.iter().map(|f| f.ty).collect()),
            (Type::Enum(id), _) => types.enums[id]
                .variants
                .get(variant as usize)
                .map(|v| v.payload.clone()),
            (Type::Option(_), 0) => Some(Vec::new()),
            (Type::Option(inner), 1)
            | (Type::Result(inner, _), 0)
            | (Type::Result(_, inner), 1)
            | (Type::Box(inner), 0) => Some(vec![inner]),
            _ => None,
        };
        match members {
            None => self.problem(format!("{kind:?} has no variant {variant} to make")),
            Some(members) if members.len() != fields.len() => self.problem(format!(
                "{kind:?} has {} members, found {}",
                members.len(),
                fields.len()
            )),
            Some(members) => {
                for (member, field) in members.into_iter().zip(fields) {
                    self.matches(field, member, "member");
                }
            }
        }
    }
}

fn unary_types(op: UnaryOp) -> (Type, Type) {
    match op {
        UnaryOp::NegChecked => (Type::Int, Type::Int),
        UnaryOp::Not => (Type::Bool, Type::Bool),
        UnaryOp::IntToFloat => (Type::Int, Type::Float),
        UnaryOp::FloatToInt | UnaryOp::FloatBits => (Type::Float, Type::Int),
        UnaryOp::BoolToInt => (Type::Bool, Type::Int),
        UnaryOp::NegFloat
        | UnaryOp::Sqrt
        | UnaryOp::Floor
        | UnaryOp::Ceil
        | UnaryOp::Round
        | UnaryOp::AbsFloat => (Type::Float, Type::Float),
    }
}

fn binary_types(op: BinaryOp) -> (Type, Type) {
    match op {
        BinaryOp::AddChecked
        | BinaryOp::SubChecked
        | BinaryOp::MulChecked
        | BinaryOp::AddNowrap
        | BinaryOp::SubNowrap
        | BinaryOp::MulNowrap
        | BinaryOp::Div
        | BinaryOp::Rem
        | BinaryOp::BitAnd
        | BinaryOp::BitOr => (Type::Int, Type::Int),
        BinaryOp::AddFloat
        | BinaryOp::SubFloat
        | BinaryOp::MulFloat
        | BinaryOp::DivFloat
        | BinaryOp::RemFloat => (Type::Float, Type::Float),
        BinaryOp::Eq
        | BinaryOp::Ne
        | BinaryOp::Lt
        | BinaryOp::Le
        | BinaryOp::Gt
        | BinaryOp::Ge
        | BinaryOp::LtUnsigned => (Type::Int, Type::Bool),
        BinaryOp::EqFloat
        | BinaryOp::NeFloat
        | BinaryOp::LtFloat
        | BinaryOp::LeFloat
        | BinaryOp::GtFloat
        | BinaryOp::GeFloat => (Type::Float, Type::Bool),
        BinaryOp::EqBool => (Type::Bool, Type::Bool),
        BinaryOp::EqPointer => (Type::Raw, Type::Bool),
    }
}
