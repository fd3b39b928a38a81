//! Nodes of a large scene grouped: bands of levels, and in a band what hangs together.
//!
//! Always holds: an edge between two groups of one part leads to a later band, so the groups form no cycle.

use crate::scene::{Part, Scene};
use std::collections::BTreeMap;

/// How many bands of levels the parts of a scene share.
const BANDS: usize = 10;

/// The most groups of a band that have a box of their own; the others share one.
const GROUPS: usize = 3;

/// The least share of its band that a group with a box of its own has: one in so many.
const SHARE: usize = 10;

/// The band and the group of a node.
pub(crate) type Spot = (usize, usize);

/// The layer of each node in its part: after all of its operands there, and as near as that allows to its users there.
pub(crate) fn levels(scene: &Scene) -> Vec<usize> {
    let within = scene.edges.iter().filter(|e| scene.nodes[e.from].part == scene.nodes[e.to].part);
    let mut edges: Vec<(usize, usize)> = within.map(|e| (e.to, e.from)).collect();
    edges.sort_unstable();
    let mut levels = vec![0; scene.nodes.len()];
    for &(to, from) in &edges {
        levels[to] = levels[to].max(levels[from] + 1);
    }
    let mut latest = vec![None; scene.nodes.len()];
    for &(to, from) in edges.iter().rev() {
        // Every edge out of `to` was met before, so its level is final.
        let level = latest[to].unwrap_or(levels[to]) - 1;
        latest[from] = Some(latest[from].map_or(level, |l: usize| l.min(level)));
    }
    latest.iter().zip(levels).map(|(late, early)| late.unwrap_or(early)).collect()
}

/// The band and the group of each node for which `inner` is true.
pub(crate) fn groups(scene: &Scene, levels: &[usize], inner: &[bool]) -> Vec<Option<Spot>> {
    let bands = bands(scene, levels, inner);
    let mut sets = Sets((0..scene.nodes.len()).collect());
    for edge in &scene.edges {
        let (from, to) = (edge.from, edge.to);
        if inner[from]
            && inner[to]
            && bands[from] == bands[to]
            && scene.nodes[from].part == scene.nodes[to].part
        {
            sets.join(from, to);
        }
    }
    let roots: Vec<usize> = (0..scene.nodes.len()).map(|i| sets.root(i)).collect();
    let mut sizes = vec![0usize; scene.nodes.len()];
    for i in (0..scene.nodes.len()).filter(|&i| inner[i]) {
        sizes[roots[i]] += 1;
    }
    let ranks = ranks(scene, &bands, &sizes);
    (0..scene.nodes.len()).map(|i| inner[i].then(|| (bands[i], ranks[roots[i]]))).collect()
}

/// The band of each inner node: each part's nodes in bands of about as many nodes.
fn bands(scene: &Scene, levels: &[usize], inner: &[bool]) -> Vec<usize> {
    let mut histograms: BTreeMap<Part, Vec<usize>> = BTreeMap::new();
    for i in (0..scene.nodes.len()).filter(|&i| inner[i]) {
        let histogram = histograms.entry(scene.nodes[i].part).or_default();
        if histogram.len() <= levels[i] {
            histogram.resize(levels[i] + 1, 0);
        }
        histogram[levels[i]] += 1;
    }
    let count = (BANDS / histograms.len().max(1)).max(1);
    for histogram in histograms.values_mut() {
        let total: usize = histogram.iter().sum();
        let mut before = 0;
        for nodes in histogram.iter_mut() {
            let band = before * count / total.max(1);
            before += *nodes;
            *nodes = band;
        }
    }
    (0..scene.nodes.len())
        .map(|i| if inner[i] { histograms[&scene.nodes[i].part][levels[i]] } else { 0 })
        .collect()
}

/// The number of the group that each root stands for: the large ones of a band on their own, the others together.
fn ranks(scene: &Scene, bands: &[usize], sizes: &[usize]) -> Vec<usize> {
    let mut roots: BTreeMap<(Part, usize), Vec<usize>> = BTreeMap::new();
    for i in (0..sizes.len()).filter(|&i| sizes[i] > 0) {
        roots.entry((scene.nodes[i].part, bands[i])).or_default().push(i);
    }
    let mut ranks = vec![GROUPS; sizes.len()];
    for roots in roots.values_mut() {
        let total: usize = roots.iter().map(|&r| sizes[r]).sum();
        roots.sort_by_key(|&r| (std::cmp::Reverse(sizes[r]), r));
        let large = roots.iter().take(GROUPS).take_while(|&&r| sizes[r] * SHARE >= total).count();
        let rest: usize = roots[large..].iter().map(|&r| sizes[r]).sum();
        // Crumbs go with the largest group rather than into a box of their own.
        let last = if large > 0 && rest * SHARE < total { 0 } else { GROUPS };
        for (rank, &root) in roots.iter().enumerate() {
            ranks[root] = if rank < large { rank } else { last };
        }
    }
    ranks
}

/// Disjoint sets by parent.
struct Sets(Vec<usize>);

impl Sets {
    fn root(&mut self, mut i: usize) -> usize {
        while self.0[i] != i {
            self.0[i] = self.0[self.0[i]];
            i = self.0[i];
        }
        i
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{Edge, Node};

    fn scene(nodes: usize, edges: &[(usize, usize)]) -> Scene {
        let edge = |&(from, to)| Edge { from, to, ..Edge::default() };
        Scene {
            nodes: vec![Node::default(); nodes],
            edges: edges.iter().map(edge).collect(),
            ..Scene::default()
        }
    }

    #[test]
    fn towers_stay_apart_until_they_meet() {
        // Two chains of ten nodes, 0..10 and 10..20, joined in node 20.
        let mut edges: Vec<(usize, usize)> = (0..9).chain(10..19).map(|i| (i, i + 1)).collect();
        edges.extend([(9, 20), (19, 20)]);
        let scene = scene(21, &edges);
        let levels = levels(&scene);
        assert_eq!(levels[20], 10);
        let groups = groups(&scene, &levels, &[true; 21]);
        assert_eq!(groups[0].map(|g| g.0), groups[10].map(|g| g.0));
        assert_ne!(groups[0], groups[10]);
        assert!((0..10).all(|i| groups[i] < groups[20]));
    }

    #[test]
    fn crumbs_go_with_the_largest_group() {
        // A star of 99 nodes and one node beside it, all of one level.
        let edges: Vec<(usize, usize)> = (1..99).map(|i| (0, i)).collect();
        let scene = scene(100, &edges);
        let groups = groups(&scene, &[0; 100], &[true; 100]);
        assert!(groups.iter().all(|&g| g == Some((0, 0))));
    }

    #[test]
    fn small_pieces_share_a_box() {
        let scene = scene(1000, &[]);
        let groups = groups(&scene, &levels(&scene), &[true; 1000]);
        assert!(groups.iter().all(|&g| g == Some((0, GROUPS))));
    }
}
