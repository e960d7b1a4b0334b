//! Random small `Lowered` programs go through ownership and expansion; the verifier and the certifier must accept the results.

use std::fmt::Write;

use fuse_ir::layout::Layouts;
use fuse_ir::mir::text::{parse, print};
use fuse_ir::verify::verify;
use fuse_ir::{certify, expand, ownership, simplify};

/// splitmix64; the same programs on every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

const TYPES: &str = "boxed enum Chain { End, Link(String, Chain) }
struct Person { name: String, age: Int, tags: List<String> }
boxed struct Node { name: String, next: Option<Node>, p: Person }
global $text: String
";

/// Type, and how many variables of it every function has.
const POOL: &[(&str, &str)] = &[
    ("s", "String"),
    ("l", "List<String>"),
    ("p", "Person"),
    ("n", "Node"),
    ("o", "Option<Node>"),
    ("c", "Chain"),
    ("m", "Map<String>"),
    ("b", "Box<String>"),
    ("q", "List<Person>"),
    ("r", "Result<String, Person>"),
];
const COPIES: usize = 3;
const FUNCTIONS: usize = 4;

struct Generator {
    random: Random,
    out: String,
    /// Of the current function.
    body: String,
    locals: Vec<String>,
    blocks: usize,
    temps: usize,
}

impl Generator {
    fn program(seed: u64) -> String {
        let mut g = Generator {
            random: Random(seed),
            out: format!("phase lowered\n{TYPES}"),
            body: String::new(),
            locals: Vec::new(),
            blocks: 0,
            temps: 0,
        };
        for at in 0..FUNCTIONS {
            g.function(at);
        }
        g.out
    }

    fn line(&mut self, text: impl AsRef<str>) {
        let _ = writeln!(self.body, "  {}", text.as_ref());
    }

    fn temp(&mut self, ty: &str) -> String {
        self.temps += 1;
        let name = format!("%t{}", self.temps);
        self.locals.push(format!("{name}: {ty}"));
        name
    }

    fn block(&mut self) -> usize {
        self.blocks += 1;
        self.blocks
    }

    /// Blocks are written where they are reached and put in order at the end.
    fn start(&mut self, block: usize) {
        let _ = writeln!(self.body, "bb{block}:");
    }

    fn var(&mut self, kind: usize) -> String {
        let (letter, _) = POOL[kind];
        let copy = self.random.below(COPIES);
        // Reading parameters is as good as reading variables.
        if kind == 0 && self.random.below(4) == 0 {
            return "$text".into();
        }
        if copy == 0 && self.random.below(2) == 0 {
            format!("%{letter}p")
        } else {
            format!("%{letter}{copy}")
        }
    }

    fn variable(&mut self, kind: usize) -> String {
        format!("%{}{}", POOL[kind].0, self.random.below(COPIES))
    }

    /// A place of the kind's type; checks that make it valid at run time do not matter here.
    fn place(&mut self, kind: usize) -> String {
        let deeper = self.random.below(3) == 0;
        match (kind, deeper) {
            (0, true) => match self.random.below(7) {
                0 => format!("{}[0]", self.place(1)),
                1 => format!("{}.name", self.place(2)),
                2 => format!("{}.name", self.place(3)),
                3 => format!("{}.Link.0", self.place(5)),
                4 => format!("{}.value[0]", self.place(6)),
                5 => format!("{}.content", self.place(7)),
                _ => format!("{}.ok", self.place(9)),
            },
            (1, true) => format!("{}.tags", self.place(2)),
            (2, true) => match self.random.below(3) {
                0 => format!("{}.p", self.place(3)),
                1 => format!("{}.err", self.place(9)),
                _ => format!("{}[%i]", self.place(8)),
            },
            (3, true) => format!("{}.some", self.place(4)),
            (4, true) => format!("{}.next", self.place(3)),
            (5, true) => format!("{}.Link.1", self.place(5)),
            _ => self.var(kind),
        }
    }

