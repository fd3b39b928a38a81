//! A scalar graph as rows of bits: for each vertex which ones follow and which precede it.
//!
//! Eliminating a vertex is a union of rows. Where units are free, further rows say which edges multiply by exactly 1 or
//! -1: a product with one is free, and a new edge is one if both of its parts are and no other edge was there.

use super::board::Board;
use super::problem::Problem;
use smallvec::SmallVec;

/// The greatest number of vertices: rows of bits grow with its square.
const LIMIT: usize = 2048;

type Row = SmallVec<[u64; 4]>;

#[derive(Debug)]
pub(super) struct Bits {
    words: usize,
    /// For each vertex its successors, its predecessors and, where units are free, those by units.
    rows: Vec<u64>,
    rows_each: usize,
    counts_sums: bool,
}

impl Clone for Bits {
    fn clone(&self) -> Bits {
        Bits { rows: self.rows.clone(), ..*self }
    }

    fn clone_from(&mut self, source: &Bits) {
        self.rows.clone_from(&source.rows);
    }
}

const SUCCESSORS: usize = 0;
const PREDECESSORS: usize = 1;
const UNIT_SUCCESSORS: usize = 2;
const UNIT_PREDECESSORS: usize = 3;

impl Bits {
    /// The problem on rows of bits, if it is of scalars only and not too large.
    pub(super) fn new(problem: &Problem) -> Option<Bits> {
        let n = problem.vertices();
        if n > LIMIT || !problem.is_scalar() {
            return None;
        }
        let units_are_free = !problem.convention().counts_units();
        let words = n.div_ceil(64).max(1);
        let rows_each = if units_are_free { 4 } else { 2 };
        let counts_sums = problem.convention() == super::Convention::Flops;
        let mut bits = Bits { words, rows: vec![0; n * words * rows_each], rows_each, counts_sums };
        for link in problem.web.links() {
            bits.set(link.from, SUCCESSORS, link.to);
            bits.set(link.to, PREDECESSORS, link.from);
            if units_are_free && problem.structures.is_scalar_unit(*link.map) == Some(true) {
                bits.set(link.from, UNIT_SUCCESSORS, link.to);
                bits.set(link.to, UNIT_PREDECESSORS, link.from);
            }
        }
        Some(bits)
    }

    fn start(&self, v: u32, kind: usize) -> usize {
        (v as usize * self.rows_each + kind) * self.words
    }

    fn row(&self, v: u32, kind: usize) -> &[u64] {
        let start = self.start(v, kind);
        &self.rows[start..start + self.words]
    }

    fn row_mut(&mut self, v: u32, kind: usize) -> &mut [u64] {
        let start = self.start(v, kind);
        &mut self.rows[start..start + self.words]
    }

    fn set(&mut self, v: u32, kind: usize, bit: u32) {
        self.row_mut(v, kind)[bit as usize / 64] |= 1 << (bit % 64);
    }

    fn count(&self, v: u32, kind: usize) -> u64 {
        self.row(v, kind).iter().map(|w| u64::from(w.count_ones())).sum()
    }

    fn products(&self, v: u32) -> u64 {
        let free = |kind| if self.rows_each == 4 { self.count(v, kind) } else { 0 };
        (self.count(v, PREDECESSORS) - free(UNIT_PREDECESSORS))
            * (self.count(v, SUCCESSORS) - free(UNIT_SUCCESSORS))
    }

    /// How many of the pairs of a predecessor and a successor have an edge already.
    fn met(&self, v: u32) -> u64 {
        let successors: Row = self.row(v, SUCCESSORS).into();
        ones(self.row(v, PREDECESSORS))
            .map(|u| {
                let row = self.row(u, SUCCESSORS);
                row.iter().zip(&successors).map(|(a, b)| u64::from((a & b).count_ones())).sum::<u64>()
            })
            .sum()
    }

