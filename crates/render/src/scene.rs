//! A picture of a graph as plain data, before it is written in any format.
//!
//! Always holds: edges join nodes of the scene, and lead from a lower index to a higher one.

/// A picture of a graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// What the picture shows; none if empty.
    pub title: String,
    /// What a reader must know, such as how many nodes are hidden.
    pub notes: Vec<String>,
    /// The marks that are explained, each with a word.
    pub legend: Vec<(Mark, &'static str)>,
    /// The nodes, operands before their users.
    pub nodes: Vec<Node>,
    /// The edges.
    pub edges: Vec<Edge>,
    /// The parts that are framed.
    pub clusters: Vec<Cluster>,
    /// Nodes that stand side by side, in this order.
    pub rows: Vec<Vec<usize>>,
    /// Whether operands stand on the left of their users, instead of under them: long labels then lie on the edges.
    pub sideways: bool,
}

/// One node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// The name that the user gave.
    pub name: Option<String>,
    /// What it computes, such as `a + b`; empty for inputs.
    pub formula: String,
    /// What else is known: type, role, what it is an output of.
    pub details: Vec<String>,
    /// Its value, where it is known.
    pub value: Option<String>,
    /// The operation's name.
    pub operation: &'static str,
    /// What it is.
    pub kind: NodeKind,
    /// Which computation it belongs to.
    pub part: Part,
    /// The part of a model that it belongs to, from the outermost name to the innermost with `/` between them; empty if
    /// there is none. The nodes of a part are framed together.
    pub scope: String,
    /// True if it is a result of the function.
    pub output: bool,
    /// What happened to it.
    pub mark: Mark,
}

/// What a node is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeKind {
    /// Data.
    Input,
    /// A trained parameter.
    Param,
    /// A value.
    Constant,
    /// An operation.
    #[default]
    Operation,
    /// Several nodes in one box.
    Folded,
    /// The end of a cut edge: a node that is drawn elsewhere.
    Tag,
}

/// What happened to a node or an edge of a graph that changes. The greater one is shown where several fall together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// It is no more: a node is a ghost, an edge only keeps its room in the layout.
    Gone,
    /// Nothing.
    #[default]
    Plain,
    /// It was there before and grew.
    Changed,
    /// It was not there before.
    Fill,
    /// The next step takes it.
    Next,
}

/// Which computation a node belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The function itself.
    #[default]
    Primal,
    /// Its forward derivative.
    Tangent,
    /// Its reverse derivative.
    Cotangent,
}

/// Data that flows from one node to another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edge {
    /// The operand.
    pub from: usize,
    /// Its user.
    pub to: usize,
    /// A partial derivative or a count; none if empty.
    pub label: String,
    /// Which operand it is, where the order matters.
    pub position: Option<usize>,
    /// How it orders the layers of the layout.
    pub rank: Rank,
    /// What happened to it.
    pub mark: Mark,
}

/// How an edge orders the layers of the layout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rank {
    /// The user lies after the operand.
    #[default]
    After,
    /// The user lies before the operand, as in a backward pass drawn beside its forward pass.
    Before,
    /// Not at all.
    Free,
}

/// A frame around the nodes of a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// What it says.
    pub title: String,
    /// Which nodes stand in it.
    pub part: Part,
}

/// How a function is drawn.
#[derive(Clone, Debug)]
pub struct Options {
    /// What stands over the picture; none if empty.
    pub title: String,
    /// The values of nodes, where they are known.
    pub values: std::collections::HashMap<wengert_expr::NodeId, wengert_expr::Value>,
    /// Draws every node, however many.
    pub all: bool,
    /// The most nodes that are drawn one by one unless `all`.
    pub limit: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options { title: String::new(), values: Default::default(), all: false, limit: 300 }
    }
}
