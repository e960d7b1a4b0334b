//! The state of one check: tables of declarations, the functions still to be written, and the queries every family asks.

use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use fuse_package::ModuleGraph;
use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;
use indexmap::IndexMap;

use crate::callables::FunctionType;
use crate::diag::Sink;
use crate::html::{ATTRS, CHILDREN};
use crate::interfaces::{Bound, ImplId, ImplInfo, InterfaceId, InterfaceInfo};
use crate::program::{Config, ConfigId, Function, FunctionId};
use crate::scope::ModuleScope;
use crate::stdlib;
use crate::types::{EnumId, StructId, Type, TypeId, TypeTable};

/// Index into [`Checker::fns`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FnIdx(pub u32);

/// The name of the receiver in a method, and of the type a method or member belongs to.
pub(crate) const SELF_VALUE: &str = "self";
pub(crate) const SELF_TYPE: &str = "Self";

/// What a type parameter stands for. In a function without type parameters: empty.
pub(crate) type TypeEnv = Rc<Vec<(String, TypeId)>>;

/// What a declared callable belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    Module,
    /// A member of an interface: a signature without a body, whose first type argument is what `Self` stands for.
    Interface(InterfaceId),
    /// A method of an `impl` block. `instance`: it mentions `self`, which is then its first parameter.
    Impl {
        id: ImplId,
        instance: bool,
    },
}

/// A declared callable, of any module: function, interface member or method.
pub(crate) struct FnInfo<'a> {
    pub module: usize,
    pub signature: &'a ast::Signature,
    /// Absent for members of interfaces.
    pub body: Option<&'a ast::Block>,
    /// Its result is `Html`, and `attrs` and `children` follow the parameters that are written.
    pub component: bool,
    /// Reserved with the declaration, unless it has type parameters or no body.
    pub id: Option<FunctionId>,
    pub owner: Owner,
    /// One for each written type parameter, once declarations have been checked.
    pub bounds: Vec<Bound>,
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
    /// With the type arguments, and the parameters that are given boxes although they are not declared so.
    Fn(FnIdx, Vec<TypeId>, Vec<usize>),
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

