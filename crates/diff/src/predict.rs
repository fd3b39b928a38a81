//! What a derivative will do in each mode, predicted, and the mode that does least.
//!
//! Where its graph is small enough each mode's derivative is written into a copy of the graph and counted as it would run,
//! after merging and simplification; elsewhere counts of the linearised graph stand in, and are said to be estimates.

use crate::compress::Plan;
use crate::cost::{Costs, ModeCost, costs};
use crate::derive::{check_variables, cross_order, elements, jacobian, jacobian_in_order};
use crate::eliminate::{Convention, Found, OrderCost, Problem, Step};
use crate::error::DiffError;
use crate::hessian::{HessianMethod, hessian_blocks};
use crate::linearize::Linearized;
use crate::mode::Mode;
use crate::transform::{open, reopened, scalar_output};
use petgraph::Direction;
use petgraph::visit::EdgeRef;
use std::fmt;
use wengert_expr::{Builder, Expr, Function, NodeId, Output, Work, Workload};

/// The most nodes that a derivative may be expected to have, and its graph to have had, to be written for a prediction.
const WRITTEN: u64 = 100_000;

/// The most vertices of a graph for which mode auto searches for an order of elimination. From one output reverse mode is
/// hardly ever beaten by much: there only small graphs are worth it.
const SEARCHED: usize = 512;
const SEARCHED_FROM_ONE: usize = 64;

/// The fewest sweeps beside which mode auto looks for a sparse pattern.
const SWEEPS: u64 = 4;

/// The most elements at both ends for which it looks.
const COLOURED: u64 = 1 << 20;

/// What a mode will do, the function itself included.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Prediction<M = Mode> {
    /// The mode, or the method of a Hessian.
    pub mode: M,
    /// What it does.
    pub load: Workload,
    /// Counted on the derivative itself; else estimated from the linearised graph.
    pub is_exact: bool,
}

/// What every mode will do, and the one that does least.
#[derive(Clone, PartialEq, Debug)]
pub struct Choice<M = Mode> {
    /// Its mode.
    pub mode: M,
    /// All of them, those first that win where the cost is the same.
    pub predictions: Vec<Prediction<M>>,
    /// The order of elimination that mode cross takes, if it was looked for.
    pub order: Option<Vec<Step>>,
}

impl<M: Copy + PartialEq + fmt::Display> Choice<M> {
    /// The one that does least; of those that do as much the first.
    fn least(predictions: Vec<Prediction<M>>, otherwise: M) -> Choice<M> {
        let key = |p: &&Prediction<M>| (p.load.work.flops(), p.load.bytes, p.load.peak);
        let mode = predictions.iter().min_by_key(key).map_or(otherwise, |p| p.mode);
        Choice { mode, predictions, order: None }
    }

    /// What the mode chosen will do.
    pub fn taken(&self) -> Option<&Prediction<M>> {
        self.predictions.iter().find(|p| p.mode == self.mode)
    }

    /// Why this mode, in words.
    pub fn reason(&self) -> String {
        let said = |p: &Prediction<M>| {
            let about = if p.is_exact { "" } else { "about " };
            format!("{} {about}{}", p.mode, p.load.work.flops())
        };
        let others: Vec<String> = self.predictions.iter().filter(|p| p.mode != self.mode).map(said).collect();
        match self.taken() {
            Some(taken) if !others.is_empty() => {
                format!(
                    "{}: none needs fewer operations; {} against {}",
                    self.mode,
                    said(taken),
                    others.join(", ")
                )
            }
            _ => self.mode.to_string(),
        }
    }
}

/// Predicts what the Jacobian of a function does in every mode, and chooses.
///
/// # Errors
/// Unknown variables, variables or outputs that are not floats, an operation without a derivative.
pub fn choose(f: &Function, wrt: &[&str]) -> Result<Choice, DiffError> {
    let b = reopened(f);
    let at = open(&b, f, wrt)?;
    choose_between(&at.outputs, &at.wrt)
}

/// The outputs of a function and then the blocks of its Jacobian, output by output: what a prediction counts.
///
/// # Errors
/// As [`jacobian`](crate::jacobian).
pub fn value_and_jacobian(f: &Function, wrt: &[&str], mode: Mode) -> Result<Function, DiffError> {
    let b = reopened(f);
    let at = open(&b, f, wrt)?;
    let nodes = with_jacobian(&at.outputs, &at.wrt, mode)?;
    if let Some(error) = b.error() {
        return Err(error.into());
    }
    Ok(computing(&b, nodes))
}

/// The output of a function and then the blocks of its Hessian: what a prediction counts.
///
/// # Errors
/// As [`hessian`](crate::hessian).
pub fn value_and_hessian(f: &Function, wrt: &[&str], method: HessianMethod) -> Result<Function, DiffError> {
    let b = reopened(f);
    let at = open(&b, f, wrt)?;
    let blocks = hessian_blocks(scalar_output(&at, f)?, &at.wrt, method)?;
    let nodes = at.outputs.iter().chain(blocks.iter().flatten()).map(|e| e.id()).collect();
    if let Some(error) = b.error() {
        return Err(error.into());
    }
    Ok(computing(&b, nodes))
}