    fn function(&mut self, at: usize) {
        self.body.clear();
        self.locals.clear();
        (self.blocks, self.temps) = (0, 0);
        self.locals.push("%i: Int".into());
        self.locals.push("%cond: Bool".into());
        self.line("%i = 0");
        for (kind, (letter, ty)) in POOL.iter().enumerate() {
            for copy in 0..COPIES {
                let name = format!("%{letter}{copy}");
                self.locals.push(format!("{name}: {ty}"));
                let source = if self.random.below(2) == 0 || copy == 0 {
                    format!("%{letter}p")
                } else {
                    format!("%{letter}{}", copy - 1)
                };
                let _ = kind;
                self.line(format!("{name} = {source}"));
            }
        }
        self.statements(2);
        let result = self.place(3);
        self.line(format!("return {result}"));
        let params: Vec<String> = POOL.iter().map(|(l, ty)| format!("%{l}p: {ty}")).collect();
        let _ = writeln!(self.out, "fn f{at}({}) -> Node {{", params.join(", "));
        let _ = writeln!(self.out, "  local {}", self.locals.join(", "));
        // The text form wants blocks in order.
        let body = format!("bb0:\n{}", self.body);
        let mut blocks: Vec<(usize, String)> = Vec::new();
        for line in body.lines() {
            match line.strip_prefix("bb").and_then(|l| l.strip_suffix(':')) {
                Some(number) => blocks.push((number.parse().expect("a number"), String::new())),
                None => {
                    let (_, text) = blocks.last_mut().expect("bb0 comes first");
                    let _ = writeln!(text, "{line}");
                }
            }
        }
        blocks.sort();
        for (number, text) in blocks {
            let _ = write!(self.out, "bb{number}:\n{text}");
        }
        self.out.push_str("}\n");
    }

    fn statements(&mut self, depth: usize) {
        for _ in 0..2 + self.random.below(5) {
            self.statement(depth);
        }
    }

    fn statement(&mut self, depth: usize) {
        match self.random.below(if depth > 0 { 14 } else { 11 }) {
            0..=2 => {
                let kind = self.random.below(POOL.len());
                let (dest, source) = (self.variable(kind), self.place(kind));
                self.line(format!("{dest} = {source}"));
            }
            3 => {
                // An alias and its use.
                let kind = self.random.below(POOL.len());
                let (temp, source) = (self.temp(POOL[kind].1), self.place(kind));
                self.line(format!("{temp} = {source}"));
                let again = self.random.below(POOL.len());
                let (dest, other) = (self.variable(again), self.place(again));
                self.line(format!("{dest} = {other}"));
                let dest = self.variable(kind);
                self.line(format!("{dest} = {temp}"));
            }
            4 => {
                let (list, value) = (self.variable(1), self.place(0));
                let temp = self.temp("List<String>");
                self.line(format!("{temp} = push {list}, {value}"));
                self.line(format!("{list} = {temp}"));
            }
            5 => {
                let (text, more) = (self.variable(0), self.place(0));
                let temp = self.temp("String");
                self.line(format!("{temp} = call @fuse_text_push({text}, {more})"));
                self.line(format!("{text} = {temp}"));
            }
            6 => self.update(),
            7 => self.make(),
            8 => {
                let callee = self.random.below(FUNCTIONS);
                let args: Vec<String> = (0..POOL.len()).map(|kind| self.place(kind)).collect();
                let dest = self.variable(3);
                self.line(format!("{dest} = call f{callee}({})", args.join(", ")));
            }
            9 => {
                let (map, key, value) = (self.variable(6), self.place(0), self.place(0));
                let (k, v) = (self.temp("String"), self.temp("String"));
                self.line(format!("{k} = {key}"));
                self.line(format!("{v} = {value}"));
                self.line(format!("make_unique {map}"));
                self.line(format!("map_set {map}, {k}, {v}"));
            }
            10 => {
                let text = self.place(0);
                self.line(format!("%i = len {text}"));
                let text = self.place(0);
                self.line(format!("call @fuse_print({text})"));
            }
            11 => {
                let (then, otherwise, done) = (self.block(), self.block(), self.block());
                self.line("%cond = lt %i, 3");
                self.line(format!("branch %cond, bb{then}, bb{otherwise}"));
                self.start(then);
                self.statements(depth - 1);
                self.line(format!("goto bb{done}"));
                self.start(otherwise);
                match self.random.below(5) {
                    0 => self.line("fault NullAccess"),
                    1 => {
                        let result = self.place(3);
                        self.line(format!("return {result}"));
                    }
                    _ => {
                        self.statements(depth - 1);
                        self.line(format!("goto bb{done}"));
                    }
                }
                self.start(done);
            }
            12 => {
                let (head, body, done) = (self.block(), self.block(), self.block());
                self.line(format!("goto bb{head}"));
                self.start(head);
                self.line("%cond = lt %i, 9");
                self.line(format!("branch %cond, bb{body}, bb{done}"));
                self.start(body);
                self.statements(depth - 1);
                self.line("%i = add.nowrap %i, 1");
                self.line(format!("goto bb{head}"));
                self.start(done);
            }
            _ => {
                let (some, none) = (self.block(), self.block());
                let option = self.place(4);
                let tag = self.temp("Int");
                self.line(format!("{tag} = tag {option}"));
                self.line(format!("switch {tag} {{ 1: bb{some}, else: bb{none} }}"));
                self.start(some);
                let inner = self.temp("Node");
                self.line(format!("{inner} = {option}.some"));
                self.statements(depth - 1);
                let dest = self.variable(3);
                self.line(format!("{dest} = {inner}"));
                self.line(format!("goto bb{none}"));
                self.start(none);
            }
        }
    }

