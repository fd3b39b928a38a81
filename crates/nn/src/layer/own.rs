//! What a layer has of its own while it writes its graph: weights by name, statistics, random numbers.
//!
//! A model is traced once to learn its weights, on a scratch graph that declares each where a layer asks for it, and is
//! written from then on with weights that exist: the layers run the same code both times.

use super::{Layer, Misfit};
use wengert_expr::{Builder, DType, Expr, Scope, Shape, Type};

/// What a model is written for.
#[derive(Clone, Copy, Debug)]
pub enum Phase<'b> {
    /// To be evaluated: nothing is dropped, and statistics are those that training kept.
    Evaluate,
    /// To be trained.
    Train {
        /// A scalar f64 that is another whole number in each step: what random numbers are drawn from. None for a model
        /// that draws none.
        key: Option<Expr<'b>>,
    },
}

/// Where the first values of a weight come from.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Start {
    /// From the model's distribution, [`Init`](crate::Init).
    Init,
    /// From a normal distribution of this deviation.
    Normal(f64),
    /// This number.
    Constant(f64),
}

/// An array that belongs to a model.
#[derive(Clone, PartialEq, Debug)]
pub struct Weight {
    /// Its name, with the number of its layer.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Its first values.
    pub start: Start,
    /// The number of its layer, from 1.
    pub number: usize,
    /// The part of the model that it stands in.
    pub scope: String,
    /// Whether it is trained; else training keeps it up, as running means are.
    pub trained: bool,
}

/// Where weights come from.
enum Source<'a, 'b> {
    /// They are declared where they are asked for, and listed.
    Declared(&'a mut Vec<Weight>),
    /// They exist, in the order in which they are asked for.
    Given { params: std::slice::Iter<'a, Expr<'b>>, buffers: std::slice::Iter<'a, Expr<'b>> },
}

/// What a layer has of its own while it writes its graph.
pub struct Own<'a, 'b> {
    builder: &'b Builder,
    source: Source<'a, 'b>,
    phase: Phase<'b>,
    /// How many layers with weights there were, the present one included.
    number: usize,
    /// How many arrays of random numbers were drawn.
    drawn: usize,
    /// The next values of the buffers.
    updates: Vec<Expr<'b>>,
}

impl<'a, 'b> Own<'a, 'b> {
    /// To list the weights of a model.
    pub(crate) fn declaring(builder: &'b Builder, weights: &'a mut Vec<Weight>) -> Own<'a, 'b> {
        let key = builder.constant(0.0);
        Own::new(builder, Source::Declared(weights), Phase::Train { key: Some(key) })
    }

    /// With weights that exist, in the order of their list.
    pub(crate) fn given(
        builder: &'b Builder,
        params: &'a [Expr<'b>],
        buffers: &'a [Expr<'b>],
        phase: Phase<'b>,
    ) -> Own<'a, 'b> {
        Own::new(builder, Source::Given { params: params.iter(), buffers: buffers.iter() }, phase)
    }

    fn new(builder: &'b Builder, source: Source<'a, 'b>, phase: Phase<'b>) -> Own<'a, 'b> {
        Own { builder, source, phase, number: 0, drawn: 0, updates: Vec::new() }
    }

    /// The next values of the buffers, in their order, and how many arrays of random numbers were drawn.
    pub(crate) fn finish(self) -> (Vec<Expr<'b>>, usize) {
        (self.updates, self.drawn)
    }

    /// Layers one after another, the last of them with this name for its output.
    #[track_caller]
    pub(crate) fn chain(
        &mut self,
        layers: &[Layer],
        x: Expr<'b>,
        last: Option<&str>,
    ) -> Result<Expr<'b>, Misfit> {
        let mut x = x;
        let mut frame: Option<Scope<'b>> = None;
        for (i, layer) in layers.iter().enumerate() {
            if layer.has_weights() {
                self.number += 1;
                drop(frame.take());
                frame = Some(self.builder.scope(&format!("{} {}", layer.name(), self.number)));
            }
            let inner =
                (!layer.has_weights() && !layer.is_single()).then(|| self.builder.scope(layer.name()));
            x = layer.apply(x, self).map_err(|misfit| Misfit::Inside {
                at: i + 1,
                layer: layer.name(),
                misfit: Box::new(misfit),
            })?;
            drop(inner);
            x = match (last.filter(|_| i + 1 == layers.len()), layer) {
                (Some(name), _) => x.named(name),
                (None, Layer::Activate(_)) => x.named(format!("h{}", self.number)),
                (None, layer) if layer.has_weights() => x.named(format!("z{}", self.number)),
                (None, _) => x,
            };
        }
        Ok(x)
    }

    /// A weight that is trained, of the float type that the batch has.
    #[track_caller]
    pub(super) fn param(&mut self, name: &str, shape: &[usize], start: Start, like: Expr<'b>) -> Expr<'b> {
        self.weight(name, shape, start, like, true)
    }

    /// A statistic that training keeps up: [`Own::update`] is then called once for each, in their order.
    #[track_caller]
    pub(super) fn buffer(&mut self, name: &str, shape: &[usize], start: f64, like: Expr<'b>) -> Expr<'b> {
        self.weight(name, shape, Start::Constant(start), like, false)
    }

    /// The next value of the first buffer that has none yet.
    pub(super) fn update(&mut self, next: Expr<'b>) {
        self.updates.push(next);
    }

    #[track_caller]
    fn weight(
        &mut self,
        name: &str,
        shape: &[usize],
        start: Start,
        like: Expr<'b>,
        trained: bool,
    ) -> Expr<'b> {
        match &mut self.source {
            Source::Given { params, buffers } => {
                let next = if trained { params.next() } else { buffers.next() };
                *next.expect("as many weights as the model lists")
            }
            Source::Declared(weights) => {
                let (name, number) = (format!("{name}{}", self.number), self.number);
                let ty = Type::new(like.dtype(), shape);
                let e = self.builder.param(name.clone(), ty.clone());
                // One too large to exist has no node; the builder keeps why.
                let place = || self.builder.read(|g| g.scope(e.id()).to_owned());
                let scope = if e.is_dead() { String::new() } else { place() };
                weights.push(Weight { name, ty, start, number, scope, trained });
                e
            }
        }
    }

    /// The extent of a batch's last axis.
    ///
    /// # Errors
    /// Samples that are single numbers.
    pub(super) fn features(&self, x: Expr<'b>) -> Result<usize, Misfit> {
        let shape = x.shape();
        shape.iter().skip(1).last().copied().ok_or_else(|| Misfit::shape("[.., features]", &shape))
    }

    /// Whether the model is written to be trained.
    pub(super) fn is_training(&self) -> bool {
        matches!(self.phase, Phase::Train { .. })
    }

    /// Numbers in [0, 1) that look drawn by chance, others in each step; none where nothing is to be drawn.
    #[track_caller]
    pub(super) fn uniform(&mut self, shape: &Shape) -> Option<Expr<'b>> {
        /// Far more than an array has elements, and few enough to count exactly in f64.
        const APART: f64 = (1u64 << 40) as f64;
        let Phase::Train { key: Some(key) } = self.phase else { return None };
        let count = self.builder.iota([shape.elements()], 0, DType::F64) + self.drawn as f64 * APART;
        self.drawn += 1;
        Some(key.random(count).reshape_to(shape))
    }
}
