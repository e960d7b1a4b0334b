//! What the language provides: tables of methods, functions and namespaces, and how calls of them are typed.

mod arguments;
mod functions;
mod methods;
mod names;
mod table;

pub(crate) use names::{usual_form, usual_names};
pub(crate) use table::{functions, has_method, is_constructor, is_function, is_open, method_names};
