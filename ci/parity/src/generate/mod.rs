//! Programs from seeds: well typed by construction, deterministic, and such that they end.
//!
//! Functions call functions before them, or themselves with less fuel. Everything that could fault is written such that it does not,
//! except where the program's `risk` says so.

mod expr;
mod scalar;
mod stmt;

use crate::oracle::{self, Prediction};
use crate::rng::Rng;
use crate::tree::{EnumDecl, Expr, Func, Kind, Op, Program, Slot, Stmt, StructDecl, Ty};

/// A program and what it must do.
pub struct Case {
    pub seed: u64,
    pub program: Program,
    pub prediction: Prediction,
}

/// The program of a seed, with names that begin with the prefix.
pub fn case(seed: u64, prefix: &str) -> Case {
    let mut attempt = 0;
    loop {
        // Programs that take too long are not for the gate; the next attempt of the same seed is another program.
        let mix = seed
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .wrapping_add(attempt);
        let program = Generator::new(mix, prefix).program();
        if let Some(prediction) = oracle::predict(&program) {
            return Case {
                seed,
                program,
                prediction,
            };
        }
        attempt += 1;
    }
}

#[derive(Clone)]
struct Var {
    name: String,
    ty: Ty,
    /// The whole variable may be assigned.
    mutable: bool,
    /// Bounds of its refined type.
    bounds: crate::tree::Bounds,
    /// Counts a loop: parts of programs must not change it.
    counter: bool,
}

/// Many small programs find more in the same time than few large ones, and some things need many lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Size {
    Small,
    Middle,
    Large,
}

struct Generator {
    rng: Rng,
    program: Program,
    vars: Vec<Var>,
    fresh: usize,
    /// Chance in percent that something that may fault is written without a guard.
    risk: usize,
    size: Size,
    /// Functions before this one can be called.
    callable: usize,
    /// Result of the function being written.
    ret: Option<Ty>,
    loops: usize,
    /// Expression nodes left for this function.
    room: i64,
}

impl Generator {
    fn new(seed: u64, prefix: &str) -> Generator {
        let mut rng = Rng::new(seed);
        let risk = if rng.percent(30) { 15 } else { 0 };
        let size = match rng.below(20) {
            0 => Size::Large,
            1..=4 => Size::Middle,
            _ => Size::Small,
        };
        Generator {
            rng,
            program: Program {
                prefix: prefix.to_owned(),
                structs: Vec::new(),
                enums: Vec::new(),
                funcs: Vec::new(),
                main: Vec::new(),
            },
            vars: Vec::new(),
            fresh: 0,
            risk,
            size,
            callable: 0,
            ret: None,
            loops: 0,
            room: 0,
        }
    }

    fn program(mut self) -> Program {
        self.declare_types();
        let functions = match self.size {
            Size::Small => self.rng.below(2),
            Size::Middle => 1 + self.rng.below(2),
            Size::Large => 2 + self.rng.below(4),
        };
        for _ in 0..functions {
            if self.rng.percent(18) {
                self.functions_that_call_each_other();
            } else {
                let recursive = self.rng.percent(40);
                let index = self.declare_function(recursive);
                let itself = if recursive { vec![index] } else { Vec::new() };
                self.write_function(index, &itself);
            }
        }
        let (room, statements) = match self.size {
            Size::Small => (24, 2),
            Size::Middle => (120, 5),
            Size::Large => (260, 9),
        };
        self.room = room;
        let mut main = Vec::new();
        // Something of every kind to work on.
        for _ in 0..1 + statements / 4 {
            self.declaration(&mut main);
        }
        self.statements(&mut main, statements, 3);
        let shown = if self.size == Size::Small {
            3
        } else {
            usize::MAX
        };
        self.print_all(&mut main, shown);
        self.program.main = main;
        self.program
    }

    fn fresh(&mut self, letter: &str) -> String {
        self.fresh += 1;
        format!("{letter}{}", self.fresh)
    }

    fn risky(&mut self) -> bool {
        self.rng.percent(self.risk)
    }

