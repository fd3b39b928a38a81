//! The places of a linear map: which element of its result depends on which of its argument.
//!
//! A coefficient that is there counts as other than zero, and so does what a mask leaves out. Where elements are moved by
//! positions that are not known, every element may have come from everywhere.

use super::pattern::Pattern;
use crate::algebra::Slot;
use crate::error::DiffError;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use wengert_expr::{
    DType, Index, Kind, Labelled, LinearMap, NodeId, Shape, Structural, Type, TypeTable, Value,
};

/// The most places that a pattern may have.
pub const MOST_PLACES: usize = 1 << 28;

/// The most pairs of elements for which a map that cannot be read in one go is tried on every unit vector.
const PROBED: usize = 1 << 24;

/// Expands maps, each structure once.
pub(super) struct Expander<'g> {
    types: &'g TypeTable,
    positions: FxHashMap<NodeId, Value>,
    known: FxHashMap<LinearMap<Slot>, Arc<Pattern>>,
}

impl<'g> Expander<'g> {
    pub(super) fn new(types: &'g TypeTable, positions: FxHashMap<NodeId, Value>) -> Expander<'g> {
        Expander { types, positions, known: FxHashMap::default() }
    }

    pub(super) fn types(&self) -> &'g TypeTable {
        self.types
    }

    /// The places of a map by coefficients that are known, if some of them are zero.
    pub(super) fn known_matrix(
        &self,
        map: &LinearMap<NodeId>,
        matrix: NodeId,
    ) -> Option<Result<Pattern, DiffError>> {
        let Kind::Labelled(l) = &map.kind else { return None };
        let values = self.positions.get(&matrix)?;
        let zero: Vec<bool> = values.to_f64s().iter().map(|&x| x == 0.0).collect();
        if !zero.contains(&true) {
            return None;
        }
        let (from, to) = (&self.types.get(map.from).shape, &self.types.get(map.to).shape);
        Some(without(l, from, to, values.shape(), &zero))
    }

    /// The places of a map: a row for each element of its result.
    pub(super) fn places(&mut self, map: &LinearMap<Slot>) -> Result<Arc<Pattern>, DiffError> {
        if let Some(known) = self.known.get(map) {
            return Ok(known.clone());
        }
        let (from, to) = (self.types.get(map.from).clone(), self.types.get(map.to).clone());
        let (columns, rows) = (from.shape.elements(), to.shape.elements());
        let pattern = match &map.kind {
            Kind::Zero => Pattern::new(columns, vec![[]; rows]),
            Kind::Cast => Pattern::identity(columns),
            Kind::Labelled(l) => labelled(l, &from.shape, &to.shape)?,
            Kind::Index(index) => self.moved(index, &from, &to)?,
            Kind::Chain(maps) => {
                let whole = self.chained(maps, columns)?;
                return Ok(self.keep(map, whole));
            }
            Kind::Sum(terms) => {
                let terms = terms.iter().map(|t| self.places(t)).collect::<Result<Vec<_>, _>>()?;
                let terms: Vec<&Pattern> = terms.iter().map(Arc::as_ref).collect();
                Pattern::union_of(rows, columns, &terms)
            }
        };
        Ok(self.keep(map, Arc::new(pattern)))
    }

    /// Chains that begin alike, as those of one sum often do, share the beginning.
    fn chained(&mut self, links: &[LinearMap<Slot>], columns: usize) -> Result<Arc<Pattern>, DiffError> {
        let [first, .., last] = links else {
            return links
                .first()
                .map_or_else(|| Ok(Arc::new(Pattern::identity(columns))), |only| self.places(only));
        };
        let before = match &links[..links.len() - 1] {
            [only] => self.places(only)?,
            several => {
                let to = several.last().map_or(first.to, |m| m.to);
                self.places(&LinearMap { from: first.from, to, kind: Kind::Chain(several.into()) })?
            }
        };
        let whole = self.places(last)?.product(&before);
        check_size(whole.nonzeros())?;
        Ok(Arc::new(whole))
    }

    fn keep(&mut self, map: &LinearMap<Slot>, pattern: Arc<Pattern>) -> Arc<Pattern> {
        self.known.insert(map.clone(), pattern.clone());
        pattern
    }

    /// A map of zeros and ones. Ones moved through it and back tell whether an element of the result has one source, or one
    /// of the argument one destination; then its numbers, moved, tell which.
    fn moved(&self, index: &Index<Slot>, from: &Type, to: &Type) -> Result<Pattern, DiffError> {
        let (columns, rows) = (from.shape.elements(), to.shape.elements());
        let [from, to] = [from, to].map(|t| t.with_dtype(DType::F64));
        if let Some(sources) = self.numbers(&index.apply, &from, &to) {
            return Ok(Pattern::new(columns, sources));
        }
        if let Some(destinations) = self.numbers(&index.transpose, &to, &from) {
            return Ok(Pattern::new(rows, destinations).transpose());
        }
        check_size(columns.saturating_mul(rows))?;
        if columns.saturating_mul(rows) <= PROBED
            && let Some(probed) = self.probed(&index.apply, &from, &to)
        {
            return Ok(probed);
        }
        Ok(Pattern::dense(rows, columns))
    }

