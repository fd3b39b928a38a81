//! The walk over an expression: a loop over its nodes, operands first. Only calls of the program's own functions nest,
//! and both their depth and all the work of inlining have a limit.

use super::super::ast::{Argument, BinaryOp, Expr as Syntax, Ident, Node, Program, Tree, UnaryOp};
use super::super::diagnostic::Diagnostic;
use super::super::{NameId, Span, suggest};
use super::arguments::Given;
use super::builtin;
use super::item::{Item, Number};
use super::scope::{CONSTANTS, Predefined, Scope, predefined};
use super::{Options, Undeclared};
use crate::builder::Builder;
use crate::error::{GraphError, OpError};
use crate::expr::Expr;
use crate::graph::Role;
use crate::op::{Binary, Comparison};
use crate::place::Place;
use crate::ty::Type;
use std::rc::Rc;

/// How deep calls of the program's functions may nest.
const MAX_CALLS: usize = 200;

/// How many expressions may be evaluated: a chain of functions that call their predecessor twice doubles at each step.
const MAX_WORK: usize = 50_000_000;

/// A program on its way into a graph.
pub(super) struct Elaborator<'p, 'b> {
    pub(super) program: &'p Program<'p>,
    pub(super) b: &'b Builder,
    pub(super) options: &'p Options,
    pub(super) scope: Scope<'b>,
    lines: Vec<u32>,
    ascii: bool,
    work: usize,
}

impl<'p, 'b> Elaborator<'p, 'b> {
    pub(super) fn new(program: &'p Program<'p>, b: &'b Builder, options: &'p Options) -> Elaborator<'p, 'b> {
        let source = program.source();
        let breaks = source.bytes().enumerate().filter(|(_, c)| *c == b'\n').map(|(i, _)| i as u32 + 1);
        let lines = std::iter::once(0).chain(breaks).collect();
        Elaborator { program, b, options, scope: Scope::default(), lines, ascii: source.is_ascii(), work: 0 }
    }

