//! Random linearised graphs that are structure alone: each edge between scalars has a coefficient of its own, or is a unit.

use crate::numeric::Draw;
use wengert::diff::Linearized;
use wengert::diff::eliminate::{Convention, Problem, Step};
use wengert::expr::{Binary, Builder, DType, Kind, LinearMap, NodeId, Op, Type};

/// Sources, then inner vertices, then sinks; edges ascend.
#[derive(Clone, Debug)]
pub(crate) struct Dag {
    pub(crate) sources: usize,
    pub(crate) inner: usize,
    pub(crate) sinks: usize,
    /// From, to, and whether it is the identity.
    pub(crate) edges: Vec<(usize, usize, bool)>,
}

impl Dag {
    /// A graph of up to so many inner vertices, all of them on a path from a source to a sink.
    pub(crate) fn random(draw: &mut Draw, most_inner: usize, units: bool) -> Dag {
        let (sources, inner, sinks) = (1 + draw.below(3), 1 + draw.below(most_inner), 1 + draw.below(3));
        let (n, last) = (sources + inner + sinks, sources + inner);
        let dense = 0.25 + 0.4 * draw.between(0.0, 1.0);
        let mut edges = Vec::new();
        for to in sources..n {
            let before = edges.len();
            for from in 0..to.min(last) {
                if draw.between(0.0, 1.0) < dense {
                    edges.push((from, to, units && draw.below(3) == 0));
                }
            }
            if edges.len() == before {
                edges.push((draw.below(to.min(last)), to, false));
            }
        }
        for from in 0..last {
            if !edges.iter().any(|e| e.0 == from) {
                edges.push((from, last + draw.below(sinks), false));
            }
        }
        Dag { sources, inner, sinks, edges }
    }

    /// It in a builder, coefficients being inputs.
    pub(crate) fn linearized(&self, b: &Builder) -> Linearized {
        let scalar = |name: String| b.input(name, Type::scalar(DType::F64)).id();
        let last = self.sources + self.inner;
        let mut linear = Linearized { graph: Default::default(), inputs: Vec::new(), outputs: Vec::new() };
        let vertices: Vec<_> =
            (0..last + self.sinks).map(|i| linear.graph.add_node(scalar(format!("v{i}")))).collect();
        let ty = b.read(|g| g.type_id(linear.graph[vertices[0]]));
        for &(from, to, unit) in &self.edges {
            let kind = if unit { Kind::identity() } else { Kind::diagonal(scalar(format!("c{from}_{to}"))) };
            linear.graph.add_edge(vertices[from], vertices[to], LinearMap { from: ty, to: ty, kind });
        }
        linear.inputs = vertices[..self.sources].iter().copied().map(Some).collect();
        linear.outputs = vertices[last..].iter().copied().map(Some).collect();
        linear
    }

    pub(crate) fn problem(&self, convention: Convention) -> Problem {
        let b = Builder::new();
        let linear = self.linearized(&b);
        b.read(|g| Problem::new(g, &linear, convention))
    }

    /// Its edges as rows of bits.
    pub(crate) fn matrix(&self, convention: Convention) -> Matrix {
        let n = self.sources + self.inner + self.sinks;
        let mut matrix = Matrix { convention, rows: vec![0; n], units: vec![0; n] };
        for &(from, to, unit) in &self.edges {
            matrix.rows[from] |= 1 << to;
            matrix.units[from] |= u32::from(unit && !convention.counts_units()) << to;
        }
        matrix
    }

    pub(crate) fn inner(&self) -> std::ops::Range<usize> {
        self.sources..self.sources + self.inner
    }
}

/// How many products and additions of numbers a builder's graph holds.
pub(crate) fn written(b: &Builder) -> (u64, u64) {
    b.read(|g| {
        let count = |op: Binary| {
            let is = |n: &NodeId| matches!(g.op(*n), Op::Binary(o) if *o == op);
            g.nodes().filter(is).count() as u64
        };
        (count(Binary::Mul), count(Binary::Add))
    })
}

/// Elimination once more, as plainly as can be: what everything faster is held against.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Matrix {
    convention: Convention,
    rows: Vec<u32>,
    units: Vec<u32>,
}

