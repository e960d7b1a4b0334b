//! Configuration: every field from environment or file, else from its default, in the order that defaults need; then read-only.

use fuse_abi::RuntimeFn;
use fuse_sema::program::{Config, ConfigField, ConfigId};

use super::parse;
use crate::lower::body::{Body, copy, unit};
use crate::lower::context::Context;
use crate::lower::per_type::PerType;
use crate::mir::{FunctionKind, GlobalId, Operand, Place, Rvalue, StatementKind};

pub(super) fn lower(cx: &mut Context) {
    let program = cx.program;
    if program.configs.is_empty() && program.assets.is_empty() {
        return;
    }
    let id = cx.reserve("config", FunctionKind::Entry);
    let ret = cx.known.unit;
    let name = cx.name_of(id);
    let mut body = Body::new(cx, name, FunctionKind::Entry, ret, super::nowhere());
    for (index, text) in (0..).zip(&program.assets) {
        read_asset(&mut body, index, text);
    }
    for &(id, number) in &program.config_order {
        let config = &program.configs[id.index()];
        let field = &config.fields[number as usize];
        let global = body.cx.global(id, number);
        if parse::is_supported(body.cx, field.ty, field.span) {
            body.at(field.span, |body| resolve(body, config, field, global));
        }
    }
    configure_database(&mut body);
    body.f.ret(unit());
    let function = body.finish();
    cx.define(id, function);
    cx.mir.entry.configs = Some(id);
    cx.mir.entry.config_names = program.configs.iter().filter_map(names).collect();
}

/// Tells the database what `App.dbUrl` and `App.dbPoolSize` say.
fn configure_database(body: &mut Body) {
    let program = body.cx.program;
    let Some(index) = program.configs.iter().position(|c| c.name == "App") else {
        return;
    };
    let mut text = |name: &str| {
        let fields = &program.configs[index].fields;
        let field = fields.iter().position(|field| field.name == name)?;
        let global = body.cx.global(ConfigId(index as u32), field as u32);
        let ty = body.cx.mir.globals[global].ty;
        let is_text = [body.cx.known.string, body.cx.known.int].contains(&ty);
        is_text.then(|| body.text_of(ty, Operand::Copy(Place::global(global)), None))
    };
    let (url, pool) = (text("dbUrl"), text("dbPoolSize"));
    if url.is_some() || pool.is_some() {
        let args = [url, pool].map(|text| text.unwrap_or_else(|| body.text_const("")));
        let unit_type = body.cx.known.unit;
        body.row(RuntimeFn::DbConfigure, args.to_vec(), unit_type);
    }
}

/// An imported JSON file is read once, before defaults may ask for it.
fn read_asset(body: &mut Body, index: u32, text: &str) {
    let global = body.cx.asset(index);
    let ty = body.cx.mir.globals[global].ty;
    let text = body.text_const(text);
    let value = body.row(RuntimeFn::JsonDecode, vec![text], ty);
    settle(body, global, value);
}

/// Stores a value of the whole program.
fn settle(body: &mut Body, global: GlobalId, value: Operand) {
    let ty = body.cx.mir.globals[global].ty;
    let place = Place::global(global);
    body.f
        .push(StatementKind::Assign(place.clone(), Rvalue::Use(value)));
    if body.cx.is_managed(ty) {
        let unit_type = body.cx.known.unit;
        let args = vec![Operand::Copy(place)];
        body.call_per_type(None, PerType::Immortal, ty, args, unit_type);
    }
}

fn resolve(body: &mut Body, config: &Config, field: &ConfigField, global: GlobalId) {
    let known = body.cx.known;
    let ty = body.cx.mir.globals[global].ty;
    let value = body.f.local(&field.name, ty);
    let names = [&config.name, &field.name, &field.env].map(|name| body.text_const(name));
    let text = body.row(RuntimeFn::ConfigText, names.to_vec(), known.option_string);
    let (given, missing, join) = (body.f.block(), body.f.block(), body.f.block());
    let text = body.if_text(text, given, missing);
    body.f.switch_to(given);
    let path = format!("{}.{}", config.name, field.name);
    body.parse_into(value, field.ty, text, &path);
    body.f.goto(join);
    body.f.switch_to(missing);
    body.default_into(value, field.default, Vec::new());
    body.f.goto(join);
    body.f.switch_to(join);
    settle(body, global, copy(value));
}

/// Prefix and names of a block, for hints about misspelt variables.
fn names(config: &Config) -> Option<(String, Vec<(String, String)>)> {
    let first = config.fields.first()?;
    let prefix = prefix(&first.env, &first.name).to_owned();
    let fields = config
        .fields
        .iter()
        .map(|field| {
            let path = format!("{}.{}", config.name, field.name);
            (field.env.clone(), path)
        })
        .collect();
    Some((prefix, fields))
}

/// `APP_` of `APP_DB_URL` for the field `dbUrl`: the variable without the field's letters at its end.
fn prefix<'n>(env: &'n str, field: &str) -> &'n str {
    let letters = field
        .chars()
        .filter(|letter| !matches!(letter, '_' | '-'))
        .flat_map(char::to_uppercase)
        .count();
    let own = env.char_indices().rev().filter(|(_, c)| *c != '_');
    match own.take(letters).last() {
        Some((start, _)) => &env[..start],
        None => env,
    }
}

#[cfg(test)]
mod tests {
    use super::prefix;

    #[test]
    fn prefixes_end_where_the_field_begins() {
        assert_eq!(prefix("APP_DB_URL", "dbUrl"), "APP_");
        assert_eq!(prefix("MY_APP_PT", "pt"), "MY_APP_");
        assert_eq!(prefix("APP_HTTPPORT", "HTTPPort"), "APP_");
    }
}
