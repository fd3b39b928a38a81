//! Elementwise rewrites written as two expressions: read once, matched and built many times.
//!
//! Names are variables: `c` and `d` are truth values, `k` and `l` match numbers (constants of one element, stretched or
//! not) only. Operations on numbers alone are computed while the result is built, so no rule meets them half done.

use super::kind::is_number;
use super::rule::{Numbers, Rule};
use super::site::uniform;
use smallvec::SmallVec;
use wengert_expr::text::{Options, parse};
use wengert_expr::{DType, Expr, Graph, NodeId, Op, Output, Type, Value};

/// A rewrite ready to be applied.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    before: Term,
    after: Term,
    variables: usize,
}

/// A part of a pattern.
#[derive(Clone, Debug)]
pub(crate) enum Term {
    /// Any node, the same one wherever the variable stands.
    Any(usize),
    /// A number, the same one wherever the variable stands.
    Number(usize),
    /// This number, by its bits.
    Exactly(f64),
    /// This truth value.
    Truth(bool),
    /// An operation.
    Apply(Op, Vec<Term>),
}

type Bindings = SmallVec<[Option<NodeId>; 6]>;

/// Names whose variables are truth values.
const TRUTHS: [&str; 2] = ["c", "d"];

/// Names whose variables are numbers.
const NUMBERS: [&str; 2] = ["k", "l"];

/// Expressions as a program that declares its truth values. Nothing is shared, so that operands stay as they are written.
fn program<'t>(expressions: impl Iterator<Item = &'t str>) -> String {
    let declarations = TRUTHS.iter().map(|c| format!("input {c}: bool\n"));
    let outputs = expressions.enumerate().map(|(i, text)| format!("output result{i} = {text}\n"));
    std::iter::once("#! no-share\n".to_owned()).chain(declarations).chain(outputs).collect()
}

impl Pattern {
    /// The patterns of these rows: one program, since reading many takes longer.
    ///
    /// # Panics
    /// When the rows' texts are no expressions: a fault of a row, which its test finds.
    pub(crate) fn read(rules: &[&Rule]) -> Vec<Pattern> {
        let texts = program(rules.iter().flat_map(|r| [r.before, r.after]));
        let parsed = parse(&texts, &Options::default());
        let function = parsed.unwrap_or_else(|error| panic!("rows of patterns: {error}"));
        let pattern = |pair: &[Output]| {
            let mut names: Vec<String> = Vec::new();
            let before = term(function.graph(), pair[0].node, &mut names);
            let after = term(function.graph(), pair[1].node, &mut names);
            Pattern { before, after, variables: names.len() }
        };
        function.outputs().chunks_exact(2).map(pattern).collect()
    }

    /// The operation at its root and what stands behind it.
    pub(crate) fn head(&self) -> Option<(&Op, &[Term])> {
        if let Term::Apply(op, terms) = &self.before { Some((op, terms)) } else { None }
    }

    /// What its variables are at a root that has this form.
    pub(crate) fn find(&self, graph: &Graph, root: NodeId, on: Numbers) -> Option<Found> {
        if !self.before.admits(graph, root) {
            return None;
        }
        let mut bindings: Bindings = SmallVec::from_elem(None, self.variables);
        let goal: Goals<'_> = SmallVec::from_elem((&self.before, root), 1);
        if !matches(graph, goal, &mut bindings) {
            return None;
        }
        let bound = bindings.iter().flatten().map(|&n| graph.ty(n).dtype);
        let dtype = bound.max().unwrap_or(graph.ty(root).dtype);
        on.contain(dtype).then_some(Found { bindings, dtype })
    }

    /// What stands for the root.
    pub(crate) fn build<'b>(&self, root: Expr<'b>, found: &Found) -> Expr<'b> {
        let result = build(&self.after, root, &found.bindings, found.dtype);
        result.cast(root.dtype()).broadcast_to(root.shape())
    }
}

/// What the variables of a pattern are at one place.
#[derive(Debug)]
pub(crate) struct Found {
    bindings: Bindings,
    /// The dtype of numbers.
    dtype: DType,
}

impl Found {
    /// Whether a variable is this node.
    pub(crate) fn binds(&self, node: NodeId) -> bool {
        self.bindings.contains(&Some(node))
    }
}

impl Term {
    /// Whether a node that does this may be this part, as far as that says.
    pub(crate) fn allows(&self, op: &Op) -> bool {
        match self {
            Term::Any(_) => true,
            Term::Number(_) | Term::Exactly(_) | Term::Truth(_) => is_number(op),
            Term::Apply(own, _) => std::ptr::eq(own.row(), op.row()),
        }
    }

    /// Whether a node has this form, whatever the variables are: most do not, and this is found out soonest.
    fn admits(&self, graph: &Graph, node: NodeId) -> bool {
        match self {
            Term::Any(_) => true,
            Term::Number(_) => number(graph, node).is_some(),
            Term::Exactly(x) => number(graph, node).is_some_and(|v| is_exactly(v, *x)),
            Term::Truth(truth) => number(graph, node).and_then(Value::slice::<bool>) == Some(&[*truth]),
            Term::Apply(op, terms) => {
                let (row, operands) = (op.row(), graph.operands(node));
                let each = |term: (&Term, &NodeId)| term.0.admits(graph, *term.1);
                std::ptr::eq(graph.op(node).row(), row)
                    && (terms.iter().zip(operands).all(each)
                        || (row.commutative && terms.iter().zip(operands.iter().rev()).all(each)))
            }
        }
    }