    /// A mistake at a place.
    pub(super) fn error(&self, at: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.program.source(), at, message)
    }

    /// The type given for a name.
    pub(super) fn given(&self, name: &str) -> Option<Type> {
        self.options.given.iter().find(|(n, _)| n == name).map(|(_, ty)| ty.clone())
    }

    /// Declares an input and binds its name.
    pub(super) fn input(
        &mut self,
        name: NameId,
        ty: Type,
        role: Role,
        at: Span,
    ) -> Result<Item<'b>, Diagnostic> {
        self.place(at);
        let text = self.program.name(name);
        let e = match role {
            Role::Input => self.b.input(text, ty),
            Role::Param => self.b.param(text, ty),
        };
        self.check(e, at)?;
        self.scope.bind(name, Item::Array(e));
        Ok(Item::Array(e))
    }

    pub(super) fn define(&mut self, name: Ident, parameters: &[Ident], body: Tree) -> Result<(), Diagnostic> {
        if self.scope.function(name.name).is_some() {
            let text = self.program.name(name.name);
            return Err(self.error(name.span, format!("a function `{text}` is defined already")));
        }
        self.scope.define(name.name, parameters, body);
        Ok(())
    }

    /// What an expression stands for.
    pub(super) fn tree(&mut self, tree: Tree) -> Result<Item<'b>, Diagnostic> {
        let program = self.program;
        let first = tree.first.index();
        let mut items: Vec<Item<'b>> = Vec::with_capacity(tree.root.index() + 1 - first);
        for (id, node) in program.walk(tree) {
            self.work += 1;
            if self.work > MAX_WORK {
                let message = format!("the functions expand to more than {MAX_WORK} expressions");
                return Err(self.error(node.span, message));
            }
            self.place(node.span);
            // Each node has one user, so an operand could be taken; most items are handles and cheap to copy.
            let item = self.node(node, &Operands { first, items: &items })?;
            debug_assert_eq!(items.len(), id.index() - first);
            items.push(item);
        }
        items.pop().ok_or_else(|| self.error(program.node(tree.root).span, "an expression is empty"))
    }

    fn node(&mut self, node: &Node, operands: &Operands<'_, 'b>) -> Result<Item<'b>, Diagnostic> {
        let at = node.span;
        match &node.expr {
            Syntax::Number(_) => self.number(at, false),
            Syntax::Text(text) => Ok(Item::Text(text.as_ref().into())),
            Syntax::Name(name) => self.name(*name, at),
            Syntax::Unary { op, operand } => {
                self.unary(*op, operands.get(*operand), at, self.program.node(*operand))
            }
            Syntax::Binary { op, op_span, lhs, rhs } => {
                let (l, r) = (operands.get(*lhs), operands.get(*rhs));
                self.binary(
                    *op,
                    (l, self.program.node(*lhs).span),
                    (r, self.program.node(*rhs).span),
                    *op_span,
                )
            }
            Syntax::Call { callee, args } => self.call(*callee, None, args, operands, at),
            Syntax::Method { receiver, method, args } => {
                let receiver = (operands.get(*receiver).clone(), self.program.node(*receiver).span);
                self.call(*method, Some(receiver), args, operands, at)
            }
            Syntax::Attribute { target, attribute } => self.attribute(operands.get(*target), *attribute, at),
            Syntax::Index { target, items } => {
                let target_span = self.program.node(*target).span;
                self.subscript(operands.get(*target), target_span, items, |id| operands.get(id).clone(), at)
            }
            Syntax::List(ids) | Syntax::Tuple(ids) => {
                Ok(Item::Sequence(ids.iter().map(|id| operands.get(*id).clone()).collect()))
            }
        }
    }

    fn number(&self, at: Span, negative: bool) -> Result<Item<'b>, Diagnostic> {
        let digits = self.program.digits(at);
        let number = Number::read(&digits, negative).ok_or_else(|| self.error(at, "this is no number"))?;
        if number.f64.is_infinite() {
            return Err(self.error(at, "this number is too large for f64").help("write `inf` for infinity"));
        }
        Ok(Item::Number(number))
    }

    fn name(&mut self, name: NameId, at: Span) -> Result<Item<'b>, Diagnostic> {
        if let Some(item) = self.scope.get(name) {
            return Ok(item.clone());
        }
        let text = self.program.name(name);
        if let Some(ty) = self.given(text) {
            return self.input(name, ty, Role::Input, at);
        }
        match predefined(text) {
            Some(Predefined::Number(n)) => return Ok(Item::Number(n)),
            Some(Predefined::Bool(x)) => return Ok(Item::Array(self.b.constant(x))),
            Some(Predefined::DType(d)) => return Ok(Item::DType(d)),
            Some(Predefined::None) => return Ok(Item::None),
            None => {}
        }
        if self.scope.function(name).is_some() || builtin::find(text).is_some() {
            return Err(self
                .error(at, format!("`{text}` is a function"))
                .help(format!("call it: `{text}(x)`")));
        }
        match self.options.undeclared {
            Undeclared::Scalar => {
                let ty = Type::scalar(self.options.default_float);
                self.input(name, ty, Role::Input, at)
            }
            Undeclared::Error => {
                let known = self.scope.names().map(|n| self.program.name(n));
                let known = known.chain(self.options.given.iter().map(|(n, _)| n.as_str())).chain(CONSTANTS);
                let error = self
                    .error(at, format!("unknown name `{text}`"))
                    .label("neither declared nor given a value");
                Err(match suggest(text, known) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error.help(format!("give it a value with `--at {text}=...`")),
                })
            }
        }
    }

    fn unary(
        &mut self,
        op: UnaryOp,
        operand: &Item<'b>,
        at: Span,
        node: &Node,
    ) -> Result<Item<'b>, Diagnostic> {
        match (op, operand) {
            (UnaryOp::Neg, Item::Number(_)) if matches!(node.expr, Syntax::Number(_)) => {
                self.number(node.span, true)
            }
            (UnaryOp::Neg, Item::Number(n)) => {
                Ok(Item::Number(Number { f64: -n.f64, f32: -n.f32, int: n.int.and_then(i64::checked_neg) }))
            }
            (UnaryOp::Pos, Item::Number(_)) => Ok(operand.clone()),
            (_, Item::Weak(e, int)) => {
                let e = if op == UnaryOp::Neg { self.check(-*e, at)? } else { *e };
                Ok(Item::Weak(e, if op == UnaryOp::Neg { int.and_then(i64::checked_neg) } else { *int }))
            }
            _ => {
                let e = self.array(operand, node.span)?;
                Ok(Item::Array(if op == UnaryOp::Neg { self.check(-e, at)? } else { e }))
            }
        }
    }

    fn binary(
        &mut self,
        op: BinaryOp,
        (left, left_at): (&Item<'b>, Span),
        (right, right_at): (&Item<'b>, Span),
        op_at: Span,
    ) -> Result<Item<'b>, Diagnostic> {
        let weak = left.is_weak() && right.is_weak();
        let (l, r) = self.pair((left, left_at), (right, right_at))?;
        let e = match op {
            BinaryOp::Add => l + r,
            BinaryOp::Sub => l - r,
            BinaryOp::Mul => l * r,
            BinaryOp::Div => l / r,
            BinaryOp::MatMul => l.matmul(r),
            BinaryOp::Pow => l.binary(Binary::Pow, r),
            BinaryOp::Eq => l.compare(Comparison::Equal, r),
            BinaryOp::Ne => l.compare(Comparison::NotEqual, r),
            BinaryOp::Lt => l.compare(Comparison::Less, r),
            BinaryOp::Le => l.compare(Comparison::LessEqual, r),
            BinaryOp::Gt => l.compare(Comparison::Greater, r),
            BinaryOp::Ge => l.compare(Comparison::GreaterEqual, r),
        };
        if e.is_dead() {
            return Err(self.dead(op_at));
        }
        Ok(if weak { Item::Weak(e, folded(op, left, right)) } else { Item::Array(e) })
    }

    fn call(
        &mut self,
        callee: Ident,
        receiver: Option<(Item<'b>, Span)>,
        args: &[Argument],
        operands: &Operands<'_, 'b>,
        at: Span,
    ) -> Result<Item<'b>, Diagnostic> {
        let name = self.program.name(callee.name);
        let mut given: Vec<Given<'b>> =
            receiver.into_iter().map(|(item, span)| Given { keyword: None, item, span }).collect();
        for arg in args {
            let keyword = arg.keyword.map(|k| (k.name, k.span));
            given.push(Given {
                keyword,
                item: operands.get(arg.value).clone(),
                span: self.program.node(arg.value).span,
            });
        }
        if let Some(definition) = self.scope.function(callee.name) {
            return self.inline(callee, &definition, given, at);
        }
        match builtin::find(name) {
            Some(builtin) => builtin.call(self, name, given, at),
            None => Err(self.unknown_function(name, callee.span)),
        }
    }

    fn unknown_function(&self, name: &str, at: Span) -> Diagnostic {
        let error = self.error(at, format!("unknown function `{name}`"));
        let own = self.scope.functions().map(|n| self.program.name(n));
        match suggest(name, own.chain(builtin::names())) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error,
        }
    }

    fn inline(
        &mut self,
        callee: Ident,
        definition: &super::scope::Definition,
        given: Vec<Given<'b>>,
        at: Span,
    ) -> Result<Item<'b>, Diagnostic> {
        let name = self.program.name(callee.name);
        if self.scope.depth() >= MAX_CALLS {
            let message = format!("calls nest deeper than {MAX_CALLS}");
            return Err(self.error(callee.span, message).help("functions cannot be recursive"));
        }
        let expected = definition.parameters.len();
        let mut slots: Vec<Option<Item<'b>>> = vec![None; expected];
        let count = given.len();
        for (i, arg) in given.into_iter().enumerate() {
            let slot = match arg.keyword {
                None => Some(i).filter(|&i| i < expected),
                Some((keyword, _)) => definition.parameters.iter().position(|&p| p == keyword),
            };
            match slot {
                Some(slot) if slots[slot].is_none() => slots[slot] = Some(arg.item),
                _ => return Err(self.arity(name, expected, count, at)),
            }
        }
        let Some(items) = slots.into_iter().collect::<Option<Vec<_>>>() else {
            return Err(self.arity(name, expected, count, at));
        };
        self.scope.enter(definition.parameters.iter().copied().zip(items).collect());
        let result = self.tree(definition.body);
        self.scope.leave();
        result
    }

    fn arity(&self, name: &str, expected: usize, found: usize, at: Span) -> Diagnostic {
        let s = if expected == 1 { "" } else { "s" };
        self.error(at, format!("`{name}` takes {expected} argument{s}, found {found}"))
    }

    fn attribute(&mut self, target: &Item<'b>, attribute: Ident, at: Span) -> Result<Item<'b>, Diagnostic> {
        let e = self.array(target, at)?;
        let numbers = |ns: &[usize]| -> Rc<[Item<'b>]> {
            ns.iter().map(|&n| Item::Number(Number::of_int(n as i64))).collect()
        };
        match self.program.name(attribute.name) {
            "T" => Ok(Item::Array(self.check(e.t(), at)?)),
            "shape" => Ok(Item::Sequence(numbers(&e.shape()))),
            "ndim" => Ok(Item::Number(Number::of_int(e.rank() as i64))),
            "size" => Ok(Item::Number(Number::of_int(e.shape().elements() as i64))),
            "dtype" => Ok(Item::DType(e.dtype())),
            other => {
                let error = self.error(attribute.span, format!("arrays have no attribute `{other}`"));
                Err(error.help("the attributes are T, shape, ndim, size and dtype"))
            }
        }
    }

    /// The expression, or what was wrong with it.
    pub(super) fn check(&self, e: Expr<'b>, at: Span) -> Result<Expr<'b>, Diagnostic> {
        if e.is_dead() { Err(self.dead(at)) } else { Ok(e) }
    }

    fn dead(&self, at: Span) -> Diagnostic {
        match self.b.error() {
            Some(GraphError::Build(report)) => {
                let mut error = self.error(at, format!("`{}`: {}", report.op, report.error));
                if let OpError::Mismatch { left, right, .. } = &report.error {
                    error = error.label(format!("{left} meets {right}"));
                }
                for operand in &report.operands {
                    let place = if let Place::Text { .. } = operand.place {
                        format!(", from {}", operand.place)
                    } else {
                        String::new()
                    };
                    error = error.note(format!("{}: {}{place}", operand.text, operand.ty));
                }
                error
            }
            Some(error) => self.error(at, error.to_string()),
            None => self.error(at, "this cannot be built"),
        }
    }

    /// Nodes made from now on count as made here.
    fn place(&self, at: Span) {
        let line = self.lines.partition_point(|&start| start <= at.start);
        let start = self.lines[line - 1];
        let column = if self.ascii {
            at.start - start
        } else {
            self.program.source()[start as usize..at.start as usize].chars().count() as u32
        };
        self.b.set_place(Some(Place::Text { line: line as u32, column: column + 1 }));
    }
}

/// The integer that an operation on written integers gives.
fn folded(op: BinaryOp, left: &Item<'_>, right: &Item<'_>) -> Option<i64> {
    let (l, r) = (left.int()?, right.int()?);
    match op {
        BinaryOp::Add => l.checked_add(r),
        BinaryOp::Sub => l.checked_sub(r),
        BinaryOp::Mul => l.checked_mul(r),
        BinaryOp::Pow => l.checked_pow(u32::try_from(r).ok()?),
        BinaryOp::Div | BinaryOp::MatMul => None,
        BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => None,
    }
}

/// What the nodes evaluated so far stand for.
struct Operands<'a, 'b> {
    first: usize,
    items: &'a [Item<'b>],
}

impl<'b> Operands<'_, 'b> {
    fn get(&self, id: super::super::ast::ExprId) -> &Item<'b> {
        &self.items[id.index() - self.first]
    }
}
