//! Compressed modes: the nonzeros of a sparse Jacobian or Hessian from few directions, each a group of columns that do not
//! meet in a row, or of rows that do not meet in a column.
//!
//! One stack of tangents for all groups of columns goes forward, one of cotangents for all groups of rows goes back, and the
//! nonzeros are gathered. What comes out is an ordinary graph.

use crate::derive::{block_shape, check_variables, gradient, stacked};
use crate::error::DiffError;
use crate::linearize::Linearized;
use crate::sparsity::{Blocks, Compression, Ends, Pattern, Source, SparsityError};
use crate::sweep::{forward, reverse};
use crate::tangent::Tangent;
use crate::transform::{open, reopened, scalar_output};
use wengert_expr::{Builder, DType, Expr, Function, NodeId, Range, Type, Value};

/// A sparse derivative: a function of the nonzeros, and where they stand.
#[derive(Clone, Debug)]
pub struct Sparse {
    /// Its one output `nonzeros` is a vector in the order of the pattern's rows.
    pub function: Function,
    /// A row for each element of the outputs, a column for each of the variables, in order.
    pub pattern: Pattern,
    /// How few directions tell them all.
    pub compression: Compression,
}

impl Sparse {
    /// The matrix of the nonzeros that the function computed.
    ///
    /// # Errors
    /// When there are more or fewer of them than places.
    pub fn matrix(&self, nonzeros: &Value) -> Result<sprs::CsMat<f64>, SparsityError> {
        self.pattern.matrix(nonzeros.to_f64s())
    }
}

/// The nonzeros of the Jacobian, by the colouring of its pattern that needs the fewest directions.
///
/// Cost: as many forward and reverse sweeps, stacked, as there are groups. Where positions are inputs (of a gather), the
/// pattern is that of the positions in `at`; of positions unknown every one is thought possible.
///
/// # Errors
/// As [`jacobian`](crate::jacobian), and a pattern of more than 2^28 places.
pub fn sparse_jacobian(f: &Function, wrt: &[&str], at: &[(&str, Value)]) -> Result<Sparse, DiffError> {
    let b = reopened(f);
    let ends = open(&b, f, wrt)?;
    check_variables(&ends.outputs, &ends.wrt)?;
    let plan = Plan::jacobian(&b, &ends.outputs, &ends.wrt, at)?;
    let nonzeros = plan.nonzeros();
    b.output(NAME, nonzeros);
    let Plan { pattern, compression, .. } = plan;
    Ok(Sparse { function: b.finish()?, pattern, compression })
}

/// The nonzeros of the Hessian of a function with one scalar output, by a star colouring of its pattern: the gradient in
/// reverse mode, differentiated in forward mode along each group.
///
/// # Errors
/// As [`sparse_jacobian`], and an output that is not one scalar.
pub fn sparse_hessian(f: &Function, wrt: &[&str], at: &[(&str, Value)]) -> Result<Sparse, DiffError> {
    let b = reopened(f);
    let ends = open(&b, f, wrt)?;
    let output = scalar_output(&ends, f)?;
    let plan = Plan::hessian(output, &ends.wrt, at)?;
    let nonzeros = plan.nonzeros();
    b.output(NAME, nonzeros);
    let Plan { pattern, compression, .. } = plan;
    Ok(Sparse { function: b.finish()?, pattern, compression })
}

/// The name of the output.
const NAME: &str = "nonzeros";

/// The two ends of a sparse derivative, and the directions by which it is found.
pub(crate) struct Plan<'b> {
    b: &'b Builder,
    linear: Linearized,
    outputs: Vec<Expr<'b>>,
    wrt: Vec<Expr<'b>>,
    pub(crate) pattern: Pattern,
    pub(crate) compression: Compression,
}