    /// Whether both must be one node.
    pub(crate) fn is_same(&self, other: &Term) -> bool {
        matches!((self, other), (Term::Any(x), Term::Any(y)) | (Term::Number(x), Term::Number(y)) if x == y)
    }
}

fn term(graph: &Graph, node: NodeId, names: &mut Vec<String>) -> Term {
    match graph.op(node) {
        Op::Input(i) => {
            let name = &graph.inputs()[*i as usize].name;
            let variable = names.iter().position(|n| n == name).unwrap_or_else(|| {
                names.push(name.clone());
                names.len() - 1
            });
            if NUMBERS.contains(&name.as_str()) { Term::Number(variable) } else { Term::Any(variable) }
        }
        Op::Constant(literal) => match (literal.value().slice::<bool>(), literal.value().item()) {
            (Some(&[truth]), _) => Term::Truth(truth),
            (_, Some(x)) => Term::Exactly(x),
            (_, None) => unreachable!("patterns are of scalars"),
        },
        op => {
            let terms = graph.operands(node).iter().map(|&n| term(graph, n, names)).collect();
            Term::Apply(op.clone(), terms)
        }
    }
}

type Goals<'t> = SmallVec<[(&'t Term, NodeId); 8]>;

/// Whether all goals can be met at once; a commutative operation is tried both ways.
fn matches(graph: &Graph, mut goals: Goals<'_>, bindings: &mut Bindings) -> bool {
    while let Some((term, node)) = goals.pop() {
        match term {
            Term::Any(variable) | Term::Number(variable) => {
                if matches!(term, Term::Number(_)) && number(graph, node).is_none() {
                    return false;
                }
                if *bindings[*variable].get_or_insert(node) != node {
                    return false;
                }
            }
            Term::Exactly(x) => {
                if !number(graph, node).is_some_and(|v| is_exactly(v, *x)) {
                    return false;
                }
            }
            Term::Truth(truth) => {
                if number(graph, node).and_then(Value::slice::<bool>) != Some(&[*truth]) {
                    return false;
                }
            }
            Term::Apply(op, terms) => {
                if graph.op(node) != op {
                    return false;
                }
                let operands = graph.operands(node);
                if op.row().commutative {
                    let mut swapped = goals.clone();
                    swapped.extend(terms.iter().zip(operands.iter().rev().copied()));
                    let mut tried = bindings.clone();
                    goals.extend(terms.iter().zip(operands.iter().copied()));
                    if matches(graph, goals, &mut tried) {
                        *bindings = tried;
                        return true;
                    }
                    return matches(graph, swapped, bindings);
                }
                goals.extend(terms.iter().zip(operands.iter().copied()));
            }
        }
    }
    true
}

/// By bits, so that 0 and -0 differ.
fn is_exactly(value: &Value, x: f64) -> bool {
    let item = match value {
        Value::Bool(_) => None,
        Value::I64(t) => t.first().map(|&v| v as f64),
        Value::F32(t) => t.first().map(|&v| f64::from(v)),
        Value::F64(t) => t.first().copied(),
    };
    item.is_some_and(|v| v.to_bits() == x.to_bits())
}

fn number(graph: &Graph, node: NodeId) -> Option<&Value> {
    let node = match graph.op(node) {
        Op::Broadcast { .. } => graph.operands(node)[0],
        _ => node,
    };
    match graph.op(node) {
        Op::Constant(literal) if literal.value().len() == 1 => Some(literal.value()),
        _ => None,
    }
}

fn build<'b>(term: &Term, root: Expr<'b>, bindings: &Bindings, dtype: DType) -> Expr<'b> {
    let b = root.builder();
    let bound = |variable: usize| b.node(bindings[variable].expect("what is built was matched"));
    match term {
        Term::Any(variable) => bound(*variable),
        Term::Number(variable) => {
            let e = bound(*variable);
            match uniform(e).and_then(|v| v.reshaped(&[])) {
                Some(value) => b.constant(value),
                None => e,
            }
        }
        Term::Exactly(x) => b.constant(Value::from_f64s(&Type::scalar(dtype), &[*x])),
        Term::Truth(truth) => b.constant(*truth),
        Term::Apply(op, terms) => {
            let operands: Vec<Expr<'b>> = terms.iter().map(|t| build(t, root, bindings, dtype)).collect();
            if let Some(value) = computed(op, &operands) {
                return b.constant(value);
            }
            match (op, operands.as_slice()) {
                (Op::Unary(op), [x]) => x.unary(*op),
                (Op::Binary(op), [x, y]) => x.binary(*op, *y),
                (Op::Compare(op), [x, y]) => x.compare(*op, *y),
                (Op::Select, [c, x, y]) => c.select(*x, *y),
                (op, operands) => b.add(op.clone(), operands),
            }
        }
    }
}

/// The value of an operation on numbers.
fn computed(op: &Op, operands: &[Expr<'_>]) -> Option<Value> {
    let scalar = |e: &Expr<'_>| e.as_constant().filter(|v| v.shape().is_empty() && e.rank() == 0);
    let values: Vec<Value> = operands.iter().map(scalar).collect::<Option<_>>()?;
    let types: Vec<Type> = values.iter().map(Value::ty).collect();
    let ty = (op.row().infer)(op, &types.iter().collect::<Vec<_>>()).ok()?;
    (op.row().eval)(op, &values.iter().collect::<Vec<_>>(), &ty).ok()
}
