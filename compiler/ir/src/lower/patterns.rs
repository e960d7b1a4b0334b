//! `match` as a decision tree: every place is tested at most once on a path, tags by one switch per level (Maranget, "Compiling
//! Pattern Matching to Good Decision Trees", 2008; columns are taken left to right in the first row that still has a test).

use fuse_abi::RuntimeFn;
use fuse_sema::program::{Arm, Expr, LocalId as SourceLocal, Pattern};

use super::body::{Body, int};
use super::dynamic;
use super::names;
use crate::mir::{
    BinaryOp, BlockId, Const, LocalId, Operand, Place, Projection, Rvalue, Terminator, Type,
};

/// Up to this many texts at one place are compared one after the other.
const COMPARED_TEXTS: usize = 2;

/// An arm as far as it is not decided yet.
#[derive(Clone)]
struct Row<'p> {
    tests: Vec<(Place, &'p Pattern)>,
    body: BlockId,
}

enum Way<'p> {
    Known(BlockId),
    Open(BlockId, Vec<Row<'p>>),
}

impl Way<'_> {
    fn block(&self) -> BlockId {
        match self {
            Way::Known(block) | Way::Open(block, _) => *block,
        }
    }
}

/// What a pattern asks of its place.
#[derive(Clone, Copy, PartialEq)]
enum Test<'p> {
    Variant(u32),
    Int(i64),
    Bool(bool),
    Float(f64),
    String(&'p str),
    /// Equal to this literal.
    Dynamic(&'p Pattern),
}

impl Body<'_, '_> {
    pub fn match_statement(&mut self, scrutinee: &Expr, arms: &[Arm]) {
        let place = self.expr_place(scrutinee);
        let join = self.f.block();
        let mut rows = Vec::with_capacity(arms.len());
        for arm in arms {
            let body = self.f.block();
            rows.push(Row {
                tests: vec![(place.clone(), &arm.pattern)],
                body,
            });
        }
        let bodies: Vec<BlockId> = rows.iter().map(|row| row.body).collect();
        self.decide(rows, join);
        for (arm, block) in arms.iter().zip(bodies) {
            self.f.switch_to(block);
            self.bind_pattern(&place, &arm.pattern);
            self.block(&arm.body);
            self.f.goto(join);
        }
        self.f.switch_to(join);
    }

    /// Tests until a row is decided and goes to its body; to `otherwise` when no row is left.
    fn decide(&mut self, rows: Vec<Row>, otherwise: BlockId) {
        match self.way(rows, otherwise) {
            Way::Known(block) => self.f.goto(block),
            Way::Open(_, rows) => self.test(rows, otherwise),
        }
    }

    /// Where the rows lead: to a block already known, or to a new one that tests further.
    fn way<'p>(&mut self, mut rows: Vec<Row<'p>>, otherwise: BlockId) -> Way<'p> {
        for row in &mut rows {
            self.simplify(row);
        }
        match rows.first() {
            None => Way::Known(otherwise),
            Some(first) if first.tests.is_empty() => Way::Known(first.body),
            Some(_) => Way::Open(self.f.block(), rows),
        }
    }

    /// Fills in the blocks of ways that test further.
    fn follow(&mut self, ways: Vec<Way>, otherwise: BlockId) {
        for way in ways {
            if let Way::Open(block, rows) = way {
                self.f.switch_to(block);
                self.test(rows, otherwise);
            }
        }
    }

    /// Tests what the first row tests first.
    fn test(&mut self, rows: Vec<Row>, otherwise: BlockId) {
        let (place, pattern) = rows[0].tests[0].clone();
        match self.test_of(pattern) {
            Test::Variant(_) => self.decide_variants(&place, rows, otherwise),
            Test::Int(_) => self.decide_ints(&place, rows, otherwise),
            Test::String(_) if self.tests_at(&place, &rows).len() > COMPARED_TEXTS => {
                self.decide_texts(&place, rows, otherwise);
            }
            test => self.decide_one(&place, test, rows, otherwise),
        }
    }

    /// Takes out of a row what needs no test: wildcards, bindings, structs and boxes around the rest.
    fn simplify(&self, row: &mut Row) {
        let mut tests = Vec::with_capacity(row.tests.len());
        for (place, pattern) in std::mem::take(&mut row.tests) {
            self.simplify_test(place, pattern, &mut tests);
        }
        row.tests = tests;
    }

    fn simplify_test<'p>(
        &self,
        place: Place,
        pattern: &'p Pattern,
        tests: &mut Vec<(Place, &'p Pattern)>,
    ) {
        match pattern {
            Pattern::Wildcard | Pattern::Bind(_) => {}
            _ if self.is_box(&place) => {
                self.simplify_test(place.project(Projection::Content), pattern, tests);
            }
            Pattern::Struct { fields } => {
                for (field, pattern) in fields {
                    let place = place.project(Projection::Field(*field));
                    self.simplify_test(place, pattern, tests);
                }
            }
            _ => tests.push((place, pattern)),
        }
    }

    fn is_box(&self, place: &Place) -> bool {
        matches!(self.cx.shape(self.place_type(place)), Type::Box(_))
    }

    fn test_of<'p>(&self, pattern: &'p Pattern) -> Test<'p> {
        match pattern {
            Pattern::None | Pattern::Ok(_) => Test::Variant(0),
            Pattern::Some(_) | Pattern::NotNull(_) | Pattern::Err(_) => Test::Variant(1),
            Pattern::Variant { variant, .. } => Test::Variant(*variant),
            Pattern::Dynamic(literal) => Test::Dynamic(literal),
            Pattern::Int(value) => Test::Int(*value),
            Pattern::Bool(value) => Test::Bool(*value),
            Pattern::Float(value) => Test::Float(*value),
            Pattern::String(text) => Test::String(text),
            Pattern::Wildcard | Pattern::Bind(_) | Pattern::Struct { .. } => {
                unreachable!("invariant: simplified rows hold only patterns that test")
            }
        }
    }

    fn decide_variants(&mut self, place: &Place, rows: Vec<Row>, otherwise: BlockId) {
        let wanted = self.tests_at(place, &rows);
        let variants: Vec<u32> = wanted
            .iter()
            .filter_map(|test| match test {
                Test::Variant(variant) => Some(*variant),
                _ => None,
            })
            .collect();
        let covers_all = variants.len() == self.variant_count(place);
        let mut ways: Vec<Way> = Vec::with_capacity(variants.len() + 1);
        for &variant in &variants {
            let remaining = self.rows_if(place, Test::Variant(variant), &rows);
            ways.push(self.way(remaining, otherwise));
        }
        if !covers_all {
            ways.push(self.way(rows_untested(place, &rows), otherwise));
        }
        let (default, others) = ways.split_last().expect("invariant: the first row tests");
        let cases: Vec<(i64, BlockId)> = variants
            .iter()
            .zip(others)
            .map(|(&variant, way)| (i64::from(variant), way.block()))
            .collect();
        let default = default.block();
        if cases.is_empty() {
            self.f.goto(default);
        } else {
            let tag = self.tag(place.clone());
            self.f.terminate(Terminator::Switch {
                value: tag,
                cases,
                default,
            });
        }
        self.follow(ways, otherwise);
    }

    fn decide_ints(&mut self, place: &Place, rows: Vec<Row>, otherwise: BlockId) {
        let mut cases = Vec::new();
        let mut ways = Vec::new();
        for test in self.tests_at(place, &rows) {
            if let Test::Int(value) = test {
                let remaining = self.rows_if(place, test, &rows);
                let way = self.way(remaining, otherwise);
                cases.push((value, way.block()));
                ways.push(way);
            }
        }
        let rest = self.way(rows_untested(place, &rows), otherwise);
        self.f.terminate(Terminator::Switch {
            value: Operand::Copy(place.clone()),
            cases,
            default: rest.block(),
        });
        ways.push(rest);
        self.follow(ways, otherwise);
    }

    /// By the length of the text, then by its bytes.
    fn decide_texts(&mut self, place: &Place, rows: Vec<Row>, otherwise: BlockId) {
        let mut texts = Vec::new();
        let mut ways = Vec::new();
        for test in self.tests_at(place, &rows) {
            if let Test::String(text) = test {
                let remaining = self.rows_if(place, test, &rows);
                let way = self.way(remaining, otherwise);
                texts.push((text, way.block()));
                ways.push(way);
            }
        }
        let rest = self.way(rows_untested(place, &rows), otherwise);
        let length = self.len(place.clone());
        let word = |body: &mut Body, length: usize, position: usize| {
            let text = Operand::Copy(place.clone());
            let args = vec![text, int(length as i64), int(position as i64)];
            let int_type = body.cx.known.int;
            body.row(RuntimeFn::TextWord, args, int_type)
        };
        names::branch(self, length, &word, &texts, &[], rest.block());
        ways.push(rest);
        self.follow(ways, otherwise);
    }

    /// One test with two ways out.
    fn decide_one(&mut self, place: &Place, test: Test, rows: Vec<Row>, otherwise: BlockId) {
        let value = Operand::Copy(place.clone());
        let bool_type = self.cx.known.bool;
        let if_holds = self.rows_if(place, test, &rows);
        let if_holds = self.way(if_holds, otherwise);
        let if_fails = self.rows_unless(place, test, &rows);
        let if_fails = self.way(if_fails, otherwise);
        let (holds, fails) = (if_holds.block(), if_fails.block());
        match test {
            Test::Bool(true) => self.f.branch(value, holds, fails),
            Test::Bool(false) => self.f.branch(value, fails, holds),
            Test::Float(literal) => {
                let literal = Operand::Const(Const::Float(literal));
                let equal = self.binary(BinaryOp::EqFloat, value, literal);
                self.f.branch(equal, holds, fails);
            }
            Test::String(literal) => {
                let literal = self.text_const(literal);
                let equal = self.row(RuntimeFn::TextEqual, vec![value, literal], bool_type);
                self.f.branch(equal, holds, fails);
            }
            Test::Dynamic(Pattern::None) => {
                let null = i64::from(dynamic::NULL);
                let tag = self.tag(place.clone());
                let equal = self.binary(BinaryOp::Eq, tag, int(null));
                self.f.branch(equal, holds, fails);
            }
            Test::Dynamic(literal) => {
                let literal = self.dynamic_literal(literal);
                let ty = self.dynamic_type();
                let equal = self.equal_values(false, ty, value, literal, None);
                self.f.branch(equal, holds, fails);
            }
            Test::Int(_) | Test::Variant(_) => {
                unreachable!("invariant: Ints and variants are switched on")
            }
        }
        self.follow(vec![if_holds, if_fails], otherwise);
    }

    fn dynamic_literal(&mut self, literal: &Pattern) -> Operand {
        let (tag, value) = match literal {
            Pattern::Int(v) => (dynamic::INT, Operand::Const(Const::Int(*v))),
            Pattern::Float(v) => (dynamic::FLOAT, Operand::Const(Const::Float(*v))),
            Pattern::Bool(v) => (dynamic::BOOL, Operand::Const(Const::Bool(*v))),
            Pattern::String(text) => (dynamic::STRING, self.text_const(text)),
            _ => unreachable!("invariant: the literals there are, null aside"),
        };
        let ty = self.dynamic_type();
        self.aggregate(None, ty, tag, vec![value])
    }

    /// Distinct tests the rows make at a place, in order.
    fn tests_at<'p>(&self, place: &Place, rows: &[Row<'p>]) -> Vec<Test<'p>> {
        let mut tests = Vec::new();
        for row in rows {
            for (at, pattern) in &row.tests {
                let test = self.test_of(pattern);
                if at == place && !tests.contains(&test) {
                    tests.push(test);
                }
            }
        }
        tests
    }

    /// The rows that are left when the test at the place holds, and what they still test.
    fn rows_if<'p>(&self, place: &Place, test: Test, rows: &[Row<'p>]) -> Vec<Row<'p>> {
        rows.iter()
            .filter_map(|row| {
                let mut tests = Vec::with_capacity(row.tests.len());
                for (at, pattern) in &row.tests {
                    if at != place {
                        tests.push((at.clone(), *pattern));
                    } else if self.test_of(pattern) == test {
                        payload_tests(place, pattern, &mut tests);
                    } else {
                        return None;
                    }
                }
                Some(Row {
                    tests,
                    body: row.body,
                })
            })
            .collect()
    }

    /// The rows that are left when the test at the place fails.
    fn rows_unless<'p>(&self, place: &Place, test: Test, rows: &[Row<'p>]) -> Vec<Row<'p>> {
        rows.iter()
            .filter(|row| {
                !row.tests
                    .iter()
                    .any(|(at, pattern)| at == place && self.test_of(pattern) == test)
            })
            .map(|row| Row {
                // A Bool that is not one value is the other: nothing is left to test.
                tests: row
                    .tests
                    .iter()
                    .filter(|(at, _)| at != place || !matches!(test, Test::Bool(_)))
                    .cloned()
                    .collect(),
                body: row.body,
            })
            .collect()
    }

    fn variant_count(&self, place: &Place) -> usize {
        match self.cx.shape(self.place_type(place)) {
            Type::Enum(id) => self.cx.mir.types.enums[id].variants.len(),
            _ => 2,
        }
    }

    /// Gives the variables of a pattern that has matched their values.
    fn bind_pattern(&mut self, place: &Place, pattern: &Pattern) {
        if matches!(pattern, Pattern::Wildcard) {
            return;
        }
        if let Pattern::Bind(local) = pattern {
            return self.bind_variable(*local, place);
        }
        if self.is_box(place) {
            return self.bind_pattern(&place.project(Projection::Content), pattern);
        }
        let mut parts = Vec::new();
        payload_tests(place, pattern, &mut parts);
        for (place, pattern) in parts {
            self.bind_pattern(&place, pattern);
        }
    }

    fn bind_variable(&mut self, local: SourceLocal, place: &Place) {
        let local: LocalId = self.local(local);
        let value = self.read(None, place.clone());
        if self.f.local_type(local) != self.cx.known.unit {
            self.f.assign(local, Rvalue::Use(value));
        }
    }
}

