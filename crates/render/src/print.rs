//! The syntax tree of a DOT file as text.
//!
//! Always holds: a plain id that the language would not read as one is quoted; a quoted one is taken as it is.

use dot_structures::{
    Attribute, Edge, EdgeTy, Graph, GraphAttributes, Id, Node, NodeId, Port, Stmt, Subgraph, Vertex,
};

/// The file's text.
pub(crate) fn print(graph: &Graph) -> String {
    let (kind, arrow, id, strict, stmts) = match graph {
        Graph::Graph { id, strict, stmts } => ("graph", " -- ", id, strict, stmts),
        Graph::DiGraph { id, strict, stmts } => ("digraph", " -> ", id, strict, stmts),
    };
    let mut printer = Printer { text: String::new(), arrow, depth: 0 };
    if *strict {
        printer.text.push_str("strict ");
    }
    printer.text.push_str(kind);
    printer.text.push(' ');
    printer.named(id);
    printer.block(stmts);
    printer.text.push('\n');
    printer.text
}

struct Printer {
    text: String,
    arrow: &'static str,
    depth: usize,
}

impl Printer {
    /// Statements in braces. Subgraphs nest only as deep as the tree's author wrote them.
    fn block(&mut self, stmts: &[Stmt]) {
        self.text.push_str("{\n");
        self.depth += 1;
        for stmt in stmts {
            self.indent();
            self.stmt(stmt);
            self.text.push_str(";\n");
        }
        self.depth -= 1;
        self.indent();
        self.text.push('}');
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.depth));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Node(Node { id, attributes }) => {
                self.node_id(id);
                self.attributes(attributes);
            }
            Stmt::Subgraph(subgraph) => self.subgraph(subgraph),
            Stmt::Attribute(attribute) => self.attribute(attribute),
            Stmt::GAttribute(defaults) => self.defaults(defaults),
            Stmt::Edge(edge) => self.edge(edge),
        }
    }

    fn defaults(&mut self, defaults: &GraphAttributes) {
        let (what, attributes) = match defaults {
            GraphAttributes::Graph(attributes) => ("graph", attributes),
            GraphAttributes::Node(attributes) => ("node", attributes),
            GraphAttributes::Edge(attributes) => ("edge", attributes),
        };
        self.text.push_str(what);
        // The brackets are what makes this statement one, also without attributes.
        if attributes.is_empty() {
            self.text.push_str(" []");
        }
        self.attributes(attributes);
    }

    fn edge(&mut self, edge: &Edge) {
        match &edge.ty {
            EdgeTy::Pair(tail, head) => {
                self.vertex(tail);
                self.text.push_str(self.arrow);
                self.vertex(head);
            }
            EdgeTy::Chain(vertices) => {
                for (i, vertex) in vertices.iter().enumerate() {
                    if i > 0 {
                        self.text.push_str(self.arrow);
                    }
                    self.vertex(vertex);
                }
            }
        }
        self.attributes(&edge.attributes);
    }

    fn vertex(&mut self, vertex: &Vertex) {
        match vertex {
            Vertex::N(id) => self.node_id(id),
            Vertex::S(subgraph) => self.subgraph(subgraph),
        }
    }

    fn subgraph(&mut self, subgraph: &Subgraph) {
        self.text.push_str("subgraph ");
        self.named(&subgraph.id);
        self.block(&subgraph.stmts);
    }

    /// An id and a blank; nothing for an anonymous one.
    fn named(&mut self, id: &Id) {
        if !matches!(id, Id::Anonymous(_)) {
            self.id(id);
            self.text.push(' ');
        }
    }

    fn node_id(&mut self, NodeId(id, port): &NodeId) {
        self.id(id);
        if let Some(Port(id, compass)) = port {
            for part in id.iter() {
                self.text.push(':');
                self.id(part);
            }
            for point in compass.iter() {
                self.text.push(':');
                self.plain(point);
            }
        }
    }

    fn attributes(&mut self, attributes: &[Attribute]) {
        for (i, attribute) in attributes.iter().enumerate() {
            self.text.push_str(if i == 0 { " [" } else { ", " });
            self.attribute(attribute);
        }
        if !attributes.is_empty() {
            self.text.push(']');
        }
    }

    fn attribute(&mut self, Attribute(key, value): &Attribute) {
        self.id(key);
        self.text.push('=');
        self.id(value);
    }

    fn id(&mut self, id: &Id) {
        match id {
            Id::Html(text) | Id::Escaped(text) => self.text.push_str(text),
            Id::Plain(text) | Id::Anonymous(text) => self.plain(text),
        }
    }

    fn plain(&mut self, text: &str) {
        if is_word(text) || is_number(text) {
            self.text.push_str(text);
        } else {
            self.text.push('"');
            self.text.push_str(&text.replace('\\', "\\\\").replace('"', "\\\"").replace('\0', ""));
            self.text.push('"');
        }
    }
}

fn is_word(text: &str) -> bool {
    const KEYWORDS: [&str; 6] = ["node", "edge", "graph", "digraph", "subgraph", "strict"];
    let word = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    word && !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && !KEYWORDS.iter().any(|k| k.eq_ignore_ascii_case(text))
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all(whole) && all(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dot_generator::{attr, edge, graph, id, node, node_id, port, stmt, subgraph};

    #[test]
    fn every_construct() {
        let tree = graph!(strict di id!(esc "a graph"), vec![
            stmt!(GraphAttributes::Node(Vec::new())),
            stmt!(attr!("rankdir", "LR")),
            stmt!(node!("node"; attr!("label", html "<<b>x</b>>"), attr!("width", "-0.5"))),
            stmt!(subgraph!("cluster_0"; edge!(node_id!("a") => node_id!("b c")))),
            stmt!(edge!(node_id!("a", port!(id!("p"), "n")) => node_id!("b") => subgraph!(; node!("say \"hi\"")))),
        ]);
        let expected = r#"strict digraph "a graph" {
  node [];
  rankdir=LR;
  "node" [label=<<b>x</b>>, width=-0.5];
  subgraph cluster_0 {
    a -> "b c";
  };
  a:p:n -> b -> subgraph {
    "say \"hi\"";
  };
}
"#;
        assert_eq!(print(&tree), expected);
    }

    #[test]
    fn plain_ids_are_quoted_where_they_must_be() {
        assert!(is_word("_a1") && !is_word("1a") && !is_word("Graph") && !is_word("") && !is_word("é"));
        assert!(
            is_number("-1.5") && is_number("0") && !is_number("1.") && !is_number("-") && !is_number("1e5")
        );
    }
}
