//! The state of one check: tables of declarations, the functions still to be written, and the queries every family asks.

use std::collections::VecDeque;
use std::rc::Rc;

use fuse_package::ModuleGraph;
use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;
use indexmap::IndexMap;

use crate::diag::Sink;
use crate::program::{Config, ConfigId, Function, FunctionId};
use crate::scope::ModuleScope;
use crate::types::{EnumId, StructId, Type, TypeId, TypeTable};

/// Index into [`Checker::fns`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FnIdx(pub u32);

/// What a type parameter stands for. In a function without type parameters: empty.
pub(crate) type TypeEnv = Rc<Vec<(String, TypeId)>>;

/// A declared function, of any module.
pub(crate) struct FnInfo<'a> {
    pub module: usize,
    pub decl: &'a ast::FnDecl,
}

/// A declared struct; parallel to [`TypeTable::structs`].
pub(crate) struct StructInfo<'a> {
    /// Default expressions by field, where a default is written.
    pub defaults: Vec<Option<&'a ast::Expr>>,
}

/// A signature with its types resolved.
pub(crate) struct Signature<'a> {
    pub params: Vec<SigParam<'a>>,
    pub ret: TypeId,
}

pub(crate) struct SigParam<'a> {
    pub name: &'a str,
    pub ty: TypeId,
    pub default: Option<&'a ast::Expr>,
    pub span: Span,
}

/// Identity of a function of the program made from a declared one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum InstanceKey {
    Fn(FnIdx, Vec<TypeId>),
    ParamDefault(FnIdx, Vec<TypeId>, usize),
}

/// A function of the program that is reserved and still to be written.
pub(crate) struct Work<'a> {
    pub id: FunctionId,
    pub module: usize,
    pub name: String,
    pub env: TypeEnv,
    pub params: Vec<(&'a str, TypeId, Span)>,
    pub ret: TypeId,
    pub body: Body<'a>,
    pub kind: FnKind,
    pub span: Span,
    /// How many generic calls lead here from a function that is not generic.
    pub depth: u32,
    /// Findings belong to the generic declaration, which is checked on its own.
    pub instance: bool,
}

