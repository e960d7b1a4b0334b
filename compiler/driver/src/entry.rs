//! What of a program starts.

use fuse_ir::mir;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::{Checked, DriverError};

/// The app to start: the requested one, else the manifest's choice. `None` leaves it to the program: its first app, or `main`.
///
/// # Errors
/// [`DriverError::AppNotFound`] for a name the program does not declare, [`DriverError::NoApp`] when it declares nothing to start.
pub fn chosen_app(
    checked: &Checked,
    requested: Option<&str>,
) -> Result<Option<String>, DriverError> {
    let program = &checked.program;
    let configured = checked
        .manifest
        .as_ref()
        .and_then(|m| m.package.app.as_deref());
    match requested.or(configured) {
        Some(name) if program.apps.iter().any(|app| app.name == name) => Ok(Some(name.to_owned())),
        Some(name) => Err(DriverError::AppNotFound {
            name: name.to_owned(),
            known: program.apps.iter().map(|app| app.name.clone()).collect(),
        }),
        None if program.apps.is_empty() && program.main.is_none() => {
            let file = checked.graph.module(checked.graph.root).file;
            let span = Span::new(file, 0, 0);
            let found = Diagnostic::error("FUSE_APP_MISSING", span, "no app found")
                .with_hint("declare an `app` block, or `fn main` and pass its flags");
            Err(DriverError::NoApp(Box::new(found)))
        }
        None => Ok(None),
    }
}

/// Makes an app the first, which is the one an executable starts.
pub fn put_first(entry: &mut mir::Entry, app: &str) {
    if let Some(index) = entry.apps.iter().position(|(name, _)| name == app) {
        entry.apps[..=index].rotate_right(1);
    }
}
