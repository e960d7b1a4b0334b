//! Each stage of the compiler on programs of 1,000, 10,000 and 100,000 lines; throughput is in lines. Code for executables is made of
//! the first two only. `cargo run -p fuse-stages` shows all as one table.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{
    BatchSize, BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
};
use fuse_ir::layout::Layouts;
use fuse_ir::pipeline::{self, Prepared};
use fuse_ir::{certify, expand, mir, ownership, simplify};
use fuse_link::{LinkProfile, LinkRequest, Sysroot};
use fuse_package::ModuleGraph;
use fuse_stages::{SIZES, STAGES, lines, program};
use fuse_syntax::diagnostic::Severity;
use fuse_syntax::span::FileId;

/// LLVM takes its time with more.
const LARGEST_FOR_LLVM: usize = 10_000;

/// The measurements of programs of one size.
struct Group<'c> {
    group: BenchmarkGroup<'c, WallTime>,
    size: usize,
}

impl Group<'_> {
    fn id(&self, stage: &str) -> BenchmarkId {
        assert!(STAGES.contains(&stage), "{stage} is not in the table");
        BenchmarkId::new(stage, self.size)
    }

    fn measure<R>(&mut self, stage: &str, mut work: impl FnMut() -> R) {
        let id = self.id(stage);
        self.group
            .bench_function(id, |b| b.iter(|| black_box(work())));
    }

    /// For stages that change the program they are given.
    fn measure_on(
        &mut self,
        stage: &str,
        before: &mir::Program,
        mut work: impl FnMut(&mut mir::Program, &mut Layouts),
    ) {
        let id = self.id(stage);
        let fresh = || (before.clone(), Layouts::compute(&before.types));
        self.group.bench_function(id, |b| {
            b.iter_batched(
                fresh,
                |(mut program, mut layouts)| {
                    work(&mut program, &mut layouts);
                    (program, layouts)
                },
                BatchSize::PerIteration,
            );
        });
    }
}

fn graph(files: &[(String, String)]) -> ModuleGraph {
    let sources: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let loaded = fuse_package::load_memory(&sources);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    loaded.graph
}

fn checked(graph: &ModuleGraph) -> fuse_sema::program::Program {
    let (program, found) = fuse_sema::check(graph);
    let errors: Vec<_> = found
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    program.expect("no errors, so a program")
}

fn stages(criterion: &mut Criterion) {
    for size in SIZES {
        let files = program(size);
        let mut group = criterion.benchmark_group("stage");
        group
            .throughput(Throughput::Elements(lines(&files) as u64))
            .sample_size(10)
            .warm_up_time(Duration::from_secs(1))
            .measurement_time(Duration::from_secs(3));
        let mut group = Group { group, size };
        let lowered = front(&mut group, &files);
        let prepared = middle(&mut group, lowered);
        group.measure("cranelift", || cranelift(&prepared));
        if size <= LARGEST_FOR_LLVM {
            executable(&mut group, &prepared);
        }
        group.group.finish();
    }
}

/// From text to MIR.
fn front(group: &mut Group<'_>, files: &[(String, String)]) -> mir::Program {
    let of_file = |at: usize| FileId(at as u32);
    group.measure("lex", || {
        for (at, (_, text)) in files.iter().enumerate() {
            black_box(fuse_syntax::count_tokens(of_file(at), text));
        }
    });
    group.measure("parse", || {
        for (at, (_, text)) in files.iter().enumerate() {
            black_box(fuse_syntax::parse(of_file(at), text));
        }
    });
    let graph = graph(files);
    group.measure("check", || fuse_sema::check(&graph));
    let program = checked(&graph);
    let lower = || fuse_ir::lower::lower(&program, &graph.files).expect("nothing unsupported");
    group.measure("lower", lower);
    lower()
}

/// The passes on MIR.
fn middle(group: &mut Group<'_>, lowered: mir::Program) -> Prepared {
    group.measure_on("simplify", &lowered, |program, _| simplify::run(program));
    let mut simplified = lowered.clone();
    simplify::run(&mut simplified);
    group.measure_on("ownership", &simplified, |program, layouts| {
        ownership::run(program, layouts);
    });
    let layouts = Layouts::compute(&simplified.types);
    ownership::run(&mut simplified, &layouts);
    let owned = simplified;
    group.measure("certify", || certify::certify(&owned, &layouts));
    group.measure_on("expand", &owned, expand::run);
    let options = pipeline::Options {
        check: false,
        optimise: true,
    };
    pipeline::prepare(lowered, options).expect("sound MIR")
}

fn cranelift(prepared: &Prepared) -> fuse_codegen_cranelift::JitProgram {
    fuse_codegen_cranelift::compile(
        &prepared.program,
        &prepared.layouts,
        &fuse_runtime::symbols(),
        &fuse_codegen_cranelift::Options::default(),
    )
    .expect("compiles")
}

/// What `fuse build --release` does from there.
fn executable(group: &mut Group<'_>, prepared: &Prepared) {
    use fuse_codegen_llvm::{OptLevel, Options, Outputs, Target};

    let sysroot = Sysroot::locate(fuse_link::Target::LinuxX64Gnu)
        .expect("a sysroot: `cargo xtask sysroot` makes it");
    let bitcode = std::fs::read(sysroot.core_bitcode()).expect("the runtime's bitcode");
    let options = Options {
        target: Target::X86_64Linux,
        cpu: None,
        opt: OptLevel::O2,
        debug_info: true,
        core_bitcode: Some(&bitcode),
        release: true,
        address_sanitizer: false,
        outputs: Outputs::OBJECT,
    };
    let compile = || {
        fuse_codegen_llvm::compile(&prepared.program, &prepared.layouts, &options)
            .expect("compiles")
    };
    group.measure("llvm-o2", compile);
    let scratch = tempfile::tempdir().expect("a directory");
    let object = scratch.path().join("program.o");
    std::fs::write(&object, compile().object.expect("an object")).expect("room for it");
    group.measure("link", || link(&sysroot, &object, scratch.path()));
}

fn link(sysroot: &Sysroot, object: &Path, directory: &Path) {
    let request = LinkRequest {
        target: fuse_link::Target::LinuxX64Gnu,
        profile: LinkProfile::Release,
        object,
        extra_objects: &[],
        output: &directory.join("program"),
        symbols: None,
        build_info: "",
        sysroot,
    };
    fuse_link::link(&request).expect("links");
}

criterion_group!(benches, stages);
criterion_main!(benches);
