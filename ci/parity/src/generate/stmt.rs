//! Statements.

use super::expr::shows_type;
use super::{Generator, Var};
use crate::tree::{Block, Expr, Kind, Op, Pat, Step, Stmt, Ty};

impl Generator {
    pub(super) fn statements(&mut self, out: &mut Block, count: usize, depth: usize) {
        for _ in 0..count {
            if self.room <= 0 {
                return;
            }
            self.statement(out, depth);
        }
    }

    fn statement(&mut self, out: &mut Block, depth: usize) {
        match self.rng.below(20) {
            0..=2 => self.declaration(out),
            3..=6 => self.update(out),
            7 => self.alias(out),
            8..=9 => self.grow(out),
            10 => self.print(out),
            11 => {
                let condition = self.expr(&Ty::Bool, 2);
                if self.risky() {
                    out.push(Stmt::Assert(condition, "as é".to_owned()));
                }
            }
            12 if self.ret.is_some() && depth < 2 => {
                let condition = self.expr(&Ty::Bool, 1);
                let ret = self.ret.clone().unwrap_or(Ty::Int);
                let value = self.expr(&ret, 2);
                out.push(Stmt::If {
                    branches: vec![(condition, vec![Stmt::Return(value)])],
                    otherwise: None,
                });
            }
            13 => self.attempt(out),
            14 if self.loops > 0 => {
                let condition = self.expr(&Ty::Bool, 1);
                let leave = if self.rng.percent(50) {
                    Stmt::Break
                } else {
                    Stmt::Continue
                };
                out.push(Stmt::If {
                    branches: vec![(condition, vec![leave])],
                    otherwise: None,
                });
            }
            _ if depth == 0 => self.update(out),
            14 | 15 => {
                let mut branches = Vec::new();
                for _ in 0..1 + self.rng.below(2) {
                    let condition = self.expr(&Ty::Bool, 2);
                    branches.push((condition, self.inner(depth)));
                }
                let otherwise = self.rng.percent(50).then(|| self.inner(depth));
                out.push(Stmt::If {
                    branches,
                    otherwise,
                });
            }
            16 | 17 => self.matching(out, depth),
            _ => self.looping(out, depth),
        }
    }

    fn inner(&mut self, depth: usize) -> Block {
        let mark = self.vars.len();
        let mut block = Vec::new();
        let count = 1 + self.rng.below(3);
        self.statements(&mut block, count, depth - 1);
        self.vars.truncate(mark);
        block
    }

    fn add(&mut self, name: &str, ty: &Ty, mutable: bool) {
        self.vars.push(Var {
            name: name.to_owned(),
            ty: ty.clone(),
            mutable,
            bounds: None,
            counter: false,
        });
    }

    pub(super) fn bind(&mut self, out: &mut Block, name: &str, value: Expr, mutable: bool) {
        let ty = value.ty.clone();
        let annotate = !shows_type(&value) || self.rng.percent(30);
        out.push(Stmt::Let {
            name: name.to_owned(),
            ty: ty.clone(),
            mutable,
            annotate,
            bounds: None,
            value,
        });
        self.add(name, &ty, mutable);
    }

    pub(super) fn declaration(&mut self, out: &mut Block) {
        let ty = self.any_type();
        if matches!(ty, Ty::Int | Ty::Str) && self.rng.percent(25) {
            let bounds = Some(self.rule(&ty));
            let value = self.bounded(&ty, bounds, 1);
            let name = self.fresh("b");
            out.push(Stmt::Let {
                name: name.clone(),
                ty: ty.clone(),
                mutable: true,
                annotate: true,
                bounds,
                value,
            });
            self.add(&name, &ty, true);
            if let Some(last) = self.vars.last_mut() {
                last.bounds = bounds;
            }
            return;
        }
        let value = self.expr(&ty, 3);
        let mutable = self.rng.percent(75);
        let name = self.fresh("v");
        self.bind(out, &name, value, mutable);
    }