fn with_jacobian<'b>(outputs: &[Expr<'b>], wrt: &[Expr<'b>], mode: Mode) -> Result<Vec<NodeId>, DiffError> {
    Ok(behind(outputs, jacobian(outputs, wrt, mode)?))
}

fn behind<'b>(outputs: &[Expr<'b>], blocks: Vec<Vec<Expr<'b>>>) -> Vec<NodeId> {
    outputs.iter().copied().chain(blocks.into_iter().flatten()).map(|e| e.id()).collect()
}

fn computing(b: &Builder, nodes: Vec<NodeId>) -> Function {
    let outputs = nodes.into_iter().map(|node| Output { name: None, node }).collect();
    Function::new(b.read(|g| g.clone()), outputs)
}

pub(crate) fn choose_between<'b>(outputs: &[Expr<'b>], wrt: &[Expr<'b>]) -> Result<Choice, DiffError> {
    check_variables(outputs, wrt)?;
    let nothing = Choice { mode: Mode::Reverse, predictions: Vec::new(), order: None };
    let Some(linear) = Linearized::between(outputs, wrt)? else { return Ok(nothing) };
    let Some(b) = outputs.first().map(|o| o.builder()) else { return Ok(nothing) };
    let (variables, results) = (elements(wrt), elements(outputs));
    let costs = b.read(|g| costs(g, &linear, variables, results, Convention::default()));
    let passes = variables.min(results);
    let coloured = passes >= SWEEPS && variables.saturating_add(results) <= COLOURED;
    let plan = if coloured { Plan::jacobian_if_sparse(b, outputs, wrt)? } else { None };
    let compressed =
        plan.map(|Plan { compression: c, .. }| costs.compressed(c.column_groups(), c.row_groups()));
    let predictor = Predictor { b, linear: &linear, outputs, wrt, costs, compressed };
    let mut predictions = vec![predictor.predict(Mode::Reverse)?, predictor.predict(Mode::Forward)?];
    if predictor.compressed.is_some() {
        predictions.push(predictor.predict(Mode::Compressed)?);
    }
    let mut order = None;
    let searched = if results == 1 { SEARCHED_FROM_ONE } else { SEARCHED };
    if linear.graph.node_count() <= searched {
        let found = predictor.crossed();
        predictions.push(predictor.predict_cross(&found)?);
        order = Some(found.order);
    }
    Ok(Choice { order, ..Choice::least(predictions, Mode::Reverse) })
}

/// Predicts what the Hessian of a function with one scalar output does by forward over reverse, by edge pushing and by
/// colouring, and chooses. Where writing all three would take long, the pattern alone decides.
///
/// # Errors
/// As [`grad`](crate::grad).
pub fn choose_hessian(f: &Function, wrt: &[&str]) -> Result<Choice<HessianMethod>, DiffError> {
    let b = reopened(f);
    let at = open(&b, f, wrt)?;
    let output = scalar_output(&at, f)?;
    check_variables(&[output], &at.wrt)?;
    let variables = elements(&at.wrt);
    let sweeps = 4 + at.wrt.len() as u64;
    let groups = || -> Result<Option<u64>, DiffError> {
        if variables > COLOURED {
            return Ok(None);
        }
        let plan = Plan::hessian_if_sparse(output, &at.wrt)?;
        Ok(plan.map(|plan| plan.compression.column_groups() as u64))
    };
    if (f.graph().len() as u64).saturating_mul(sweeps) > WRITTEN {
        let is_sparse = groups()?.is_some_and(|groups| groups < variables / 2);
        let mode = if is_sparse { HessianMethod::Compressed } else { HessianMethod::ForwardOverReverse };
        return Ok(Choice { mode, predictions: Vec::new(), order: None });
    }
    let written = |mode: HessianMethod| {
        let load = Workload::of(&value_and_hessian(f, wrt, mode)?);
        Ok(Prediction { mode, load, is_exact: true })
    };
    let mut methods = vec![HessianMethod::ForwardOverReverse, HessianMethod::EdgePushing];
    methods.extend(groups()?.map(|_| HessianMethod::Compressed));
    let predictions = methods.into_iter().map(written).collect::<Result<_, DiffError>>()?;
    Ok(Choice::least(predictions, HessianMethod::ForwardOverReverse))
}

struct Predictor<'p, 'b> {
    b: &'b Builder,
    linear: &'p Linearized,
    outputs: &'p [Expr<'b>],
    wrt: &'p [Expr<'b>],
    costs: Costs,
    /// What sweeps along the groups of a colouring cost, if there is one that may be worth it.
    compressed: Option<ModeCost>,
}

