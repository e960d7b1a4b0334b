//! Each stage of the compiler on programs of 1,000, 10,000 and 100,000 lines; throughput is in lines.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use fuse_codegen_llvm::{OptLevel, Options, Outputs, Target};
use fuse_ir::pipeline;
use fuse_package::ModuleGraph;
use fuse_stages::{lines, program};
use fuse_syntax::diagnostic::Severity;
use fuse_syntax::span::FileId;

/// Lines of the programs every stage is measured on.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
/// Code generation takes its time with more.
const LARGEST_FOR_LLVM: usize = 10_000;

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

fn options(opt: OptLevel) -> Options<'static> {
    Options {
        target: Target::X86_64LinuxGnu,
        cpu: None,
        opt,
        debug_info: false,
        core_bitcode: None,
        build_info: String::new(),
        release: true,
        outputs: Outputs::OBJECT,
    }
}

fn stages(criterion: &mut Criterion) {
    for size in SIZES {
        let files = program(size);
        let count = lines(&files);
        let mut group = criterion.benchmark_group("stage");
        group
            .throughput(Throughput::Elements(count as u64))
            .sample_size(10)
            .measurement_time(Duration::from_secs(3));
        let id = |stage: &str| BenchmarkId::new(stage, size);
        group.bench_function(id("parse"), |b| {
            b.iter(|| {
                for (at, (_, text)) in files.iter().enumerate() {
                    black_box(fuse_syntax::parse(FileId(at as u32), text));
                }
            });
        });
        let graph = graph(&files);
        group.bench_function(id("check"), |b| {
            b.iter(|| black_box(fuse_sema::check(&graph)))
        });
        let program = checked(&graph);
        let lower = || fuse_ir::lower::lower(&program, &graph.files).expect("nothing unsupported");
        group.bench_function(id("lower"), |b| b.iter(|| black_box(lower())));
        let lowered = lower();
        let middle = pipeline::Options {
            check: false,
            optimise: true,
        };
        group.bench_function(id("middle"), |b| {
            b.iter(|| black_box(pipeline::prepare(lowered.clone(), middle).expect("sound MIR")));
        });
        if size <= LARGEST_FOR_LLVM {
            let prepared = pipeline::prepare(lowered, middle).expect("sound MIR");
            for (name, opt) in [("llvm-o0", OptLevel::O0), ("llvm-o2", OptLevel::O2)] {
                let options = options(opt);
                group.bench_function(id(name), |b| {
                    b.iter(|| {
                        fuse_codegen_llvm::compile(&prepared.program, &prepared.layouts, &options)
                            .expect("compiles")
                    });
                });
            }
        }
        group.finish();
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