    /// For each element of the result the number of its one source, or none; absent where one has several.
    fn numbers(&self, moving: &Structural<Slot>, from: &Type, to: &Type) -> Option<Vec<Option<u32>>> {
        let n = from.shape.elements();
        let ones = self.run(moving, vec![1.0; n], from, to)?;
        if ones.iter().any(|&sources| sources > 1.0) {
            return None;
        }
        let numbers = self.run(moving, (1..=n).map(|i| i as f64).collect(), from, to)?;
        Some(numbers.into_iter().map(|x| (x >= 1.0).then(|| x as u32 - 1)).collect())
    }

    /// Every unit vector moved.
    fn probed(&self, moving: &Structural<Slot>, from: &Type, to: &Type) -> Option<Pattern> {
        let n = from.shape.elements();
        let mut by_column = Vec::with_capacity(n);
        for i in 0..n {
            let mut unit = vec![0.0; n];
            unit[i] = 1.0;
            let column = self.run(moving, unit, from, to)?;
            let places = column.iter().enumerate().filter(|(_, x)| **x != 0.0).map(|(row, _)| row as u32);
            by_column.push(places.collect::<Vec<u32>>());
        }
        Some(Pattern::new(to.shape.elements(), by_column).transpose())
    }

    /// `None` if it moves by positions that are not known, or cannot.
    fn run(&self, moving: &Structural<Slot>, x: Vec<f64>, from: &Type, to: &Type) -> Option<Vec<f64>> {
        let x = Value::new(from.shape.clone(), x);
        let data: Option<Vec<&Value>> = moving
            .data
            .iter()
            .map(|slot| match slot {
                Slot::Positions(node) => self.positions.get(node),
                Slot::Coefficients => None,
            })
            .collect();
        let operands: Vec<&Value> = std::iter::once(&x).chain(data?).collect();
        (moving.op.row().eval)(&moving.op, &operands, to).ok().map(|value| value.to_f64s())
    }
}

/// That a pattern of so many places can be held.
pub(super) fn check_size(places: usize) -> Result<(), DiffError> {
    if places > MOST_PLACES {
        return Err(DiffError::TooManyPlaces { places, limit: MOST_PLACES });
    }
    Ok(())
}

/// As [`labelled`], without the places whose coefficient is zero.
fn without<C: Clone>(
    l: &Labelled<C>,
    from: &Shape,
    to: &Shape,
    shape: &[usize],
    zero: &[bool],
) -> Result<Pattern, DiffError> {
    let axes = l.axes(from.rank());
    let stride = strides(shape);
    // What each axis adds to the number of the coefficient.
    let along = |label: &u8| axes.scale.iter().position(|s| s == label).map_or(0, |i| stride[i]);
    let free = axes.input.iter().zip(from.iter()).filter(|(l, _)| !axes.output.contains(l));
    let free = free.fold(vec![0usize], |all, (l, &n)| spread(&all, along(l), n));
    let bases =
        axes.output.iter().zip(to.iter()).fold(vec![0usize], |all, (l, &n)| spread(&all, along(l), n));
    let whole = labelled(l, from, to)?;
    let row = |(i, base): (usize, &usize)| {
        let kept = whole.row(i).iter().zip(&free).filter(|(_, f)| !zero[base + *f]);
        kept.map(|(&place, _)| place).collect::<Vec<u32>>()
    };
    Ok(Pattern::new(from.elements(), bases.iter().enumerate().map(row)))
}

/// How far apart neighbours along each axis are.
fn strides(shape: &[usize]) -> Vec<usize> {
    let mut stride = 1;
    let mut strides = vec![0; shape.len()];
    for (s, &n) in strides.iter_mut().zip(shape).rev() {
        *s = stride;
        stride *= n;
    }
    strides
}

/// Axes that argument and result share must agree; all entries of the others meet.
fn labelled<C: Clone>(l: &Labelled<C>, from: &Shape, to: &Shape) -> Result<Pattern, DiffError> {
    let axes = l.axes(from.rank());
    let strides = strides(from);
    // Every entry of the axes that only the argument has.
    let free =
        axes.input.iter().zip(&strides).zip(from.iter()).filter(|((l, _), _)| !axes.output.contains(l));
    let free = free.fold(vec![0usize], |all, ((_, &s), &n)| spread(&all, s, n));
    check_size(free.len().saturating_mul(to.elements()))?;
    // Where each element of the result starts to read.
    let bases = axes.output.iter().zip(to.iter()).fold(vec![0usize], |all, (l, &n)| {
        let stride = axes.input.iter().position(|i| i == l).map_or(0, |i| strides[i]);
        spread(&all, stride, n)
    });
    let places = bases.iter().flat_map(|base| free.iter().map(move |f| (base + f) as u32)).collect();
    let starts = (0..=bases.len()).map(|i| i * free.len()).collect();
    Ok(Pattern::from_parts(from.elements(), starts, places))
}

fn spread(all: &[usize], stride: usize, n: usize) -> Vec<usize> {
    all.iter().flat_map(|base| (0..n).map(move |i| base + i * stride)).collect()
}
