//! Everything inside a value, as text.

use super::Oracle;
use crate::render::is_plain;
use crate::tree::Ty;
use crate::value::Value;

impl Oracle<'_> {
    /// The text of the functions `render` writes for types whose own text hides something.
    pub(super) fn show(&self, value: &Value, ty: &Ty) -> String {
        let program = self.program;
        if is_plain(program, ty, 0) {
            return value.display(program);
        }
        match (value, ty) {
            (Value::List(items), Ty::List(of)) => {
                let items: Vec<String> = items.iter().map(|v| self.show(v, of) + ";").collect();
                format!("[{}]", items.concat())
            }
            (Value::Map(entries), Ty::Map(of)) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(k, v)| format!("{k}:{};", self.show(v, of)))
                    .collect();
                format!("{{{}}}", entries.concat())
            }
            (Value::Opt(None), _) => "null".to_owned(),
            (Value::Opt(Some(value)), Ty::Opt(of)) => format!("?{}", self.show(value, of)),
            (Value::Res(Ok(value)), Ty::Res(of)) => format!("ok {}", self.show(value, of)),
            (Value::Res(Err(error)), _) => match &**error {
                Value::Struct(_, parts) => format!(
                    "err {}/{}",
                    parts[0].display(program),
                    parts[1].display(program)
                ),
                other => other.display(program),
            },
            (Value::Struct(decl, values), _) => {
                let parts: Vec<String> = program.structs[*decl]
                    .fields
                    .iter()
                    .zip(values)
                    .map(|(f, v)| format!("{}={}", f.name, self.show(v, &f.ty)))
                    .collect();
                format!("({})", parts.join(","))
            }
            (Value::Enum(decl, variant, values), _) => {
                let (name, types) = &program.enums[*decl].variants[*variant];
                let parts: Vec<String> = values
                    .iter()
                    .zip(types)
                    .map(|(v, ty)| format!("/{}", self.show(v, ty)))
                    .collect();
                format!("{name}{}", parts.concat())
            }
            (other, _) => other.display(program),
        }
    }
}
