//! A scene in the DOT language.
//!
//! Ids and attributes are ours; whatever a user wrote stands in labels only, escaped.

use crate::escape::{html, quoted};
use crate::print::print;
use crate::reach::MANY;
use crate::scene::{self, Cluster, Mark, NodeKind, Rank, Scene};
use crate::style;
use dot_generator::{attr, edge, graph, id, node, node_id, stmt, subgraph};
// The macros name the types that they build, so those keep their names here.
use dot_structures::{
    Attribute, Edge, EdgeTy, Graph, GraphAttributes, Id, Node, NodeId, Stmt, Subgraph, Vertex,
};

/// The most characters of a name and a formula on one line.
const LINE: usize = 36;

impl Scene {
    /// The picture in the DOT language. Graphviz's `dot` draws it.
    pub fn to_dot(&self) -> String {
        print(&self.to_graph())
    }

    /// The picture as the syntax tree of a DOT file.
    pub fn to_graph(&self) -> Graph {
        let mut stmts = self.defaults();
        for (i, cluster) in self.clusters.iter().enumerate() {
            stmts.push(stmt!(self.cluster(i, cluster)));
        }
        let clustered = |i: &usize| self.clusters.iter().any(|c| c.part == self.nodes[*i].part);
        let free: Vec<usize> = (0..self.nodes.len()).filter(|i| !clustered(i)).collect();
        stmts.extend(self.framed(&free, 0, "scope"));
        stmts.extend(self.rows.iter().enumerate().map(|(i, row)| stmt!(row_of(i, row))));
        stmts.extend(self.edges.iter().map(|e| stmt!(self.edge(e))));
        graph!(di id!("wengert"), stmts)
    }

    fn defaults(&self) -> Vec<Stmt> {
        let mut whole = vec![
            attr!("rankdir", if self.sideways { "LR" } else { "BT" }),
            attr!("fontname", esc style::FONT),
            self.heading(),
            attr!("labelloc", "t"),
            attr!("nodesep", "0.3"),
            attr!("ranksep", "0.4"),
        ];
        if self.nodes.len() > MANY {
            whole.extend([attr!("nslimit", "0.5"), attr!("mclimit", "0.3")]);
        }
        let nodes = vec![
            attr!("fontname", esc style::FONT),
            attr!("fontsize", "12"),
            attr!("fontcolor", esc style::INK),
            attr!("margin", esc "0.12,0.06"),
            attr!("height", "0.35"),
        ];
        let edges = vec![
            attr!("fontname", esc style::FONT),
            attr!("fontsize", "10"),
            attr!("fontcolor", esc style::INK),
            attr!("arrowsize", "0.7"),
        ];
        vec![
            stmt!(GraphAttributes::Graph(whole)),
            stmt!(GraphAttributes::Node(nodes)),
            stmt!(GraphAttributes::Edge(edges)),
        ]
    }

    /// The title, the notes, and where marks are explained these in their colours.
    fn heading(&self) -> Attribute {
        let title = [self.title.as_str()].into_iter().filter(|t| !t.is_empty());
        if self.legend.is_empty() {
            return attr!("label", esc quoted(title.chain(self.notes.iter().map(String::as_str))));
        }
        let key = |&(mark, word): &(Mark, &str)| {
            let (colour, sign) = style::key(mark);
            coloured(colour, "12", &format!("{sign} {word}"))
        };
        let keys = self.legend.iter().map(key).collect::<Vec<_>>().join(" &#160; ");
        let notes = self.notes.iter().map(|note| coloured(style::INK, "12", note));
        let lines = title.map(|t| format!("<b>{}</b>", html(t))).chain(notes).chain([keys]);
        attr!("label", html format!("<{}>", lines.collect::<Vec<_>>().join("<br/>")))
    }

    fn cluster(&self, index: usize, cluster: &Cluster) -> Subgraph {
        let (frame, ground) = style::cluster(cluster.part);
        let mut stmts = frame_of(&cluster.title, frame, ground);
        let members: Vec<usize> =
            (0..self.nodes.len()).filter(|&i| self.nodes[i].part == cluster.part).collect();
        stmts.extend(self.framed(&members, 0, &index.to_string()));
        subgraph!(format!("cluster_{index}"), stmts)
    }

