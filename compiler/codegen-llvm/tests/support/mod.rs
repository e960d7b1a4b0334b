//! Writes MIR programs by hand, compiles, links and runs them.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::{Path, PathBuf};
use std::process::Command;

use fuse_abi::{FaultKind, RuntimeFn};
use fuse_codegen_llvm::{Artifact, OptLevel, Options, Outputs, Target, compile};
use fuse_ir::layout::{Layouts, decide_boxing};
use fuse_ir::mir::*;

/// A program being written.
pub struct Builder {
    pub program: Program,
}

impl Builder {
    pub fn new() -> Builder {
        let mut program = Program::new();
        program.phase = Phase::Expanded;
        program.files.push("app.fuse".to_string());
        Builder { program }
    }

    pub fn ty(&mut self, ty: Type) -> TypeId {
        self.program.types.intern(ty)
    }

    pub fn structure(&mut self, name: &str, fields: &[(&str, TypeId)]) -> TypeId {
        let id = self.program.types.structs.push(StructDef {
            partial: None,
            name: name.to_string(),
            fields: fields
                .iter()
                .map(|&(name, ty)| Field {
                    name: name.to_string(),
                    ty,
                })
                .collect(),
            boxed: false,
        });
        self.ty(Type::Struct(id))
    }

    pub fn enumeration(&mut self, name: &str, variants: &[(&str, &[TypeId])]) -> TypeId {
        let id = self.program.types.enums.push(EnumDef {
            name: name.to_string(),
            variants: variants
                .iter()
                .map(|&(name, payload)| Variant {
                    name: name.to_string(),
                    payload: payload.to_vec(),
                })
                .collect(),
            boxed: false,
        });
        self.ty(Type::Enum(id))
    }

    pub fn text(&mut self, text: &str) -> Operand {
        Operand::Const(Const::Str(self.program.string(text.as_bytes())))
    }

    /// Starts a function; finish it with [`Body::finish`].
    pub fn function(
        &mut self,
        name: &str,
        kind: FunctionKind,
        params: &[(&str, TypeId, Mode)],
        ret: TypeId,
    ) -> Body<'_> {
        let function = self.empty(name, kind, params, ret);
        let id = self.program.functions.push(function);
        Body {
            builder: self,
            id,
            block: BlockId::from_u32(0),
            line: 1,
        }
    }

    pub fn user(&mut self, name: &str, params: &[(&str, TypeId)], ret: TypeId) -> Body<'_> {
        let params: Vec<_> = params
            .iter()
            .map(|&(name, ty)| (name, ty, Mode::Borrowed))
            .collect();
        self.function(name, FunctionKind::User, &params, ret)
    }

    /// A `main` entry: `(flags: Raw) -> Int`.
    pub fn main(&mut self) -> Body<'_> {
        let (raw, int) = (self.ty(Type::Raw), self.ty(Type::Int));
        let body = self.function(
            "main",
            FunctionKind::Entry,
            &[("flags", raw, Mode::Borrowed)],
            int,
        );
        body.builder.program.entry.main = Some(MainEntry {
            function: body.id,
            doc: "does it".to_string(),
            flags: Vec::new(),
        });
        body
    }

    fn empty(
        &mut self,
        name: &str,
        kind: FunctionKind,
        params: &[(&str, TypeId, Mode)],
        ret: TypeId,
    ) -> Function {
        let loc = self.program.loc(Loc {
            file: 0,
            line: 1,
            column: 1,
        });
        let mut function = Function {
            name: name.to_string(),
            kind,
            params: params.iter().map(|&(_, _, mode)| mode).collect(),
            ret,
            locals: Default::default(),
            blocks: Default::default(),
            effects: Effects::default(),
            loc,
        };
        for &(name, ty, ownership) in params {
            function.locals.push(LocalDecl {
                name: name.to_string(),
                ty,
                ownership,
            });
        }
        function.blocks.push(Block::default());
        function
    }

    pub fn compile(&mut self, opt: OptLevel) -> Artifact {
        self.compile_with(&options(opt))
    }

    pub fn compile_with(&mut self, options: &Options) -> Artifact {
        decide_boxing(&mut self.program.types);
        let layouts = Layouts::compute(&self.program.types);
        compile(&self.program, &layouts, options).expect("the program compiles")
    }

    /// IR after O2.
    pub fn optimised(&mut self) -> String {
        self.compile(OptLevel::O2).ir_after.expect("asked for")
    }

    /// Standard output and exit code, the same at O0 and O2, at any address and at a fixed one.
    pub fn run(&mut self) -> (String, i32) {
        self.run_with(&[])
    }

    pub fn run_with(&mut self, arguments: &[&str]) -> (String, i32) {
        let plain = execute(&self.compile(OptLevel::O0), "-pie", &[], arguments);
        let optimised = self.compile(OptLevel::O2);
        for place in ["-pie", "-no-pie"] {
            let other = execute(&optimised, place, &[], arguments);
            assert_eq!(plain, other, "levels or places disagree");
        }
        plain
    }
}