    /// A part of a variable gets a new value.
    fn update(&mut self, out: &mut Block) {
        let roots: Vec<Var> = self
            .visible()
            .into_iter()
            .filter(|var| {
                !var.counter
                    && (var.mutable || matches!(var.ty, Ty::List(_) | Ty::Map(_) | Ty::Struct(_)))
            })
            .collect();
        if roots.is_empty() {
            return self.declaration(out);
        }
        let root = self.rng.pick(&roots).clone();
        let mut path = Vec::new();
        let mut guards = Vec::new();
        let mut at = Expr::var(&root.name, root.ty.clone());
        let mut bounds = root.bounds;
        loop {
            let go_on = path.is_empty() && !root.mutable || self.rng.percent(75);
            if !go_on {
                break;
            }
            let guarded = !self.risky();
            match at.ty.clone() {
                Ty::Struct(decl) => {
                    let fields = &self.program.structs[decl].fields;
                    let field = self.rng.below(fields.len());
                    bounds = fields[field].bounds;
                    let ty = fields[field].ty.clone();
                    path.push(Step::Field(decl, field));
                    at = Expr::new(ty, Kind::Field(Box::new(at), field));
                }
                Ty::List(of) => {
                    let i = Expr::int(self.rng.within(0, 2));
                    let len = at.clone().method(Ty::Int, "len", Vec::new());
                    if guarded {
                        guards.push(Expr::binary(Ty::Bool, Op::Gt, len, i.clone()));
                    }
                    path.push(Step::Index(i.clone()));
                    at = Expr::new(*of, Kind::Index(Box::new(at), Box::new(i)));
                    bounds = None;
                }
                Ty::Map(of) => {
                    let key = self.key();
                    let stays = matches!(*of, Ty::Opt(_)) || self.rng.percent(40);
                    path.push(Step::Key(key.clone()));
                    bounds = None;
                    if stays {
                        // The entry itself: there need not be one.
                        at = Expr::new(*of, Kind::Entry(Box::new(at), Box::new(key)));
                        break;
                    }
                    if guarded {
                        guards.push(at.clone().method(Ty::Bool, "has", vec![key.clone()]));
                    }
                    at = Expr::new(*of, Kind::Entry(Box::new(at), Box::new(key)));
                }
                Ty::Opt(of) if matches!(*of, Ty::Struct(_)) => {
                    let Ty::Struct(decl) = *of else { break };
                    let fields = &self.program.structs[decl].fields;
                    let field = self.rng.below(fields.len());
                    bounds = fields[field].bounds;
                    let ty = fields[field].ty.clone();
                    if guarded {
                        let null = Expr::new(at.ty.clone(), Kind::Null);
                        guards.push(Expr::binary(Ty::Bool, Op::Ne, at.clone(), null));
                    }
                    path.push(Step::OptField(decl, field));
                    at = Expr::new(ty, Kind::Null);
                    break;
                }
                _ => break,
            }
        }
        if path.is_empty() && !root.mutable {
            return self.declaration(out);
        }
        let value = self.bounded(&at.ty, bounds, 2);
        let assign = Stmt::Assign {
            root: root.name,
            path,
            value,
        };
        match guards
            .into_iter()
            .reduce(|a, b| Expr::binary(Ty::Bool, Op::And, a, b))
        {
            None => out.push(assign),
            Some(guard) => out.push(Stmt::If {
                branches: vec![(guard, vec![assign])],
                otherwise: None,
            }),
        }
    }

    /// A copy of a variable, after which one of the two changes and both are shown.
    fn alias(&mut self, out: &mut Block) {
        let vars: Vec<Var> = self
            .visible()
            .into_iter()
            .filter(|var| var.bounds.is_none() && !is_scalar(&var.ty))
            .collect();
        if vars.is_empty() {
            return self.declaration(out);
        }
        let source = self.rng.pick(&vars).clone();
        let name = self.fresh("c");
        self.bind(out, &name, Expr::var(&source.name, source.ty.clone()), true);
        for _ in 0..1 + self.rng.below(2) {
            self.update(out);
        }
        for name in [name, source.name] {
            self.show(out, &name, &source.ty);
        }
    }