impl Predictor<'_, '_> {
    fn predict(&self, mode: Mode) -> Result<Prediction, DiffError> {
        let sweeps = match mode {
            Mode::Forward => self.wrt.len() as u64,
            Mode::Reverse | Mode::Auto => self.outputs.len() as u64,
            Mode::Compressed => 2,
            Mode::Cross | Mode::Paths => 4,
        };
        if self.is_written(sweeps) {
            let load = self.written(|outputs, wrt| with_jacobian(outputs, wrt, mode))?;
            return Ok(Prediction { mode, load, is_exact: true });
        }
        Ok(Prediction { mode, load: self.estimated(mode), is_exact: false })
    }

    fn predict_cross(&self, found: &Found) -> Result<Prediction, DiffError> {
        let mode = Mode::Cross;
        if self.is_written(4) {
            let load = self.written(|outputs, wrt| {
                Ok(behind(outputs, jacobian_in_order(outputs, wrt, &found.order)?))
            })?;
            return Ok(Prediction { mode, load, is_exact: true });
        }
        let OrderCost { products, sums, .. } = found.cost;
        let cost = ModeCost { passes: 1u64.into(), products: products.into(), sums: sums.into() };
        Ok(Prediction { mode, load: self.load(mode, &cost), is_exact: false })
    }

    /// Whether a derivative that goes so many times over the graph is written.
    fn is_written(&self, sweeps: u64) -> bool {
        let (graph, edges) = (self.b.read(|g| g.len()) as u64, self.linear.graph.edge_count() as u64);
        graph.saturating_add(edges.saturating_mul(sweeps)) <= WRITTEN
    }

    /// The outputs and their derivative, written into a copy of the graph.
    fn written(
        &self,
        write: impl for<'c> Fn(&[Expr<'c>], &[Expr<'c>]) -> Result<Vec<NodeId>, DiffError>,
    ) -> Result<Workload, DiffError> {
        let copy = Builder::on(self.b.read(|g| g.clone()));
        let moved = |es: &[Expr<'_>]| -> Vec<Expr<'_>> { es.iter().map(|e| copy.node(e.id())).collect() };
        let nodes = write(&moved(self.outputs), &moved(self.wrt))?;
        Ok(Workload::of(&computing(&copy, nodes)))
    }

    /// The function and its coefficients as they are, and the sweeps by what their maps cost.
    fn estimated(&self, mode: Mode) -> Workload {
        let cost = match mode {
            Mode::Forward => self.costs.forward.clone(),
            Mode::Auto | Mode::Reverse | Mode::Cross => self.costs.reverse.clone(),
            Mode::Compressed => self.compressed.clone().unwrap_or_else(|| self.costs.reverse.clone()),
            Mode::Paths => self.costs.path_sum.clone(),
        };
        self.load(mode, &cost)
    }

    /// A derivative of this cost beside the function itself.
    fn load(&self, mode: Mode, ModeCost { passes, products, sums }: &ModeCost) -> Workload {
        let base = self.base();
        let direction = if mode == Mode::Reverse { Direction::Incoming } else { Direction::Outgoing };
        let number = |n: &crate::Count| n.to_u64().unwrap_or(u64::MAX);
        let work = Work { products: number(products), sums: number(sums), calls: 0 };
        let moved = work.flops().saturating_mul(24);
        Workload {
            work: base.work + work,
            bytes: base.bytes.saturating_add(moved),
            peak: base.peak.saturating_add(self.frontier(direction).saturating_mul(number(passes))),
            nodes: base.nodes.saturating_add(2 * self.linear.graph.edge_count() as u64),
        }
    }

    /// The order that mode cross takes.
    fn crossed(&self) -> Found {
        cross_order(&self.b.read(|g| Problem::new(g, self.linear, Convention::Flops)))
    }

    /// What the outputs and all coefficients need.
    fn base(&self) -> Workload {
        let mut nodes: Vec<NodeId> = self.outputs.iter().map(|e| e.id()).collect();
        for map in self.linear.graph.edge_weights() {
            map.map_coefficients(&mut |&c| nodes.push(c));
        }
        Workload::of(&computing(self.b, nodes))
    }

    /// The most bytes of tangents that wait at once in one sweep.
    fn frontier(&self, direction: Direction) -> u64 {
        let graph = &self.linear.graph;
        let bytes = |v| self.b.read(|g| g.ty(self.linear.node(v)).bytes()) as u64;
        let mut left: Vec<usize> =
            graph.node_indices().map(|v| graph.edges_directed(v, direction).count()).collect();
        let (mut holding, mut most) = (0u64, 0u64);
        let mut visit = |v: petgraph::stable_graph::NodeIndex| {
            holding += bytes(v);
            most = most.max(holding);
            for edge in graph.edges_directed(v, direction.opposite()) {
                let other = if direction == Direction::Outgoing { edge.source() } else { edge.target() };
                left[other.index()] -= 1;
                if left[other.index()] == 0 {
                    holding -= bytes(other);
                }
            }
        };
        match direction {
            Direction::Outgoing => graph.node_indices().for_each(&mut visit),
            Direction::Incoming => graph.node_indices().rev().for_each(&mut visit),
        }
        most
    }
}