pub fn options(opt: OptLevel) -> Options<'static> {
    Options {
        target: Target::X86_64Linux,
        cpu: None,
        opt,
        debug_info: false,
        core_bitcode: None,
        address_sanitizer: false,
        release: true,
        outputs: Outputs {
            ir_before: true,
            ir_after: true,
            asm: true,
            object: true,
        },
    }
}

fn support(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/support")
        .join(name)
}

/// Links with the C stub of the runtime, `-pie` or `-no-pie`, and runs.
pub fn execute(
    artifact: &Artifact,
    place: &str,
    defines: &[&str],
    arguments: &[&str],
) -> (String, i32) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let object = directory.path().join("app.o");
    let executable = directory.path().join("app");
    std::fs::write(&object, artifact.object.as_ref().expect("asked for")).expect("written");
    let linked = Command::new("clang-22")
        .args(["-O1", "-w", place])
        .args(defines)
        .arg(support("runtime.c"))
        .arg(&object)
        .arg("-lm")
        .arg("-o")
        .arg(&executable)
        .output()
        .expect("clang-22 runs");
    assert!(
        linked.status.success(),
        "{}",
        String::from_utf8_lossy(&linked.stderr)
    );
    let ran = Command::new(&executable)
        .args(arguments)
        .output()
        .expect("the program runs");
    (
        String::from_utf8(ran.stdout).expect("UTF-8"),
        ran.status.code().unwrap_or(-1),
    )
}

/// Bitcode of `core.c`, standing for `runtime-c-abi/core`.
pub fn core_bitcode() -> Vec<u8> {
    let output = Command::new("clang-22")
        .args(["-O2", "-emit-llvm", "-c", "-fPIC", "-o", "-"])
        .arg(support("core.c"))
        .output()
        .expect("clang-22 runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// The definition of a function in printed IR, from `define` to the closing brace.
pub fn definition<'a>(ir: &'a str, name: &str) -> &'a str {
    let quoted = format!("@\"fuse::{name}\"(");
    let at = ir
        .match_indices("\ndefine ")
        .map(|(at, _)| at + 1)
        .find(|&at| {
            ir[at..]
                .lines()
                .next()
                .is_some_and(|line| line.contains(&quoted))
        })
        .unwrap_or_else(|| panic!("no function {name} in\n{ir}"));
    let end = ir[at..].find("\n}").expect("a closing brace") + at;
    &ir[at..end]
}

/// Runs FileCheck with the checks on the text.
pub fn file_check(text: &str, checks: &str) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (input, check) = (
        directory.path().join("input"),
        directory.path().join("check"),
    );
    std::fs::write(&input, text).expect("written");
    std::fs::write(&check, checks).expect("written");
    let output = Command::new("FileCheck-22")
        .arg(&check)
        .arg("--input-file")
        .arg(&input)
        .output()
        .expect("FileCheck-22 runs");
    assert!(
        output.status.success(),
        "{}\n{text}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A function being written.
pub struct Body<'b> {
    pub builder: &'b mut Builder,
    pub id: FuncId,
    pub block: BlockId,
    line: u32,
}

