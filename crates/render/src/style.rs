//! How the kinds of nodes and edges look.
//!
//! Told apart by shape and line as well as by colour; the colours keep apart for colour-blind eyes (after Okabe and
//! Ito) and text is dark on light.

use crate::scene::{Mark, NodeKind, Part, Rank};

/// The text and the frame of a primal part.
pub(crate) const INK: &str = "#1A1A1A";

/// Types, roles, counts.
pub(crate) const FAINT: &str = "#5F5F5F";

/// Values.
pub(crate) const VALUE: &str = "#00694D";

/// The frame of a derivative.
const DERIVED: &str = "#9B3F73";

/// The fonts, the first one that the viewer has.
pub(crate) const FONT: &str = "Helvetica,Arial,sans-serif";

/// What came into being.
const FILL: &str = "#D55E00";

/// What is no more.
const GONE: &str = "#A6A6A6";

/// What comes next.
const NEXT: &str = "#00694D";

/// How a node looks: Graphviz's shape and style, fill and frame.
pub(crate) struct Look {
    pub(crate) shape: &'static str,
    pub(crate) style: &'static str,
    pub(crate) fill: &'static str,
    pub(crate) frame: &'static str,
}

/// How a node of this kind in this part looks.
pub(crate) fn look(kind: NodeKind, part: Part, mark: Mark) -> Look {
    let (shape, style) = match kind {
        NodeKind::Input => ("ellipse", "filled"),
        NodeKind::Param => ("cylinder", "filled"),
        NodeKind::Constant => ("note", "filled"),
        NodeKind::Operation => ("box", "filled,rounded"),
        NodeKind::Folded => ("folder", "filled"),
        NodeKind::Tag => ("cds", "dashed"),
    };
    let (fill, frame) = match (part, kind) {
        (Part::Tangent | Part::Cotangent, _) => ("#FAE6F1", DERIVED),
        (Part::Primal, NodeKind::Input) => ("#DCEEFB", "#0072B2"),
        (Part::Primal, NodeKind::Param) => ("#FFF0CC", "#9C6500"),
        (Part::Primal, NodeKind::Constant) => ("#F2F2F2", "#8A8A8A"),
        (Part::Primal, NodeKind::Operation | NodeKind::Folded | NodeKind::Tag) => ("#FFFFFF", "#555555"),
    };
    match mark {
        Mark::Gone => Look { shape, style: "rounded,dotted", fill: "#FFFFFF", frame: GONE },
        Mark::Next => Look { shape, style: "filled,rounded,bold", fill: "#D5F0E4", frame: NEXT },
        Mark::Plain | Mark::Changed | Mark::Fill => Look { shape, style, fill, frame },
    }
}

/// The frame and the ground of a part's cluster.
pub(crate) fn cluster(part: Part) -> (&'static str, &'static str) {
    match part {
        Part::Primal => ("#BBBBBB", "#FAFAFA"),
        Part::Tangent | Part::Cotangent => ("#D9A5C2", "#FEF8FB"),
    }
}

/// The colour and the line of an edge.
pub(crate) fn edge(rank: Rank, part: Part, mark: Mark) -> (&'static str, &'static str) {
    match (mark, rank, part) {
        (Mark::Gone, ..) => (GONE, "invis"),
        (Mark::Changed, ..) => (FILL, "dashed,bold"),
        (Mark::Fill, ..) => (FILL, "bold"),
        (Mark::Next, ..) => (NEXT, "bold"),
        (Mark::Plain, Rank::Free, _) => ("#999999", "dashed"),
        (Mark::Plain, Rank::After | Rank::Before, Part::Primal) => ("#555555", "solid"),
        (Mark::Plain, Rank::After | Rank::Before, Part::Tangent | Part::Cotangent) => (DERIVED, "solid"),
    }
}

/// The colour of a mark's word in the legend, and a sign that looks like what it marks.
pub(crate) fn key(mark: Mark) -> (&'static str, &'static str) {
    match mark {
        Mark::Gone => (FAINT, "┈"),
        Mark::Plain => (INK, "─"),
        Mark::Changed => (FILL, "╍"),
        Mark::Fill => (FILL, "━"),
        Mark::Next => (NEXT, "■"),
    }
}
