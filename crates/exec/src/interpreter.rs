//! The reference interpreter: the live nodes in arena order, each by its row's reference value.
//!
//! A value is dropped after its last use, so a run holds only what is still needed.

use crate::error::ExecError;
use smallvec::SmallVec;
use wengert_expr::{Function, NodeId, Op, Type, Value, Workload};

/// The greatest size of one value. Beyond it an allocation would end the process instead of failing.
const MAX_VALUE_GIB: usize = 8;

/// A function made ready to run many times.
#[derive(Clone, Debug)]
pub struct Interpreter {
    function: Function,
    order: Vec<NodeId>,
    /// For each position of `order`, the nodes whose values nobody needs afterwards, as a range of `dying`.
    deaths: Vec<u32>,
    dying: Vec<NodeId>,
    oversized: Option<NodeId>,
}

/// Runs a function once on named inputs.
///
/// ```
/// use wengert_exec::evaluate;
/// use wengert_expr::{Builder, DType, Type, Value};
/// let b = Builder::new();
/// let x = b.input("x", Type::scalar(DType::F64));
/// b.output("y", x * x);
/// let y = evaluate(&b.finish()?, &[("x", Value::scalar(3.0))])?;
/// assert_eq!(y[0].item(), Some(9.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// See [`Interpreter::run_named`].
pub fn evaluate(function: &Function, inputs: &[(&str, Value)]) -> Result<Vec<Value>, ExecError> {
    Interpreter::new(function).run_named(inputs)
}

impl Interpreter {
    /// Makes a function ready: finds its live nodes and where each value is needed last.
    pub fn new(function: &Function) -> Interpreter {
        let graph = function.graph();
        let live = function.live();
        let order: Vec<NodeId> = graph.nodes().filter(|n| live[n.index()]).collect();
        let mut kept = vec![false; graph.len()];
        for output in function.outputs() {
            kept[output.node.index()] = true;
        }
        // Backwards, the first sight of an operand is its last use.
        let mut dying = Vec::new();
        let mut deaths = vec![0u32; order.len() + 1];
        for (at, &node) in order.iter().enumerate().rev() {
            for &operand in graph.operands(node) {
                if !std::mem::replace(&mut kept[operand.index()], true) {
                    dying.push(operand);
                }
            }
            deaths[at] = dying.len() as u32;
        }
        let oversized = order.iter().copied().find(|&n| graph.ty(n).bytes() > MAX_VALUE_GIB << 30);
        Interpreter { function: function.clone(), order, deaths, dying, oversized }
    }

    /// Whether every value is of a size that can be tried. Runs check it first.
    ///
    /// # Errors
    /// The first node whose value would be too large.
    pub fn check_sizes(&self) -> Result<(), ExecError> {
        let Some(node) = self.oversized else { return Ok(()) };
        let graph = self.function.graph();
        Err(ExecError::TooLarge {
            op: graph.op(node).name().to_owned(),
            place: graph.place(node),
            ty: graph.ty(node).clone(),
            gib: graph.ty(node).bytes() >> 30,
            limit: MAX_VALUE_GIB,
        })
    }

    /// The function.
    pub fn function(&self) -> &Function {
        &self.function
    }

    /// Runs on values by name, in any order; an input that no output needs may stay away.
    ///
    /// # Errors
    /// A missing, unknown or doubled input, a value of another type than its input's, or an operation that has no value
    /// for its operands (an index out of bounds, an integer division by zero).
    pub fn run_named(&self, inputs: &[(&str, Value)]) -> Result<Vec<Value>, ExecError> {
        self.evaluate(self.by_name(inputs)?, |_, _| ())
    }

    /// As [`Interpreter::run_named`], showing every node's value as it is computed.
    ///
    /// # Errors
    /// As [`Interpreter::run_named`].
    pub fn run_watched(
        &self,
        inputs: &[(&str, Value)],
        watch: impl FnMut(NodeId, &Value),
    ) -> Result<Vec<Value>, ExecError> {
        self.evaluate(self.by_name(inputs)?, watch)
    }

    /// Runs on one value for each input, in the order of the inputs.
    ///
    /// # Errors
    /// Another number of values, a value of another type than its input's, or an operation without a value.
    pub fn run(&self, inputs: &[Value]) -> Result<Vec<Value>, ExecError> {
        let expected = self.function.inputs().len();
        if inputs.len() != expected {
            return Err(ExecError::Count { expected, found: inputs.len() });
        }
        let slots =
            inputs.iter().enumerate().map(|(i, v)| self.checked(i, v).map(Some)).collect::<Result<_, _>>()?;
        self.evaluate(slots, |_, _| ())
    }

