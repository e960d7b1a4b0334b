//! What leaves the compiler: entry tables, symbols, debug information, determinism, refusals.

mod support;

use std::process::Command;

use fuse_codegen_llvm::{CodegenError, OptLevel, Options, Outputs, compile};
use fuse_ir::layout::Layouts;
use fuse_ir::mir::*;
use support::*;

fn unit_function(builder: &mut Builder, name: &str, raw: bool) -> FuncId {
    let (unit, raw_type) = (builder.ty(Type::Unit), builder.ty(Type::Raw));
    let params: &[_] = if raw {
        &[("request", raw_type, Mode::Borrowed)]
    } else {
        &[]
    };
    let mut f = builder.function(name, FunctionKind::Entry, params, unit);
    f.show(&format!("in {name} "), 1);
    f.ret(Operand::Const(Const::Unit));
    f.id
}

/// A program using every table.
fn everything() -> Builder {
    let mut builder = Builder::new();
    let mut main = builder.main();
    main.ret(0);
    let run = unit_function(&mut builder, "App", false);
    let get = unit_function(&mut builder, "getUser", true);
    let entry = &mut builder.program.entry;
    entry.apps.push(("Users".to_string(), run));
    entry.config_names.push((
        "APP_".to_string(),
        vec![("APP_DB_URL".to_string(), "App.dbUrl".to_string())],
    ));
    entry.services.push(Service {
        name: "Api".to_string(),
        base: vec!["api".to_string(), "v1".to_string()],
        routes: vec![Route {
            method: "GET",
            segments: vec![
                Segment::Literal("users".to_string()),
                Segment::Param("id".to_string(), "Int".to_string()),
            ],
            function: get,
            has_body: false,
            blocks: true,
        }],
    });
    let main = entry.main.as_mut().expect("has a main");
    main.flags = vec![
        Flag {
            name: "name".to_string(),
            type_name: "String".to_string(),
            is_bool: false,
            required: true,
            default: String::new(),
        },
        Flag {
            name: "fast".to_string(),
            type_name: "Bool".to_string(),
            is_bool: true,
            required: false,
            default: "false".to_string(),
        },
    ];
    builder
}

#[test]
fn entry_tables_say_what_the_program_has() {
    let expected = "info room 256 stack 0 release 1
config APP_ APP_DB_URL App.dbUrl
app Users
in App 1
service Api /api /v1
route GET body 0 blocks 1: users id?
in getUser 1
main does it
flag name String bool 0 required 1 default 
flag fast Bool bool 1 required 0 default false
";
    assert_eq!(
        everything().run_with(&["describe"]),
        (expected.to_string(), 0)
    );
}

#[test]
fn programs_without_main_do_not_need_the_flag_binder() {
    let mut builder = Builder::new();
    let run = unit_function(&mut builder, "App", false);
    builder.program.entry.apps.push(("Only".to_string(), run));
    let artifact = builder.compile(OptLevel::O2);
    assert!(
        !artifact
            .ir_after
            .expect("asked for")
            .contains("fuse_run_main")
    );
    assert_eq!(builder.run(), ("in App 1\n".to_string(), 0));
}

#[test]
fn only_the_descriptor_leaves() {
    let artifact = everything().compile(OptLevel::O0);
    let directory = tempfile::tempdir().expect("a temporary directory");
    let object = directory.path().join("app.o");
    std::fs::write(&object, artifact.object.expect("asked for")).expect("written");
    let output = Command::new("llvm-nm-22")
        .args(["--extern-only", "--defined-only", "--format=just-symbols"])
        .arg(&object)
        .output()
        .expect("llvm-nm-22 runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "fuse_program\n");
}

#[test]
fn the_same_program_gives_the_same_bytes() {
    for opt in [OptLevel::O0, OptLevel::O2] {
        let options = Options {
            debug_info: true,
            ..options(opt)
        };
        let first = everything().compile_with(&options).object;
        assert_eq!(first, everything().compile_with(&options).object);
    }
}

#[test]
fn line_tables_name_relative_sources() {
    let artifact = everything().compile_with(&Options {
        debug_info: true,
        ..options(OptLevel::O2)
    });
    let directory = tempfile::tempdir().expect("a temporary directory");
    let object = directory.path().join("app.o");
    std::fs::write(&object, artifact.object.expect("asked for")).expect("written");
    let output = Command::new("llvm-dwarfdump-22")
        .args(["--debug-info", "--debug-line"])
        .arg(&object)
        .output()
        .expect("llvm-dwarfdump-22 runs");
    let dump = String::from_utf8_lossy(&output.stdout);
    file_check(
        &dump,
        r#"CHECK: DW_AT_producer ("fuse")
           CHECK: DW_AT_name ("app.fuse")
           CHECK: DW_AT_comp_dir ("/fuse/src")
           CHECK: is_stmt
        "#,
    );
    let here = std::env::current_dir().expect("a directory");
    assert!(!dump.contains(&*here.to_string_lossy()), "{dump}");
}

#[test]
fn without_debug_information_there_are_no_tables() {
    let artifact = everything().compile(OptLevel::O2);
    let asm = artifact.asm.expect("asked for");
    assert!(!asm.contains(".cfi_startproc"), "{asm}");
    assert!(!asm.contains(".debug_"), "{asm}");
}

#[test]
fn other_phases_are_refused() {
    let mut builder = everything();
    builder.program.phase = Phase::Owned;
    let layouts = Layouts::compute(&builder.program.types);
    let error = compile(&builder.program, &layouts, &options(OptLevel::O0))
        .map(|_| ())
        .expect_err("refused");
    assert_eq!(error, CodegenError::Phase(Phase::Owned));
    assert_eq!(error.code(), "llvm_phase");
}

#[test]
fn broken_core_bitcode_is_reported() {
    let mut builder = everything();
    builder.program.phase = Phase::Expanded;
    let layouts = Layouts::compute(&builder.program.types);
    for bitcode in [&b""[..], b"not bitcode", b"BC\xc0\xde\0\0\0\0"] {
        let error = compile(
            &builder.program,
            &layouts,
            &Options {
                core_bitcode: Some(bitcode),
                ..options(OptLevel::O0)
            },
        )
        .map(|_| ())
        .expect_err("refused");
        assert_eq!(error.code(), "llvm_core_bitcode");
    }
}

#[test]
fn only_what_is_asked_for_is_made() {
    let artifact = everything().compile_with(&Options {
        outputs: Outputs::OBJECT,
        ..options(OptLevel::O2)
    });
    assert!(
        artifact
            .object
            .is_some_and(|object| object.starts_with(b"\x7fELF"))
    );
    assert!(artifact.ir_before.is_none() && artifact.ir_after.is_none() && artifact.asm.is_none());
}
