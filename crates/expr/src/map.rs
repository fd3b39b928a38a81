//! The derivative of one node with respect to one operand: a linear map, as data.
//!
//! A map is data so that every mode can read it: forward and reverse mode apply it or its transpose, elimination and
//! the path sum also compose and add maps. `C` is what a coefficient is: a [`NodeId`](crate::NodeId) when a graph is
//! emitted, an operand's position inside a [`custom`](crate::Builder::custom) node, `()` when an order is only costed.

use crate::op::Op;
use smallvec::SmallVec;

/// Names of axes, one small number each.
pub type Labels = SmallVec<[u8; 16]>;

/// What a labelled map multiplies by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scale<C> {
    /// Nothing.
    One,
    /// A change of sign.
    MinusOne,
    /// An array of coefficients.
    By(C),
}

impl<C> Scale<C> {
    /// The same with the coefficients borrowed.
    pub fn as_ref(&self) -> Scale<&C> {
        match self {
            Scale::One => Scale::One,
            Scale::MinusOne => Scale::MinusOne,
            Scale::By(c) => Scale::By(c),
        }
    }

    /// The same with the coefficients replaced.
    pub fn map<D>(self, f: impl FnOnce(C) -> D) -> Scale<D> {
        match self {
            Scale::One => Scale::One,
            Scale::MinusOne => Scale::MinusOne,
            Scale::By(c) => Scale::By(f(c)),
        }
    }
}

/// A linear map without its spaces; see [`LinearMap`] for the map with them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Kind<C> {
    /// Everything to zero.
    Zero,
    /// An einsum with one array of coefficients.
    Labelled(Labelled<C>),
    /// To another floating-point type.
    Cast,
    /// Elements moved, copied or added up by a structural operation.
    Index(Box<Index<C>>),
    /// One map after another, the first one first.
    Chain(Box<[LinearMap<C>]>),
    /// Maps between the same spaces, added.
    Sum(Box<[LinearMap<C>]>),
}

/// Which type a map's vectors have, as an entry of its graph's table of types.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct TypeId(pub(crate) u32);

/// A linear map from the space of an operand to the space of a node.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct LinearMap<C> {
    /// The space of its arguments.
    pub from: TypeId,
    /// The space of its results.
    pub to: TypeId,
    /// What it does.
    pub kind: Kind<C>,
}

/// `out[output] = sum over the other labels of scale[..] * in[input]`, nothing where the mask is false.
///
/// Identity, scaling, diagonal, broadcast, sum, permutation and every product with an array are of this form. A false
/// mask is a strong zero: the element contributes nothing, even where the coefficient is infinite or NaN.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Labelled<C> {
    /// The coefficients.
    pub scale: Scale<C>,
    /// Where the map is not zero; everywhere if absent.
    pub mask: Option<C>,
    /// Which axis is which. Absent, the most frequent case, when argument, result, coefficients and mask all have the
    /// same axes in the same order.
    pub axes: Option<Box<Axes>>,
}

/// The labels of a [`Labelled`] map. No label occurs twice in one of the lists, and every label of the coefficients or
/// of the mask also stands in `input` or `output`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Axes {
    /// Labels of the argument's axes.
    pub input: Labels,
    /// Labels of the result's axes.
    pub output: Labels,
    /// Labels of the coefficients' axes; empty without coefficients.
    pub scale: Labels,
    /// Labels of the mask's axes; empty without a mask.
    pub mask: Labels,
}

impl Axes {
    /// The axes of an elementwise map of this rank.
    pub fn same(rank: usize, scaled: bool, masked: bool) -> Axes {
        let all: Labels = (0..rank as u8).collect();
        let when = |on: bool| if on { all.clone() } else { Labels::new() };
        Axes { input: all.clone(), output: all.clone(), scale: when(scaled), mask: when(masked) }
    }

    fn is_same(&self, scaled: bool, masked: bool) -> bool {
        self.input == self.output
            && (!scaled || self.scale == self.input)
            && (!masked || self.mask == self.input)
    }
}

/// One operation of the graph that is linear in its first operand, and the rest of its operands.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Structural<C> {
    /// The operation.
    pub op: Op,
    /// Its operands after the first: positions, not coefficients.
    pub data: SmallVec<[C; 1]>,
}

/// A map that a structural operation makes, beside the operation that makes its transpose.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Index<C> {
    /// Makes the result from the argument.
    pub apply: Structural<C>,
    /// Makes a cotangent of the argument from one of the result.
    pub transpose: Structural<C>,
}

