//! The verifier: reports everything that is ill formed in a program of any phase. Runs after every pass in debug builds.
//!
//! It checks form (types, arities, phases, block references, definite initialisation), not ownership: that is `certify`.

mod init;
mod statement;

use fuse_abi::{ParamKind, ReturnKind, RuntimeFn};

use crate::layout::{Class, Layouts, Scalar};
use crate::mir::*;

/// One thing wrong, with where it is in the text form's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub function: String,
    pub block: Option<BlockId>,
    /// Index in the block; the terminator is one past the last statement.
    pub statement: usize,
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.block {
            Some(block) => write!(
                f,
                "{}: {block}[{}]: {}",
                self.function, self.statement, self.message
            ),
            None => write!(f, "{}: {}", self.function, self.message),
        }
    }
}

/// Everything wrong with the program, in order; empty when it is well formed.
pub fn verify(program: &Program, layouts: &Layouts) -> Vec<Problem> {
    let mut problems = Vec::new();
    for function in program.functions.values() {
        let mut verifier = Verifier {
            program,
            layouts,
            function,
            block: None,
            statement: 0,
            problems: &mut problems,
        };
        verifier.function();
    }
    verify_entry(program, &mut problems);
    for object in &program.objects {
        if !program.is_well_formed(object) {
            let message = "the content of a constant object does not fit its type".to_owned();
            problems.push(Problem {
                function: String::new(),
                block: None,
                statement: 0,
                message,
            });
        }
    }
    problems
}

fn verify_entry(program: &Program, problems: &mut Vec<Problem>) {
    for id in program.entry.functions() {
        let message = match program.functions.get(id) {
            None => format!("entry table names {id}, which does not exist"),
            Some(f) if f.kind != FunctionKind::Entry => {
                format!(
                    "entry table names {}, which is not an entry function",
                    f.name
                )
            }
            Some(_) => continue,
        };
        problems.push(Problem {
            function: "entry".into(),
            block: None,
            statement: 0,
            message,
        });
    }
}