    /// Rows at one side of a vertex that is eliminated: what lay behind it now lies behind its neighbours there.
    fn bypass(&mut self, v: u32, neighbours: &Row, behind: &Row, units: &[Row; 2], kind: usize) {
        let [unit_neighbours, unit_behind] = units;
        let (word, bit) = (v as usize / 64, 1u64 << (v % 64));
        for u in ones(neighbours) {
            if self.rows_each == 4 {
                let through_unit = unit_neighbours[u as usize / 64] >> (u % 64) & 1 == 1;
                let start = self.start(u, kind);
                for i in 0..self.words {
                    let there = self.rows[start + i];
                    let unit = &mut self.rows[start + 2 * self.words + i];
                    let fresh = if through_unit { unit_behind[i] & !there } else { 0 };
                    *unit = (*unit & !behind[i]) | fresh;
                }
                self.row_mut(u, kind + 2)[word] &= !bit;
            }
            let row = self.row_mut(u, kind);
            row.iter_mut().zip(behind).for_each(|(r, b)| *r |= b);
            row[word] &= !bit;
        }
    }
}

/// Edges one by one, for orders that eliminate them.
impl Bits {
    pub(super) fn has_edge(&self, u: u32, w: u32) -> bool {
        self.has(u, SUCCESSORS, w)
    }

    /// True if a vertex has edges on both sides.
    pub(super) fn is_between(&self, v: u32) -> bool {
        self.row(v, PREDECESSORS).iter().any(|&w| w != 0) && self.row(v, SUCCESSORS).iter().any(|&w| w != 0)
    }

    /// All edges.
    pub(super) fn edges(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let n = (self.rows.len() / (self.rows_each * self.words)) as u32;
        (0..n).flat_map(|u| ones(self.row(u, SUCCESSORS)).map(move |w| (u, w)))
    }

    fn has(&self, v: u32, kind: usize, bit: u32) -> bool {
        self.row(v, kind)[bit as usize / 64] >> (bit % 64) & 1 == 1
    }

    fn is_unit(&self, u: u32, w: u32) -> bool {
        self.rows_each == 4 && self.has(u, UNIT_SUCCESSORS, w)
    }

    fn put(&mut self, u: u32, w: u32, on: bool, unit: bool) {
        let mut write = |v: u32, kind: usize, bit: u32, on: bool| {
            let word = &mut self.row_mut(v, kind)[bit as usize / 64];
            *word = if on { *word | 1 << (bit % 64) } else { *word & !(1 << (bit % 64)) };
        };
        write(u, SUCCESSORS, w, on);
        write(w, PREDECESSORS, u, on);
        if self.rows_each == 4 {
            let mut write = |v: u32, kind: usize, bit: u32| {
                let word = &mut self.row_mut(v, kind)[bit as usize / 64];
                *word = if unit { *word | 1 << (bit % 64) } else { *word & !(1 << (bit % 64)) };
            };
            write(u, UNIT_SUCCESSORS, w);
            write(w, UNIT_PREDECESSORS, u);
        }
    }

    /// Eliminates an edge: in front it is joined with those that leave `w`, behind with those that enter `u`. A vertex
    /// that has no edges on one side any more loses those on the other.
    pub(super) fn eliminate_edge(&mut self, u: u32, w: u32, front: bool) -> u64 {
        let (via, kind) = if front { (w, SUCCESSORS) } else { (u, PREDECESSORS) };
        let others: Row = self.row(via, kind).into();
        let through_unit = self.is_unit(u, w);
        let mut price = 0;
        for x in ones(&others) {
            let (from, to) = if front { (u, x) } else { (x, w) };
            let unit = if front { self.is_unit(w, x) } else { self.is_unit(x, u) };
            price += u64::from(!through_unit && !unit);
            let met = self.has_edge(from, to);
            price += u64::from(met && self.counts_sums);
            self.put(from, to, true, through_unit && unit && !met);
        }
        self.put(u, w, false, false);
        if !self.is_between(via) {
            let before: Row = self.row(via, PREDECESSORS).into();
            let after: Row = self.row(via, SUCCESSORS).into();
            ones(&before).for_each(|x| self.put(x, via, false, false));
            ones(&after).for_each(|x| self.put(via, x, false, false));
        }
        price
    }

