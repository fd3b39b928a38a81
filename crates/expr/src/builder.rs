//! A graph while it is written.
//!
//! Nothing here panics on a user's mistake: the first error stays in the builder, the expression in which it happened
//! and all its users are silently dead, and [`Builder::finish`] returns it. The `try_` forms return it at once.

use crate::error::{BuildError, GraphError, OpError, OperandReport};
use crate::expr::{Expr, Handle};
use crate::function::{Function, Output};
use crate::graph::{Graph, NodeId, Role};
use crate::map::TypeId;
use crate::op::{Literal, Op};
use crate::place::{Place, PlaceId, ScopeId};
use crate::ty::{DType, Type};
use crate::value::Value;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::panic::Location;

/// The node of an expression that could not be built.
pub(crate) const DEAD: NodeId = NodeId(u32::MAX);

/// A graph while it is written.
///
/// ```
/// use wengert_expr::{Builder, DType, Type};
/// let b = Builder::new();
/// let x = b.input("x", Type::scalar(DType::F64));
/// b.output("y", x * x + x.sin());
/// let f = b.finish()?;
/// assert_eq!(f.outputs().len(), 1);
/// # Ok::<(), wengert_expr::GraphError>(())
/// ```
#[derive(Debug, Default)]
pub struct Builder {
    state: RefCell<State>,
}

#[derive(Debug, Default)]
struct State {
    graph: Graph,
    outputs: Vec<Output>,
    output_names: FxHashSet<String>,
    numbers: FxHashMap<(DType, u64), Handle>,
    error: Option<GraphError>,
    place: Option<PlaceId>,
    scope: ScopeId,
}

impl Builder {
    /// An empty graph that shares equal subexpressions.
    pub fn new() -> Builder {
        Builder::on(Graph::new())
    }

    /// An empty graph in which every node written is a node of its own.
    pub fn without_sharing() -> Builder {
        Builder::on(Graph::without_sharing())
    }

    /// Goes on writing this graph.
    pub fn on(graph: Graph) -> Builder {
        Builder { state: RefCell::new(State { graph, ..State::default() }) }
    }