    /// `x = x.append(..)` and its like, which work in place when nobody else holds the value.
    fn grow(&mut self, out: &mut Block) {
        let vars: Vec<Var> = self
            .visible()
            .into_iter()
            .filter(|var| var.mutable && matches!(var.ty, Ty::List(_) | Ty::Map(_) | Ty::Str))
            .collect();
        if vars.is_empty() {
            return self.declaration(out);
        }
        let var = self.rng.pick(&vars).clone();
        let read = Expr::var(&var.name, var.ty.clone());
        let mut path = Vec::new();
        let value = match var.ty.clone() {
            Ty::List(of) => {
                let item = self.expr(&of, 2);
                match self.rng.below(3) {
                    0 => read.method(var.ty, "append", vec![item]),
                    1 => read.method(var.ty, "insert", vec![Expr::int(0), item]),
                    _ => {
                        let more = Expr::new(var.ty.clone(), Kind::List(vec![item]));
                        Expr::binary(var.ty, Op::Add, read, more)
                    }
                }
            }
            Ty::Map(of) => {
                let key = self.key();
                match *of {
                    Ty::List(ref item) => {
                        path.push(Step::Key(key.clone()));
                        let item = self.expr(item, 2);
                        let none = Expr::new((*of).clone(), Kind::List(Vec::new()));
                        let entry = Expr::new(
                            Ty::Opt(of.clone()),
                            Kind::OptEntry(Box::new(read), Box::new(key)),
                        );
                        entry
                            .coalesce(none)
                            .method((*of).clone(), "append", vec![item])
                    }
                    _ => read.method(var.ty, "remove", vec![key]),
                }
            }
            _ => {
                let more = self.expr(&Ty::Str, 1);
                Expr::binary(Ty::Str, Op::Add, read, more)
            }
        };
        out.push(Stmt::Assign {
            root: var.name,
            path,
            value,
        });
    }

    fn print(&mut self, out: &mut Block) {
        let ty = self.any_type();
        let value = self.operand(&ty, 2);
        out.push(Stmt::Print(Expr::new(Ty::Str, Kind::Show(Box::new(value)))));
    }

    fn show(&mut self, out: &mut Block, name: &str, ty: &Ty) {
        let value = Expr::var(name, ty.clone());
        out.push(Stmt::Print(Expr::new(Ty::Str, Kind::Show(Box::new(value)))));
    }

    /// Every variable in scope, or the last few.
    pub(super) fn print_all(&mut self, out: &mut Block, most: usize) {
        for var in self.visible().into_iter().take(most) {
            self.show(out, &var.name, &var.ty);
        }
    }

    /// `?!` in a function with a result.
    fn attempt(&mut self, out: &mut Block) {
        if !matches!(self.ret, Some(Ty::Res(_))) {
            return self.declaration(out);
        }
        let of = self.plain_type();
        let ty = match (&of, self.rng.percent(50)) {
            (Ty::Opt(_), _) | (_, true) => Ty::res(of.clone()),
            _ => Ty::opt(of.clone()),
        };
        let inner = self.operand(&ty, 2);
        let error = (matches!(ty, Ty::Opt(_)) || self.rng.percent(30)).then(|| {
            let fields = vec![(0, self.expr(&Ty::Str, 1))];
            Box::new(Expr::new(
                Ty::Struct(crate::tree::BAD),
                Kind::Struct(fields),
            ))
        });
        let name = self.fresh("t");
        let value = Expr::new(of, Kind::Try(Box::new(inner), error));
        self.bind(out, &name, value, true);
    }

    fn looping(&mut self, out: &mut Block, depth: usize) {
        if self.loops > 1 {
            return self.update(out);
        }
        self.loops += 1;
        let mark = self.vars.len();
        match self.rng.below(5) {
            0 => {
                let counter = self.fresh("w");
                self.add(&counter, &Ty::Int, false);
                if let Some(last) = self.vars.last_mut() {
                    last.counter = true;
                }
                let body = self.inner(depth);
                out.push(Stmt::While {
                    counter,
                    limit: self.rng.within(1, 4),
                    body,
                });
            }
            1 => {
                let low = self.rng.within(-1, 2);
                let high = match self.risky() {
                    true => self.expr(&Ty::Int, 1),
                    false => Expr::int(low + self.rng.within(0, 3)),
                };
                let var = self.fresh("i");
                let inclusive = self.rng.percent(50);
                self.add(&var, &Ty::Int, false);
                let body = self.inner(depth);
                out.push(Stmt::ForRange {
                    var,
                    low: Expr::int(low),
                    high,
                    inclusive,
                    body,
                });
            }
            2 => {
                let of = self.any_type();
                let of = if matches!(of, Ty::Res(_)) {
                    Ty::Int
                } else {
                    of
                };
                let map = self.operand(&Ty::map(of.clone()), 2);
                let key = self.rng.percent(70).then(|| self.fresh("k"));
                let value = self.fresh("x");
                if let Some(key) = &key {
                    self.add(key, &Ty::Str, false);
                }
                self.add(&value, &of, false);
                let body = self.inner(depth);
                out.push(Stmt::ForMap {
                    key,
                    value,
                    map,
                    body,
                });
            }
            _ => {
                let lists: Vec<Var> = self
                    .visible()
                    .into_iter()
                    .filter(|var| matches!(var.ty, Ty::List(_)))
                    .collect();
                let list = match lists.is_empty() || self.rng.percent(40) {
                    true => {
                        let of = self.any_type();
                        self.operand(&Ty::list(of), 2)
                    }
                    false => {
                        let var = self.rng.pick(&lists);
                        Expr::var(&var.name, var.ty.clone())
                    }
                };
                let of = match &list.ty {
                    Ty::List(of) => (**of).clone(),
                    _ => Ty::Int,
                };
                // Now and then the name of a variable outside.
                let var = match lists.first() {
                    Some(outer) if self.rng.percent(10) => outer.name.clone(),
                    _ => self.fresh("x"),
                };
                self.add(&var, &of, false);
                let body = self.inner(depth);
                out.push(Stmt::ForList { var, list, body });
            }
        }
        self.vars.truncate(mark);
        self.loops -= 1;
    }