/// The derivative of a node with respect to one operand.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Local<C> {
    /// The map.
    Map(Kind<C>),
    /// There is none, for this reason.
    Undefined(std::sync::Arc<str>),
}

impl<C> Labelled<C> {
    /// The map with these labels, in its normal form: `axes` absent where all agree.
    pub fn new(scale: Scale<C>, mask: Option<C>, axes: Axes) -> Labelled<C> {
        let same = axes.is_same(matches!(scale, Scale::By(_)), mask.is_some());
        Labelled { scale, mask, axes: (!same).then(|| Box::new(axes)) }
    }

    /// An elementwise map.
    pub fn elementwise(scale: Scale<C>, mask: Option<C>) -> Labelled<C> {
        Labelled { scale, mask, axes: None }
    }

    /// The labels, written out for arguments of this rank.
    pub fn axes(&self, input_rank: usize) -> Axes {
        match &self.axes {
            Some(axes) => Axes::clone(axes),
            None => Axes::same(input_rank, matches!(self.scale, Scale::By(_)), self.mask.is_some()),
        }
    }
}

impl<C> Kind<C> {
    /// The map that changes nothing.
    pub fn identity() -> Kind<C> {
        Kind::Labelled(Labelled::elementwise(Scale::One, None))
    }

    /// The map that multiplies element by element.
    pub fn diagonal(coefficient: C) -> Kind<C> {
        Kind::Labelled(Labelled::elementwise(Scale::By(coefficient), None))
    }

    /// True for the identity.
    pub fn is_identity(&self) -> bool {
        matches!(self, Kind::Labelled(Labelled { scale: Scale::One, mask: None, axes: None }))
    }

    /// The same map with each coefficient replaced.
    pub fn map_coefficients<D>(&self, f: &mut impl FnMut(&C) -> D) -> Kind<D> {
        self.map_parts(&mut |part| match part {
            Part::Coefficient(c) | Part::Position(c) => f(c),
        })
    }

    /// The same map with each coefficient and each array of positions replaced.
    pub fn map_parts<D>(&self, f: &mut impl FnMut(Part<'_, C>) -> D) -> Kind<D> {
        match self {
            Kind::Zero => Kind::Zero,
            Kind::Labelled(l) => Kind::Labelled(Labelled {
                scale: l.scale.as_ref().map(|c| f(Part::Coefficient(c))),
                mask: l.mask.as_ref().map(|m| f(Part::Coefficient(m))),
                axes: l.axes.clone(),
            }),
            Kind::Cast => Kind::Cast,
            Kind::Index(index) => {
                let mut structural = |s: &Structural<C>| Structural {
                    op: s.op.clone(),
                    data: s.data.iter().map(|d| f(Part::Position(d))).collect(),
                };
                let apply = structural(&index.apply);
                Kind::Index(Box::new(Index { apply, transpose: structural(&index.transpose) }))
            }
            Kind::Chain(maps) => Kind::Chain(maps.iter().map(|m| m.map_parts(f)).collect()),
            Kind::Sum(maps) => Kind::Sum(maps.iter().map(|m| m.map_parts(f)).collect()),
        }
    }
}

/// What a map refers to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part<'c, C> {
    /// Numbers to multiply by, or a mask.
    Coefficient(&'c C),
    /// Positions, by which a structural operation moves elements.
    Position(&'c C),
}

impl<C> LinearMap<C> {
    /// The same map with each coefficient replaced.
    pub fn map_coefficients<D>(&self, f: &mut impl FnMut(&C) -> D) -> LinearMap<D> {
        LinearMap { from: self.from, to: self.to, kind: self.kind.map_coefficients(f) }
    }

    /// The same map with each coefficient and each array of positions replaced.
    pub fn map_parts<D>(&self, f: &mut impl FnMut(Part<'_, C>) -> D) -> LinearMap<D> {
        LinearMap { from: self.from, to: self.to, kind: self.kind.map_parts(f) }
    }
}

impl<C> Local<C> {
    /// The same derivative with each coefficient replaced.
    pub fn map_coefficients<D>(&self, f: &mut impl FnMut(&C) -> D) -> Local<D> {
        match self {
            Local::Map(kind) => Local::Map(kind.map_coefficients(f)),
            Local::Undefined(reason) => Local::Undefined(reason.clone()),
        }
    }
}
