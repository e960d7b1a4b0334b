//! Expansion: `Owned` to `Expanded`. Counting, construction and growth become loads, stores, branches and calls of runtime rows; what a
//! type needs more than a few instructions for becomes a function of kind `PerType`, made on demand and already expanded.
//!
//! **Architecture Invariant:** no runtime row learns a type: sizes, tags and what to count are decided here, from `Layouts`.

mod body;
mod construct;
mod found;
mod helpers;
mod partial;
mod release;
mod retain;
mod shape;
mod sharing;
mod stack;
mod take;

use fuse_abi::RuntimeFn;
use indexmap::IndexMap;

use crate::layout::Layouts;
use crate::mir::text::TypeNames;
use crate::mir::*;
use body::Body;
use helpers::Helper;
use take::Taken;

/// Turns an `Owned` program into an `Expanded` one; types it needs are added to `layouts`.
pub fn run(program: &mut Program, layouts: &mut Layouts) {
    debug_assert_eq!(program.phase, Phase::Owned);
    let basic = Basic {
        unit: program.types.intern(Type::Unit),
        bool: program.types.intern(Type::Bool),
        int: program.types.intern(Type::Int),
        raw: program.types.intern(Type::Raw),
        string: program.types.intern(Type::String),
    };
    layouts.extend(&program.types);
    let mut expander = Expander {
        names: TypeNames::new(&program.types),
        program,
        layouts,
        basic,
        helpers: IndexMap::new(),
    };
    let ids: Vec<FuncId> = expander.program.functions.keys().collect();
    for id in ids {
        expander.function(id);
    }
    let mut next = 0;
    while let Some((&(helper, ty), &id)) = expander.helpers.get_index(next) {
        expander.build_helper(helper, ty, id);
        next += 1;
    }
    for function in program.functions.values_mut() {
        stack::sink(function);
    }
    program.phase = Phase::Expanded;
}

/// Types every expansion may need.
#[derive(Clone, Copy)]
struct Basic {
    unit: TypeId,
    bool: TypeId,
    int: TypeId,
    raw: TypeId,
    string: TypeId,
}

struct Expander<'a> {
    names: TypeNames,
    program: &'a mut Program,
    layouts: &'a Layouts,
    basic: Basic,
    /// Per-type functions, built in the order they were asked for.
    helpers: IndexMap<(Helper, TypeId), FuncId>,
}

impl Expander<'_> {
    fn function(&mut self, id: FuncId) {
        let function = self.program.take_function(id);
        let lookups = found::lookups(&function);
        let mut body = Body::rewrite(function);
        for block in body.original_blocks() {
            let (statements, terminator) = body.open(block);
            let taken = self.taken(&body.function, &statements);
            for (at, (statement, taken)) in statements.into_iter().zip(taken).enumerate() {
                body.loc = statement.loc;
                match taken {
                    _ if lookups.contains_key(&(block, at)) => {
                        self.map_set_found(&mut body, statement.kind, lookups[&(block, at)]);
                    }
                    Taken::No => self.statement(&mut body, statement.kind),
                    taken => self.take(&mut body, statement.kind, taken),
                }
            }
            body.terminate(terminator);
        }
        self.program.functions[id] = body.finish();
    }

    fn place_type(&self, body: &Body, place: &Place) -> TypeId {
        self.program
            .place_type(&body.function, place)
            .expect("invariant: the verifier accepted this place")
    }

    fn is_managed(&self, ty: TypeId) -> bool {
        self.layouts.of(ty).managed
    }

    fn statement(&mut self, body: &mut Body, kind: StatementKind) {
        match kind {
            StatementKind::Assign(dest, rvalue) => self.assign(body, dest, rvalue),
            StatementKind::Drop(place) => {
                let ty = self.place_type(body, &place);
                self.release(body, &place, ty);
            }
            StatementKind::MakeUnique(place) => self.make_unique(body, &place),
            StatementKind::Claim {
                dest,
                partial,
                field,
            } => self.claim(body, &dest, &partial, field),
            StatementKind::Fill {
                partial,
                field,
                value,
            } => self.fill_field(body, &partial, field, value),
            StatementKind::MapSet { map, key, value } => self.map_set(body, &map, key, value, None),
            StatementKind::Call {
                dest,
                callee: Callee::Runtime(RuntimeFn::MapRemoveAt),
                args,
            } => {
                self.drop_entry(body, &args);
                body.emit(StatementKind::Call {
                    dest,
                    callee: Callee::Runtime(RuntimeFn::MapRemoveAt),
                    args,
                });
            }
            other => body.emit(other),
        }
    }

    fn assign(&mut self, body: &mut Body, dest: Place, rvalue: Rvalue) {
        match rvalue {
            Rvalue::Clone(place) => {
                let ty = self.place_type(body, &place);
                body.assign(&dest, Rvalue::Use(Operand::Copy(place)));
                self.retain(body, &dest, ty);
            }
            Rvalue::Aggregate { variant, fields } => self.aggregate(body, dest, variant, fields),
            Rvalue::List { elements, capacity } => self.list(body, &dest, elements, capacity),
            Rvalue::ListPush { list, value } => self.push(body, &dest, list, value),
            Rvalue::Partial => self.begin_partial(body, &dest),
            Rvalue::AllClaimed(place) => self.all_claimed(body, &dest, &place),
            Rvalue::Finish(partial) => self.finish(body, &dest, &partial),
            other => body.assign(&dest, other),
        }
    }

    /// The removed entry's key and value go with it.
    fn drop_entry(&mut self, body: &mut Body, args: &[Operand]) {
        let [Operand::Copy(map) | Operand::Move(map), index, _] = args else {
            return;
        };
        let Type::Map(value) = self.program.types.get(self.place_type(body, map)) else {
            return;
        };
        let index = match index {
            Operand::Const(Const::Int(index)) => Index::Const(*index as u64),
            operand => match operand.place().and_then(Place::as_local) {
                Some(local) => Index::Local(local),
                None => {
                    let temp = body.local(self.basic.int);
                    body.assign(&Place::local(temp), Rvalue::Use(operand.clone()));
                    Index::Local(temp)
                }
            },
        };
        self.release(
            body,
            &map.project(Projection::EntryKey(index)),
            self.basic.string,
        );
        self.release(body, &map.project(Projection::EntryValue(index)), value);
    }

    /// Types of the members a variant of a type holds, and the projections that lead to them; for structs and boxes variant 0.
    fn members(&self, ty: TypeId, variant: u32) -> Vec<(Projection, TypeId)> {
        match self.program.types.get(ty) {
            Type::Box(inner) => vec![(Projection::Content, inner)],
            _ => self.program.types.members(ty, variant).unwrap_or_default(),
        }
    }

    /// Number of variants, 1 for types without a discriminant.
    fn variant_count(&self, ty: TypeId) -> u32 {
        match self.program.types.get(ty) {
            Type::Option(_) | Type::Result(..) => 2,
            Type::Enum(id) => self.program.types.enums[id].variants.len() as u32,
            _ => 1,
        }
    }
}
