//! A symmetric matrix from the groups of an acyclic colouring, by substitution.
//!
//! Two colours together make trees. At a leaf of a tree there is one number only, and once it is known it is taken off the
//! sum at the other end. Always holds: the steps go from the leaves inwards and each takes a fixed number of operations.
//! What a step subtracts was read before, so rounding adds up along a tree: star colouring needs more groups and no
//! subtraction.

use super::acyclic::coloured;
use super::colouring::{Colouring, NONE};
use super::compression::seeds;
use super::error::{SparsityError, check, check_symmetric};
use super::order::{VertexOrder, fewest};
use super::pattern::Pattern;
use std::fmt;

/// Groups of columns of a symmetric matrix, and in which order its nonzeros follow from the products.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Substitution {
    columns: Colouring,
    /// The numbers of the places on the diagonal, and where they are read.
    diagonal: Vec<(usize, usize)>,
    steps: Vec<Step>,
    /// How many sums are kept: one for a vertex in a tree.
    sums: usize,
    order: VertexOrder,
}

/// One number and its mirror image: what is read without the sum at `leaf`, to which it is added at `inner`.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Step {
    read: usize,
    leaf: u32,
    inner: u32,
    places: [usize; 2],
}

impl Substitution {
    /// Groups by an acyclic colouring in one order of the vertices.
    ///
    /// # Errors
    /// If the pattern is not symmetric.
    pub fn new(pattern: &Pattern, order: VertexOrder) -> Result<Substitution, SparsityError> {
        check_symmetric(pattern)?;
        Ok(planned(pattern, order))
    }

    /// The fewest groups by an acyclic colouring, in any order.
    ///
    /// # Errors
    /// If the pattern is not symmetric.
    pub fn of_hessian(pattern: &Pattern) -> Result<Substitution, SparsityError> {
        check_symmetric(pattern)?;
        Ok(fewest(1, Substitution::column_groups, |order| planned(pattern, order)).0)
    }

    /// For each column the group that it is in.
    pub fn columns(&self) -> &[Option<u32>] {
        self.columns.colours()
    }

    /// How many groups of columns there are.
    pub fn column_groups(&self) -> usize {
        self.columns.count()
    }

    /// The columns of each group, as rows of a pattern: ones there are the directions.
    pub fn column_seeds(&self) -> Pattern {
        seeds(&self.columns)
    }

    /// The order in which the vertices got their groups.
    pub fn order(&self) -> VertexOrder {
        self.order
    }

    /// The nonzeros in row order, from the products with the groups, a row-major stack `[group, row]`.
    ///
    /// # Errors
    /// If the stack is not of that size.
    pub fn recover(&self, products: &[f64]) -> Result<Vec<f64>, SparsityError> {
        check("column products", products.len(), self.column_groups() * self.columns().len())?;
        let mut values = vec![0.0; self.diagonal.len() + 2 * self.steps.len()];
        let mut sums = vec![0.0; self.sums];
        self.diagonal.iter().for_each(|&(place, read)| values[place] = products[read]);
        for step in &self.steps {
            let value = products[step.read] - sums[step.leaf as usize];
            sums[step.inner as usize] += value;
            step.places.iter().for_each(|&place| values[place] = value);
        }
        Ok(values)
    }
}

/// As in "2 directions by trees (natural)".
impl fmt::Display for Substitution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.column_groups();
        write!(f, "{count} direction{} by trees ({})", if count == 1 { "" } else { "s" }, self.order)
    }
}

/// The vertices of all trees: a vertex of the pattern occurs once for each colour around it.
struct Forest {
    /// For each place of the pattern its row's vertex in the tree of the row's and the column's colours.
    at: Vec<u32>,
    /// For each vertex of a tree the vertex of the pattern and the colour around it.
    names: Vec<(u32, u32)>,
}

impl Forest {
    fn new(pattern: &Pattern, colours: &Colouring) -> Forest {
        let (mut at, mut names) = (Vec::with_capacity(pattern.nonzeros()), Vec::new());
        let mut known = vec![NONE; colours.count()];
        for i in 0..pattern.rows() {
            let first = names.len();
            for &j in pattern.row(i) {
                // Every vertex with a place has a colour.
                let colour = colours.colour(j as usize).unwrap_or(0);
                let number = &mut known[colour as usize];
                if *number == NONE {
                    *number = names.len() as u32;
                    names.push((i as u32, colour));
                }
                at.push(*number);
            }
            names[first..].iter().for_each(|&(_, colour)| known[colour as usize] = NONE);
        }
        Forest { at, names }
    }
}

fn planned(pattern: &Pattern, order: VertexOrder) -> Substitution {
    let (colours, mirror) = (coloured(pattern, order), pattern.mirror(pattern));
    let forest = Forest::new(pattern, &colours);
    let n = pattern.rows();
    // An edge is the number of its place above the diagonal; the edges left at a vertex are one exclusive or.
    let (mut degrees, mut edges) = (vec![0u32; forest.names.len()], vec![0usize; forest.names.len()]);
    let above = |(k, (i, j)): (usize, (u32, u32))| (i < j).then_some(k);
    for k in pattern.entries().enumerate().filter_map(above) {
        for at in [forest.at[k], forest.at[mirror[k]]] {
            degrees[at as usize] += 1;
            edges[at as usize] ^= k;
        }
    }
    let mut leaves: Vec<u32> =
        (0..forest.names.len() as u32).filter(|&at| degrees[at as usize] == 1).collect();
    let mut found = Vec::new();
    let mut next = 0;
    while let Some(&leaf) = leaves.get(next) {
        next += 1;
        if degrees[leaf as usize] == 0 {
            continue; // The other end of the tree's last edge went first.
        }
        let k = edges[leaf as usize];
        let ends = [forest.at[k], forest.at[mirror[k]]];
        let inner = if ends[0] == leaf { ends[1] } else { ends[0] };
        degrees[leaf as usize] = 0;
        degrees[inner as usize] -= 1;
        edges[inner as usize] ^= k;
        if degrees[inner as usize] == 1 {
            leaves.push(inner);
        }
        found.push((leaf, inner, [k, mirror[k]]));
    }
    let diagonal = pattern.entries().enumerate().filter(|(_, (i, j))| i == j).map(|(k, _)| k);
    let diagonal: Vec<usize> = diagonal.collect();
    debug_assert_eq!(diagonal.len() + 2 * found.len(), pattern.nonzeros(), "trees have no cycles");

    let mut read = vec![false; colours.count()];
    let ats = found.iter().map(|f| f.0).chain(diagonal.iter().map(|&k| forest.at[k]));
    ats.for_each(|at| read[forest.names[at as usize].1 as usize] = true);
    let is_read: Vec<bool> = (0..n).map(|v| colours.colour(v).is_some_and(|c| read[c as usize])).collect();
    let columns = colours.only(&is_read);
    let mut groups = vec![0; colours.count()];
    for (v, old) in colours.colours().iter().enumerate() {
        if let (Some(old), Some(new)) = (old, columns.colour(v)) {
            groups[*old as usize] = new as usize;
        }
    }
    let place = |at: u32| {
        let (v, colour) = forest.names[at as usize];
        groups[colour as usize] * n + v as usize
    };
    let step =
        |&(leaf, inner, places): &(u32, u32, [usize; 2])| Step { read: place(leaf), leaf, inner, places };
    Substitution {
        steps: found.iter().map(step).collect(),
        diagonal: diagonal.iter().map(|&k| (k, place(forest.at[k]))).collect(),
        columns,
        sums: forest.names.len(),
        order,
    }
}
