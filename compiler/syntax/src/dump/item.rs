//! Declarations.

use super::Dumper;
use super::expression::path;
use super::node::Node;
use crate::ast::{
    FieldDecl, FnDecl, Import, ImportKind, Item, ItemKind, RouteDecl, RouteSegment, Signature,
    TypeDeclKind, VariantDecl, Verb,
};

impl Dumper {
    pub(super) fn item(&self, item: &Item) -> Node {
        let (head, parts) = match &item.kind {
            ItemKind::Import(import) => ("import", import_parts(import)),
            ItemKind::Type(decl) => ("type", {
                let mut parts = vec![path(&decl.name)];
                match &decl.kind {
                    TypeDeclKind::Fields(fields) => parts.extend(self.fields(fields)),
                    TypeDeclKind::Without { base, removed } => {
                        let removed = removed.iter().map(|name| Node::atom(&name.text));
                        parts.push(Node::list(
                            "without",
                            [path(base)].into_iter().chain(removed),
                        ));
                    }
                }
                parts
            }),
            ItemKind::Enum(decl) => (
                "enum",
                [path(&decl.name)]
                    .into_iter()
                    .chain(self.variants(&decl.variants))
                    .collect(),
            ),
            ItemKind::Interface(decl) => {
                let members = decl
                    .members
                    .iter()
                    .map(|member| Node::list("fn", self.signature(member)));
                (
                    "interface",
                    [Node::atom(&decl.name.text)]
                        .into_iter()
                        .chain(members)
                        .collect(),
                )
            }
            ItemKind::Impl(decl) => {
                let methods = decl
                    .methods
                    .iter()
                    .map(|method| Node::list("fn", self.function(method)));
                (
                    "impl",
                    [path(&decl.interface), path(&decl.target)]
                        .into_iter()
                        .chain(methods)
                        .collect(),
                )
            }
            ItemKind::Fn(decl) => ("fn", self.function(decl)),
            ItemKind::Component(decl) => {
                let mut parts = self.signature(&decl.signature);
                parts.push(self.block(&decl.body));
                ("component", parts)
            }
            ItemKind::Service(decl) => {
                let routes = decl.routes.iter().map(|route| self.route(route));
                let header = [Node::atom(&decl.name.text), Node::text(&decl.base.value)];
                ("service", header.into_iter().chain(routes).collect())
            }
            ItemKind::Config(decl) => {
                let fields = self.fields(&decl.fields);
                (
                    "config",
                    [Node::atom(&decl.name.text)]
                        .into_iter()
                        .chain(fields)
                        .collect(),
                )
            }
            ItemKind::App(decl) => (
                "app",
                vec![Node::text(&decl.name.value), self.block(&decl.body)],
            ),
            ItemKind::Migration(decl) => (
                "migration",
                vec![Node::text(&decl.name.value), self.block(&decl.body)],
            ),
            ItemKind::Test(decl) => (
                "test",
                vec![Node::text(&decl.name.value), self.block(&decl.body)],
            ),
        };
        let doc = item
            .doc
            .iter()
            .map(|doc| Node::list("doc", [Node::text(doc)]));
        self.spanned(head, item.span, doc.chain(parts))
    }

    fn fields(&self, fields: &[FieldDecl]) -> Vec<Node> {
        let field = |field: &FieldDecl| {
            let mut parts = doc(&field.doc);
            parts.extend([Node::atom(&field.name.text), self.type_ref(&field.ty)]);
            parts.extend(field.default.iter().map(|value| self.expr(value)));
            self.spanned("field", field.span, parts)
        };
        fields.iter().map(field).collect()
    }

    fn variants(&self, variants: &[VariantDecl]) -> Vec<Node> {
        let variant = |variant: &VariantDecl| {
            let mut parts = doc(&variant.doc);
            parts.push(Node::atom(&variant.name.text));
            parts.extend(variant.payload.iter().map(|ty| self.type_ref(ty)));
            self.spanned("variant", variant.span, parts)
        };
        variants.iter().map(variant).collect()
    }

    fn function(&self, function: &FnDecl) -> Vec<Node> {
        let mut parts = self.signature(&function.signature);
        parts.push(self.block(&function.body));
        parts
    }

    fn signature(&self, signature: &Signature) -> Vec<Node> {
        let mut parts = vec![Node::atom(&signature.name.text)];
        if !signature.type_params.is_empty() {
            parts.push(Node::list(
                "types",
                signature
                    .type_params
                    .iter()
                    .map(|name| Node::atom(&name.text)),
            ));
        }
        let params = signature.params.iter().map(|param| {
            let default = param.default.iter().map(|value| self.expr(value));
            Node::group(
                [Node::atom(&param.name.text), self.type_ref(&param.ty)]
                    .into_iter()
                    .chain(default),
            )
        });
        parts.push(Node::list("params", params));
        parts.extend(
            signature
                .ret
                .iter()
                .map(|ty| Node::list("->", [self.type_ref(ty)])),
        );
        if !signature.bounds.is_empty() {
            let bounds = signature
                .bounds
                .iter()
                .map(|bound| Node::group([Node::atom(&bound.param.text), path(&bound.interface)]));
            parts.push(Node::list("where", bounds));
        }
        parts
    }

    fn route(&self, route: &RouteDecl) -> Node {
        let verb = match route.verb {
            Verb::Get => "get",
            Verb::Post => "post",
            Verb::Put => "put",
            Verb::Patch => "patch",
            Verb::Delete => "delete",
        };
        let segments = route.path.segments.iter().map(|segment| match segment {
            RouteSegment::Literal(text) => Node::text(&text.value),
            RouteSegment::Param { name, ty } => {
                Node::list("param", [Node::atom(&name.text), self.type_ref(ty)])
            }
        });
        let mut parts = doc(&route.doc);
        parts.push(Node::list("path", segments));
        parts.extend(
            route
                .body_type
                .iter()
                .map(|(ty, _)| Node::list("body", [self.type_ref(ty)])),
        );
        parts.push(Node::list("->", [self.type_ref(&route.ret)]));
        parts.push(self.block(&route.body));
        self.spanned(verb, route.span, parts)
    }
}

fn doc(doc: &Option<String>) -> Vec<Node> {
    doc.iter()
        .map(|doc| Node::list("doc", [Node::text(doc)]))
        .collect()
}

fn import_parts(import: &Import) -> Vec<Node> {
    match &import.kind {
        ImportKind::Module { name } => vec![Node::atom(&name.text)],
        ImportKind::From { name, path } => vec![Node::atom(&name.text), Node::text(&path.value)],
        ImportKind::Alias { name, alias, path } => {
            vec![
                Node::list("as", [Node::atom(&name.text), Node::atom(&alias.text)]),
                Node::text(&path.value),
            ]
        }
        ImportKind::Named { names, path } => {
            let names = names.iter().map(|name| Node::atom(&name.text));
            vec![Node::list("names", names), Node::text(&path.value)]
        }
    }
}