#[derive(Clone, Copy)]
pub(crate) enum Body<'a> {
    Block(&'a ast::Block),
    /// A default: the value, and the path a failed refinement reports.
    Value(&'a ast::Expr, &'a str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FnKind {
    Function,
    Route,
    App,
    Default,
}

/// Types every family names often.
#[derive(Clone, Copy)]
pub(crate) struct Common {
    pub never: TypeId,
    pub error: TypeId,
    pub unit: TypeId,
    pub bool: TypeId,
    pub int: TypeId,
    pub float: TypeId,
    pub string: TypeId,
    pub bytes: TypeId,
    pub validation: TypeId,
}

pub(crate) struct Checker<'a> {
    pub graph: &'a ModuleGraph,
    pub types: TypeTable,
    pub common: Common,
    pub sink: Sink,
    pub modules: Vec<ModuleScope<'a>>,
    pub structs: Vec<StructInfo<'a>>,
    pub fns: Vec<FnInfo<'a>>,
    pub configs: Vec<Config>,
    /// `None` while a function waits in the queue.
    pub functions: Vec<Option<Function>>,
    pub instances: IndexMap<InstanceKey, FunctionId>,
    pub signatures: IndexMap<(FnIdx, Vec<TypeId>), Option<Rc<Signature<'a>>>>,
    pub queue: VecDeque<Work<'a>>,
    /// Predicates named by refinements, to be checked once every signature can be resolved.
    pub predicates: Vec<crate::refine::PendingPredicate>,
    /// Findings inside instances of generic functions; shown only if nothing else explains them.
    pub instance_findings: Vec<Diagnostic>,
    /// Types that stand for type parameters while a generic declaration is checked.
    pub opaque: Vec<StructId>,
}

impl<'a> Checker<'a> {
    pub fn reserve(&mut self) -> FunctionId {
        self.functions.push(None);
        FunctionId((self.functions.len() - 1) as u32)
    }

    pub fn fn_info(&self, f: FnIdx) -> &FnInfo<'a> {
        &self.fns[f.0 as usize]
    }

    /// A name in the program's namespace: module path and declared name, plain for the root module.
    pub fn qualified(&self, module: usize, name: &str) -> String {
        let path = &self.modules[module].path;
        if module == self.graph.root.0 as usize { name.to_string() } else { format!("{path}::{name}") }
    }

    pub fn type_env(&self, f: FnIdx, args: &[TypeId]) -> TypeEnv {
        let names = self.fn_info(f).decl.signature.type_params.iter().map(|p| p.text.clone());
        Rc::new(names.zip(args.iter().copied()).collect())
    }

    /// The signature of `f` with `args` for its type parameters; `None` while it is being resolved, which only a
    /// declaration that refers to itself can see.
    pub fn signature(&mut self, f: FnIdx, args: &[TypeId]) -> Option<Rc<Signature<'a>>> {
        let key = (f, args.to_vec());
        if let Some(found) = self.signatures.get(&key) {
            return found.clone();
        }
        self.signatures.insert(key.clone(), None);
        let info = self.fn_info(f);
        let (module, decl) = (info.module, info.decl);
        let env = self.type_env(f, args);
        let params = decl
            .signature
            .params
            .iter()
            .map(|p| SigParam {
                name: &p.name.text,
                ty: self.resolve_type(module, &env, &p.ty),
                default: p.default.as_ref(),
                span: p.span,
            })
            .collect();
        let ret = match &decl.signature.ret {
            Some(ret) => self.resolve_return(module, &env, ret),
            None => self.common.unit,
        };
        let signature = Rc::new(Signature { params, ret });
        self.signatures.insert(key, Some(signature.clone()));
        Some(signature)
    }

    /// The function of the program for `f` with `args`, reserved and queued on first use.
    pub fn instance(&mut self, f: FnIdx, args: &[TypeId], depth: u32) -> Option<FunctionId> {
        let key = InstanceKey::Fn(f, args.to_vec());
        if let Some(id) = self.instances.get(&key) {
            return Some(*id);
        }
        let signature = self.signature(f, args)?;
        let id = self.reserve();
        self.instances.insert(key, id);
        let info = self.fn_info(f);
        let (module, decl) = (info.module, info.decl);
        let name = self.instance_name(f, args);
        let work = Work {
            id,
            module,
            name,
            env: self.type_env(f, args),
            params: signature.params.iter().map(|p| (p.name, p.ty, p.span)).collect(),
            ret: signature.ret,
            body: Body::Block(&decl.body),
            kind: FnKind::Function,
            span: decl.signature.name.span,
            depth,
            instance: !args.is_empty() && !self.is_opaque(args),
        };
        self.queue.push_back(work);
        Some(id)
    }

    /// The function giving the default of parameter `index` from all earlier parameters.
    pub fn param_default(&mut self, f: FnIdx, args: &[TypeId], index: usize, depth: u32) -> Option<FunctionId> {
        let key = InstanceKey::ParamDefault(f, args.to_vec(), index);
        if let Some(id) = self.instances.get(&key) {
            return Some(*id);
        }
        let signature = self.signature(f, args)?;
        let param = &signature.params[index];
        let expr = param.default?;
        let id = self.reserve();
        self.instances.insert(key, id);
        let work = Work {
            id,
            module: self.fn_info(f).module,
            name: format!("{}:{}:default", self.instance_name(f, args), param.name),
            env: self.type_env(f, args),
            params: signature.params[..index].iter().map(|p| (p.name, p.ty, p.span)).collect(),
            ret: param.ty,
            body: Body::Value(expr, param.name),
            kind: FnKind::Default,
            span: param.span,
            depth,
            instance: !args.is_empty() && !self.is_opaque(args),
        };
        self.queue.push_back(work);
        Some(id)
    }

    fn instance_name(&self, f: FnIdx, args: &[TypeId]) -> String {
        let info = self.fn_info(f);
        let name = self.qualified(info.module, &info.decl.signature.name.text);
        if args.is_empty() {
            return name;
        }
        let args: Vec<String> = args.iter().map(|t| self.types.display_unique(*t)).collect();
        format!("{name}<{}>", args.join(", "))
    }

    pub fn is_opaque(&self, args: &[TypeId]) -> bool {
        args.iter().any(|t| matches!(self.types.get(*t), Type::Struct(id) if self.opaque.contains(id)))
    }

    pub fn show(&self, ty: TypeId) -> String {
        self.types.display(ty)
    }

    pub fn config(&self, id: ConfigId) -> &Config {
        &self.configs[id.index()]
    }

    pub fn option(&mut self, inner: TypeId) -> TypeId {
        self.types.intern(Type::Option(inner))
    }

    pub fn list(&mut self, inner: TypeId) -> TypeId {
        self.types.intern(Type::List(inner))
    }

    pub fn struct_type(&mut self, id: StructId) -> TypeId {
        self.types.intern(Type::Struct(id))
    }

    pub fn enum_type(&mut self, id: EnumId) -> TypeId {
        self.types.intern(Type::Enum(id))
    }
}
