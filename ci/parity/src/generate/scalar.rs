//! Expressions of numbers, truth values and texts.

use super::Generator;
use crate::tree::{Expr, Kind, Op, Part, Ty};

const TEXTS: [&str; 14] = [
    "", "a", "b", "ab", "a,b", "héllo", "日本", "✓", " x ", "12", "-7", "ß", "q\"\\n", "l\nm",
];
const KEYS: [&str; 6] = ["a", "b", "k", "é", "", "long key of many bytes"];
const EDGES: [i64; 8] = [
    i64::MAX,
    i64::MIN,
    i64::MAX - 1,
    i64::MIN + 1,
    1 << 32,
    -(1 << 31),
    3_037_000_500,
    9_007_199_254_740_993,
];
const FLOATS: [f64; 14] = [
    0.0,
    -0.0,
    1.0,
    -1.5,
    0.1,
    0.5,
    2.5,
    1e-7,
    123_456_789.125,
    1e21,
    3.999_999_999,
    9_007_199_254_740_992.0,
    9_223_372_036_854_775_808.0,
    1.0 / 3.0,
];
const COMPARE: [Op; 6] = [Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge];

impl Generator {
    pub(super) fn int_literal(&mut self) -> Expr {
        match self.risky() {
            true => Expr::int(*self.rng.pick(&EDGES)),
            false => Expr::int(self.rng.within(-12, 40)),
        }
    }

    pub(super) fn float_literal(&mut self) -> Expr {
        Expr::new(Ty::Float, Kind::Float(*self.rng.pick(&FLOATS)))
    }

    pub(super) fn string_literal(&mut self) -> Expr {
        Expr::text(self.rng.pick::<&str>(&TEXTS))
    }

    pub(super) fn key(&mut self) -> Expr {
        if self.rng.percent(12)
            && let Some(read) = self.read(&Ty::Str)
        {
            return read;
        }
        Expr::text(self.rng.pick::<&str>(&KEYS))
    }

    pub(super) fn int(&mut self, depth: usize) -> Expr {
        let int = |op, a, b| Expr::binary(Ty::Int, op, a, b);
        match self.rng.below(12) {
            0 | 1 => int(
                Op::Add,
                self.expr(&Ty::Int, depth),
                self.expr(&Ty::Int, depth),
            ),
            2 => int(
                Op::Sub,
                self.expr(&Ty::Int, depth),
                self.expr(&Ty::Int, depth),
            ),
            3 => {
                let (mut a, mut b) = (self.expr(&Ty::Int, depth), self.expr(&Ty::Int, depth));
                if !self.risky() {
                    a = int(Op::Rem, a, Expr::int(1009));
                    b = int(Op::Rem, b, Expr::int(-97));
                }
                int(Op::Mul, a, b)
            }
            4 => {
                let op = *self.rng.pick(&[Op::Div, Op::Rem]);
                let divisor = match self.risky() {
                    true => self.expr(&Ty::Int, depth),
                    false => Expr::int(*self.rng.pick(&[1, 2, 3, -2, 7, 10, -5, 64])),
                };
                int(op, self.expr(&Ty::Int, depth), divisor)
            }
            5 => Expr::new(Ty::Int, Kind::Neg(Box::new(self.expr(&Ty::Int, depth)))),
            6 => {
                let ty = match self.rng.below(4) {
                    0 => Ty::Str,
                    1 => Ty::Bytes,
                    2 => Ty::list(self.any_type()),
                    _ => Ty::map(self.scalar_type()),
                };
                self.operand(&ty, depth).method(Ty::Int, "len", Vec::new())
            }
            7 => self
                .operand(&Ty::Int, depth)
                .method(Ty::Int, "abs", Vec::new()),
            8 => {
                let option = self.int_option(depth);
                option.coalesce(self.expr(&Ty::Int, depth))
            }
            9 => self
                .operand(&Ty::list(Ty::Int), depth)
                .method(Ty::Int, "sum", Vec::new()),
            10 => {
                let ty = Ty::list(self.any_type());
                let xs = self.operand(&ty, depth);
                let from = Expr::int(self.rng.within(0, 2));
                Expr::new(Ty::Int, Kind::Library("count", Vec::new(), vec![xs, from]))
            }
            _ => self.int_literal(),
        }
    }