struct Verifier<'a> {
    program: &'a Program,
    layouts: &'a Layouts,
    function: &'a Function,
    block: Option<BlockId>,
    statement: usize,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Verifier<'a> {
    fn problem(&mut self, message: impl Into<String>) {
        let (block, statement) = (self.block, self.statement);
        let problem = Problem {
            function: self.function.name.clone(),
            block,
            statement,
            message: message.into(),
        };
        self.problems.push(problem);
    }

    fn function(&mut self) {
        let function = self.function;
        if function.params.len() > function.locals.len() {
            return self.problem("more parameters than locals");
        }
        if function.blocks.is_empty() {
            return self.problem("no entry block");
        }
        if function.kind == FunctionKind::Entry {
            let scalar = |ty| self.layouts.of(ty).class != Class::Memory;
            if !function
                .param_locals()
                .all(|l| scalar(function.locals[l].ty))
                || !scalar(function.ret)
            {
                self.problem("entry functions take and return scalars");
            }
        }
        let before = self.problems.len();
        for (id, block) in function.blocks.iter() {
            self.block = Some(id);
            for (at, statement) in block.statements.iter().enumerate() {
                self.statement = at;
                self.loc(statement.loc);
                self.check_statement(&statement.kind);
            }
            self.statement = block.statements.len();
            self.terminator(&block.terminator);
        }
        // Initialisation is only worth reporting on what is otherwise sound.
        if self.problems.len() == before {
            self.initialisation();
        }
    }

    fn loc(&mut self, loc: LocId) {
        if loc.as_u32() as usize >= self.program.locs.len() {
            self.problem(format!("{loc} does not exist"));
        }
    }

    fn terminator(&mut self, terminator: &Terminator) {
        for target in terminator.successors() {
            if !self.function.blocks.is_valid(target) {
                self.problem(format!("{target} does not exist"));
            }
        }
        match terminator {
            Terminator::Branch { condition, .. } => self.expect(condition, Type::Bool, "condition"),
            Terminator::Switch { value, cases, .. } => {
                self.expect(value, Type::Int, "switch value");
                for (at, (case, _)) in cases.iter().enumerate() {
                    if cases[..at].iter().any(|(other, _)| other == case) {
                        self.problem(format!("case {case} appears twice"));
                    }
                }
            }
            Terminator::Return(operand) => self.matches(operand, self.function.ret, "result"),
            Terminator::Fault(_, loc) => self.loc(*loc),
            Terminator::Goto(_) | Terminator::Unreachable => {}
        }
    }

    /// Type of a place; reports one that is not well formed.
    fn place(&mut self, place: &Place) -> Option<TypeId> {
        for index in place.index_locals() {
            let ty = self.function.locals.get(index).map(|l| l.ty);
            if ty.map(|ty| self.program.types.get(ty)) != Some(Type::Int) {
                self.problem(format!("index {index} is not an Int"));
            }
        }
        let ty = self.program.place_type(self.function, place);
        if ty.is_none() {
            self.problem(format!("ill-formed place {place:?}"));
        }
        if self.program.phase != Phase::Expanded && self.reaches_into_partial(place) {
            self.problem("a part of what is made field by field");
        }
        ty
    }

    /// Only the operations for it get at what a partial struct holds.
    fn reaches_into_partial(&self, place: &Place) -> bool {
        (0..place.projections.len()).any(|at| {
            let ty = self.program.prefix_type(self.function, place, at);
            ty.is_some_and(|ty| self.program.types.partial(ty).is_some())
        })
    }

    fn name(&self, ty: Option<TypeId>) -> String {
        ty.map_or("?".into(), |ty| format!("{:?}", self.program.types.get(ty)))
    }

    /// The operand is of this simple type.
    fn expect(&mut self, operand: &Operand, ty: Type, what: &str) {
        match self.program.types.lookup(ty) {
            Some(id) => self.matches(operand, id, what),
            None => self.problem(format!("{what}: no value can be of type {ty:?} here")),
        }
    }

    /// The operand is of this type.
    fn matches(&mut self, operand: &Operand, ty: TypeId, what: &str) {
        self.operand_phase(operand);
        let expected = self.program.types.get(ty);
        let found = match operand {
            Operand::Const(Const::Str(id)) => {
                if id.as_u32() as usize >= self.program.strings.len() {
                    self.problem(format!("{id} does not exist"));
                }
                if matches!(
                    expected,
                    Type::String | Type::Bytes | Type::Html | Type::Query
                ) {
                    return;
                }
                None
            }
            Operand::Const(_) => self.program.operand_type(self.function, operand),
            Operand::Copy(place) | Operand::Move(place) => match self.place(place) {
                Some(ty) => Some(ty),
                None => return,
            },
        };
        if found != Some(ty) {
            let found = match operand {
                Operand::Const(constant) => format!("{constant:?}"),
                _ => self.name(found),
            };
            self.problem(format!("{what}: expected {expected:?}, found {found}"));
        }
    }

    fn operand_phase(&mut self, operand: &Operand) {
        let managed = |ty: Option<TypeId>| ty.is_some_and(|ty| self.layouts.of(ty).managed);
        if let (Operand::Move(place), Phase::Lowered) = (operand, self.program.phase) {
            let _ = place;
            self.problem("`move` in a lowered program");
        } else if let (Operand::Move(place), Phase::Owned) = (operand, self.program.phase)
            && !managed(self.program.place_type(self.function, place))
        {
            self.problem("`move` of a value without references");
        }
    }

    /// Is it one machine word that is a pointer?
    fn is_pointer(&self, ty: TypeId) -> bool {
        self.layouts.of(ty).class == Class::Scalar(Scalar::Pointer)
    }

    fn runtime_call(&mut self, dest: Option<&Place>, row: RuntimeFn, args: &[Operand]) {
        let params = row.params();
        if params.len() != args.len() {
            return self.problem(format!(
                "{} takes {} arguments, found {}",
                row.symbol(),
                params.len(),
                args.len()
            ));
        }
        for (at, (&param, arg)) in params.iter().zip(args).enumerate() {
            let what = format!("argument {at} of {}", row.symbol());
            match param {
                ParamKind::I64 => self.expect(arg, Type::Int, &what),
                ParamKind::F64 => self.expect(arg, Type::Float, &what),
                ParamKind::Bool => self.expect(arg, Type::Bool, &what),
                ParamKind::Raw | ParamKind::Obj | ParamKind::Own => self.pointer(arg, param, &what),
                ParamKind::Slot => {
                    self.operand_phase(arg);
                    if let Some(place) = arg.place() {
                        self.place(place);
                    }
                }
            }
        }
        let ty = match dest {
            Some(dest) => match self.place(dest) {
                Some(ty) => Some(ty),
                None => return,
            },
            None => None,
        };
        let kind = ty.map(|ty| self.program.types.get(ty));
        let fits = match row.ret() {
            ReturnKind::Unit | ReturnKind::Never => matches!(kind, None | Some(Type::Unit)),
            ReturnKind::I64 => kind == Some(Type::Int),
            ReturnKind::F64 => kind == Some(Type::Float),
            ReturnKind::Bool => kind == Some(Type::Bool),
            ReturnKind::Raw | ReturnKind::Own => ty.is_some_and(|ty| self.is_pointer(ty)),
            ReturnKind::Out => ty.is_some_and(|ty| self.layouts.of(ty).class == Class::Memory),
        };
        if !fits {
            let found = self.name(ty);
            self.problem(format!(
                "result of {} does not fit its destination of type {found}",
                row.symbol()
            ));
        }
    }

    fn pointer(&mut self, arg: &Operand, param: ParamKind, what: &str) {
        self.operand_phase(arg);
        let ty = match arg {
            Operand::Const(Const::Str(_) | Const::Null) => return,
            Operand::Const(Const::Function(id)) => {
                let entry = self.program.functions.get(*id);
                if entry.is_none_or(|f| f.kind != FunctionKind::Entry) {
                    self.problem(format!("{id} is no entry function"));
                }
                return;
            }
            Operand::Const(_) => None,
            Operand::Copy(place) | Operand::Move(place) => match self.place(place) {
                Some(ty) => Some(ty),
                None => return,
            },
        };
        let fits = ty.is_some_and(|ty| {
            let counted = self.program.types.get(ty) != Type::Raw;
            self.is_pointer(ty) && (counted || param == ParamKind::Raw)
        });
        if !fits {
            let found = self.name(ty);
            self.problem(format!("{what}: expected a pointer, found {found}"));
        }
    }
}
