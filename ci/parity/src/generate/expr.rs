//! Expressions of any type.

use super::Generator;
use crate::library;
use crate::tree::{BAD, Bounds, Expr, Kind, Op, Rule, Ty};

impl Generator {
    /// An expression where the type is known from the context.
    pub(super) fn expr(&mut self, ty: &Ty, depth: usize) -> Expr {
        self.room -= 1;
        if depth == 0 || self.room <= 0 || self.rng.percent(18) {
            return self.simple(ty);
        }
        if self.rng.percent(40)
            && let Some(expr) = self.common(ty, depth - 1)
        {
            return expr;
        }
        match ty {
            Ty::Int => self.int(depth - 1),
            Ty::Float => self.float(depth - 1),
            Ty::Bool => self.bool(depth - 1),
            Ty::Str => self.string(depth - 1),
            Ty::Bytes => self.bytes(depth - 1),
            Ty::List(of) => self.list(of, depth - 1),
            Ty::Map(of) => self.map(of, depth - 1),
            Ty::Opt(of) => self.option(of, depth - 1),
            Ty::Res(of) => self.result(of, depth - 1),
            Ty::Struct(_) | Ty::Enum(_) => self.construct(ty, depth - 1),
        }
    }

    /// An expression whose type shows without a context.
    pub(super) fn operand(&mut self, ty: &Ty, depth: usize) -> Expr {
        let expr = self.expr(ty, depth);
        match shows_type(&expr) {
            true => expr,
            false => Expr::new(
                ty.clone(),
                Kind::Library("same", vec![ty.clone()], vec![expr]),
            ),
        }
    }

    /// A variable or a part of one, else the least value.
    fn simple(&mut self, ty: &Ty) -> Expr {
        if self.rng.percent(80)
            && let Some(read) = self.read(ty)
        {
            return read;
        }
        self.leaf(ty)
    }

    /// A variable of the type, or a field of one.
    pub(super) fn read(&mut self, ty: &Ty) -> Option<Expr> {
        let mut found = Vec::new();
        for var in self.visible() {
            if var.ty == *ty {
                let read = Expr::var(&var.name, ty.clone());
                found.push(match var.bounds {
                    Some(_) => base_of(read),
                    None => read,
                });
            }
            if let Ty::Struct(decl) = var.ty {
                for (i, field) in self.program.structs[decl].fields.iter().enumerate() {
                    if field.ty == *ty {
                        let base = Expr::var(&var.name, var.ty.clone());
                        let read = Expr::new(ty.clone(), Kind::Field(Box::new(base), i));
                        found.push(match field.bounds {
                            Some(_) => base_of(read),
                            None => read,
                        });
                    }
                }
            }
        }
        match found.is_empty() {
            true => None,
            false => Some(found.swap_remove(self.rng.below(found.len()))),
        }
    }

    /// Variables that are not shadowed.
    pub(super) fn visible(&self) -> Vec<super::Var> {
        let mut seen: Vec<super::Var> = Vec::new();
        for var in self.vars.iter().rev() {
            if !seen.iter().any(|known| known.name == var.name) {
                seen.push(var.clone());
            }
        }
        seen
    }

    /// A value without parts, or with as few as there can be.
    pub(super) fn leaf(&mut self, ty: &Ty) -> Expr {
        let kind = match ty {
            Ty::Int => return self.int_literal(),
            Ty::Float => return self.float_literal(),
            Ty::Bool => Kind::Bool(self.rng.percent(50)),
            Ty::Str => return self.string_literal(),
            Ty::Bytes => {
                return self
                    .string_literal()
                    .method(Ty::Bytes, "to_bytes", Vec::new());
            }
            Ty::List(of) => match self.rng.percent(50) && self.room > 0 {
                true => {
                    self.room -= 3;
                    let item = self.leaf(of);
                    Kind::List(vec![item.clone(), item])
                }
                false => Kind::List(Vec::new()),
            },
            Ty::Map(of) => match self.rng.percent(50) && self.room > 0 {
                true => {
                    self.room -= 3;
                    let key = self.key();
                    Kind::Map(vec![(key, self.leaf(of))])
                }
                false => Kind::Map(Vec::new()),
            },
            Ty::Opt(_) => Kind::Null,
            Ty::Res(of) => Kind::Lift(Box::new(self.leaf(of))),
            Ty::Struct(_) | Ty::Enum(_) => return self.construct(ty, 0),
        };
        Expr::new(ty.clone(), kind)
    }

