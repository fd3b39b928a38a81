//! What each mode costs, counted before anything runs.
//!
//! Which products count is a [`Convention`]; local derivatives are never counted. `forward` and `reverse` are passes of
//! applications, one for each element of the variables or of the outputs, each with a general direction. The path sum
//! multiplies every path out on its own, the first coefficient of a path multiplied by nothing, and adds the paths of each
//! pair of variable and output.

use crate::algebra::{ApplyCost, apply_cost};
use crate::count::Count;
use crate::eliminate::{Convention, Problem};
use crate::linearize::Linearized;
use crate::mode::Mode;
use petgraph::Direction;
use petgraph::stable_graph::NodeIndex;
use petgraph::visit::EdgeRef;
use wengert_expr::Graph;

/// What one mode costs.
#[derive(Clone, PartialEq, Debug)]
pub struct ModeCost {
    /// Sweeps over the linearised graph; of the path sum, the number of paths.
    pub passes: Count,
    /// Products of numbers.
    pub products: Count,
    /// Additions of numbers.
    pub sums: Count,
}

impl ModeCost {
    /// Products and additions together, as a logarithm to base 2.
    fn weight(&self) -> f64 {
        (&self.products + &self.sums).log2()
    }
}

/// What every mode costs on one linearised graph.
#[derive(Clone, PartialEq, Debug)]
pub struct Costs {
    /// What was counted.
    pub convention: Convention,
    /// Vertices of the linearised graph.
    pub vertices: usize,
    /// Edges of the linearised graph.
    pub edges: usize,
    /// Elements of all variables.
    pub inputs: u64,
    /// Elements of all outputs.
    pub outputs: u64,
    /// The number of paths.
    pub paths: Count,
    /// Forward mode.
    pub forward: ModeCost,
    /// Reverse mode.
    pub reverse: ModeCost,
    /// The path sum.
    pub path_sum: ModeCost,
    /// One forward sweep and one reverse sweep.
    once: (ApplyCost, ApplyCost),
}

impl Costs {
    /// The cheaper one of forward and reverse mode; reverse where they cost the same.
    pub fn better_sweep(&self) -> Mode {
        if self.forward.weight() < self.reverse.weight() { Mode::Forward } else { Mode::Reverse }
    }

    /// What so many tangents forward and so many cotangents back cost.
    pub fn compressed(&self, columns: usize, rows: usize) -> ModeCost {
        let (forward, reverse) = (sweep(columns as u64, self.once.0), sweep(rows as u64, self.once.1));
        ModeCost {
            passes: &forward.passes + &reverse.passes,
            products: &forward.products + &reverse.products,
            sums: &forward.sums + &reverse.sums,
        }
    }
}

/// So many passes of a sweep.
fn sweep(passes: u64, once: ApplyCost) -> ModeCost {
    ModeCost {
        passes: passes.into(),
        products: &Count::from(once.products) * passes,
        sums: &Count::from(once.sums) * passes,
    }
}

/// Counts what each mode costs; time is linear in the size of the graph.
pub fn costs(
    graph: &Graph,
    linear: &Linearized,
    variables: u64,
    outputs: u64,
    convention: Convention,
) -> Costs {
    if convention.counts_units() {
        // Counted on the graph that is eliminated: an edge for each pair of vertices, copies of outputs behind them.
        let seen = Problem::new(graph, linear, convention).linearized();
        return counted(graph, &seen, variables, outputs, convention);
    }
    counted(graph, linear, variables, outputs, convention)
}

fn counted<C: Clone>(
    graph: &Graph,
    linear: &Linearized<C>,
    variables: u64,
    outputs: u64,
    convention: Convention,
) -> Costs {
    let once = sweeps(graph, linear);
    let paths = path_counts(linear).total;
    Costs {
        convention,
        vertices: linear.graph.node_count(),
        edges: linear.graph.edge_count(),
        inputs: variables,
        outputs,
        path_sum: path_sum_cost(graph, linear, &paths),
        paths,
        forward: sweep(variables, once.0),
        reverse: sweep(outputs, once.1),
        once,
    }
}

fn size<C>(graph: &Graph, linear: &Linearized<C>, vertex: NodeIndex) -> u64 {
    graph.shape(linear.node(vertex)).elements() as u64
}

/// One forward sweep and one reverse sweep.
fn sweeps<C: Clone>(graph: &Graph, linear: &Linearized<C>) -> (ApplyCost, ApplyCost) {
    let (mut forward, mut reverse) = (ApplyCost::default(), ApplyCost::default());
    for map in linear.graph.edge_weights() {
        forward = forward + apply_cost(graph.types(), map);
        reverse = reverse + apply_cost(graph.types(), &crate::algebra::transpose(map));
    }
    for vertex in linear.graph.node_indices() {
        let meet =
            |direction| linear.graph.edges_directed(vertex, direction).count().saturating_sub(1) as u64;
        let size = size(graph, linear, vertex);
        forward.sums = forward.sums.saturating_add(meet(Direction::Incoming).saturating_mul(size));
        reverse.sums = reverse.sums.saturating_add(meet(Direction::Outgoing).saturating_mul(size));
    }
    (forward, reverse)
}

/// How many paths lead from the variables.
pub struct PathCounts {
    /// Paths from all variables to all outputs.
    pub total: Count,
}

/// Counts the paths of the linearised graph, arrays being single vertices.
pub fn path_counts<C>(linear: &Linearized<C>) -> PathCounts {
    let mut sources = vec![0u64; linear.graph.node_count()];
    for vertex in linear.inputs.iter().flatten() {
        sources[vertex.index()] += 1;
    }
    let mut total = Count::zero();
    let outputs = multiplicity(linear);
    along(
        linear,
        |_, _| 0,
        |vertex| (sources[vertex.index()].into(), Count::zero()),
        |vertex, state| {
            total = &total + &(&state.started_or_not() * outputs[vertex.index()]);
        },
    );
    PathCounts { total }
}