/// Rows that do not test the place at all.
fn rows_untested<'p>(place: &Place, rows: &[Row<'p>]) -> Vec<Row<'p>> {
    rows.iter()
        .filter(|row| row.tests.iter().all(|(at, _)| at != place))
        .cloned()
        .collect()
}

/// Patterns inside a pattern with the places they apply to.
fn payload_tests<'p>(place: &Place, pattern: &'p Pattern, tests: &mut Vec<(Place, &'p Pattern)>) {
    match pattern {
        Pattern::Some(inner) => tests.push((place.project(Projection::Some), inner)),
        Pattern::NotNull(inner) => tests.push((place.clone(), inner)),
        Pattern::Ok(inner) => tests.push((place.project(Projection::Ok), inner)),
        Pattern::Err(inner) => tests.push((place.project(Projection::Err), inner)),
        Pattern::Variant { variant, payload } => {
            for (index, inner) in payload.iter().enumerate() {
                let projection = Projection::Variant {
                    variant: *variant,
                    index: index as u32,
                };
                tests.push((place.project(projection), inner));
            }
        }
        Pattern::Struct { fields } => {
            for (field, inner) in fields {
                tests.push((place.project(Projection::Field(*field)), inner));
            }
        }
        Pattern::Wildcard
        | Pattern::Bind(_)
        | Pattern::Int(_)
        | Pattern::Float(_)
        | Pattern::Bool(_)
        | Pattern::String(_)
        | Pattern::Dynamic(_)
        | Pattern::None => {}
    }
}