    /// How many pairs of a source and a sink are joined by a path through an inner vertex that starts and ends with edges
    /// that are no units.
    pub(super) fn joined(&self, inner: &[bool]) -> u64 {
        let mut is_inner = Row::from_elem(0, self.words);
        (0..inner.len()).filter(|&v| inner[v]).for_each(|v| is_inner[v / 64] |= 1 << (v % 64));
        let counted = |v: u32| {
            let units = (self.rows_each == 4).then(|| self.row(v, UNIT_SUCCESSORS));
            let units = move |i: usize| units.map_or(0, |row| row[i]);
            self.row(v, SUCCESSORS).iter().enumerate().map(move |(i, row)| row & !units(i))
        };
        let through = |x: u32| {
            let mut ends = Row::from_elem(0, self.words);
            let mut seen: Row = counted(x).zip(&is_inner).map(|(a, b)| a & b).collect();
            let mut queue = seen.clone();
            loop {
                let Some(v) = ones(&queue).next() else { break };
                queue[v as usize / 64] &= !(1 << (v % 64));
                for (i, &row) in self.row(v, SUCCESSORS).iter().enumerate() {
                    queue[i] |= row & is_inner[i] & !seen[i];
                    seen[i] |= row & is_inner[i];
                }
                ends.iter_mut().zip(counted(v)).zip(&is_inner).for_each(|((e, row), i)| *e |= row & !i);
            }
            ends.iter().map(|w| u64::from(w.count_ones())).sum::<u64>()
        };
        (0..inner.len() as u32).filter(|&x| !inner[x as usize]).map(through).sum()
    }

    /// The whole position, as a key.
    pub(super) fn key(&self) -> Vec<u64> {
        self.rows.clone()
    }
}

/// The positions of the ones.
fn ones(row: &[u64]) -> impl Iterator<Item = u32> + '_ {
    row.iter().enumerate().flat_map(|(i, &word)| {
        let mut rest = word;
        std::iter::from_fn(move || {
            (rest != 0).then(|| {
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                i as u32 * 64 + bit
            })
        })
    })
}

impl Board for Bits {
    fn price(&mut self, v: u32) -> u64 {
        self.products(v) + if self.counts_sums { self.met(v) } else { 0 }
    }

    fn eliminate(&mut self, v: u32) -> u64 {
        let price = self.price(v);
        let (p, s): (Row, Row) = (self.row(v, PREDECESSORS).into(), self.row(v, SUCCESSORS).into());
        let [up, us] = if self.rows_each == 4 {
            [UNIT_PREDECESSORS, UNIT_SUCCESSORS].map(|kind| Row::from(self.row(v, kind)))
        } else {
            [Row::new(), Row::new()]
        };
        self.bypass(v, &p, &s, &[up.clone(), us.clone()], SUCCESSORS);
        self.bypass(v, &s, &p, &[us, up], PREDECESSORS);
        for kind in 0..self.rows_each {
            self.row_mut(v, kind).fill(0);
        }
        price
    }

    fn neighbours(&mut self, v: u32) -> Vec<u32> {
        ones(self.row(v, PREDECESSORS)).chain(ones(self.row(v, SUCCESSORS))).collect()
    }

    fn likeness(&self, v: u32) -> Option<Vec<u64>> {
        let start = self.start(v, 0);
        Some(self.rows[start..start + self.rows_each * self.words].to_vec())
    }

    fn fill(&mut self, v: u32) -> u64 {
        self.count(v, PREDECESSORS) * self.count(v, SUCCESSORS) - self.met(v)
    }

    fn bytes(&self) -> usize {
        self.rows.len() * 8
    }
}
