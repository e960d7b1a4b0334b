//! Functions made from types on demand. They are MIR like any other, so later passes see through them.
//!
//! Shapes: text and JSON `(acc: String, value: T) -> String`, equality `(T, T) -> Bool`, the rest as [`PerType`] says.

mod copy;
pub(super) mod decode;
mod dynamic;
mod equality;
mod immortal;
mod json;
mod lists;
mod maps;
mod ranges;
pub(super) mod text;

use crate::lower::body::Body;
use crate::lower::context::Context;
use crate::mir::{FuncId, FunctionKind, LocId, Type, TypeId, TypeTable};

/// What a function made from a type does. `T` is the type it is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum PerType {
    /// Appends the text of a value: `(String, T) -> String`
    Text,
    /// Appends the JSON form: `(String, T) -> String`
    Json,
    /// The same of a dynamic value, or a list or map of them, with keys in the order of the maps: `(String, T) -> String`
    OrderedJson,
    /// Appends the error JSON of a standard error: `(String, T) -> String`
    ErrorJson,
    /// HTTP status of a `std.Error`: `(T) -> Int`
    ErrorStatus,
    /// `(T, T) -> Bool`
    Equal,
    /// Of dynamic values: -1, 0, 1, 2 unordered, 3 without order: `(T, T) -> Int`
    Compare,
    /// `(T) -> Dynamic`
    ToDynamic,
    /// Makes a value of the whole program immortal: `(T) -> Unit`
    Immortal,
    /// Makes everything a value holds shared between threads: `(T) -> Unit`
    Share,
    /// A value that shares nothing with this one: `(T) -> T`
    Copy,
    /// Waits for a task and copies its result, for the cell type `box T`: `(handle: Int) -> T`
    TaskResult,
    /// `(List<E>, List<E>) -> List<E>`
    ListConcat,
    /// `(List<E>) -> List<E>`
    ListReverse,
    /// Bounds are checked by the caller: `(List<E>, from: Int, to: Int) -> List<E>`
    ListSlice,
    /// Bounds are checked by the caller: `(List<E>, Int, E) -> List<E>`
    ListInsert,
    /// Bounds are checked by the caller: `(List<E>, Int) -> List<E>`
    ListRemoveAt,
    /// Index or -1: `(List<E>, E) -> Int`
    ListIndexOf,
    /// `(List<E>) -> E?`
    ListMin,
    ListMax,
    /// From keys and values in pairs, later ones winning: `(List<String>, List<V>) -> Map<V>`
    MapOf,
    /// `(Map<V>) -> List<String>`
    MapKeys,
    /// `(Map<V>) -> List<V>`
    MapValues,
    /// `(Map<V>, String) -> Map<V>`
    MapRemove,
    /// Numbers from the first to the second bound: `(E, E) -> List<E>`
    RangeInclusive,
    RangeExclusive,
}

/// Makes every function that has been asked for, and those these ask for.
pub(super) fn make_requested(cx: &mut Context) {
    let (mut index, mut decoders) = (0, 0);
    loop {
        decoders = decode::make_requested(cx, decoders);
        let Some((family, ty, id)) = cx.requested(index) else {
            return;
        };
        make(cx, family, ty, id);
        index += 1;
    }
}

fn make(cx: &mut Context, family: PerType, ty: TypeId, id: FuncId) {
    let name = cx.name_of(id);
    let (params, ret) = signature(cx, family, ty);
    let mut body = Body::new(cx, name, FunctionKind::PerType, ret, LocId::from_u32(0));
    for (name, ty) in params {
        body.f.param(name, ty);
    }
    match family {
        PerType::Text | PerType::Json | PerType::OrderedJson if body.is_dynamic(ty) => {
            dynamic::text(&mut body, ty, family)
        }
        PerType::Equal if body.is_dynamic(ty) => dynamic::equal(&mut body, ty),
        PerType::Text => text::make(&mut body, ty),
        PerType::Json | PerType::OrderedJson => json::make(&mut body, ty, family),
        PerType::ErrorJson => json::make_error(&mut body, ty),
        PerType::ErrorStatus => json::make_error_status(&mut body, ty),
        PerType::Equal => equality::make(&mut body, ty),
        PerType::Compare => dynamic::compare(&mut body),
        PerType::ToDynamic => dynamic::make_from(&mut body, ty, ret),
        PerType::Immortal => immortal::make(&mut body, ty, family),
        PerType::Share => immortal::make(&mut body, ty, family),
        PerType::Copy => copy::make(&mut body, ty),
        PerType::TaskResult => copy::task_result(&mut body, ty),
        PerType::ListConcat => lists::concat(&mut body, ty),
        PerType::ListReverse => lists::reverse(&mut body, ty),
        PerType::ListSlice => lists::slice(&mut body, ty),
        PerType::ListInsert => lists::insert(&mut body, ty),
        PerType::ListRemoveAt => lists::remove_at(&mut body, ty),
        PerType::ListIndexOf => lists::index_of(&mut body, ty),
        PerType::ListMin => lists::extreme(&mut body, ty, ret, false),
        PerType::ListMax => lists::extreme(&mut body, ty, ret, true),
        PerType::MapOf => maps::of(&mut body, ret),
        PerType::MapKeys => maps::keys(&mut body, ret),
        PerType::MapValues => maps::values(&mut body, ret),
        PerType::MapRemove => maps::remove(&mut body, ty),
        PerType::RangeInclusive => ranges::make(&mut body, ty, true),
        PerType::RangeExclusive => ranges::make(&mut body, ty, false),
    }
    let function = body.finish();
    cx.define(id, function);
}

