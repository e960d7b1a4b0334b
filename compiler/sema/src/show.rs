//! Types as text: for messages, and unique for function names.

use crate::types::{Constraint, EnumKind, RefinementId, Type, TypeId, TypeTable};

impl TypeTable {
    /// The type as users write it.
    pub fn display(&self, ty: TypeId) -> String {
        self.text(ty, false)
    }

    /// Like [`TypeTable::display`], but different types have different texts.
    pub fn display_unique(&self, ty: TypeId) -> String {
        self.text(ty, true)
    }

    fn text(&self, ty: TypeId, unique: bool) -> String {
        let word = match self.get(ty) {
            Type::Never | Type::Error => "_",
            Type::Dynamic => "Dynamic",
            Type::Unit => "Unit",
            Type::Bool => "Bool",
            Type::Int => "Int",
            Type::Float => "Float",
            Type::String => "String",
            Type::Bytes => "Bytes",
            Type::Query => "query",
            Type::Html => "Html",
            Type::Id => "Id",
            Type::Email => "Email",
            Type::Refined { base, rule } => {
                let constraints: Vec<String> = self
                    .refinement(*rule)
                    .constraints
                    .iter()
                    .map(|c| constraint(c, unique))
                    .collect();
                return format!("{}({})", self.text(*base, unique), constraints.join(", "));
            }
            Type::List(t) => return format!("List<{}>", self.text(*t, unique)),
            Type::Map(t) => return format!("Map<String, {}>", self.text(*t, unique)),
            Type::Option(t) if *self.get(*t) == Type::Never => "null",
            Type::Option(t) => return format!("{}?", self.text(*t, unique)),
            Type::Result(ok, err) => {
                return format!("{}!{}", self.text(*ok, unique), self.text(*err, unique));
            }
            Type::Box(t) => return format!("box {}", self.text(*t, unique)),
            Type::Task(t) => return format!("Task<{}>", self.text(*t, unique)),
            Type::Struct(id) => {
                let def = self.struct_def(*id);
                return self.nominal(&def.name, def.module, unique);
            }
            Type::Enum(id) => {
                let def = self.enum_def(*id);
                let parts = |types: &[TypeId]| -> Vec<String> {
                    types.iter().map(|t| self.text(*t, unique)).collect()
                };
                match &def.kind {
                    EnumKind::Declared => {}
                    EnumKind::Union => {
                        let domains = def.variants.iter().map(|v| parts(&v.payload));
                        return domains.flatten().collect::<Vec<_>>().join("!");
                    }
                    EnumKind::Function { params, ret } => {
                        let ret = self.text(*ret, unique);
                        return format!("fn({}) -> {ret}", parts(params).join(", "));
                    }
                }
                return self.nominal(&def.name, def.module, unique);
            }
        };
        word.to_string()
    }

    fn nominal(&self, name: &str, module: u32, unique: bool) -> String {
        if unique && module != crate::stdlib::STD_MODULE {
            format!("m{module}.{name}")
        } else {
            name.to_string()
        }
    }

    /// Constraints as written, in order, separated by commas.
    pub fn constraints(&self, rule: RefinementId) -> String {
        let parts: Vec<String> = self
            .refinement(rule)
            .constraints
            .iter()
            .map(|c| constraint(c, false))
            .collect();
        parts.join(", ")
    }
}

fn constraint(c: &Constraint, unique: bool) -> String {
    match c {
        Constraint::IntRange { min, max } => format!("{min}..{max}"),
        Constraint::FloatRange { min, max } => format!("{min:?}..{max:?}"),
        Constraint::Regex(pattern) => format!("regex({pattern:?})"),
        Constraint::Predicate { function, name } if unique => {
            format!("predicate({name}#{})", function.0)
        }
        Constraint::Predicate { name, .. } => format!("predicate({name})"),
    }
}