    /// An `Int?` of a method.
    pub(super) fn int_option(&mut self, depth: usize) -> Expr {
        let ty = Ty::opt(Ty::Int);
        match self.rng.below(5) {
            0 => {
                let part = self.expr(&Ty::Str, 0);
                self.operand(&Ty::Str, depth)
                    .method(ty, "index_of", vec![part])
            }
            1 => self
                .operand(&Ty::Str, depth)
                .method(ty, "to_int", Vec::new()),
            2 => {
                let of = self.plain_type();
                let item = self.expr(&of, depth.min(1));
                self.operand(&Ty::list(of), depth)
                    .method(ty, "index_of", vec![item])
            }
            3 => self
                .operand(&Ty::Float, depth)
                .method(ty, "to_int", Vec::new()),
            _ => {
                let name = *self.rng.pick(&["min", "max"]);
                self.operand(&Ty::list(Ty::Int), depth)
                    .method(ty, name, Vec::new())
            }
        }
    }

    pub(super) fn float(&mut self, depth: usize) -> Expr {
        match self.rng.below(6) {
            0..=2 => {
                let op = *self
                    .rng
                    .pick(&[Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Rem]);
                let right = match self.rng.percent(25) {
                    true => self.expr(&Ty::Int, depth),
                    false => self.expr(&Ty::Float, depth),
                };
                Expr::binary(Ty::Float, op, self.expr(&Ty::Float, depth), right)
            }
            3 => {
                let name = *self.rng.pick(&["floor", "ceil", "round", "sqrt", "abs"]);
                self.operand(&Ty::Float, depth)
                    .method(Ty::Float, name, Vec::new())
            }
            4 => self
                .operand(&Ty::Int, depth)
                .method(Ty::Float, "to_float", Vec::new()),
            _ => self
                .operand(&Ty::list(Ty::Float), depth)
                .method(Ty::Float, "sum", Vec::new()),
        }
    }

    pub(super) fn bool(&mut self, depth: usize) -> Expr {
        let bool = |op, a, b| Expr::binary(Ty::Bool, op, a, b);
        match self.rng.below(12) {
            0..=2 => bool(
                *self.rng.pick(&COMPARE),
                self.operand(&Ty::Int, depth),
                self.operand(&Ty::Int, depth),
            ),
            3 => {
                let op = *self.rng.pick(&COMPARE);
                let right = self.rng.percent(30);
                let right = if right { Ty::Int } else { Ty::Float };
                bool(
                    op,
                    self.operand(&Ty::Float, depth),
                    self.operand(&right, depth),
                )
            }
            4 => {
                let ty = match self.rng.percent(75) {
                    true => Ty::Str,
                    false => Ty::Bytes,
                };
                bool(
                    *self.rng.pick(&COMPARE),
                    self.operand(&ty, depth),
                    self.operand(&ty, depth),
                )
            }
            5 | 6 => {
                let ty = self.any_type();
                let op = *self.rng.pick(&[Op::Eq, Op::Ne]);
                bool(op, self.operand(&ty, depth), self.operand(&ty, depth))
            }
            7 => {
                let op = *self.rng.pick(&[Op::And, Op::Or]);
                bool(op, self.expr(&Ty::Bool, depth), self.expr(&Ty::Bool, depth))
            }
            8 => Expr::new(Ty::Bool, Kind::Not(Box::new(self.expr(&Ty::Bool, depth)))),
            9 => {
                let ty = Ty::opt(self.any_scalar_or_struct());
                let op = *self.rng.pick(&[Op::Eq, Op::Ne]);
                let null = Expr::new(ty.clone(), Kind::Null);
                bool(op, self.operand(&ty, depth), null)
            }
            10 => {
                let of = self.plain_type();
                let item = self.expr(&of, depth.min(1));
                self.operand(&Ty::list(of), depth)
                    .method(Ty::Bool, "contains", vec![item])
            }
            _ => match self.rng.below(4) {
                0 => {
                    let key = self.key();
                    let ty = Ty::map(self.scalar_type());
                    self.operand(&ty, depth).method(Ty::Bool, "has", vec![key])
                }
                1 => {
                    let name = *self.rng.pick(&["contains", "starts_with", "ends_with"]);
                    let part = self.expr(&Ty::Str, 0);
                    self.operand(&Ty::Str, depth)
                        .method(Ty::Bool, name, vec![part])
                }
                2 => {
                    let ty = Ty::list(self.any_type());
                    self.operand(&ty, depth)
                        .method(Ty::Bool, "is_empty", Vec::new())
                }
                _ => self
                    .operand(&Ty::Float, depth)
                    .method(Ty::Bool, "is_nan", Vec::new()),
            },
        }
    }