    /// A value of a type that may be refined.
    pub(super) fn bounded(&mut self, ty: &Ty, bounds: Bounds, depth: usize) -> Expr {
        let Some(rule) = bounds else {
            return self.expr(ty, depth);
        };
        if self.risky() {
            let wild = self.operand(ty, depth);
            return base_of(wild);
        }
        let Rule::Range(low, high) = rule else {
            return self.sample(rule);
        };
        if *ty == Ty::Str {
            let text = self.rng.within(low, high.min(4)) as usize;
            return Expr::text(&"aé✓z"[..].chars().take(text).collect::<String>());
        }
        if self.rng.percent(40) {
            return Expr::int(self.rng.within(low, high));
        }
        // `n % high` lies within -high..high.
        let n = self.operand(&Ty::Int, depth);
        let n = Expr::binary(Ty::Int, Op::Rem, n, Expr::int(high));
        match low {
            0 => {
                let square = n.method(Ty::Int, "abs", Vec::new());
                Expr::binary(Ty::Int, Op::Add, square, Expr::int(0))
            }
            _ => n.method(Ty::Int, "abs", Vec::new()),
        }
    }

    /// A literal that meets a rule.
    fn sample(&mut self, rule: Rule) -> Expr {
        let i = self.rng.below(3);
        match rule {
            Rule::Range(low, high) => Expr::int(self.rng.within(low, high)),
            Rule::Regex(pattern) => Expr::text(library::PATTERNS[pattern].1[i]),
            Rule::Predicate(predicate) => {
                let (_, of_int, samples) = library::PREDICATES[predicate];
                match of_int {
                    true => Expr::int(samples[i].parse().unwrap_or_default()),
                    false => Expr::text(samples[i]),
                }
            }
        }
    }

    /// A rule for values of `Int` or `String`.
    pub(super) fn rule(&mut self, ty: &Ty) -> Rule {
        let low = match ty {
            Ty::Int => self.rng.within(-5, 0),
            _ => 0,
        };
        match (ty, self.rng.below(10)) {
            (Ty::Int, 0 | 1) => Rule::Predicate(0),
            (Ty::Str, 0 | 1) => Rule::Predicate(1),
            (Ty::Str, 2..=6) => Rule::Regex(self.rng.below(library::PATTERNS.len())),
            _ => Rule::Range(low, self.rng.within(10, 200)),
        }
    }

    /// Ways to get a value that work for every type.
    fn common(&mut self, ty: &Ty, depth: usize) -> Option<Expr> {
        let nests = !matches!(ty, Ty::Opt(_) | Ty::Res(_));
        match self.rng.below(11) {
            0 | 1 => self.read(ty),
            2 | 3 => self.call(ty, depth),
            4 => {
                let argument = self.operand(ty, depth);
                let types = match self.rng.percent(30) {
                    true => vec![ty.clone()],
                    false => Vec::new(),
                };
                Some(Expr::new(
                    ty.clone(),
                    Kind::Library("same", types, vec![argument]),
                ))
            }
            5 => {
                let first = self.expr(&Ty::Bool, depth.min(1));
                let (a, b) = (self.operand(ty, depth), self.operand(ty, depth));
                Some(Expr::new(
                    ty.clone(),
                    Kind::Library("choose", Vec::new(), vec![first, a, b]),
                ))
            }
            6 if nests => {
                let option = self.operand(&Ty::opt(ty.clone()), depth);
                let other = self.operand(ty, depth);
                Some(match self.rng.percent(70) {
                    true => option.coalesce(other),
                    false => Expr::new(
                        ty.clone(),
                        Kind::Library("or_else", Vec::new(), vec![option, other]),
                    ),
                })
            }
            7 | 8 if nests => {
                // An element of a list.
                let list = self.read(&Ty::list(ty.clone()))?;
                let at = Expr::int(self.rng.within(0, 2));
                if self.risky() {
                    return Some(Expr::new(
                        ty.clone(),
                        Kind::Index(Box::new(list), Box::new(at)),
                    ));
                }
                let other = self.operand(ty, depth.min(1));
                let item = Expr::new(
                    Ty::opt(ty.clone()),
                    Kind::OptIndex(Box::new(list), Box::new(at)),
                );
                Some(item.coalesce(other))
            }
            9 | 10 if nests => {
                // An entry of a map.
                let map = self.read(&Ty::map(ty.clone()))?;
                let key = self.key();
                if self.risky() {
                    return Some(Expr::new(
                        ty.clone(),
                        Kind::Entry(Box::new(map), Box::new(key)),
                    ));
                }
                let other = self.operand(ty, depth.min(1));
                let option = Ty::opt(ty.clone());
                let entry = match self.rng.percent(60) {
                    true => Expr::new(option, Kind::OptEntry(Box::new(map), Box::new(key))),
                    false => map.method(option, "get", vec![key]),
                };
                Some(entry.coalesce(other))
            }
            _ => None,
        }
    }

