//! Programs by hand, for what the checker may produce but no source text shows in the small.

use fuse_sema::program::{
    ArithOp, Block, Expr, ExprKind, Function, Local, LocalId, Place, Program, Stmt, StmtKind,
};
use fuse_sema::types::{Type, TypeId, TypeTable};
use fuse_syntax::source::SourceMap;
use fuse_syntax::span::{FileId, Span};

use super::{assert_lines, function};

struct Empty;

impl SourceMap for Empty {
    fn path(&self, _: FileId) -> &str {
        "main.fuse"
    }

    fn text(&self, _: FileId) -> &str {
        ""
    }
}

fn nowhere() -> Span {
    Span::new(FileId(0), 0, 0)
}

fn expr(kind: ExprKind, ty: TypeId) -> Expr {
    Expr {
        kind,
        ty,
        span: nowhere(),
    }
}

fn stmt(kind: StmtKind) -> Stmt {
    Stmt {
        kind,
        span: nowhere(),
    }
}

fn assign(root: LocalId, value: Expr) -> Stmt {
    let target = Place {
        root,
        steps: Vec::new(),
    };
    stmt(StmtKind::Assign { target, value })
}

/// `n = 7` and then `n + { n = 5; n }`, for a parameter `n`.
fn program() -> Program {
    let mut types = TypeTable::default();
    let int = types.intern(Type::Int);
    let n = LocalId(0);
    let read = || expr(ExprKind::Local(n), int);
    let block = Block {
        statements: vec![assign(n, expr(ExprKind::Int(5), int))],
    };
    let changing = ExprKind::Block {
        block,
        value: Box::new(read()),
    };
    let sum = ExprKind::Arith {
        op: ArithOp::Add,
        left: Box::new(read()),
        right: Box::new(expr(changing, int)),
    };
    let statements = vec![
        assign(n, expr(ExprKind::Int(7), int)),
        stmt(StmtKind::Return(expr(sum, int))),
    ];
    let local = Local {
        name: "n".to_owned(),
        ty: int,
        mutable: true,
        span: nowhere(),
    };
    let function = Function {
        name: "f".to_owned(),
        params: 1,
        locals: vec![local],
        ret: int,
        body: Block { statements },
        span: nowhere(),
    };
    Program {
        types,
        functions: vec![function],
        ..Program::default()
    }
}

#[test]
fn parameters_that_change_are_copied_and_operands_keep_their_value() {
    let lowered = crate::lower::lower(&program(), &Empty).expect("supported");
    let text = function(&lowered, "f");
    // The parameter, then the local of the same name.
    assert_lines(
        &text,
        &[
            "(%n: Int)",
            "%n#1 = %n",
            "%n#1 = 7",
            "%2 = %n#1",
            "%n#1 = 5",
            "add.checked %2, %n#1",
        ],
    );
}
