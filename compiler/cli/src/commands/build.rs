//! `fuse build`

use std::io::Write;
use std::str::FromStr;

use fuse_driver::aot::{self, AotRequest};
use fuse_driver::{Checked, Emit, Profile, Purpose};
use serde_json::json;

use super::{Outcome, Session};
use crate::args::BuildArgs;
use crate::failure::Failure;

pub fn run(session: &mut Session, args: &BuildArgs) -> Result<Outcome, Failure> {
    if let Some(name) = &args.explain_profile {
        explain(Profile::from_str(name)?);
        return Ok(Outcome::Ok);
    }
    // Names are checked before any work is done.
    let profile = profile(args)?;
    let emit = args.emit.as_deref().map(Emit::from_str).transpose()?;
    if args.clean {
        let root = fuse_driver::package_root(&session.source()?)?;
        session.start();
        aot::clean(&root)?;
        return Ok(Outcome::Ok);
    }
    let Some(checked) = session.check(Purpose::Build)? else {
        return Ok(Outcome::Failed);
    };
    if let Some(emit) = emit {
        let profile = profile.unwrap_or(Profile::Release);
        show(session, args, &checked, emit, profile)?;
    } else if let Some(profile) = profile.or_else(|| configured(&checked)) {
        return executable(session, args, &checked, profile);
    } else if args.output.is_some() {
        return Err(Failure::new("--output needs something to write")
            .with_hint("add `--aot`, `--release` or `--emit`"));
    }
    Ok(Outcome::Ok)
}

fn profile(args: &BuildArgs) -> Result<Option<Profile>, Failure> {
    Ok(match &args.profile {
        Some(name) => Some(Profile::from_str(name)?),
        None if args.release => Some(Profile::Release),
        None if args.aot => Some(Profile::Debug),
        None => None,
    })
}

fn explain(profile: Profile) {
    let mut text = format!("profile {profile}\n");
    for (subject, what) in profile.explanation() {
        text.push_str(&format!("  {subject:<12} {what}\n"));
    }
    // A reader that went away is not our failure.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// A manifest with `[build].native_bin` makes every build one of the debug profile.
fn configured(checked: &Checked) -> Option<Profile> {
    let manifest = checked.manifest.as_ref()?;
    manifest.build.native_bin.as_ref().map(|_| Profile::Debug)
}

fn show(
    session: &mut Session,
    args: &BuildArgs,
    checked: &Checked,
    emit: Emit,
    profile: Profile,
) -> Result<(), Failure> {
    if emit.is_binary() && args.output.is_none() {
        return Err(
            Failure::new(format!("`--emit={}` writes a binary file", emit.name()))
                .with_hint("say where with `--output PATH`"),
        );
    }
    let bytes = fuse_driver::emit(checked, emit, profile, &mut session.timings)?;
    match &args.output {
        Some(path) => fuse_driver::files::write_atomic(path, &bytes)?,
        None => {
            // A reader that went away is not our failure.
            let _ = std::io::stdout().write_all(&bytes);
        }
    }
    Ok(())
}

fn executable(
    session: &mut Session,
    args: &BuildArgs,
    checked: &Checked,
    profile: Profile,
) -> Result<Outcome, Failure> {
    let request = AotRequest {
        profile,
        app: args.source.app.clone(),
        output: args.output.clone(),
    };
    let console = session.console;
    let mut progress = |number: usize, stage: &'static str| {
        let count = aot::STAGES.len();
        console.step("build", &format!("aot [{number}/{count}] {stage}"));
    };
    let built = aot::build(checked, &request, &mut session.timings, &mut progress);
    let Some(report) = session.proceed(checked, built)? else {
        return Ok(Outcome::Failed);
    };
    let path = report.output.display().to_string();
    console.note(
        &format!("{path}: {} bytes, {profile}", report.facts.size),
        &json!({
            "kind": "executable",
            "path": path,
            "profile": profile.name(),
            "size": report.facts.size,
            "build_id": report.build_id.to_string(),
            "symbols": report.symbols.as_ref().map(|path| path.display().to_string()),
        }),
    );
    Ok(Outcome::Ok)
}