    /// Call of a function with this result.
    fn call(&mut self, ty: &Ty, depth: usize) -> Option<Expr> {
        // Calls in loops multiply.
        if self.loops > 1 || (self.loops > 0 && self.ret.is_some()) {
            return None;
        }
        let found: Vec<usize> = (0..self.callable)
            .filter(|i| self.program.funcs[*i].ret == *ty)
            .collect();
        if found.is_empty() {
            return None;
        }
        let index = *self.rng.pick(&found);
        Some(self.call_of(index, depth))
    }

    pub(super) fn call_of(&mut self, index: usize, depth: usize) -> Expr {
        let func = self.program.funcs[index].clone();
        let mut arguments = Vec::new();
        let mut from = 0;
        if func.params.first().is_some_and(|p| p.name == "fuel") {
            arguments.push((0, false, Expr::int(self.rng.within(0, 3))));
            from = 1;
        }
        self.arguments(&func.params, from, depth.min(1), &mut arguments);
        Expr::new(func.ret, Kind::Call(index, arguments))
    }

    fn bytes(&mut self, depth: usize) -> Expr {
        let of_text = |text: Expr| text.method(Ty::Bytes, "to_bytes", Vec::new());
        match self.rng.below(4) {
            0 => {
                // Such that there is something to cut.
                let base = self.operand(&Ty::Str, depth);
                let base = Expr::binary(Ty::Str, Op::Add, base, Expr::text("日a"));
                let from = self.rng.within(0, 2);
                let to = match self.risky() {
                    true => 9,
                    false => self.rng.within(from, 4),
                };
                of_text(base).method(Ty::Bytes, "slice", vec![Expr::int(from), Expr::int(to)])
            }
            _ => of_text(self.operand(&Ty::Str, depth)),
        }
    }