    fn any_scalar_or_struct(&mut self) -> Ty {
        match self.rng.percent(50) {
            true => self.scalar_type(),
            false => Ty::Struct(self.rng.below(self.program.structs.len())),
        }
    }

    pub(super) fn string(&mut self, depth: usize) -> Expr {
        let ty = Ty::Str;
        match self.rng.below(13) {
            0 | 1 => {
                let left = self.expr(&ty, depth);
                let kind = self.scalar_type();
                let right = self.operand(&kind, depth);
                match self.rng.percent(80) {
                    true => Expr::binary(ty, Op::Add, left, right),
                    false => Expr::binary(ty, Op::Add, right, left),
                }
            }
            2..=4 => {
                let mut parts = Vec::new();
                for _ in 0..1 + self.rng.below(3) {
                    parts.push(Part::Text((*self.rng.pick(&TEXTS)).to_owned()));
                    let ty = self.any_type();
                    parts.push(Part::Value(self.operand(&ty, depth.min(1))));
                }
                Expr::new(ty, Kind::Text(parts))
            }
            5 => {
                let of = self.any_type();
                let value = self.operand(&of, depth);
                Expr::new(ty, Kind::Show(Box::new(value)))
            }
            6 => {
                let name = *self
                    .rng
                    .pick(&["trim", "trim_start", "trim_end", "lower", "upper"]);
                self.operand(&Ty::Str, depth).method(ty, name, Vec::new())
            }
            7 => {
                let (from, to) = (self.expr(&Ty::Str, 0), self.expr(&Ty::Str, 0));
                self.operand(&Ty::Str, depth)
                    .method(ty, "replace", vec![from, to])
            }
            8 => {
                let count = if self.risky() {
                    -1
                } else {
                    self.rng.within(0, 3)
                };
                self.operand(&Ty::Str, depth)
                    .method(ty, "repeat", vec![Expr::int(count)])
            }
            9 => {
                let (from, to) = match self.risky() {
                    true => (1, 3),
                    false => (0, self.rng.within(0, 2)),
                };
                let base = self.operand(&Ty::Str, depth);
                let base = match self.risk {
                    0 => Expr::binary(Ty::Str, Op::Add, base, Expr::text("日a")),
                    _ => base,
                };
                base.method(ty, "slice", vec![Expr::int(from), Expr::int(to)])
            }
            10 => {
                let separator = self.string_literal();
                self.operand(&Ty::list(Ty::Str), depth)
                    .method(ty, "join", vec![separator])
            }
            11 => {
                let name = *self.rng.pick(&["to_hex", "to_base64"]);
                self.operand(&Ty::Bytes, depth).method(ty, name, Vec::new())
            }
            _ => self.string_literal(),
        }
    }

    pub(super) fn texts(&mut self, depth: usize) -> Expr {
        let ty = Ty::list(Ty::Str);
        match self.rng.below(3) {
            0 => {
                let separator = *self.rng.pick(&[",", "a", "é", "日", "  "]);
                self.operand(&Ty::Str, depth)
                    .method(ty, "split", vec![Expr::text(separator)])
            }
            1 => self
                .operand(&Ty::Str, depth)
                .method(ty, "lines", Vec::new()),
            _ => {
                let of = Ty::map(self.scalar_type());
                self.operand(&of, depth).method(ty, "keys", Vec::new())
            }
        }
    }
}
