//! What of a program starts.

use fuse_ir::mir;

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
        None if program.apps.is_empty() && program.main.is_none() => Err(DriverError::NoApp),
        None => Ok(None),
    }
}

/// Makes an app the first, which is the one an executable starts.
pub fn put_first(entry: &mut mir::Entry, app: &str) {
    if let Some(index) = entry.apps.iter().position(|(name, _)| name == app) {
        entry.apps[..=index].rotate_right(1);
    }
}