    fn declare_types(&mut self) {
        self.program.structs.push(StructDecl {
            name: "Bad".to_owned(),
            fields: vec![
                slot("message", Ty::Str, None),
                slot("code", Ty::Int, Some(Expr::int(0))),
            ],
        });
        let most = if self.size == Size::Large { 2 } else { 1 };
        let structs = 1 + self.rng.below(most + 1);
        let enums = 1 + self.rng.below(most);
        for i in 0..enums {
            let mut variants = vec![("Nil".to_owned(), Vec::new())];
            for v in 0..1 + self.rng.below(3) {
                let mut parts = Vec::new();
                for _ in 0..self.rng.below(4) {
                    parts.push(match self.rng.below(6) {
                        0 | 1 => Ty::Enum(self.rng.below(i + 1)),
                        2 => Ty::list(Ty::Enum(self.rng.below(i + 1))),
                        _ => self.plain_type(),
                    });
                }
                variants.push((format!("V{v}"), parts));
            }
            self.program.enums.push(EnumDecl {
                name: format!("E{i}"),
                variants,
            });
        }
        for i in 1..=structs {
            let mut fields = Vec::new();
            // Now and then one that is too large to be passed by value.
            let wide = if self.rng.percent(12) { 14 } else { 0 };
            let most = if self.size == Size::Small { 3 } else { 5 };
            for f in 0..1 + self.rng.below(most) + wide {
                let ty = match self.rng.below(10) {
                    0 if i > 1 => Ty::Struct(1 + self.rng.below(i - 1)),
                    1 => Ty::opt(Ty::Struct(i)),
                    2 => Ty::list(Ty::Struct(i)),
                    3 => Ty::Enum(self.rng.below(enums)),
                    4 => Ty::map(Ty::Struct(i)),
                    5 => {
                        let of = self.plain_type();
                        Ty::res(of)
                    }
                    _ => self.plain_type(),
                };
                let mut field = slot(&format!("f{f}"), ty, None);
                if matches!(field.ty, Ty::Int | Ty::Str) {
                    match self.rng.below(6) {
                        0 => field.bounds = Some(self.rule(&field.ty)),
                        1 => {
                            field.default = Some(match field.ty {
                                Ty::Int => Expr::int(self.rng.within(-9, 9)),
                                _ => Expr::text("d"),
                            });
                        }
                        _ => {}
                    }
                }
                fields.push(field);
            }
            self.program.structs.push(StructDecl {
                name: format!("S{i}"),
                fields,
            });
        }
    }

    fn scalar_type(&mut self) -> Ty {
        match self.rng.below(15) {
            0..=5 => Ty::Int,
            6 | 7 => Ty::Float,
            8 | 9 => Ty::Bool,
            10 => Ty::Bytes,
            _ => Ty::Str,
        }
    }

    /// A type without declared ones.
    fn plain_type(&mut self) -> Ty {
        match self.rng.below(12) {
            0..=5 => self.scalar_type(),
            6 | 7 => Ty::list(self.scalar_type()),
            8 => Ty::map(self.scalar_type()),
            9 => Ty::opt(self.scalar_type()),
            10 => {
                let inner = self.scalar_type();
                Ty::list(Ty::list(inner))
            }
            _ => {
                let inner = self.scalar_type();
                Ty::map(Ty::list(inner))
            }
        }
    }

    fn any_type(&mut self) -> Ty {
        let structs = self.program.structs.len();
        let enums = self.program.enums.len();
        let declared = |rng: &mut Rng| match rng.below(3) {
            0 => Ty::Enum(rng.below(enums)),
            _ => Ty::Struct(rng.below(structs)),
        };
        match self.rng.below(16) {
            0..=4 => self.plain_type(),
            5..=8 => declared(&mut self.rng),
            9 | 10 => Ty::list(declared(&mut self.rng)),
            11 => Ty::map(declared(&mut self.rng)),
            12 => Ty::opt(declared(&mut self.rng)),
            13 => Ty::list(Ty::opt(self.scalar_type())),
            14 => {
                let inner = self.plain_type();
                Ty::res(inner)
            }
            _ => Ty::map(Ty::list(declared(&mut self.rng))),
        }
    }

    /// Two functions that are recursive by way of each other.
    fn functions_that_call_each_other(&mut self) {
        let pair = [self.declare_function(true), self.declare_function(true)];
        self.write_function(pair[0], &pair[1..]);
        // The second may call itself as well.
        self.write_function(pair[1], &pair);
    }