    fn list(&mut self, of: &Ty, depth: usize) -> Expr {
        let ty = Ty::list(of.clone());
        let receiver = |g: &mut Generator| g.operand(&ty, depth);
        match self.rng.below(13) {
            0..=2 => {
                let items = (0..self.rng.below(4))
                    .map(|_| self.expr(of, depth))
                    .collect();
                Expr::new(ty, Kind::List(items))
            }
            3 | 4 => {
                let item = self.expr(of, depth);
                receiver(self).method(ty.clone(), "append", vec![item])
            }
            5 => {
                let right = self.operand(&ty, depth);
                let left = receiver(self);
                Expr::binary(ty.clone(), Op::Add, left, right)
            }
            6 => receiver(self).method(ty.clone(), "reverse", Vec::new()),
            7 => {
                let at = if self.risky() {
                    self.rng.within(-1, 3)
                } else {
                    0
                };
                let item = self.expr(of, depth);
                receiver(self).method(ty.clone(), "insert", vec![Expr::int(at), item])
            }
            8 if matches!(of, Ty::Int | Ty::Float | Ty::Str) => {
                receiver(self).method(ty.clone(), "sort", Vec::new())
            }
            8 => {
                let xs = receiver(self);
                Expr::new(ty.clone(), Kind::Library("turned", Vec::new(), vec![xs]))
            }
            9 => {
                let to = if self.risky() { 2 } else { 0 };
                let grown = self.expr(of, depth);
                let xs = receiver(self).method(ty.clone(), "append", vec![grown]);
                match self.rng.percent(50) {
                    true => xs.method(ty.clone(), "slice", vec![Expr::int(0), Expr::int(to + 1)]),
                    false => xs.method(ty.clone(), "remove_at", vec![Expr::int(to)]),
                }
            }
            10 => {
                let item = self.operand(of, depth);
                Expr::new(ty.clone(), Kind::Library("twice", Vec::new(), vec![item]))
            }
            11 => {
                let item = self.operand(of, depth);
                let xs = receiver(self);
                Expr::new(
                    ty.clone(),
                    Kind::Library("first_set", Vec::new(), vec![xs, item]),
                )
            }
            _ => match of {
                Ty::Str => self.texts(depth),
                Ty::Int => {
                    let low = self.rng.within(-2, 3);
                    let high = low + self.rng.within(0, 4);
                    let inclusive = self.rng.percent(50);
                    Expr::new(
                        ty.clone(),
                        Kind::Range(
                            Box::new(Expr::int(low)),
                            Box::new(Expr::int(high)),
                            inclusive,
                        ),
                    )
                }
                _ => {
                    let map = self.operand(&Ty::map(of.clone()), depth);
                    match self.rng.percent(50) {
                        true => map.method(ty.clone(), "values", Vec::new()),
                        false => {
                            Expr::new(ty.clone(), Kind::Library("all_of", Vec::new(), vec![map]))
                        }
                    }
                }
            },
        }
    }

    fn map(&mut self, of: &Ty, depth: usize) -> Expr {
        let ty = Ty::map(of.clone());
        match self.rng.below(4) {
            0 | 1 => {
                let pairs = (0..self.rng.below(4))
                    .map(|_| (self.key(), self.expr(of, depth)))
                    .collect();
                Expr::new(ty, Kind::Map(pairs))
            }
            2 => {
                let key = self.key();
                self.operand(&ty, depth)
                    .method(ty.clone(), "remove", vec![key])
            }
            _ => {
                let map = self.operand(&ty, depth);
                let key = self.key();
                let value = self.operand(of, depth);
                Expr::new(
                    ty,
                    Kind::Library("keyed", Vec::new(), vec![map, key, value]),
                )
            }
        }
    }

    fn option(&mut self, of: &Ty, depth: usize) -> Expr {
        let ty = Ty::opt(of.clone());
        let list = Ty::list(of.clone());
        match self.rng.below(9) {
            0 | 1 => Expr::new(ty, Kind::Lift(Box::new(self.operand(of, depth)))),
            2 => Expr::new(ty, Kind::Some(Box::new(self.operand(of, depth)))),
            3 => {
                let name = *self.rng.pick(&["first", "last"]);
                self.operand(&list, depth).method(ty, name, Vec::new())
            }
            4 => {
                let at = Expr::int(self.rng.within(-1, 3));
                let base = self.operand(&list, depth);
                Expr::new(ty, Kind::OptIndex(Box::new(base), Box::new(at)))
            }
            5 => {
                let key = self.key();
                let map = self.operand(&Ty::map(of.clone()), depth);
                map.method(ty, "get", vec![key])
            }
            6 => {
                let value = self.operand(of, depth);
                let n = Expr::int(self.rng.within(-1, 1));
                Expr::new(ty, Kind::Library("wrap", Vec::new(), vec![value, n]))
            }
            7 => self.option_field(of).unwrap_or_else(|| self.leaf(&ty)),
            _ => match of {
                Ty::Int => self.int_option(depth),
                Ty::Str => self
                    .operand(&Ty::Bytes, depth)
                    .method(ty, "to_string", Vec::new()),
                _ => self.leaf(&ty),
            },
        }
    }