    /// As [`Interpreter::run`], counting what is done as it is done.
    ///
    /// # Errors
    /// As [`Interpreter::run`].
    pub fn run_counted(&self, inputs: &[(&str, Value)]) -> Result<(Vec<Value>, Workload), ExecError> {
        let mut counted = Counted::default();
        let outputs = self.schedule(self.by_name(inputs)?, &mut counted)?;
        Ok((outputs, counted.load))
    }

    fn by_name(&self, inputs: &[(&str, Value)]) -> Result<Vec<Option<Value>>, ExecError> {
        let mut slots = vec![None; self.function.inputs().len()];
        for (name, value) in inputs {
            let Some(i) = self.function.inputs().iter().position(|input| input.name == *name) else {
                let names: Vec<String> =
                    self.function.inputs().iter().map(|i| format!("{:?}", i.name)).collect();
                return Err(ExecError::Unknown { name: (*name).to_owned(), inputs: names.join(", ") });
            };
            if slots[i].is_some() {
                return Err(ExecError::Twice { name: (*name).to_owned() });
            }
            slots[i] = Some(self.checked(i, value)?);
        }
        Ok(slots)
    }

    fn checked(&self, i: usize, value: &Value) -> Result<Value, ExecError> {
        let input = &self.function.inputs()[i];
        if input.ty.dtype == value.dtype() && *input.ty.shape == *value.shape() {
            return Ok(value.clone());
        }
        Err(ExecError::Type { name: input.name.clone(), expected: input.ty.clone(), found: value.ty() })
    }

    fn evaluate(
        &self,
        inputs: Vec<Option<Value>>,
        watch: impl FnMut(NodeId, &Value),
    ) -> Result<Vec<Value>, ExecError> {
        self.schedule(inputs, &mut Watched(watch))
    }

    fn schedule(
        &self,
        mut inputs: Vec<Option<Value>>,
        observer: &mut impl Observer,
    ) -> Result<Vec<Value>, ExecError> {
        self.check_sizes()?;
        let graph = self.function.graph();
        let mut values: Vec<Option<Value>> = vec![None; graph.len()];
        for (at, &node) in self.order.iter().enumerate() {
            let operands: SmallVec<[&Value; 4]> =
                graph.operands(node).iter().map(|o| get(&values, *o)).collect();
            let value =
                match graph.op(node) {
                    Op::Input(i) => inputs[*i as usize].take().ok_or_else(|| {
                        let input = &graph.inputs()[*i as usize];
                        ExecError::Missing { name: input.name.clone(), expected: input.ty.clone() }
                    })?,
                    op => (op.row().eval)(op, &operands, graph.ty(node)).map_err(|error| {
                        ExecError::Eval { op: op.name().to_owned(), place: graph.place(node), error }
                    })?,
                };
            observer.computed(node, graph.op(node), &operands, &value);
            drop(operands);
            values[node.index()] = Some(value);
            for dead in &self.dying[self.deaths[at + 1] as usize..self.deaths[at] as usize] {
                if let Some(value) = values[dead.index()].take() {
                    observer.dropped(&value);
                }
            }
        }
        Ok(self.function.outputs().iter().map(|o| get(&values, o.node).clone()).collect())
    }
}

/// Who looks on while a function runs.
trait Observer {
    fn computed(&mut self, node: NodeId, op: &Op, operands: &[&Value], value: &Value);
    fn dropped(&mut self, value: &Value);
}

struct Watched<W>(W);

impl<W: FnMut(NodeId, &Value)> Observer for Watched<W> {
    fn computed(&mut self, node: NodeId, _: &Op, _: &[&Value], value: &Value) {
        (self.0)(node, value);
    }

    fn dropped(&mut self, _: &Value) {}
}

/// Counts what is done, from the values themselves.
#[derive(Default)]
struct Counted {
    load: Workload,
    holding: u64,
}

impl Observer for Counted {
    fn computed(&mut self, _: NodeId, op: &Op, operands: &[&Value], value: &Value) {
        let types: SmallVec<[Type; 4]> = operands.iter().map(|v| v.ty()).collect();
        let types: SmallVec<[&Type; 4]> = types.iter().collect();
        self.holding += self.load.step(op, &types, &value.ty());
        self.load.peak = self.load.peak.max(self.holding);
    }

    fn dropped(&mut self, value: &Value) {
        self.holding -= value.ty().bytes() as u64;
    }
}

/// Operands are older than their users and live until the last of them.
fn get(values: &[Option<Value>], node: NodeId) -> &Value {
    values[node.index()].as_ref().expect("an operand has a value before its user")
}