    fn declare_function(&mut self, recursive: bool) -> usize {
        let ret = self.any_type();
        let mut params = Vec::new();
        if recursive {
            params.push(slot("fuel", Ty::Int, None));
        }
        for i in 0..1 + self.rng.below(3) {
            let ty = self.any_type();
            params.push(slot(&format!("p{i}"), ty, None));
        }
        if self.rng.percent(25) {
            let mut bounded = slot("bound", Ty::Int, None);
            bounded.bounds = Some(self.rule(&Ty::Int));
            params.push(bounded);
        }
        if self.rng.percent(40) {
            let first = params
                .iter()
                .find(|p| p.ty == Ty::Int && p.bounds.is_none())
                .map(|p| p.name.clone());
            let default = match first {
                Some(first) => {
                    Expr::binary(Ty::Int, Op::Rem, Expr::var(&first, Ty::Int), Expr::int(7))
                }
                None => Expr::int(self.rng.within(0, 9)),
            };
            params.push(slot("extra", Ty::Int, Some(default)));
        }
        if self.rng.percent(20) {
            params.push(slot("note", Ty::Str, Some(Expr::text("né"))));
        }
        let index = self.program.funcs.len();
        self.program.funcs.push(Func {
            name: format!("f{index}"),
            params,
            ret,
            body: Vec::new(),
        });
        index
    }

    /// The body of a function, which may call those before the first of `peers` (itself included) and, with less fuel, the peers.
    fn write_function(&mut self, index: usize, peers: &[usize]) {
        let Func { params, ret, .. } = self.program.funcs[index].clone();
        self.vars = params
            .iter()
            .map(|p| Var {
                name: p.name.clone(),
                ty: p.ty.clone(),
                mutable: false,
                bounds: p.bounds,
                counter: p.name == "fuel",
            })
            .collect();
        self.ret = Some(ret.clone());
        self.room = match self.size {
            Size::Small => 14,
            Size::Middle => 50,
            Size::Large => 110,
        };
        self.callable = peers.iter().copied().fold(index, usize::min);
        let mut body = Vec::new();
        if !peers.is_empty() {
            let value = self.leaf(&ret);
            let spent = Expr::binary(Ty::Bool, Op::Le, Expr::var("fuel", Ty::Int), Expr::int(0));
            body.push(Stmt::If {
                branches: vec![(spent, vec![Stmt::Return(value)])],
                otherwise: None,
            });
        }
        self.statements(&mut body, 3, 2);
        if !peers.is_empty() {
            for _ in 0..1 + self.rng.below(2) {
                let peer = *self.rng.pick(peers);
                let call = self.recursion(peer);
                let name = self.fresh("r");
                self.bind(&mut body, &name, call, true);
            }
            self.statements(&mut body, 2, 1);
        }
        let value = self.expr(&ret, 3);
        body.push(Stmt::Return(value));
        self.program.funcs[index].body = body;
        self.callable = index + 1;
        self.vars.clear();
        self.ret = None;
    }

    /// A call with less fuel.
    fn recursion(&mut self, index: usize) -> Expr {
        let params = self.program.funcs[index].params.clone();
        let mut arguments = vec![(
            0,
            false,
            Expr::binary(Ty::Int, Op::Sub, Expr::var("fuel", Ty::Int), Expr::int(1)),
        )];
        self.arguments(&params, 1, 1, &mut arguments);
        let ret = self.program.funcs[index].ret.clone();
        Expr::new(ret, Kind::Call(index, arguments))
    }

    /// Arguments from the parameter `from` on: defaults may be left out, and from some parameter on names are written.
    fn arguments(
        &mut self,
        params: &[Slot],
        from: usize,
        depth: usize,
        arguments: &mut Vec<(usize, bool, Expr)>,
    ) {
        let mut rest = Vec::new();
        let mut named = false;
        for (i, param) in params.iter().enumerate().skip(from) {
            if param.default.is_some() && self.rng.percent(50) {
                named = true;
                continue;
            }
            named = named || self.rng.percent(15);
            let value = self.bounded(&param.ty, param.bounds, depth);
            rest.push((i, named, value));
        }
        // Named ones may come in any order.
        let first = rest.iter().position(|(_, named, _)| *named);
        if let Some(first) = first
            && self.rng.percent(50)
        {
            rest[first..].reverse();
        }
        arguments.extend(rest);
    }
}

fn slot(name: &str, ty: Ty, default: Option<Expr>) -> Slot {
    Slot {
        name: name.to_owned(),
        ty,
        bounds: None,
        default,
    }
}
