//! The directions along which slopes are compared: all units where they are few, else random ones.

use wengert_nn::{Purpose, Random};

/// Up to so many elements every unit direction is taken; of more, so many random directions.
pub(super) const MANY: usize = 32;

/// A direction in the space of all variables.
#[derive(Debug)]
pub(super) enum Direction {
    /// Along one element.
    Unit(usize),
    /// Along a vector.
    Vector(Vec<f64>),
}

impl Direction {
    /// The slope along this direction of a function with this gradient.
    pub(super) fn dot(&self, gradient: &[f64]) -> f64 {
        match self {
            Direction::Unit(i) => gradient[*i],
            Direction::Vector(v) => v.iter().zip(gradient).map(|(v, g)| v * g).sum(),
        }
    }

    /// The direction's component at an element.
    pub(super) fn component(&self, i: usize) -> f64 {
        match self {
            Direction::Unit(unit) => f64::from(u8::from(i == *unit)),
            Direction::Vector(v) => v[i],
        }
    }
}

/// Directions in the space of variables of these sizes.
pub(super) fn directions(sizes: &[usize]) -> Vec<Direction> {
    let elements = sizes.iter().sum();
    if elements <= MANY {
        return (0..elements).map(Direction::Unit).collect();
    }
    let mut random = Random::new(0, Purpose::Init, 1);
    let length = (elements as f64).sqrt();
    (0..MANY).map(|_| Direction::Vector((0..elements).map(|_| random.normal() / length).collect())).collect()
}