    /// Data of this type, by name.
    #[track_caller]
    pub fn input(&self, name: impl Into<String>, ty: Type) -> Expr<'_> {
        self.declare(name.into(), ty, Role::Input)
    }

    /// A parameter of this type, by name: kept between calls and trained.
    #[track_caller]
    pub fn param(&self, name: impl Into<String>, ty: Type) -> Expr<'_> {
        self.declare(name.into(), ty, Role::Param)
    }

    #[track_caller]
    fn declare(&self, name: String, ty: Type, role: Role) -> Expr<'_> {
        let caller = Location::caller();
        let state = &mut *self.state.borrow_mut();
        let place = state.place(caller);
        if state.graph.input(&name).is_some() {
            return self.expr(state.fail(GraphError::DuplicateInput { name }));
        }
        self.expr(match state.graph.add_input_at(name, ty, role, place) {
            Ok(node) => Handle { node, ty: state.graph.type_id(node) },
            Err(error) => {
                let place = state.graph.places().get(place);
                let error = BuildError { op: "input".into(), error, operands: Vec::new(), place };
                state.fail(error.into())
            }
        })
    }

    /// A value as an expression.
    #[track_caller]
    pub fn constant(&self, value: impl Into<Value>) -> Expr<'_> {
        self.add(Op::Constant(Literal::new(value.into())), &[])
    }

    /// A number of this dtype, to which it is rounded once. Rules ask for the same few again and again, so they are found
    /// without a value being made.
    #[track_caller]
    pub fn number(&self, x: f64, dtype: DType) -> Expr<'_> {
        let key = (dtype, x.to_bits());
        if let Some(&known) = self.state.borrow().numbers.get(&key) {
            return self.expr(known);
        }
        let e = self.constant(Value::from_f64s(&Type::scalar(dtype), &[x]));
        let state = &mut *self.state.borrow_mut();
        if state.graph.is_sharing() && !e.is_dead() {
            state.numbers.insert(key, e.handle());
        }
        e
    }

    /// Makes an expression an output of this name.
    pub fn output(&self, name: impl Into<String>, e: Expr<'_>) {
        self.push_output(Some(name.into()), e);
    }

    /// Makes an expression an output without a name.
    pub fn output_unnamed(&self, e: Expr<'_>) {
        self.push_output(None, e);
    }

    fn push_output(&self, name: Option<String>, e: Expr<'_>) {
        if self.check("output", &[e]).is_err() {
            return;
        }
        let mut state = self.state.borrow_mut();
        match name {
            Some(name) if !state.output_names.insert(name.clone()) => {
                state.fail(GraphError::DuplicateOutput { name });
            }
            name => state.outputs.push(Output { name, node: e.id() }),
        }
    }

    /// The function from the graph's inputs to the outputs.
    ///
    /// # Errors
    /// The first mistake made while the graph was written.
    pub fn finish(self) -> Result<Function, GraphError> {
        let State { graph, outputs, error, .. } = self.state.into_inner();
        match error {
            Some(error) => Err(error),
            None => Ok(Function::new(graph, outputs)),
        }
    }

    /// The first mistake so far.
    pub fn error(&self) -> Option<GraphError> {
        self.state.borrow().error.clone()
    }

    /// An existing node as an expression.
    pub fn node(&self, node: NodeId) -> Expr<'_> {
        match node {
            DEAD => self.dead(),
            _ => self.expr(Handle { node, ty: self.read(|g| g.type_id(node)) }),
        }
    }

    /// The expression of a handle that was taken from one of this builder.
    pub fn expr(&self, handle: Handle) -> Expr<'_> {
        Expr::new(self, handle)
    }

    fn dead(&self) -> Expr<'_> {
        self.expr(Handle::DEAD)
    }

    /// Reads the graph as it is now.
    pub fn read<R>(&self, f: impl FnOnce(&Graph) -> R) -> R {
        f(&self.state.borrow().graph)
    }

    /// Changes the graph's table of types or names.
    pub fn write<R>(&self, f: impl FnOnce(&mut Graph) -> R) -> R {
        f(&mut self.state.borrow_mut().graph)
    }

    /// From now on, nodes count as made at this place; `None` goes back to the caller's line.
    pub fn set_place(&self, place: Option<Place>) {
        let state = &mut *self.state.borrow_mut();
        state.place = place.map(|place| state.graph.places().intern(place, state.scope));
    }

    /// Until the guard is dropped, nodes belong to the part of the model that has this name, inside the parts that are
    /// open: pictures frame them together.
    ///
    /// ```
    /// use wengert_expr::{Builder, DType, Type};
    /// let b = Builder::new();
    /// let x = b.input("x", Type::scalar(DType::F64));
    /// let y = {
    ///     let _encoder = b.scope("encoder");
    ///     let _layer = b.scope("layer 1");
    ///     x.sin()
    /// };
    /// assert_eq!(b.read(|g| g.scope(y.id()).to_owned()), "encoder/layer 1");
    /// let z = y + 1.0;
    /// assert_eq!(b.read(|g| g.scope(z.id()).to_owned()), "");
    /// ```
    pub fn scope(&self, name: &str) -> Scope<'_> {
        let state = &mut *self.state.borrow_mut();
        let outer = state.scope;
        state.scope = state.graph.places().nested(outer, name);
        Scope { builder: self, outer }
    }

    /// From now on, nodes count as made where this one was.
    pub fn set_place_of(&self, node: NodeId) {
        let state = &mut *self.state.borrow_mut();
        state.place = Some(state.graph.place_id(node));
    }

    #[track_caller]
    fn place(&self) -> Place {
        // A closure would not see the caller.
        let caller = Location::caller();
        let state = &mut *self.state.borrow_mut();
        let place = state.place(caller);
        state.graph.places().get(place)
    }

    /// An operation on expressions. A mistake makes a dead expression.
    #[track_caller]
    pub fn add(&self, op: Op, operands: &[Expr<'_>]) -> Expr<'_> {
        // Nearly all operations have one or two operands and need no list.
        match operands {
            [x] if self.owns(x) => self.add_nodes(op, &[x.id()], &[x.type_id()]),
            [x, y] if self.owns(x) && self.owns(y) => {
                self.add_nodes(op, &[x.id(), y.id()], &[x.type_id(), y.type_id()])
            }
            _ if self.check(op.name(), operands).is_err() => self.dead(),
            _ => {
                let types: Vec<TypeId> = operands.iter().map(|e| e.type_id()).collect();
                self.add_nodes(op, &nodes(operands), &types)
            }
        }
    }

    /// An operation on expressions.
    ///
    /// # Errors
    /// The mistake that this operation makes, or the one that made an operand dead.
    #[track_caller]
    pub fn try_add(&self, op: Op, operands: &[Expr<'_>]) -> Result<Expr<'_>, GraphError> {
        self.attempt(|| self.add(op, operands))
    }

    /// Runs code that writes expressions and returns the error it met, if any, leaving the builder without that error.
    ///
    /// # Errors
    /// The first mistake made inside, or the earlier one that made the result dead.
    pub fn attempt<'b>(&'b self, write: impl FnOnce() -> Expr<'b>) -> Result<Expr<'b>, GraphError> {
        let before = self.state.borrow_mut().error.take();
        let e = write();
        let mut state = self.state.borrow_mut();
        let error = std::mem::replace(&mut state.error, before);
        match error.or_else(|| if e.is_dead() { state.error.clone() } else { None }) {
            Some(error) => Err(error),
            None => Ok(e),
        }
    }

    #[track_caller]
    fn add_nodes(&self, op: Op, nodes: &[NodeId], types: &[TypeId]) -> Expr<'_> {
        let (name, caller) = (op.name(), Location::caller());
        let state = &mut *self.state.borrow_mut();
        let place = state.place(caller);
        if state.graph.len() >= DEAD.index() {
            return self.expr(state.fail(GraphError::Full));
        }
        self.expr(match state.graph.add_typed(op, nodes, types, place) {
            Ok((node, ty)) => Handle { node, ty },
            Err(error) => {
                let place = state.graph.places().get(place);
                let error = state.report(name, error, nodes, place);
                state.fail(error)
            }
        })
    }

    /// Reports a mistake that no single operation would find.
    #[track_caller]
    pub(crate) fn fail(&self, op: &str, error: OpError, operands: &[Expr<'_>]) -> Expr<'_> {
        let place = self.place();
        if self.check(op, operands).is_ok() {
            let mut state = self.state.borrow_mut();
            let error = state.report(op, error, &nodes(operands), place);
            state.fail(error);
        }
        self.dead()
    }

    #[inline]
    fn owns(&self, e: &Expr<'_>) -> bool {
        std::ptr::eq(e.builder(), self) && !e.is_dead()
    }

    /// Whether the operands are all alive and of this builder.
    #[track_caller]
    fn check(&self, op: &str, operands: &[Expr<'_>]) -> Result<(), Dead> {
        if operands.iter().all(|e| self.owns(e)) {
            return Ok(());
        }
        if operands.iter().any(|e| !std::ptr::eq(e.builder(), self)) {
            let place = self.place();
            self.state.borrow_mut().fail(GraphError::MixedBuilders { op: op.to_owned(), place });
        }
        Err(Dead)
    }
}

fn nodes(operands: &[Expr<'_>]) -> Vec<NodeId> {
    operands.iter().map(|e| e.id()).collect()
}

/// A part of a model that is being written, until this is dropped.
#[derive(Debug)]
#[must_use = "the scope ends when this is dropped"]
pub struct Scope<'b> {
    builder: &'b Builder,
    outer: ScopeId,
}

impl Drop for Scope<'_> {
    fn drop(&mut self) {
        self.builder.state.borrow_mut().scope = self.outer;
    }
}

/// An operand could not be built, which is already known.
struct Dead;

impl State {
    /// The place that was set, or else this line.
    fn place(&mut self, caller: &'static Location<'static>) -> PlaceId {
        self.place.unwrap_or_else(|| self.graph.places().intern(Place::Rust(caller), self.scope))
    }

    fn fail(&mut self, error: GraphError) -> Handle {
        self.error.get_or_insert(error);
        Handle::DEAD
    }

    fn report(&self, op: &str, error: OpError, nodes: &[NodeId], place: Place) -> GraphError {
        let operands = nodes.iter().map(|&n| OperandReport {
            text: self.graph.name(n).map_or_else(|| self.graph.op(n).name().to_owned(), |s| format!("{s:?}")),
            ty: self.graph.ty(n).clone(),
            place: self.graph.place(n),
        });
        BuildError { op: op.to_owned(), error, operands: operands.collect(), place }.into()
    }
}
