//! A large scene folded to a picture that can be read.
//!
//! Inputs, parameters and results stay, or become one box of each kind where they are many. The other nodes are grouped
//! by depth and by what hangs together: a box stands for a group and says what is in it.
//! Always holds: at most some 70 boxes, made in nearly linear time; every node is counted in one of them.

use crate::groups::{groups, levels};
use crate::reach::shorten;
use crate::scene::{Edge, Mark, Node, NodeKind, Options, Part, Rank, Scene};
use std::collections::BTreeMap;

/// The most inputs, parameters, constants or results of a part that are drawn one by one.
const SINGLES: usize = 6;

/// The most names or operations that a box lists.
const LISTED: usize = 4;

/// What a node of the large scene is drawn as; in the order of the boxes, from which edges only lead on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// Itself.
    Leaf(usize),
    /// One of all leaves of its kind.
    Leaves(NodeKind),
    /// One of a group of a band.
    Group(usize, usize),
    /// Itself.
    Result(usize),
    /// One of all results that nothing uses.
    Results,
}

/// The scene, its long edges cut if it is large, or its summary where it has more nodes than the options allow.
pub(crate) fn fold(scene: Scene, options: &Options) -> Scene {
    if options.all || scene.nodes.len() <= options.limit {
        return shorten(scene);
    }
    let levels = levels(&scene);
    let places = places(&scene, &levels);
    let mut members: BTreeMap<(Part, Place), Vec<usize>> = BTreeMap::new();
    for (i, &place) in places.iter().enumerate() {
        members.entry((scene.nodes[i].part, place)).or_default().push(i);
    }
    let mut indices = vec![0; scene.nodes.len()];
    for (index, members) in members.values().enumerate() {
        members.iter().for_each(|&i| indices[i] = index);
    }
    let nodes: Vec<Node> =
        members.values().map(|members| folded_node(&scene.nodes, members, &levels)).collect();
    let note =
        format!("{} nodes in {} boxes; --all draws each node", thousands(scene.nodes.len()), nodes.len());
    let edges = folded_edges(&scene.edges, &indices);
    let notes = scene.notes.into_iter().chain([note]).collect();
    Scene { notes, nodes, edges, rows: Vec::new(), ..scene }
}

fn places(scene: &Scene, levels: &[usize]) -> Vec<Place> {
    let mut used = vec![false; scene.nodes.len()];
    scene.edges.iter().for_each(|e| used[e.from] = true);
    let leaf = |n: &Node| matches!(n.kind, NodeKind::Input | NodeKind::Param | NodeKind::Constant);
    let inner: Vec<bool> =
        scene.nodes.iter().zip(&used).map(|(n, &u)| !leaf(n) && (u || !n.output)).collect();
    let groups = groups(scene, levels, &inner);
    let mut outer: BTreeMap<(Part, NodeKind), usize> = BTreeMap::new();
    for (node, _) in scene.nodes.iter().zip(&inner).filter(|(_, inner)| !**inner) {
        *outer.entry((node.part, node.kind)).or_default() += 1;
    }
    let place = |(i, node): (usize, &Node)| match groups[i] {
        Some((band, group)) => Place::Group(band, group),
        None => match (leaf(node), outer[&(node.part, node.kind)] <= SINGLES) {
            (true, true) => Place::Leaf(i),
            (true, false) => Place::Leaves(node.kind),
            (false, true) => Place::Result(i),
            (false, false) => Place::Results,
        },
    };
    scene.nodes.iter().enumerate().map(place).collect()
}

fn folded_node(nodes: &[Node], members: &[usize], levels: &[usize]) -> Node {
    let first = &nodes[members[0]];
    if members.len() == 1 {
        return first.clone();
    }
    let named: Vec<&str> =
        members.iter().filter_map(|&i| nodes[i].name.as_deref()).take(LISTED + 1).collect();
    let names = named.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
    let more = if named.len() > LISTED { ", …" } else { "" };
    let results = members.iter().filter(|&&i| nodes[i].output).count();
    let mut details = vec![];
    if !names.is_empty() {
        details.push(names + more);
    }
    if first.kind == NodeKind::Operation {
        details.push(census(members.iter().map(|&i| nodes[i].operation)));
        let (least, greatest) =
            members.iter().fold((usize::MAX, 0), |(a, b), &i| (a.min(levels[i]), b.max(levels[i])));
        details.push(if least == greatest {
            format!("level {least}")
        } else {
            format!("level {least} to {greatest}")
        });
    }
    if results > 0 {
        details.push(if results == 1 {
            "1 output".to_owned()
        } else {
            format!("{} outputs", thousands(results))
        });
    }
    let what = match first.kind {
        NodeKind::Input => "inputs",
        NodeKind::Param => "params",
        NodeKind::Constant => "constants",
        NodeKind::Operation | NodeKind::Folded | NodeKind::Tag => "nodes",
    };
    let formula = format!("{} {what}", thousands(members.len()));
    Node {
        formula,
        details,
        kind: NodeKind::Folded,
        part: first.part,
        scope: if members.iter().all(|&i| nodes[i].scope == first.scope) {
            first.scope.clone()
        } else {
            String::new()
        },
        output: results > 0,
        mark: members.iter().map(|&i| nodes[i].mark).max().unwrap_or_default(),
        ..Node::default()
    }
}

/// The most frequent operations, `40 mul, 30 add, 12 others`.
fn census(operations: impl Iterator<Item = &'static str>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    operations.for_each(|name| *counts.entry(name).or_default() += 1);
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let others: usize = counts.iter().skip(LISTED).map(|&(_, count)| count).sum();
    let listed = counts
        .iter()
        .take(LISTED)
        .copied()
        .chain((others > 0).then_some((if others == 1 { "other" } else { "others" }, others)));
    listed.map(|(name, count)| format!("{} {name}", thousands(count))).collect::<Vec<_>>().join(", ")
}

fn folded_edges(edges: &[Edge], indices: &[usize]) -> Vec<Edge> {
    let mut counts: BTreeMap<(usize, usize), (usize, Rank, Mark)> = BTreeMap::new();
    for edge in edges {
        let (from, to) = (indices[edge.from], indices[edge.to]);
        if from != to {
            let (count, _, mark) = counts.entry((to, from)).or_insert((0, edge.rank, edge.mark));
            *count += 1;
            *mark = edge.mark.max(*mark);
        }
    }
    let folded = |((to, from), (count, rank, mark)): ((usize, usize), (usize, Rank, Mark))| {
        let label = if count == 1 { String::new() } else { format!("×{}", thousands(count)) };
        Edge { from, to, label, position: None, rank, mark }
    };
    counts.into_iter().map(folded).collect()
}

/// A number with a comma between thousands.
fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        let texts = [0, 999, 1000, 12345, 1_000_000].map(thousands);
        assert_eq!(texts, ["0", "999", "1,000", "12,345", "1,000,000"]);
    }

    #[test]
    fn census_lists_the_most_frequent() {
        let names = ["a", "b", "b", "c", "d", "e", "f", "f", "f"];
        assert_eq!(census(names.into_iter()), "3 f, 2 b, 1 a, 1 c, 2 others");
    }
}