    fn matching(&mut self, out: &mut Block, depth: usize) {
        let ty = match self.rng.below(6) {
            0 => Ty::Int,
            1 => Ty::opt(self.plain_scalar_or_enum()),
            2 => Ty::res(self.plain_scalar_or_enum()),
            3 => Ty::Struct(self.rng.below(self.program.structs.len())),
            _ => Ty::Enum(self.rng.below(self.program.enums.len())),
        };
        let scrutinee = self.operand(&ty, 2);
        let mut arms = Vec::new();
        for _ in 0..1 + self.rng.below(3) {
            let mark = self.vars.len();
            let pat = self.pattern(&ty, 2);
            arms.push((pat, self.inner(depth)));
            self.vars.truncate(mark);
        }
        if self.rng.percent(70) {
            arms.push((Pat::Wild, self.inner(depth)));
        }
        out.push(Stmt::Match { scrutinee, arms });
    }

    fn plain_scalar_or_enum(&mut self) -> Ty {
        match self.rng.percent(50) {
            true => self.scalar_type(),
            false => Ty::Enum(self.rng.below(self.program.enums.len())),
        }
    }

    /// A pattern; what it binds is declared.
    fn pattern(&mut self, ty: &Ty, depth: usize) -> Pat {
        if depth == 0 || self.rng.percent(25) {
            if self.rng.percent(30) {
                return Pat::Wild;
            }
            let name = self.fresh("m");
            self.add(&name, ty, false);
            return Pat::Bind(name);
        }
        match ty {
            Ty::Int => Pat::Int(self.rng.within(-1, 5)),
            Ty::Str => Pat::Str((*self.rng.pick(&["", "a", "héllo", "12"])).to_owned()),
            Ty::Bool => Pat::Bool(self.rng.percent(50)),
            Ty::Opt(of) => match self.rng.percent(35) {
                true => Pat::None,
                false => Pat::Some(Box::new(self.pattern(of, depth - 1))),
            },
            Ty::Res(of) => match self.rng.percent(35) {
                true => Pat::Err(Box::new(
                    self.pattern(&Ty::Struct(crate::tree::BAD), depth - 1),
                )),
                false => Pat::Ok(Box::new(self.pattern(of, depth - 1))),
            },
            Ty::Enum(decl) => {
                let variants = self.program.enums[*decl].variants.clone();
                let variant = self.rng.below(variants.len());
                let qualified = self.rng.percent(30);
                let parts = variants[variant].1.iter();
                let parts = parts.map(|part| self.pattern(part, depth - 1)).collect();
                Pat::Variant {
                    decl: *decl,
                    variant,
                    qualified,
                    parts,
                }
            }
            Ty::Struct(decl) => {
                let all = self.program.structs[*decl].fields.clone();
                let mut fields = Vec::new();
                for (i, field) in all.iter().enumerate() {
                    if field.bounds.is_none() && self.rng.percent(40) {
                        fields.push((i, self.pattern(&field.ty, depth - 1)));
                    }
                }
                match fields.is_empty() {
                    true => Pat::Wild,
                    false => Pat::Struct {
                        decl: *decl,
                        fields,
                    },
                }
            }
            Ty::Float | Ty::Bytes | Ty::List(_) | Ty::Map(_) => Pat::Wild,
        }
    }
}

fn is_scalar(ty: &Ty) -> bool {
    matches!(ty, Ty::Int | Ty::Float | Ty::Bool)
}