fn signature(
    cx: &mut Context,
    family: PerType,
    ty: TypeId,
) -> (Vec<(&'static str, TypeId)>, TypeId) {
    let known = cx.known;
    let part = match cx.shape(ty) {
        Type::List(part) | Type::Map(part) | Type::Box(part) => part,
        _ => ty,
    };
    match family {
        PerType::Text | PerType::Json | PerType::OrderedJson | PerType::ErrorJson => {
            (vec![("acc", known.string), ("value", ty)], known.string)
        }
        PerType::ErrorStatus => (vec![("value", ty)], known.int),
        PerType::Equal => (vec![("a", ty), ("b", ty)], known.bool),
        PerType::Compare => (vec![("a", ty), ("b", ty)], known.int),
        PerType::ToDynamic => {
            let dynamic = known.dynamic;
            let dynamic = dynamic.expect("invariant: only programs with dynamic values ask");
            (vec![("value", ty)], dynamic)
        }
        PerType::Immortal | PerType::Share => (vec![("value", ty)], known.unit),
        PerType::Copy => (vec![("value", ty)], ty),
        PerType::TaskResult => (vec![("handle", known.int)], part),
        PerType::ListConcat => (vec![("list", ty), ("more", ty)], ty),
        PerType::ListReverse => (vec![("list", ty)], ty),
        PerType::ListSlice => {
            let params = vec![("list", ty), ("from", known.int), ("to", known.int)];
            (params, ty)
        }
        PerType::ListInsert => {
            let params = vec![("list", ty), ("index", known.int), ("value", part)];
            (params, ty)
        }
        PerType::ListRemoveAt => (vec![("list", ty), ("index", known.int)], ty),
        PerType::ListIndexOf => (vec![("list", ty), ("value", part)], known.int),
        PerType::ListMin | PerType::ListMax => (vec![("list", ty)], cx.intern(Type::Option(part))),
        PerType::MapOf => {
            let values = cx.intern(Type::List(part));
            (vec![("keys", known.list_string), ("values", values)], ty)
        }
        PerType::MapKeys => (vec![("map", ty)], known.list_string),
        PerType::MapValues => (vec![("map", ty)], cx.intern(Type::List(part))),
        PerType::MapRemove => (vec![("map", ty), ("key", known.string)], ty),
        PerType::RangeInclusive | PerType::RangeExclusive => {
            (vec![("start", part), ("end", part)], ty)
        }
    }
}

/// What symbols and fault reports show.
pub(super) fn name(types: &TypeTable, family: PerType, ty: TypeId) -> String {
    let family = match family {
        PerType::Text => "text",
        PerType::Json => "json",
        PerType::OrderedJson => "ordered_json",
        PerType::ErrorJson => "error_json",
        PerType::ErrorStatus => "error_status",
        PerType::Equal => "equal",
        PerType::Compare => "compare",
        PerType::ToDynamic => "to_dynamic",
        PerType::Immortal => "immortal",
        PerType::Share => "share",
        PerType::Copy => "copy",
        PerType::TaskResult => "task_result",
        PerType::ListConcat => "concat",
        PerType::ListReverse => "reverse",
        PerType::ListSlice => "slice",
        PerType::ListInsert => "insert",
        PerType::ListRemoveAt => "remove_at",
        PerType::ListIndexOf => "index_of",
        PerType::ListMin => "min",
        PerType::ListMax => "max",
        PerType::MapOf => "map",
        PerType::MapKeys => "keys",
        PerType::MapValues => "values",
        PerType::MapRemove => "remove",
        PerType::RangeInclusive => "range",
        PerType::RangeExclusive => "range_exclusive",
    };
    format!("{family}<{}>", type_name(types, ty))
}

fn type_name(types: &TypeTable, ty: TypeId) -> String {
    match types.get(ty) {
        Type::Struct(id) => types.structs[id].name.clone(),
        Type::Enum(id) => types.enums[id].name.clone(),
        Type::List(inner) => format!("List<{}>", type_name(types, inner)),
        Type::Map(inner) => format!("Map<{}>", type_name(types, inner)),
        Type::Box(inner) => format!("box {}", type_name(types, inner)),
        Type::Option(inner) => format!("{}?", type_name(types, inner)),
        Type::Result(ok, err) => {
            format!("{}!{}", type_name(types, ok), type_name(types, err))
        }
        scalar => format!("{scalar:?}"),
    }
}
