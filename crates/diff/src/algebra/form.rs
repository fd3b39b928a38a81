//! A labelled map written out: its coefficients, its labels in a normal numbering, the extent of each.

use super::coefficients::{Coefficients, Extents, shape_of};
use wengert_expr::{Axes, DType, Kind, Labelled, Labels, LinearMap, Scale, Shape, TypeId};

/// A labelled map whose labels are explicit. The argument's axes are labelled 0, 1, 2, ...; result axes that are none of
/// them get the next numbers in order. So maps of one structure have equal `input` and `output`.
#[derive(Clone)]
pub(super) struct Form<A: Coefficients> {
    pub(super) a: A,
    pub(super) from: TypeId,
    pub(super) to: TypeId,
    pub(super) dtype: DType,
    pub(super) scale: Scale<A::C>,
    pub(super) mask: Option<A::C>,
    pub(super) axes: Axes,
    pub(super) extents: Extents,
}

impl<A: Coefficients> Form<A> {
    pub(super) fn new(a: A, map: &LinearMap<A::C>, l: &Labelled<A::C>) -> Form<A> {
        let (from, to) = (a.ty(map.from), a.ty(map.to));
        let axes = l.axes(from.shape.rank());
        let most = axes.input.iter().chain(&axes.output).max().map_or(0, |&l| l as usize + 1);
        let mut extents: Extents = std::iter::repeat_n(1, most).collect();
        for (labels, shape) in [(&axes.output, &to.shape), (&axes.input, &from.shape)] {
            labels.iter().zip(shape.iter()).for_each(|(&l, &n)| extents[l as usize] = n);
        }
        let (scale, mask) = (l.scale.clone(), l.mask.clone());
        Form { a, from: map.from, to: map.to, dtype: to.dtype, scale, mask, axes, extents }.normalised()
    }

    /// The same map with its labels renumbered.
    pub(super) fn normalised(mut self) -> Form<A> {
        let order = union(&self.axes.input, &self.axes.output);
        let rename = |labels: &Labels| -> Labels {
            labels.iter().filter_map(|l| order.iter().position(|o| o == l)).map(|i| i as u8).collect()
        };
        let Axes { input, output, scale, mask } = &self.axes;
        self.axes =
            Axes { input: rename(input), output: rename(output), scale: rename(scale), mask: rename(mask) };
        self.extents = order.iter().map(|&l| self.extents[l as usize]).collect();
        self
    }

    pub(super) fn into_map(self) -> LinearMap<A::C> {
        let kind = Kind::Labelled(Labelled::new(self.scale, self.mask, self.axes));
        LinearMap { from: self.from, to: self.to, kind }
    }

    pub(super) fn shape(&self, labels: &[u8]) -> Shape {
        shape_of(labels, &self.extents)
    }

    pub(super) fn elements(&self, labels: &[u8]) -> usize {
        labels.iter().fold(1, |n: usize, &l| n.saturating_mul(self.extents[l as usize]))
    }

    /// How many coefficients it holds.
    pub(super) fn held(&self) -> usize {
        match self.scale {
            Scale::By(_) => self.elements(&self.axes.scale),
            Scale::One | Scale::MinusOne => 0,
        }
    }

    /// The coefficients and their labels.
    pub(super) fn coefficients(&self) -> (A::C, Labels) {
        match &self.scale {
            Scale::One => (self.a.number(1.0, self.dtype), Labels::new()),
            Scale::MinusOne => (self.a.number(-1.0, self.dtype), Labels::new()),
            Scale::By(c) => (c.clone(), self.axes.scale.clone()),
        }
    }

    /// The coefficients repeated over these labels.
    pub(super) fn spread(&self, all: &Labels) -> A::C {
        let (c, labels) = self.coefficients();
        self.a.relabel((&c, &labels), all, &self.extents)
    }

    fn spread_mask(&self, mask: &A::C, labels: &Labels, all: &Labels) -> A::C {
        self.a.relabel((mask, labels), all, &self.extents)
    }

    /// The coefficients with the mask's zeros written in, if there is a mask.
    pub(super) fn settled(self) -> Form<A> {
        let Some(mask) = &self.mask else { return self };
        let all = union(&self.labels(), &self.axes.mask);
        let mask = self.spread_mask(mask, &self.axes.mask, &all);
        let chosen = self.a.select(&mask, &self.spread(&all), self.dtype);
        let axes = Axes { scale: all, mask: Labels::new(), ..self.axes };
        Form { scale: Scale::By(chosen), mask: None, axes, ..self }
    }

    fn labels(&self) -> Labels {
        match self.scale {
            Scale::By(_) => self.axes.scale.clone(),
            Scale::One | Scale::MinusOne => Labels::new(),
        }
    }

    /// The coefficients repeated over these labels as well, and none left out.
    pub(super) fn widened(self, labels: &[u8]) -> Form<A> {
        let all = union(&self.labels(), &labels.into());
        if matches!(self.scale, Scale::By(_)) && all == self.axes.scale {
            return self;
        }
        let scale = Scale::By(self.spread(&all));
        Form { scale, axes: Axes { scale: all, ..self.axes }, ..self }
    }

    /// With one more mask.
    pub(super) fn with_mask(mut self, mask: Option<(A::C, Labels)>) -> Form<A> {
        let Some((mask, labels)) = mask else { return self };
        let all = union(&self.axes.mask, &labels);
        let wide = self.spread_mask(&mask, &labels, &all);
        self.mask = Some(match &self.mask {
            Some(before) => self.a.and(&self.spread_mask(before, &self.axes.mask, &all), &wide),
            None => wide,
        });
        self.axes.mask = all;
        self
    }

    /// The mask of either, on the labels of both.
    pub(super) fn either_mask(&self, other: &Form<A>) -> Option<(A::C, Labels)> {
        let (m, n) = (self.mask.as_ref()?, other.mask.as_ref()?);
        let all = union(&self.axes.mask, &other.axes.mask);
        let (m, n) =
            (self.spread_mask(m, &self.axes.mask, &all), other.spread_mask(n, &other.axes.mask, &all));
        Some((self.a.or(&m, &n), all))
    }
}

/// The labels of both, those of the first one first.
pub(super) fn union(a: &Labels, b: &Labels) -> Labels {
    let mut all = a.clone();
    all.extend(b.iter().copied().filter(|l| !a.contains(l)).collect::<Labels>());
    all
}