    fn update(&mut self) {
        let value = self.place(0);
        let temp = self.temp("String");
        self.line(format!("{temp} = {value}"));
        match self.random.below(6) {
            0 => {
                let list = self.variable(1);
                self.line(format!("make_unique {list}"));
                self.line(format!("{list}[0] = {temp}"));
            }
            1 => {
                let node = self.variable(3);
                self.line(format!("make_unique {node}"));
                self.line(format!("{node}.name = {temp}"));
            }
            2 => {
                let node = self.variable(3);
                self.line(format!("make_unique {node}"));
                self.line(format!("make_unique {node}.p.tags"));
                self.line(format!("{node}.p.tags[%i] = {temp}"));
            }
            3 => {
                let person = self.variable(2);
                self.line(format!("{person}.name = {temp}"));
            }
            4 => {
                let list = self.variable(8);
                self.line(format!("make_unique {list}"));
                self.line(format!("make_unique {list}[%i].tags"));
                self.line(format!("{list}[%i].tags[0] = {temp}"));
            }
            _ => {
                let held = self.place(7);
                self.line(format!("{held}.content = {temp}"));
            }
        }
    }

    fn make(&mut self) {
        match self.random.below(6) {
            0 => {
                let (name, tags, dest) = (self.place(0), self.place(1), self.variable(2));
                self.line(format!("{dest} = make struct({name}, 1, {tags})"));
            }
            1 => {
                let parts = (self.place(0), self.place(4), self.place(2));
                let dest = self.variable(3);
                self.line(format!(
                    "{dest} = make struct({}, {}, {})",
                    parts.0, parts.1, parts.2
                ));
            }
            2 => {
                let (node, dest) = (self.place(3), self.variable(4));
                self.line(format!("{dest} = make some({node})"));
            }
            3 => {
                let (name, rest, dest) = (self.place(0), self.place(5), self.variable(5));
                self.line(format!("{dest} = make Link({name}, {rest})"));
            }
            4 => {
                let (a, b, dest) = (self.place(0), self.place(0), self.variable(1));
                self.line(format!("{dest} = list [{a}, {b}, \"x\"] capacity 0"));
            }
            _ => {
                let (person, dest) = (self.place(2), self.variable(9));
                self.line(format!("{dest} = make err({person})"));
            }
        }
    }
}

#[test]
fn random_programs_are_certified() {
    for seed in 0..60 {
        let source = Generator::program(seed);
        let mut program = parse(&source).unwrap_or_else(|e| panic!("{e:#?}\n{source}"));
        let mut layouts = Layouts::compute(&program.types);
        let problems = verify(&program, &layouts);
        assert!(problems.is_empty(), "seed {seed}: {problems:#?}\n{source}");

        if seed % 2 == 0 {
            simplify::run(&mut program);
            let problems = verify(&program, &layouts);
            assert!(problems.is_empty(), "seed {seed}: {problems:#?}\n{source}");
        }
        ownership::run(&mut program, &layouts);
        for problems in [
            verify(&program, &layouts),
            certify::certify(&program, &layouts),
        ] {
            if let Some(first) = problems.first() {
                panic!("seed {seed}: {first}\n{source}\n{}", print(&program));
            }
        }

        expand::run(&mut program, &mut layouts);
        let problems = verify(&program, &layouts);
        if let Some(first) = problems.first() {
            panic!("seed {seed}: {first}\n{}", print(&program));
        }
        let text = print(&program);
        let again = parse(&text).unwrap_or_else(|e| panic!("seed {seed}: {e:#?}"));
        assert_eq!(print(&again), text, "seed {seed}");
    }
}
