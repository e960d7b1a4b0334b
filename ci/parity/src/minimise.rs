//! Makes a failing program smaller while it keeps failing in the same way.
//!
//! A change drops statements, takes a block out of its statement, or puts a smaller expression of the same type in the place of one.
//! What no longer makes sense is refused by the oracle or by the compiler, whose refusal is another kind of failure.

use crate::generate::Case;
use crate::run::{self, Failure, Setting};
use crate::tree::{Block, Expr, Kind, Part, Program, Step, Stmt, Ty};
use crate::{oracle, render};

/// Runs of candidates, at most.
const TRIES: usize = 600;

/// The smallest program found, and what is wrong with it.
///
/// # Errors
/// The compiler cannot be started.
pub fn minimise(
    setting: &Setting,
    case: &Case,
    failure: &Failure,
) -> Result<(Case, String), String> {
    let mut search = Search {
        setting,
        kind: &failure.kind,
        tries: 0,
    };
    let mut best = Case {
        seed: case.seed,
        program: case.program.clone(),
        prediction: case.prediction.clone(),
    };
    let mut detail = failure.detail.clone();
    loop {
        let before = search.tries;
        let mut smaller = false;
        // Large pieces first.
        for size in [16, 8, 4, 2, 1] {
            let mut at = 0;
            while search.tries < TRIES {
                let mut program = best.program.clone();
                if !drop_statements(&mut program, at, size) {
                    break;
                }
                match search.fails(&best, program)? {
                    Some((case, text)) => {
                        (best, detail) = (case, text);
                        smaller = true;
                    }
                    None => at += size,
                }
            }
        }
        for change in [unwrap_block, shrink_expr] {
            let mut at = 0;
            while search.tries < TRIES {
                let mut program = best.program.clone();
                if !change(&mut program, at) {
                    break;
                }
                match search.fails(&best, program)? {
                    Some((case, text)) => {
                        (best, detail) = (case, text);
                        smaller = true;
                    }
                    None => at += 1,
                }
            }
        }
        if !smaller || search.tries >= TRIES || search.tries == before {
            break;
        }
    }
    drop_unused(&mut best, &mut search, &mut detail)?;
    Ok((best, detail))
}

struct Search<'a> {
    setting: &'a Setting,
    kind: &'a str,
    tries: usize,
}

impl Search<'_> {
    fn fails(&mut self, base: &Case, program: Program) -> Result<Option<(Case, String)>, String> {
        // Only shorter texts: then the search ends, and changes that change nothing cost no run.
        if render::program(&program).len() >= render::program(&base.program).len() {
            return Ok(None);
        }
        let Some(prediction) = oracle::predict(&program) else {
            return Ok(None);
        };
        self.tries += 1;
        let case = Case {
            seed: base.seed,
            program,
            prediction,
        };
        let found = run::batch(self.setting, std::slice::from_ref(&case))?;
        let same = found
            .into_iter()
            .find(|(_, failure)| failure.kind == self.kind);
        Ok(same.map(|(_, failure)| (case, failure.detail)))
    }
}

/// Functions nobody calls are made empty, from the last to the first.
fn drop_unused(
    best: &mut Case,
    search: &mut Search<'_>,
    detail: &mut String,
) -> Result<(), String> {
    while best.program.funcs.len() > 1 {
        let mut program = best.program.clone();
        program.funcs.pop();
        match search.fails(best, program) {
            Ok(Some((case, text))) => {
                *best = case;
                *detail = text;
            }
            Ok(None) => return Ok(()),
            Err(problem) => return Err(problem),
        }
    }
    Ok(())
}

/// All blocks, outer before inner.
fn blocks(program: &mut Program, visit: &mut dyn FnMut(&mut Block) -> bool) -> bool {
    fn inside(block: &mut Block, visit: &mut dyn FnMut(&mut Block) -> bool) -> bool {
        if visit(block) {
            return true;
        }
        block
            .iter_mut()
            .any(|stmt| parts(stmt).into_iter().any(|b| inside(b, visit)))
    }
    if inside(&mut program.main, visit) {
        return true;
    }
    program
        .funcs
        .iter_mut()
        .any(|func| inside(&mut func.body, visit))
}

fn parts(stmt: &mut Stmt) -> Vec<&mut Block> {
    match stmt {
        Stmt::If {
            branches,
            otherwise,
        } => branches
            .iter_mut()
            .map(|(_, body)| body)
            .chain(otherwise.as_mut())
            .collect(),
        Stmt::While { body, .. }
        | Stmt::ForList { body, .. }
        | Stmt::ForRange { body, .. }
        | Stmt::ForMap { body, .. } => vec![body],
        Stmt::Match { arms, .. } => arms.iter_mut().map(|(_, body)| body).collect(),
        _ => Vec::new(),
    }
}

/// Drops `size` statements of one block from the place `at` on, counted over all blocks; false past the end.
fn drop_statements(program: &mut Program, at: usize, size: usize) -> bool {
    let mut left = at;
    blocks(program, &mut |block| {
        if left < block.len() {
            let end = (left + size).min(block.len());
            block.drain(left..end);
            return true;
        }
        left -= block.len();
        false
    })
}

