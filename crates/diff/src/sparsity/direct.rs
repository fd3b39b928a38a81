//! From colours to directions: the compressions that are read directly, and the best of them.
//!
//! A colouring says that every nonzero can be read somewhere, maybe at two places; here one is chosen so that colours are
//! left over, and they are taken away, as Montoison, Dalle, Gebremedhin 2025 do.

use super::bidirectional::{Bicolouring, Board, Split};
use super::colouring::{Colouring, NONE};
use super::compression::{Compression, Method, Source};
use super::distance::columns;
use super::error::{SparsityError, check_symmetric};
use super::needed::needed;
use super::order::{VertexOrder, fewest};
use super::pattern::Pattern;
use super::star::coloured;

/// Compressions in one order of the vertices.
impl Compression {
    /// Groups of columns that don't meet in a row.
    pub fn by_columns(pattern: &Pattern, order: VertexOrder) -> Compression {
        by_columns(pattern, &pattern.transpose(), order)
    }

    /// Groups of rows that don't meet in a column.
    pub fn by_rows(pattern: &Pattern, order: VertexOrder) -> Compression {
        by_rows(pattern, &pattern.transpose(), order)
    }

    /// Groups of rows and groups of columns; of one side only where no cover with both is at hand or needs fewer.
    pub fn bidirectional(pattern: &Pattern, order: VertexOrder) -> Compression {
        let transpose = pattern.transpose();
        let one_sided = fewer(by_columns(pattern, &transpose, order), by_rows(pattern, &transpose, order));
        let limit = one_sided.groups();
        let best = two_sided(pattern, &transpose, &[order], limit).into_iter().fold(one_sided, fewer);
        best.renamed(Method::Bidirectional)
    }

    /// Groups of columns of a symmetric matrix, such as a Hessian, by a star colouring.
    ///
    /// # Errors
    /// If the pattern is not symmetric.
    pub fn by_stars(pattern: &Pattern, order: VertexOrder) -> Result<Compression, SparsityError> {
        check_symmetric(pattern)?;
        Ok(by_stars(pattern, order))
    }
}

/// The best compressions.
impl Compression {
    /// The fewest groups by columns, by rows or both, in any order; by columns where the sides are alike.
    pub fn of_jacobian(pattern: &Pattern) -> Compression {
        let transpose = pattern.transpose();
        let (longest, tallest) = (pattern.longest(), transpose.longest());
        let (mut best, _) =
            fewest(longest, Compression::groups, |order| by_columns(pattern, &transpose, order));
        if tallest < best.groups() {
            let rows = |order| by_rows(pattern, &transpose, order);
            best = fewer(best, fewest(tallest, Compression::groups, rows).0);
        }
        // A group tells one number of each line across at most.
        if pattern.nonzeros() > best.groups().saturating_sub(1) * pattern.rows().max(pattern.columns()) {
            return best;
        }
        let limit = best.groups();
        two_sided(pattern, &transpose, &VertexOrder::ALL, limit).into_iter().fold(best, fewer)
    }

    /// The fewest groups of columns of a symmetric matrix by a star colouring, in any order.
    ///
    /// # Errors
    /// If the pattern is not symmetric.
    pub fn of_hessian(pattern: &Pattern) -> Result<Compression, SparsityError> {
        check_symmetric(pattern)?;
        Ok(fewest(1, Compression::groups, |order| by_stars(pattern, order)).0)
    }
}

/// The one of fewer groups, the first where both have as many.
fn fewer(one: Compression, other: Compression) -> Compression {
    if other.groups() < one.groups() { other } else { one }
}

fn by_columns(pattern: &Pattern, transpose: &Pattern, order: VertexOrder) -> Compression {
    let found = columns(pattern, transpose, order);
    let group = |j: u32| found.colour(j as usize).unwrap_or(NONE);
    let sources = pattern.entries().map(|(row, j)| Source::Column { group: group(j), row }).collect();
    let rows = Colouring::new(&vec![NONE; pattern.rows()]);
    Compression::new(found, rows, sources, Method::Columns, order)
}

fn by_rows(pattern: &Pattern, transpose: &Pattern, order: VertexOrder) -> Compression {
    let found = columns(transpose, pattern, order);
    let group = |i: u32| found.colour(i as usize).unwrap_or(NONE);
    let sources = pattern.entries().map(|(i, column)| Source::Row { group: group(i), column }).collect();
    let columns = Colouring::new(&vec![NONE; pattern.columns()]);
    Compression::new(columns, found, sources, Method::Rows, order)
}