impl<'b> Plan<'b> {
    /// For a Jacobian.
    pub(crate) fn jacobian(
        b: &'b Builder,
        outputs: &[Expr<'b>],
        wrt: &[Expr<'b>],
        at: &[(&str, Value)],
    ) -> Result<Plan<'b>, DiffError> {
        Plan::jacobian_within(b, outputs, wrt, at, usize::MAX)
    }

    /// As [`Plan::jacobian`] where it may be worth it; `None` where blocks are dense or there are too many places.
    pub(crate) fn jacobian_if_sparse(
        b: &'b Builder,
        outputs: &[Expr<'b>],
        wrt: &[Expr<'b>],
    ) -> Result<Option<Plan<'b>>, DiffError> {
        if_sparse(Plan::jacobian_within(b, outputs, wrt, &[], FEW))
    }

    fn jacobian_within(
        b: &'b Builder,
        outputs: &[Expr<'b>],
        wrt: &[Expr<'b>],
        at: &[(&str, Value)],
        dense: usize,
    ) -> Result<Plan<'b>, DiffError> {
        let (linear, pattern) = places(b, outputs, wrt, at, dense)?;
        let compression = Compression::of_jacobian(&pattern);
        Ok(Plan { b, linear, outputs: outputs.to_vec(), wrt: wrt.to_vec(), pattern, compression })
    }

    /// For a Hessian.
    pub(crate) fn hessian(
        output: Expr<'b>,
        wrt: &[Expr<'b>],
        at: &[(&str, Value)],
    ) -> Result<Plan<'b>, DiffError> {
        Plan::hessian_within(output, wrt, at, usize::MAX)
    }

    /// As [`Plan::hessian`] where it may be worth it; `None` where blocks are dense or there are too many places.
    pub(crate) fn hessian_if_sparse(
        output: Expr<'b>,
        wrt: &[Expr<'b>],
    ) -> Result<Option<Plan<'b>>, DiffError> {
        if_sparse(Plan::hessian_within(output, wrt, &[], FEW))
    }

    fn hessian_within(
        output: Expr<'b>,
        wrt: &[Expr<'b>],
        at: &[(&str, Value)],
        dense: usize,
    ) -> Result<Plan<'b>, DiffError> {
        let b = output.builder();
        let outputs = gradient(output, wrt)?;
        let (linear, pattern) = places(b, &outputs, wrt, at, dense)?;
        let pattern = pattern.symmetrised();
        let compression = Compression::of_hessian(&pattern)?;
        Ok(Plan { b, linear, outputs, wrt: wrt.to_vec(), pattern, compression })
    }

    /// All nonzeros, in the order of the pattern's rows.
    pub(crate) fn nonzeros(&self) -> Expr<'b> {
        let sources = self.compression.sources();
        let dtype = self.dtype();
        if sources.is_empty() {
            return self.b.constant(Value::zeros(&Type::new(dtype, [0])));
        }
        let (columns, rows) = (self.column_products(), self.row_products());
        let (across, down) = (self.pattern.columns() as i64, self.pattern.rows() as i64);
        let before = self.compression.column_groups() as i64 * down;
        let position = |source: &Source| match *source {
            Source::Column { group, row } => i64::from(group) * down + i64::from(row),
            Source::Row { group, column } => before + i64::from(group) * across + i64::from(column),
        };
        let positions: Vec<i64> = sources.iter().map(position).collect();
        let positions = self.b.constant(Value::new([positions.len()], positions));
        joined(columns.into_iter().chain(rows).collect(), 0).take(positions, 0)
    }

    /// The whole derivative, zeros and all, as one block for each output and variable.
    pub(crate) fn blocks(&self) -> Vec<Vec<Expr<'b>>> {
        let (rows, columns) = (self.pattern.rows(), self.pattern.columns());
        let places: Vec<i64> =
            self.pattern.entries().map(|(i, j)| i64::from(i) * columns as i64 + i64::from(j)).collect();
        let places = self.b.constant(Value::new([places.len()], places));
        let zeros = self.b.constant(Value::zeros(&Type::scalar(self.dtype()))).broadcast_to([rows * columns]);
        let whole = zeros.scatter_add(places, self.nonzeros(), 0).reshape_to(&[rows, columns]);
        let block = |rows: Range, output: Expr<'b>, columns: Range, variable: Expr<'b>| {
            whole.slice(&[rows, columns]).reshape_to(&block_shape(output, variable)).cast(variable.dtype())
        };
        let row = |(rows, output)| ranges(&self.wrt).map(|(c, v)| block(rows, output, c, v)).collect();
        ranges(&self.outputs).map(row).collect()
    }

    /// The products with the groups of columns: a vector, group after group.
    fn column_products(&self) -> Option<Expr<'b>> {
        let groups = self.compression.column_groups();
        let seeds = self.seeds(&self.wrt, self.compression.columns(), groups)?;
        let moved = forward(self.b, &self.linear, &seeds, Some(groups));
        Some(self.flat(moved, &self.outputs, groups))
    }