/// How often each vertex is an output.
fn multiplicity<C>(linear: &Linearized<C>) -> Vec<u64> {
    let mut times = vec![0; linear.graph.node_count()];
    for vertex in linear.outputs.iter().flatten() {
        times[vertex.index()] += 1;
    }
    times
}

/// The paths that lead to a vertex: those without a product so far, those with one, and all products on them.
#[derive(Clone)]
struct Arriving {
    fresh: Count,
    started: Count,
    products: Count,
}

impl Arriving {
    fn started_or_not(&self) -> Count {
        &self.fresh + &self.started
    }
}

/// Carries path counts up the graph; a vertex's counts are dropped once its last user has read them.
fn along<C>(
    linear: &Linearized<C>,
    products: impl Fn(&wengert_expr::LinearMap<C>, NodeIndex) -> u64,
    seed: impl Fn(NodeIndex) -> (Count, Count),
    mut output: impl FnMut(NodeIndex, &Arriving),
) {
    let mut left: Vec<usize> = vec![0; linear.graph.node_count()];
    for vertex in linear.graph.node_indices() {
        left[vertex.index()] = linear.graph.edges_directed(vertex, Direction::Outgoing).count();
    }
    let is_output = multiplicity(linear);
    let mut states: Vec<Option<Arriving>> = vec![None; linear.graph.node_count()];
    for vertex in linear.graph.node_indices() {
        let (fresh, started) = seed(vertex);
        let mut state = Arriving { fresh, started, products: Count::zero() };
        for edge in linear.graph.edges_directed(vertex, Direction::Incoming) {
            let source = edge.source().index();
            if let Some(before) = &states[source] {
                let cost = products(edge.weight(), vertex);
                state.products = &(&state.products + &before.products) + &(&before.started * cost);
                if cost == 0 {
                    state.fresh = &state.fresh + &before.fresh;
                    state.started = &state.started + &before.started;
                } else {
                    state.started = &state.started + &before.started_or_not();
                }
            }
            left[source] -= 1;
            if left[source] == 0 {
                states[source] = None;
            }
        }
        if is_output[vertex.index()] > 0 {
            output(vertex, &state);
        }
        states[vertex.index()] = Some(state);
    }
}

/// The path sum over unit directions of every variable.
fn path_sum_cost<C>(graph: &Graph, linear: &Linearized<C>, paths: &Count) -> ModeCost {
    let mut elements = vec![0u64; linear.graph.node_count()];
    for &vertex in linear.inputs.iter().flatten() {
        elements[vertex.index()] += size(graph, linear, vertex);
    }
    let times = multiplicity(linear);
    let connected = connected_elements(linear, &elements);
    let (mut products, mut sums) = (Count::zero(), Count::zero());
    along(
        linear,
        |map, _| apply_cost(graph.types(), map).products,
        |vertex| (elements[vertex.index()].into(), Count::zero()),
        |vertex, state| {
            let times = times[vertex.index()];
            products = &products + &(&state.products * times);
            let extra = &state.started_or_not() - &Count::from(connected[vertex.index()]);
            sums = &sums + &(&extra * (times * size(graph, linear, vertex)));
        },
    );
    ModeCost { passes: paths.clone(), products, sums }
}

/// For each output the elements of all variables on which it depends. Whichever are fewer, variables or outputs, are
/// followed, 64 at a time.
fn connected_elements<C>(linear: &Linearized<C>, elements: &[u64]) -> Vec<u64> {
    let mut connected = vec![0u64; elements.len()];
    let variables: Vec<NodeIndex> = linear.graph.node_indices().filter(|v| elements[v.index()] > 0).collect();
    let mut outputs: Vec<NodeIndex> = linear.outputs.iter().flatten().copied().collect();
    outputs.sort_unstable();
    outputs.dedup();
    if outputs.len() < variables.len() {
        for block in outputs.chunks(64) {
            let bits = reachable(linear, block, Direction::Incoming);
            for variable in &variables {
                for i in ones(bits[variable.index()]) {
                    connected[block[i].index()] += elements[variable.index()];
                }
            }
        }
    } else {
        for block in variables.chunks(64) {
            let bits = reachable(linear, block, Direction::Outgoing);
            for output in &outputs {
                let found = ones(bits[output.index()]).map(|i| elements[block[i].index()]);
                connected[output.index()] += found.sum::<u64>();
            }
        }
    }
    connected
}

/// The places of the bits that are set.
fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = (bits != 0).then(|| bits.trailing_zeros() as usize);
        bits &= bits.wrapping_sub(1);
        place
    })
}

/// For each vertex which of at most 64 sources reach it along edges of this direction, as bits.
fn reachable<C>(linear: &Linearized<C>, sources: &[NodeIndex], direction: Direction) -> Vec<u64> {
    let mut bits = vec![0u64; linear.graph.node_count()];
    for (i, source) in sources.iter().enumerate() {
        bits[source.index()] |= 1 << i;
    }
    let mut spread = |vertex: NodeIndex| {
        let behind = linear.graph.neighbors_directed(vertex, direction.opposite());
        bits[vertex.index()] = behind.fold(bits[vertex.index()], |all, n| all | bits[n.index()]);
    };
    match direction {
        Direction::Outgoing => linear.graph.node_indices().for_each(&mut spread),
        Direction::Incoming => linear.graph.node_indices().rev().for_each(&mut spread),
    }
    bits
}