#[derive(Clone)]
pub(crate) enum Body<'a> {
    Block(&'a ast::Block),
    /// A default: the value, and the path a failed refinement reports.
    Value(&'a ast::Expr, String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FnKind {
    /// The block of a `spawn`.
    Task,
    Function,
    Route,
    App,
    Test,
    Migration,
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
    pub html: TypeId,
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
    pub interfaces: Vec<InterfaceInfo<'a>>,
    pub impls: Vec<ImplInfo<'a>>,
    /// Methods of a type by name; more than one when several interfaces bring the name.
    pub methods: IndexMap<(TypeId, &'a str), Vec<FnIdx>>,
    /// Stand-ins for type parameters while generic declarations are checked, with what bounds them.
    pub opaque: IndexMap<TypeId, Bound>,
    /// Members that names after a `.` mean through a bound, found when the generic declaration was checked.
    pub bound_members: IndexMap<Span, FnIdx>,
    /// Types of functions used as values.
    pub function_types: IndexMap<EnumId, FunctionType>,
    /// Unions of error domains, by their sorted domains.
    pub unions: IndexMap<Vec<TypeId>, EnumId>,
    pub instances: IndexMap<InstanceKey, FunctionId>,
    pub signatures: IndexMap<(FnIdx, Vec<TypeId>), Option<Rc<Signature<'a>>>>,
    pub queue: VecDeque<Work<'a>>,
    /// Instances of generic declarations, written after the declarations have been checked.
    pub instance_queue: VecDeque<Work<'a>>,
    /// Imported JSON files that are used, by their numbers in the graph.
    pub data_assets: indexmap::IndexSet<u32>,
    /// Compiled patterns of refinements.
    pub patterns: IndexMap<String, fuse_pattern::Tables>,
    /// Predicates named by refinements, to be checked once every signature can be resolved.
    pub predicates: Vec<crate::refine::PendingPredicate>,
    /// Findings inside instances of generic functions; shown only if nothing else explains them.
    pub instance_findings: Vec<Diagnostic>,
    /// Names of methods in `impl` blocks whose target is no type to implement for: using one is no second mistake.
    pub lost_methods: BTreeSet<&'a str>,
    /// Generic declarations are being checked: what they call is not written.
    pub checking_generics: bool,
}

impl<'a> Checker<'a> {
    pub fn new(graph: &'a ModuleGraph) -> Self {
        let mut types = TypeTable::default();
        let mut simple = |ty| types.intern(ty);
        let common = Common {
            never: simple(Type::Never),
            error: simple(Type::Error),
            unit: simple(Type::Unit),
            bool: simple(Type::Bool),
            int: simple(Type::Int),
            float: simple(Type::Float),
            string: simple(Type::String),
            bytes: simple(Type::Bytes),
            html: simple(Type::Html),
            validation: simple(Type::Struct(stdlib::VALIDATION)),
        };
        stdlib::declare(&mut types, FunctionId(0));
        let structs = types
            .structs
            .iter()
            .map(|s| StructInfo {
                defaults: vec![None; s.fields.len()],
            })
            .collect();
        Checker {
            graph,
            types,
            common,
            sink: Sink::default(),
            modules: Vec::new(),
            structs,
            fns: Vec::new(),
            configs: Vec::new(),
            functions: vec![Some(stdlib::status_default(common.int))],
            interfaces: Vec::new(),
            impls: Vec::new(),
            methods: IndexMap::new(),
            opaque: IndexMap::new(),
            bound_members: IndexMap::new(),
            function_types: IndexMap::new(),
            unions: IndexMap::new(),
            instances: IndexMap::new(),
            signatures: IndexMap::new(),
            queue: VecDeque::new(),
            data_assets: indexmap::IndexSet::new(),
            instance_queue: VecDeque::new(),
            patterns: IndexMap::new(),
            predicates: Vec::new(),
            instance_findings: Vec::new(),
            lost_methods: BTreeSet::new(),
            checking_generics: false,
        }
    }

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
        if module == self.graph.root.0 as usize {
            name.to_string()
        } else {
            format!("{path}::{name}")
        }
    }

    /// What the names of types inside `f` stand for; `args` are for [`Checker::type_params`].
    pub fn type_env(&self, f: FnIdx, args: &[TypeId]) -> TypeEnv {
        let names = self.type_params(f).into_iter().map(str::to_string);
        let mut env: Vec<(String, TypeId)> = names.zip(args.iter().copied()).collect();
        if let Owner::Impl { id, .. } = self.fn_info(f).owner {
            env.push((SELF_TYPE.to_string(), self.impls[id.0 as usize].target));
        }
        Rc::new(env)
    }

    /// Names of the types an instance of `f` is made for: the written type parameters, for a member of an interface after
    /// `Self`.
    pub fn type_params(&self, f: FnIdx) -> Vec<&'a str> {
        let info = self.fn_info(f);
        let own = info.signature.type_params.iter().map(|p| p.text.as_str());
        match info.owner {
            Owner::Interface(_) => std::iter::once(SELF_TYPE).chain(own).collect(),
            _ => own.collect(),
        }
    }

    /// The type `self` has in `f`, if it is an instance method.
    pub fn self_type(&self, f: FnIdx) -> Option<TypeId> {
        match self.fn_info(f).owner {
            Owner::Impl { id, instance: true } => Some(self.impls[id.0 as usize].target),
            _ => None,
        }
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
        let (module, written) = (info.module, info.signature);
        let env = self.type_env(f, args);
        let component = info.component;
        let receiver = self.self_type(f).map(|ty| SigParam {
            name: SELF_VALUE,
            ty,
            default: None,
            span: written.name.span,
        });
        let declared = written.params.iter().map(|p| SigParam {
            name: &p.name.text,
            ty: self.resolve_type(module, &env, &p.ty),
            default: p.default.as_ref(),
            span: p.name.span,
        });
        let mut params: Vec<SigParam> = receiver.into_iter().chain(declared).collect();
        let ret = match &written.ret {
            Some(ret) => self.resolve_return(module, &env, ret),
            None if component => self.common.html,
            None => self.common.unit,
        };
        if component {
            let children = self.list(self.common.html);
            for (name, ty) in [(ATTRS, self.attributes_type()), (CHILDREN, children)] {
                // Declared again, which is reported there, that one is meant.
                let name = if params.iter().any(|p| p.name == name) {
                    if name == ATTRS {
                        "(attrs)"
                    } else {
                        "(children)"
                    }
                } else {
                    name
                };
                params.push(SigParam {
                    name,
                    ty,
                    default: None,
                    span: written.name.span,
                });
            }
        }
        let signature = Rc::new(Signature { params, ret });
        self.signatures.insert(key, Some(signature.clone()));
        Some(signature)
    }

    /// The function of the program for `f` with `args`; instances of generic functions, and those with `boxed` parameters, are
    /// queued on first use.
    pub fn instance(
        &mut self,
        f: FnIdx,
        args: &[TypeId],
        boxed: &[usize],
        depth: u32,
    ) -> Option<FunctionId> {
        if let Some(id) = self.fn_info(f).id
            && boxed.is_empty()
        {
            return Some(id);
        }
        let key = InstanceKey::Fn(f, args.to_vec(), boxed.to_vec());
        if let Some(id) = self.instances.get(&key) {
            return Some(*id);
        }
        self.signature(f, args)?;
        let id = self.reserve();
        self.instances.insert(key, id);
        if !self.checking_generics {
            self.enqueue(f, args, boxed, id, depth, true);
        }
        Some(id)
    }

    /// Queues the body of `f` with `args` to be written as function `id`.
    pub fn enqueue(
        &mut self,
        f: FnIdx,
        args: &[TypeId],
        boxed: &[usize],
        id: FunctionId,
        depth: u32,
        instance: bool,
    ) {
        let Some(signature) = self.signature(f, args) else {
            return;
        };
        let info = self.fn_info(f);
        let (module, written) = (info.module, info.signature);
        let Some(body) = info.body else { return };
        let mut name = self.instance_name(f, args);
        let mut params = Vec::new();
        for (index, param) in signature.params.iter().enumerate() {
            let mut ty = param.ty;
            if boxed.contains(&index) {
                ty = self.types.intern(Type::Box(ty));
                name.push_str(&format!(":box {}", param.name));
            }
            params.push((param.name, ty, param.span));
        }
        let work = Work {
            id,
            module,
            name,
            env: self.type_env(f, args),
            params,
            ret: signature.ret,
            body: Body::Block(body),
            kind: FnKind::Function,
            span: written.name.span,
            depth,
            instance,
        };
        self.push_work(work);
    }

    fn push_work(&mut self, work: Work<'a>) {
        if work.instance {
            self.instance_queue.push_back(work);
        } else {
            self.queue.push_back(work);
        }
    }

    /// The function giving the default of parameter `index` from all earlier parameters.
    pub fn param_default(
        &mut self,
        f: FnIdx,
        args: &[TypeId],
        index: usize,
        depth: u32,
    ) -> Option<FunctionId> {
        let key = InstanceKey::ParamDefault(f, args.to_vec(), index);
        if let Some(id) = self.instances.get(&key) {
            return Some(*id);
        }
        if self.checking_generics && !args.is_empty() {
            let id = self.reserve();
            self.instances.insert(key, id);
            return Some(id);
        }
        let id = self.enqueue_default(f, args, index, depth, !args.is_empty())?;
        self.instances.insert(key, id);
        Some(id)
    }

    /// Queues the default of a parameter, if it has one, as a function of the earlier parameters.
    pub fn enqueue_default(
        &mut self,
        f: FnIdx,
        args: &[TypeId],
        index: usize,
        depth: u32,
        instance: bool,
    ) -> Option<FunctionId> {
        let signature = self.signature(f, args)?;
        let param = &signature.params[index];
        let expr = param.default?;
        let id = self.reserve();
        let work = Work {
            id,
            module: self.fn_info(f).module,
            name: format!("{}:{}:default", self.instance_name(f, args), param.name),
            env: self.type_env(f, args),
            params: signature.params[..index]
                .iter()
                .map(|p| (p.name, self.content(p.ty), p.span))
                .collect(),
            ret: param.ty,
            body: Body::Value(expr, param.name.to_string()),
            kind: FnKind::Default,
            span: param.span,
            depth,
            instance,
        };
        self.push_work(work);
        Some(id)
    }

    pub fn instance_name(&self, f: FnIdx, args: &[TypeId]) -> String {
        let info = self.fn_info(f);
        let name = self.qualified(info.module, &self.method_name(f));
        if args.is_empty() {
            return name;
        }
        let args: Vec<String> = args.iter().map(|t| self.types.display_unique(*t)).collect();
        format!("{name}<{}>", args.join(", "))
    }

    pub fn show(&self, ty: TypeId) -> String {
        self.types.display(ty)
    }

    /// The type with the module that declares it, for where the name alone does not tell types apart.
    pub fn show_with_module(&self, ty: TypeId) -> String {
        let module = match self.types.get(ty) {
            Type::Struct(id) => self.types.struct_def(*id).module,
            Type::Enum(id) => self.types.enum_def(*id).module,
            _ => return self.show(ty),
        };
        match self.modules.get(module as usize) {
            Some(scope) => format!("{}::{}", scope.path, self.show(ty)),
            None => self.show(ty),
        }
    }

    /// The config whose values have the struct type `id`.
    pub fn config_of(&self, id: StructId) -> Option<ConfigId> {
        let index = self.configs.iter().position(|c| c.ty == id)?;
        Some(ConfigId(index as u32))
    }

    pub fn config(&self, id: ConfigId) -> &Config {
        &self.configs[id.index()]
    }

    /// What a box holds; other types as they are.
    pub fn content(&self, ty: TypeId) -> TypeId {
        match self.types.get(ty) {
            Type::Box(content) => *content,
            _ => ty,
        }
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
