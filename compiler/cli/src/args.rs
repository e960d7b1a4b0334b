//! What can be written on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// The FUSE toolchain: check, run and build FUSE programs.
#[derive(Parser)]
#[command(name = "fuse", version, propagate_version = true)]
#[command(disable_help_subcommand = true, infer_long_args = false)]
pub struct Cli {
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(subcommand)]
    pub command: Command,
}

/// How messages look; before or after the command word.
#[derive(Args, Clone, Copy)]
pub struct OutputArgs {
    /// Form of messages on standard error: text, or one JSON object per line [default: `FUSE_DIAGNOSTICS`, else text].
    #[arg(long, global = true, value_name = "FORM")]
    pub diagnostics: Option<Form>,
    /// Colour in messages.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    Json,
    Text,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
pub enum Command {
    /// Report everything wrong with a program.
    Check(CheckArgs),
    /// Check a program, compile it in memory and run it.
    Run(RunArgs),
    /// Check a program and run its tests.
    Test(TestArgs),
    /// Check a program and apply its pending migrations to the database.
    Migrate(MigrateArgs),
    /// Check a program and build an executable, or show a stage of its compilation.
    Build(BuildArgs),
    /// Work on the dependencies of a package.
    Deps(DepsArgs),
    /// Put source files into the house style.
    Fmt(FmtArgs),
    /// Say what a diagnostic code means.
    Explain(ExplainArgs),
    /// Say what an executable is: who built it, what it needs, how it is hardened.
    Inspect(InspectArgs),
    /// Turn addresses of an executable, or a report of its end, into functions, files and lines.
    Symbolize(SymbolizeArgs),
}

impl Command {
    /// The word on the command line, which also tags step markers.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Check(_) => "check",
            Command::Run(_) => "run",
            Command::Test(_) => "test",
            Command::Migrate(_) => "migrate",
            Command::Build(_) => "build",
            Command::Deps(_) => "deps",
            Command::Fmt(_) => "fmt",
            Command::Explain(_) => "explain",
            Command::Inspect(_) => "inspect",
            Command::Symbolize(_) => "symbolize",
        }
    }
}

/// Which program.
#[derive(Args, Clone, Default)]
pub struct SourceArgs {
    /// Entry file, or the directory of a package [default: the package around the working directory].
    #[arg(value_name = "FILE|DIR")]
    pub entry: Option<PathBuf>,
    /// Entry file.
    #[arg(long, value_name = "PATH", conflicts_with = "entry")]
    pub file: Option<PathBuf>,
    /// Manifest file, or a directory that has one.
    #[arg(long, value_name = "PATH")]
    pub manifest_path: Option<PathBuf>,
    /// App block to run instead of the first.
    #[arg(long, value_name = "NAME")]
    pub app: Option<String>,
    /// Fail instead of changing `fuse.lock`.
    #[arg(long)]
    pub frozen: bool,
    /// Also check capabilities in use, cycles of layers and owners of errors.
    #[arg(long)]
    pub strict_architecture: bool,
    /// Treat warnings as errors.
    #[arg(long)]
    pub deny_warnings: bool,
    /// Show errors only: no step markers, no warnings.
    #[arg(short, long)]
    pub quiet: bool,
    /// Print how long each stage took.
    #[arg(long)]
    pub timings: bool,
}

#[derive(Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    /// Check every package under a directory [default: the working directory].
    #[arg(long, conflicts_with_all = ["file", "manifest_path", "app"])]
    pub workspace: bool,
}

#[derive(Args)]
pub struct RunArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    /// Flags for the program's `fn main`.
    #[arg(last = true, value_name = "ARGS")]
    pub program: Vec<String>,
}

#[derive(Args)]
pub struct MigrateArgs {
    #[command(flatten)]
    pub source: SourceArgs,
}

#[derive(Args)]
pub struct TestArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    /// Run only tests whose names contain this text.
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
}

#[derive(Args)]
pub struct BuildArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    /// Build an executable; without another profile, the debug one.
    #[arg(long)]
    pub aot: bool,
    /// Build an executable with the release profile.
    #[arg(long, conflicts_with = "profile")]
    pub release: bool,
    /// Build an executable with this profile: debug, release, release-with-symbols or static.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Say what a profile does, and stop.
    #[arg(long, value_name = "NAME")]
    pub explain_profile: Option<String>,
    /// Where the executable, or what `--emit` shows, goes.
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Show a stage: ast, program, mir-lowered, mir-owned, mir, llvm-ir, asm or obj.
    #[arg(long, value_name = "STAGE")]
    pub emit: Option<String>,
    /// Remove `.fuse/build` and stop.
    #[arg(long)]
    pub clean: bool,
}

#[derive(Args)]
pub struct DepsArgs {
    #[command(subcommand)]
    pub command: DepsCommand,
}

#[derive(Subcommand)]
pub enum DepsCommand {
    /// Resolve the dependencies and write `fuse.lock`.
    Lock(LockArgs),
}

#[derive(Args)]
pub struct LockArgs {
    /// Manifest file, or a directory that has one [default: the package around the working directory].
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Manifest file, or a directory that has one.
    #[arg(long, value_name = "PATH", conflicts_with = "path")]
    pub manifest_path: Option<PathBuf>,
    /// Fail if the lock does not fit the manifests, and change nothing.
    #[arg(long, overrides_with = "update")]
    pub check: bool,
    /// Resolve everything anew, also what is locked.
    #[arg(long, overrides_with = "check")]
    pub update: bool,
}

#[derive(Args)]
pub struct FmtArgs {
    /// Files, or directories with sources [default: the package around the working directory].
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Change nothing: list the files that would change, and fail if there are any.
    #[arg(long)]
    pub check: bool,
    /// Format standard input to standard output.
    #[arg(long, conflicts_with = "paths")]
    pub stdin: bool,
}

#[derive(Args)]
pub struct ExplainArgs {
    /// A code such as `FUSE_SYNTAX_EXPECTED` [default: list all codes].
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
}

#[derive(Args)]
pub struct InspectArgs {
    #[arg(value_name = "EXECUTABLE")]
    pub executable: PathBuf,
    /// List bytes of machine code by part of the runtime, by source file and by function.
    #[arg(long)]
    pub sizes: bool,
    /// Only check what every executable promises; exit with 1 when something is off.
    #[arg(long, conflicts_with = "sizes")]
    pub verify: bool,
}

#[derive(Args)]
pub struct SymbolizeArgs {
    /// The executable, or its symbols file [default: .fuse/build/program.aot].
    #[arg(value_name = "EXECUTABLE")]
    pub executable: Option<PathBuf>,
    /// Hexadecimal addresses, as in a report's `pc=`.
    #[arg(value_name = "ADDRESS")]
    pub addresses: Vec<String>,
    /// A file with what the executable wrote when it ended; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "addresses")]
    pub report: Option<PathBuf>,
}