impl Body<'_> {
    pub fn mir(&mut self) -> &mut Function {
        &mut self.builder.program.functions[self.id]
    }

    pub fn param(&self, index: u32) -> LocalId {
        LocalId::from_u32(index)
    }

    pub fn ty(&mut self, ty: Type) -> TypeId {
        self.builder.ty(ty)
    }

    pub fn local(&mut self, name: &str, ty: TypeId) -> LocalId {
        self.mir().locals.push(LocalDecl {
            name: name.to_string(),
            ty,
            ownership: Mode::Owned,
        })
    }

    pub fn int(&mut self, name: &str) -> LocalId {
        let int = self.ty(Type::Int);
        self.local(name, int)
    }

    pub fn new_block(&mut self) -> BlockId {
        self.mir().blocks.push(Block::default())
    }

    pub fn go_to(&mut self, block: BlockId) {
        self.block = block;
    }

    /// Every statement gets a line of its own.
    pub fn push(&mut self, kind: StatementKind) {
        self.line += 1;
        let loc = self.builder.program.loc(Loc {
            file: 0,
            line: self.line,
            column: 3,
        });
        let block = self.block;
        self.mir().blocks[block]
            .statements
            .push(Statement { kind, loc });
    }

    pub fn assign(&mut self, place: impl Into<P>, rvalue: Rvalue) {
        self.push(StatementKind::Assign(place.into().0, rvalue));
    }

    pub fn set(&mut self, place: impl Into<P>, operand: impl Into<O>) {
        self.assign(place, Rvalue::Use(operand.into().0));
    }

    pub fn binary(
        &mut self,
        op: BinaryOp,
        place: impl Into<P>,
        left: impl Into<O>,
        right: impl Into<O>,
    ) {
        self.assign(place, Rvalue::Binary(op, left.into().0, right.into().0));
    }

    pub fn unary(&mut self, op: UnaryOp, place: impl Into<P>, operand: impl Into<O>) {
        self.assign(place, Rvalue::Unary(op, operand.into().0));
    }

    pub fn call(&mut self, dest: impl Into<P>, callee: FuncId, args: Vec<Operand>) {
        self.push(StatementKind::Call {
            dest: Some(dest.into().0),
            callee: Callee::Function(callee),
            args,
        });
    }

    pub fn row(&mut self, dest: Option<LocalId>, row: RuntimeFn, args: Vec<Operand>) {
        self.push(StatementKind::Call {
            dest: dest.map(Place::local),
            callee: Callee::Runtime(row),
            args,
        });
    }

    pub fn check(&mut self, condition: LocalId, fault: FaultKind) {
        self.push(StatementKind::Check {
            condition: copy(condition),
            fault,
        });
    }

    /// Prints `label` followed by the Int.
    pub fn show(&mut self, label: &str, value: impl Into<O>) {
        let string = self.ty(Type::String);
        let text = self.local("", string);
        let label = self.builder.text(label);
        self.row(
            Some(text),
            RuntimeFn::TextPushInt,
            vec![label, value.into().0],
        );
        self.row(None, RuntimeFn::Print, vec![copy(text)]);
    }

    pub fn end(&mut self, terminator: Terminator) {
        let block = self.block;
        self.mir().blocks[block].terminator = terminator;
    }

    pub fn goto(&mut self, block: BlockId) {
        self.end(Terminator::Goto(block));
    }

    pub fn branch(&mut self, condition: LocalId, then: BlockId, otherwise: BlockId) {
        self.end(Terminator::Branch {
            condition: copy(condition),
            then,
            otherwise,
        });
    }

    pub fn ret(&mut self, operand: impl Into<O>) {
        self.end(Terminator::Return(operand.into().0));
    }
}

/// Reads a local or place.
pub fn copy(place: impl Into<P>) -> Operand {
    Operand::Copy(place.into().0)
}

/// Something that names a place.
pub struct P(Place);

impl From<LocalId> for P {
    fn from(local: LocalId) -> P {
        P(Place::local(local))
    }
}

impl From<Place> for P {
    fn from(place: Place) -> P {
        P(place)
    }
}

impl From<GlobalId> for P {
    fn from(global: GlobalId) -> P {
        P(Place::global(global))
    }
}

/// Something that is an operand.
pub struct O(Operand);

impl From<O> for Operand {
    fn from(operand: O) -> Operand {
        operand.0
    }
}

impl From<Operand> for O {
    fn from(operand: Operand) -> O {
        O(operand)
    }
}

impl From<LocalId> for O {
    fn from(local: LocalId) -> O {
        O(copy(local))
    }
}

impl From<Place> for O {
    fn from(place: Place) -> O {
        O(copy(place))
    }
}

impl From<i64> for O {
    fn from(value: i64) -> O {
        O(Operand::Const(Const::Int(value)))
    }
}

impl From<f64> for O {
    fn from(value: f64) -> O {
        O(Operand::Const(Const::Float(value)))
    }
}

impl From<bool> for O {
    fn from(value: bool) -> O {
        O(Operand::Const(Const::Bool(value)))
    }
}