    /// `a?.f` of an option at hand.
    fn option_field(&mut self, of: &Ty) -> Option<Expr> {
        let mut found = Vec::new();
        for (decl, s) in self.program.structs.iter().enumerate() {
            for (i, field) in s.fields.iter().enumerate() {
                let fits = field.ty == *of || field.ty == Ty::opt(of.clone());
                if fits && field.bounds.is_none() {
                    found.push((decl, i));
                }
            }
        }
        if found.is_empty() {
            return None;
        }
        let (decl, field) = *self.rng.pick(&found);
        let base = self.operand(&Ty::opt(Ty::Struct(decl)), 1);
        Some(Expr::new(
            Ty::opt(of.clone()),
            Kind::OptField(Box::new(base), field),
        ))
    }

    fn result(&mut self, of: &Ty, depth: usize) -> Expr {
        let ty = Ty::res(of.clone());
        let kind = match self.rng.below(4) {
            0 => Kind::Lift(Box::new(self.operand(of, depth))),
            1 | 2 => Kind::Ok(Box::new(self.operand(of, depth))),
            _ => Kind::Err(Box::new(self.construct(&Ty::Struct(BAD), depth))),
        };
        Expr::new(ty, kind)
    }

    fn construct(&mut self, ty: &Ty, depth: usize) -> Expr {
        self.room -= 1;
        let kind = match *ty {
            Ty::Struct(decl) => {
                let fields = self.program.structs[decl].fields.clone();
                let mut written = Vec::new();
                for (i, field) in fields.iter().enumerate() {
                    let optional = field.default.is_some() || matches!(field.ty, Ty::Opt(_));
                    if optional && (depth == 0 || self.rng.percent(40)) {
                        continue;
                    }
                    let value = match (depth, field.bounds) {
                        (0, Some(Rule::Range(low, _))) if field.ty == Ty::Int => Expr::int(low),
                        (0, Some(rule @ (Rule::Regex(_) | Rule::Predicate(_)))) => {
                            self.sample(rule)
                        }
                        (0, None) => match &field.ty {
                            // What a leaf of a recursive type must not have.
                            Ty::List(_) => Expr::new(field.ty.clone(), Kind::List(Vec::new())),
                            Ty::Map(_) => Expr::new(field.ty.clone(), Kind::Map(Vec::new())),
                            plain => self.leaf(plain),
                        },
                        (0, _) => Expr::text("b"),
                        _ => self.bounded(&field.ty, field.bounds, depth - 1),
                    };
                    written.push((i, value));
                }
                if self.rng.percent(30) {
                    written.reverse();
                }
                Kind::Struct(written)
            }
            Ty::Enum(decl) => {
                let variants = self.program.enums[decl].variants.clone();
                let variant = match depth {
                    0 => 0,
                    _ => self.rng.below(variants.len()),
                };
                let parts = variants[variant].1.iter();
                let parts = parts
                    .map(|part| self.expr(part, depth.saturating_sub(1)))
                    .collect();
                Kind::Enum(variant, parts)
            }
            _ => return self.leaf(ty),
        };
        Expr::new(ty.clone(), kind)
    }
}

/// The plain value of a refined one.
fn base_of(read: Expr) -> Expr {
    match read.ty {
        Ty::Int => Expr::binary(Ty::Int, Op::Add, read, Expr::int(0)),
        _ => Expr::binary(Ty::Str, Op::Add, read, Expr::text("")),
    }
}

/// Whether an expression has its type wherever it stands.
pub(super) fn shows_type(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Null | Kind::Lift(_) | Kind::Some(_) | Kind::Ok(_) | Kind::Err(_) => false,
        Kind::OptEntry(..) => false,
        Kind::List(items) => !items.is_empty() && items.iter().all(shows_type),
        Kind::Map(pairs) => !pairs.is_empty() && pairs.iter().all(|(_, v)| shows_type(v)),
        Kind::Binary(Op::Coalesce, _, right) => shows_type(right),
        Kind::Binary(Op::Add, left, right) => shows_type(left) && shows_type(right),
        Kind::Method(base, _, _) => shows_type(base),
        Kind::Library(name, types, arguments) => {
            !types.is_empty()
                || match *name {
                    "choose" => arguments[1..].iter().all(shows_type),
                    _ => arguments.iter().all(shows_type),
                }
        }
        _ => true,
    }
}