/// The best over the covers that can need fewer than `limit`; the first order is tried on all, the others on the best.
fn two_sided(
    pattern: &Pattern,
    transpose: &Pattern,
    orders: &[VertexOrder],
    limit: usize,
) -> Option<Compression> {
    let board = Board::new(pattern, transpose);
    let mirror = pattern.mirror(transpose);
    let mut best: Option<(Compression, Split)> = None;
    let attempt = |split: Split, order: VertexOrder, best: &mut Option<(Compression, Split)>| {
        let limit = best.as_ref().map_or(limit, |(best, _)| best.groups());
        // Some colours are left over in the end, so that a few too many are no reason to stop.
        let patience = limit.saturating_add(limit / 4 + 2);
        if split.bound >= limit {
            return;
        }
        let Some(found) = board.colour(split, order, patience) else { return };
        let found = bidirectional(pattern, transpose, &mirror, &found, order);
        if found.groups() < limit {
            *best = Some((found, split));
        }
    };
    let (&first, others) = orders.split_first()?;
    board.splits().into_iter().for_each(|split| attempt(split, first, &mut best));
    if let Some((_, split)) = best {
        others.iter().for_each(|&order| attempt(split, order, &mut best));
    }
    best.map(|(found, _)| found)
}

/// What is read of a bicolouring: a group of columns is numbered behind the groups of rows.
fn bidirectional(
    pattern: &Pattern,
    transpose: &Pattern,
    mirror: &[usize],
    found: &Bicolouring,
    order: VertexOrder,
) -> Compression {
    let (in_rows, in_columns) = (alone(pattern, &found.columns), alone(transpose, &found.rows));
    let shift = found.rows.count() as u32;
    let choices: Vec<[u32; 2]> = (0..pattern.nonzeros())
        .map(|k| [in_rows[k].map_or(NONE, |g| g + shift), in_columns[mirror[k]].unwrap_or(NONE)])
        .collect();
    let needed = needed(&choices, found.count());
    let by_column: Vec<bool> = choices.iter().map(|&[a, b]| is_first(&needed, a, b)).collect();
    let (mut rows, mut columns) = (vec![false; pattern.rows()], vec![false; pattern.columns()]);
    for ((i, j), &by_column) in pattern.entries().zip(&by_column) {
        let line = if by_column { &mut columns[j as usize] } else { &mut rows[i as usize] };
        *line = true;
    }
    let (rows, columns) = (found.rows.only(&rows), found.columns.only(&columns));
    let source = |((row, column), &by_column): ((u32, u32), &bool)| {
        if by_column {
            Source::Column { group: columns.colour(column as usize).unwrap_or(NONE), row }
        } else {
            Source::Row { group: rows.colour(row as usize).unwrap_or(NONE), column }
        }
    };
    let sources = pattern.entries().zip(&by_column).map(source).collect();
    Compression::new(columns, rows, sources, Method::Bidirectional, order)
}

/// Two mirror images are read at the same place: above the diagonal in the column's group, or below.
fn by_stars(pattern: &Pattern, order: VertexOrder) -> Compression {
    let (found, mirror) = (coloured(pattern, order), pattern.mirror(pattern));
    let alone = alone(pattern, &found);
    let choices: Vec<[u32; 2]> = pattern
        .entries()
        .enumerate()
        .map(|(k, (i, j))| {
            let (above, below) = if i <= j { (k, mirror[k]) } else { (mirror[k], k) };
            [alone[above].unwrap_or(NONE), alone[below].unwrap_or(NONE)]
        })
        .collect();
    let needed = needed(&choices, found.count());
    // The row and the column at which a place is read.
    let read = |(&[a, b], (i, j)): (&[u32; 2], (u32, u32))| {
        if is_first(&needed, a, b) { (i.min(j), i.max(j)) } else { (i.max(j), i.min(j)) }
    };
    let mut columns = vec![false; pattern.columns()];
    choices.iter().zip(pattern.entries()).for_each(|at| columns[read(at).1 as usize] = true);
    let columns = found.only(&columns);
    let source = |at| {
        let (row, column) = read(at);
        Source::Column { group: columns.colour(column as usize).unwrap_or(NONE), row }
    };
    let sources = choices.iter().zip(pattern.entries()).map(source).collect();
    let rows = Colouring::new(&vec![NONE; pattern.rows()]);
    Compression::new(columns, rows, sources, Method::Star, order)
}

/// Of two groups at which a number can be read, if it is the first at which it is.
fn is_first(needed: &[bool], first: u32, second: u32) -> bool {
    second == NONE || (first != NONE && needed[first as usize])
}

/// For each place of a pattern its column's colour, if no other column in its row has that.
fn alone(pattern: &Pattern, columns: &Colouring) -> Vec<Option<u32>> {
    let mut counts = vec![0u32; columns.count()];
    let mut alone = Vec::with_capacity(pattern.nonzeros());
    for i in 0..pattern.rows() {
        let colours = || pattern.row(i).iter().filter_map(|&j| columns.colour(j as usize));
        colours().for_each(|c| counts[c as usize] += 1);
        let lonely = |&j: &u32| columns.colour(j as usize).filter(|&c| counts[c as usize] == 1);
        alone.extend(pattern.row(i).iter().map(lonely));
        colours().for_each(|c| counts[c as usize] = 0);
    }
    alone
}