    /// Nodes that are framed together so far, those of each scope of this depth in a frame of their own.
    fn framed(&self, members: &[usize], depth: usize, id: &str) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        let mut scopes: Vec<(&str, Vec<usize>)> = Vec::new();
        for &i in members {
            match self.nodes[i].scope.split('/').nth(depth).filter(|name| !name.is_empty()) {
                None => stmts.push(stmt!(node_of(i, &self.nodes[i]))),
                Some(name) => match scopes.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, inside)) => inside.push(i),
                    None => scopes.push((name, vec![i])),
                },
            }
        }
        for (k, (name, inside)) in scopes.into_iter().enumerate() {
            let (frame, ground) = style::cluster(self.nodes[inside[0]].part);
            let id = format!("{id}_{k}");
            let mut frame = frame_of(name, frame, ground);
            frame.extend(self.framed(&inside, depth + 1, &id));
            stmts.push(stmt!(subgraph!(format!("cluster_{id}"), frame)));
        }
        stmts
    }

    fn edge(&self, edge: &scene::Edge) -> Edge {
        let (colour, line) = style::edge(edge.rank, self.nodes[edge.to].part, edge.mark);
        let mut attributes = vec![attr!("color", esc colour)];
        if line != "solid" {
            attributes.push(attr!("style", esc line));
        }
        if !edge.label.is_empty() {
            // A label that takes room on an edge between clusters confuses Graphviz's routing.
            let label = if edge.rank == Rank::Free { "xlabel" } else { "label" };
            attributes.push(attr!(label, esc format!(" {} ", quoted([edge.label.as_str()]))));
        }
        if let Some(position) = edge.position {
            // Labels at an end take no room in the layout, which a hundred labels on the edge slow down.
            let end = if edge.rank == Rank::Before { "taillabel" } else { "headlabel" };
            attributes.extend([attr!(end, esc position), attr!("labeldistance", "1.6")]);
        }
        let (from, to) = (node_id!(name(edge.from)), node_id!(name(edge.to)));
        match edge.rank {
            Rank::After => {}
            Rank::Free => attributes.push(attr!("constraint", "false")),
            Rank::Before => {
                attributes.push(attr!("dir", "back"));
                return edge_between(to, from, attributes);
            }
        }
        edge_between(from, to, attributes)
    }
}

/// What a frame of this title and these colours says of itself.
fn frame_of(title: &str, frame: &str, ground: &str) -> Vec<Stmt> {
    vec![
        stmt!(attr!("label", esc quoted([title]))),
        // A layout from the bottom to the top turns a cluster's label round.
        stmt!(attr!("labelloc", "b")),
        stmt!(attr!("style", "rounded")),
        stmt!(attr!("color", esc frame)),
        stmt!(attr!("bgcolor", esc ground)),
    ]
}

/// Nodes on one layer, in their order.
fn row_of(index: usize, row: &[usize]) -> Subgraph {
    let mut stmts = vec![stmt!(attr!("rank", "same"))];
    stmts.extend(row.windows(2).map(|pair| {
        let (left, right) = (node_id!(name(pair[0])), node_id!(name(pair[1])));
        stmt!(edge_between(left, right, vec![attr!("style", "invis")]))
    }));
    subgraph!(format!("row_{index}"), stmts)
}

fn edge_between(tail: NodeId, head: NodeId, attributes: Vec<Attribute>) -> Edge {
    let edge = edge!(tail => head);
    Edge { attributes, ..edge }
}

fn name(index: usize) -> String {
    format!("n{index}")
}

fn node_of(index: usize, n: &scene::Node) -> Node {
    let look = style::look(n.kind, n.part, n.mark);
    let mut attributes = vec![
        attr!("label", html format!("<{}>", label(n))),
        attr!("shape", look.shape),
        attr!("style", esc look.style),
        attr!("fillcolor", esc look.fill),
        attr!("color", esc look.frame),
    ];
    if n.mark == Mark::Gone {
        attributes.push(attr!("fontcolor", esc style::FAINT));
    }
    if n.output {
        attributes.extend([attr!("peripheries", "2"), attr!("penwidth", "1.5")]);
    }
    let id = name(index);
    node!(id, attributes)
}

/// The label: the name and what it is, then what is known about it, then its value.
fn label(n: &scene::Node) -> String {
    let bold = |text: &str| format!("<b>{}</b>", html(text));
    let mut lines = Vec::new();
    match &n.name {
        None if n.kind == NodeKind::Folded => lines.push(bold(&n.formula)),
        None => lines.push(html(&n.formula)),
        Some(name) if n.formula.is_empty() => lines.push(bold(name)),
        Some(name) if name.chars().count() + n.formula.chars().count() <= LINE => {
            lines.push(format!("{} = {}", bold(name), html(&n.formula)));
        }
        Some(name) => lines.extend([bold(name), format!("= {}", html(&n.formula))]),
    }
    let details = n.details.iter().map(|line| coloured(style::FAINT, "10", line));
    lines.extend(details);
    lines.extend(n.value.iter().map(|value| coloured(style::VALUE, "11", value)));
    lines.join("<br/>")
}

fn coloured(colour: &str, size: &str, text: &str) -> String {
    format!(r#"<font color="{colour}" point-size="{size}">{}</font>"#, html(text))
}