/// Puts the parts of the compound statement at a place in its stead.
fn unwrap_block(program: &mut Program, at: usize) -> bool {
    let mut left = at;
    blocks(program, &mut |block| {
        if left < block.len() {
            let mut stmt = block.remove(left);
            let inner: Block = parts(&mut stmt)
                .into_iter()
                .flat_map(std::mem::take)
                .collect();
            if inner.is_empty() {
                block.insert(left, stmt);
            } else {
                block.splice(left..left, inner);
            }
            return true;
        }
        left -= block.len();
        false
    })
}

/// Puts something smaller in the place of the expression number `at`; false past the end.
fn shrink_expr(program: &mut Program, at: usize) -> bool {
    let mut left = at;
    blocks(program, &mut |block| {
        block
            .iter_mut()
            .flat_map(own_exprs)
            .any(|expr| shrink(expr, &mut left))
    })
}

fn shrink(expr: &mut Expr, left: &mut usize) -> bool {
    // Two changes per expression: the least value of its type, and a part of its own type.
    if *left < 2 {
        let smaller = match *left {
            0 => least(&expr.ty),
            _ => {
                let ty = expr.ty.clone();
                let found = children(expr).into_iter().find(|child| child.ty == ty);
                found.cloned()
            }
        };
        if let Some(smaller) = smaller {
            *expr = smaller;
        }
        return true;
    }
    *left -= 2;
    children(expr).into_iter().any(|child| shrink(child, left))
}

fn least(ty: &Ty) -> Option<Expr> {
    let kind = match ty {
        Ty::Int => Kind::Int(1),
        Ty::Float => Kind::Float(1.5),
        Ty::Bool => Kind::Bool(true),
        Ty::Str => Kind::Str(String::new()),
        Ty::Bytes => {
            let text = Expr::text("");
            return Some(text.method(Ty::Bytes, "to_bytes", Vec::new()));
        }
        Ty::List(_) => Kind::List(Vec::new()),
        Ty::Map(_) => Kind::Map(Vec::new()),
        Ty::Opt(_) => Kind::Null,
        Ty::Enum(_) => Kind::Enum(0, Vec::new()),
        Ty::Res(_) | Ty::Struct(_) => return None,
    };
    Some(Expr::new(ty.clone(), kind))
}

fn own_exprs(stmt: &mut Stmt) -> Vec<&mut Expr> {
    match stmt {
        Stmt::Let { value, .. }
        | Stmt::Print(value)
        | Stmt::Return(value)
        | Stmt::Assert(value, _) => vec![value],
        Stmt::Assign { path, value, .. } => {
            let steps = path.iter_mut().filter_map(|step| match step {
                Step::Index(at) | Step::Key(at) => Some(at),
                Step::Field(..) | Step::OptField(..) => None,
            });
            std::iter::once(value).chain(steps).collect()
        }
        Stmt::If { branches, .. } => branches.iter_mut().map(|(c, _)| c).collect(),
        Stmt::ForList { list, .. } => vec![list],
        Stmt::ForRange { low, high, .. } => vec![low, high],
        Stmt::ForMap { map, .. } => vec![map],
        Stmt::Match { scrutinee, .. } => vec![scrutinee],
        Stmt::While { .. } | Stmt::Break | Stmt::Continue => Vec::new(),
    }
}

fn children(expr: &mut Expr) -> Vec<&mut Expr> {
    match &mut expr.kind {
        Kind::Int(_)
        | Kind::Float(_)
        | Kind::Bool(_)
        | Kind::Str(_)
        | Kind::Null
        | Kind::Var(_) => Vec::new(),
        Kind::List(items) | Kind::Enum(_, items) | Kind::Library(_, _, items) => {
            items.iter_mut().collect()
        }
        Kind::Map(pairs) => pairs.iter_mut().flat_map(|(k, v)| [k, v]).collect(),
        Kind::Struct(fields) => fields.iter_mut().map(|(_, v)| v).collect(),
        Kind::Lift(a)
        | Kind::Some(a)
        | Kind::Ok(a)
        | Kind::Err(a)
        | Kind::Neg(a)
        | Kind::Not(a)
        | Kind::Field(a, _)
        | Kind::OptField(a, _)
        | Kind::Try(a, None)
        | Kind::Show(a) => vec![a],
        Kind::Binary(_, a, b)
        | Kind::Index(a, b)
        | Kind::OptIndex(a, b)
        | Kind::Entry(a, b)
        | Kind::OptEntry(a, b)
        | Kind::Range(a, b, _)
        | Kind::Try(a, Some(b)) => vec![a, b],
        Kind::Method(base, _, arguments) => std::iter::once(&mut **base).chain(arguments).collect(),
        Kind::Call(_, arguments) => arguments.iter_mut().map(|(_, _, v)| v).collect(),
        Kind::Text(parts) => parts
            .iter_mut()
            .filter_map(|part| match part {
                Part::Value(value) => Some(value),
                Part::Text(_) => None,
            })
            .collect(),
    }
}
