//! The syntax tree of a program.
//!
//! Expressions live in one arena in evaluation order: the operands of a node stand before it, and the nodes of a
//! [`Tree`] are contiguous. So every walk is a loop over a slice, and neither walking nor dropping recurses.

use super::names::{NameId, Names};
use super::span::Span;
use crate::Role;
use std::borrow::Cow;

/// A parsed program, which borrows the source for the text of its numbers.
#[derive(Clone, Debug)]
pub struct Program<'s> {
    pub(super) source: &'s str,
    pub(super) names: Names,
    pub(super) nodes: Vec<Node>,
    pub(super) headers: Vec<Header>,
    pub(super) statements: Vec<Statement>,
}

impl<'s> Program<'s> {
    /// The text that was parsed.
    pub fn source(&self) -> &'s str {
        self.source
    }

    /// The names that occur, callees, methods and keywords included.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The text of a name.
    pub fn name(&self, id: NameId) -> &str {
        self.names.get(id)
    }

    /// The `#!` lines.
    pub fn headers(&self) -> &[Header] {
        &self.headers
    }

    /// The statements, at least one.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// All expressions, each after its operands.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// One expression.
    pub fn node(&self, id: ExprId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The expressions of a tree with their ids, in evaluation order: the root comes last.
    pub fn walk(&self, tree: Tree) -> impl Iterator<Item = (ExprId, &Node)> {
        (tree.first.0..).map(ExprId).zip(&self.nodes[tree.first.index()..=tree.root.index()])
    }

    /// The digits of a [`Expr::Number`] at `span`, without underscores.
    pub fn digits(&self, span: Span) -> Cow<'s, str> {
        let text = &self.source[span.range()];
        if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) }
    }
}

/// A `#!` line before the first statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What it asks for.
    pub kind: HeaderKind,
    /// The line.
    pub span: Span,
}

/// What a header asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderKind {
    /// `#! no-share`: equal expressions stay nodes of their own.
    NoShare,
}

/// A name where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ident {
    /// The name.
    pub name: NameId,
    /// Where it stands, backquotes included.
    pub span: Span,
}

/// A statement of a program.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it states.
    pub kind: StatementKind,
    /// All of it, without the newline.
    pub span: Span,
}

/// What a statement states.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `input a, b: f64[3]` or `param W: f32[784, 10]`: at least one name.
    Declare {
        /// Which of the two.
        role: Role,
        /// The declared names, grouped by their types.
        declarations: Vec<Declaration>,
    },
    /// `fn g(a, b) = a*b`: the parameters differ.
    Define {
        /// The function's name.
        name: Ident,
        /// Its parameters.
        parameters: Vec<Ident>,
        /// Its value.
        body: Tree,
    },
    /// `c = a + b`.
    Assign {
        /// The left side.
        name: Ident,
        /// The right side.
        value: Tree,
    },
    /// `output e, y = f + 1`: at least one.
    Output(Vec<Output>),
    /// An expression alone.
    Evaluate(Tree),
}

/// Names declared with one type.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// The names, at least one.
    pub names: Vec<Ident>,
    /// Their type, where one is written.
    pub ty: Option<TypeExpr>,
}

/// A written type, `f64[3, 2]`.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeExpr {
    /// The name of the dtype, not yet checked.
    pub dtype: Ident,
    /// The sizes with their places; none for a scalar.
    pub sizes: Vec<(usize, Span)>,
    /// All of it.
    pub span: Span,
}

/// One output.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Output {
    /// The name before `=`, where there is one.
    pub name: Option<Ident>,
    /// The value.
    pub value: Tree,
}

/// An expression with all its operands: the nodes `first..=root`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tree {
    /// The node to evaluate first.
    pub first: ExprId,
    /// The expression itself, last of its nodes.
    pub root: ExprId,
}

/// An expression: an index into the nodes of its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprId(pub(super) u32);

impl ExprId {
    /// The position of the expression among the nodes of the program.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// An expression and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The expression.
    pub expr: Expr,
    /// All of it, without brackets around it.
    pub span: Span,
}

/// An expression, its operands by id.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A literal, not yet rounded: its text is [`Program::digits`] of the node's span.
    Number(NumberKind),
    /// A string in double quotes, unescaped.
    Text(Box<str>),
    /// A name.
    Name(NameId),
    /// `-x`.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// Its operand.
        operand: ExprId,
    },
    /// `a + b`.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Where the operator stands.
        op_span: Span,
        /// The left operand.
        lhs: ExprId,
        /// The right operand.
        rhs: ExprId,
    },
    /// `f(x, axis=0)`.
    Call {
        /// The function.
        callee: Ident,
        /// The arguments: positional ones first, keywords differ.
        args: Vec<Argument>,
    },
    /// `x.astype(f32)`.
    Method {
        /// The value before the dot.
        receiver: ExprId,
        /// The name after the dot.
        method: Ident,
        /// The arguments: positional ones first, keywords differ.
        args: Vec<Argument>,
    },
    /// `x.T`.
    Attribute {
        /// The value before the dot.
        target: ExprId,
        /// The name after the dot.
        attribute: Ident,
    },
    /// `x[0, 1:3]`: at least one item, at most one ellipsis.
    Index {
        /// The value before the bracket.
        target: ExprId,
        /// What stands in the brackets.
        items: Vec<IndexItem>,
    },
    /// `[a, b]`.
    List(Vec<ExprId>),
    /// `(a, b)`, `(a,)` or `()`.
    Tuple(Vec<ExprId>),
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberKind {
    /// Digits alone.
    Integer,
    /// With a point or an exponent.
    Float,
}

/// An operator of one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-`
    Neg,
    /// `+`
    Pos,
}

/// An operator of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `@`
    MatMul,
    /// `**`
    Pow,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// An argument of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Argument {
    /// The name before `=`, where there is one.
    pub keyword: Option<Ident>,
    /// The value.
    pub value: ExprId,
}

/// One item between the brackets of an index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum IndexItem {
    /// An expression.
    At(ExprId),
    /// `start:stop:step`, each of which may be missing.
    Slice {
        /// The first position.
        start: Option<ExprId>,
        /// The position to stop before.
        stop: Option<ExprId>,
        /// The distance between positions.
        step: Option<ExprId>,
        /// All of it.
        span: Span,
    },
    /// `...`
    Ellipsis(Span),
    /// `None` or `newaxis`, not in backquotes.
    NewAxis(Span),
}