impl Matrix {
    fn has(&self, u: usize, w: usize) -> bool {
        self.rows[u] >> w & 1 == 1
    }

    fn unit(&self, u: usize, w: usize) -> bool {
        self.units[u] >> w & 1 == 1
    }

    fn drop(&mut self, u: usize, w: usize) {
        self.rows[u] &= !(1 << w);
        self.units[u] &= !(1 << w);
    }

    /// Multiplies two edges that meet.
    fn join(&mut self, u: usize, v: usize, w: usize) -> u64 {
        let (units, met) = (self.unit(u, v) || self.unit(v, w), self.has(u, w));
        let unit = self.unit(u, v) && self.unit(v, w) && !met;
        self.drop(u, w);
        self.rows[u] |= 1 << w;
        self.units[u] |= u32::from(unit) << w;
        u64::from(!units) + u64::from(met && self.convention == Convention::Flops)
    }

    fn entering(&self, v: usize) -> Vec<usize> {
        (0..self.rows.len()).filter(|&u| self.has(u, v)).collect()
    }

    fn leaving(&self, v: usize) -> Vec<usize> {
        (0..self.rows.len()).filter(|&w| self.has(v, w)).collect()
    }

    fn clear(&mut self, v: usize) {
        self.entering(v).into_iter().for_each(|u| self.drop(u, v));
        self.leaving(v).into_iter().for_each(|w| self.drop(v, w));
    }

    pub(crate) fn eliminate(&mut self, v: usize) -> u64 {
        let (into, out) = (self.entering(v), self.leaving(v));
        let mut price = 0;
        for &u in &into {
            for &w in &out {
                price += self.join(u, v, w);
            }
        }
        self.clear(v);
        price
    }

    fn eliminate_edge(&mut self, u: usize, w: usize, front: bool) -> u64 {
        let via = if front { w } else { u };
        let price = match front {
            true => self.leaving(w).into_iter().map(|x| self.join(u, w, x)).sum(),
            false => self.entering(u).into_iter().map(|x| self.join(x, u, w)).sum(),
        };
        self.drop(u, w);
        if self.entering(via).is_empty() || self.leaving(via).is_empty() {
            self.clear(via);
        }
        price
    }

    /// The least price over all permutations.
    pub(crate) fn best_vertices(&self, left: &[usize]) -> u64 {
        let first = |i: usize| {
            let mut after = self.clone();
            let mut rest = left.to_vec();
            let price = after.eliminate(rest.remove(i));
            price + after.best_vertices(&rest)
        };
        (0..left.len()).map(first).min().unwrap_or(0)
    }

    /// Every edge that can be eliminated, in front or behind.
    pub(crate) fn edge_steps(&self, inner: &std::ops::Range<usize>) -> Vec<Step> {
        let mut steps = Vec::new();
        for (u, w) in (0..self.rows.len()).flat_map(|u| self.leaving(u).into_iter().map(move |w| (u, w))) {
            if inner.contains(&w) {
                steps.push(Step::Front(u as u32, w as u32));
            }
            if inner.contains(&u) {
                steps.push(Step::Back(u as u32, w as u32));
            }
        }
        steps
    }

    pub(crate) fn take(&mut self, step: Step) -> u64 {
        match step {
            Step::Vertex(v) => self.eliminate(v as usize),
            Step::Front(u, w) => self.eliminate_edge(u as usize, w as usize, true),
            Step::Back(u, w) => self.eliminate_edge(u as usize, w as usize, false),
        }
    }

    /// The least price over all orders of edges; positions met before are not looked at again.
    pub(crate) fn best_edges(
        &self,
        inner: &std::ops::Range<usize>,
        met: &mut std::collections::HashMap<Matrix, u64>,
    ) -> u64 {
        if let Some(&known) = met.get(self) {
            return known;
        }
        let first = |step: Step| {
            let mut after = self.clone();
            after.take(step) + after.best_edges(inner, met)
        };
        let best = self.edge_steps(inner).into_iter().map(first).min().unwrap_or(0);
        met.insert(self.clone(), best);
        best
    }
}