    /// The products with the groups of rows.
    fn row_products(&self) -> Option<Expr<'b>> {
        let groups = self.compression.row_groups();
        let seeds = self.seeds(&self.outputs, self.compression.rows(), groups)?;
        let moved = reverse(self.b, &self.linear, &seeds, Some(groups));
        Some(self.flat(moved, &self.wrt, groups))
    }

    fn flat(&self, moved: Vec<Option<Tangent<'b>>>, at: &[Expr<'b>], groups: usize) -> Expr<'b> {
        let part = |(t, e): (Option<Tangent<'b>>, &Expr<'b>)| {
            let n = e.shape().elements();
            stacked(t, *e, Some(groups)).cast(self.dtype()).reshape_to(&[groups, n])
        };
        let parts: Vec<Expr<'b>> = moved.into_iter().zip(at).map(part).collect();
        let all = joined(parts, 1);
        let n = all.shape().elements();
        all.reshape_to(&[n])
    }

    /// For each of these a stack of directions, one for each group; `None` without groups.
    fn seeds(
        &self,
        at: &[Expr<'b>],
        groups_of: &[Option<u32>],
        groups: usize,
    ) -> Option<Vec<Option<Tangent<'b>>>> {
        if groups == 0 {
            return None;
        }
        let seed = |(range, e): (Range, Expr<'b>)| {
            self.seed(e, &groups_of[range.start..range.start + range.count], groups)
        };
        Some(ranges(at).map(seed).collect())
    }

    fn seed(&self, e: Expr<'b>, groups_of: &[Option<u32>], groups: usize) -> Option<Tangent<'b>> {
        if groups_of.iter().all(Option::is_none) {
            return None;
        }
        let ty = e.ty();
        let ty = ty.with_shape(ty.shape.stacked(groups));
        if let [Some(only)] = groups_of {
            let ones: Vec<f64> = (0..groups).map(|g| f64::from(u8::from(g as u32 == *only))).collect();
            return Some(Tangent::of(self.b.constant(Value::from_f64s(&ty, &ones))));
        }
        let numbers: Vec<i64> = groups_of.iter().map(|g| g.map_or(-1, i64::from)).collect();
        let square = [groups, numbers.len()];
        let numbers = self.b.constant(Value::new([numbers.len()], numbers)).broadcast_to(square);
        let ones = self.b.iota(square, 0, DType::I64).equal(numbers).cast(ty.dtype);
        Some(Tangent::of(ones.reshape_to(&ty.shape)))
    }

    /// The dtype of the nonzeros: single precision only where everything is.
    fn dtype(&self) -> DType {
        let single = self.outputs.iter().chain(&self.wrt).all(|e| e.dtype() == DType::F32);
        if single { DType::F32 } else { DType::F64 }
    }
}

/// The most places that a pattern may be known to have, to be written out for a choice.
const FEW: usize = 1 << 22;

/// A plan that is only one of several: too many places are no error.
fn if_sparse(plan: Result<Plan<'_>, DiffError>) -> Result<Option<Plan<'_>>, DiffError> {
    match plan {
        Ok(plan) => Ok(Some(plan)),
        Err(DiffError::TooManyPlaces { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The linearised graph and its pattern, if that is not known to have more than so many places.
fn places<'b>(
    b: &'b Builder,
    outputs: &[Expr<'b>],
    wrt: &[Expr<'b>],
    at: &[(&str, Value)],
    dense: usize,
) -> Result<(Linearized, Pattern), DiffError> {
    let nodes = |es: &[Expr<'b>]| es.iter().map(|e| e.id()).collect::<Vec<NodeId>>();
    let (outputs, variables) = (nodes(outputs), nodes(wrt));
    let linear = Linearized::new(b, &variables, &outputs)?;
    let ends = Ends { outputs: &outputs, variables: &variables };
    let pattern = b.read(|g| {
        let mut blocks = Blocks::new(g, &linear, ends, at)?;
        let places = blocks.dense_places();
        if places > dense {
            return Err(DiffError::TooManyPlaces { places, limit: dense });
        }
        blocks.pattern()
    })?;
    Ok((linear, pattern))
}

/// Each of these with the positions of its elements among those of all.
fn ranges<'b>(es: &[Expr<'b>]) -> impl Iterator<Item = (Range, Expr<'b>)> {
    es.iter().scan(0, |start, e| {
        let range = Range { start: *start, count: e.shape().elements(), step: 1 };
        *start += range.count;
        Some((range, *e))
    })
}

fn joined(mut parts: Vec<Expr<'_>>, axis: i64) -> Expr<'_> {
    let first = parts.remove(0);
    if parts.is_empty() { first } else { first.concatenate(&parts, axis) }
}
