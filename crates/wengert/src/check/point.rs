//! A function in f64 at a point: what is held fixed, and what moves.

use super::CheckError;
use super::directions::Direction;
use super::rebuild::{frozen, in_double, scalarized};
use wengert_exec::Interpreter;
use wengert_expr::{DType, Function, Type, Value};
use wengert_nn::{Purpose, Random};

/// Where random values are drawn from; the first range in which the outputs are finite is taken.
const RANGES: [(f64, f64); 4] = [(0.2, 0.9), (-1.0, 1.0), (1.1, 2.0), (2.5, 4.0)];

/// A scalar function in f64 and the point at which it is looked at.
pub(super) struct Point {
    function: Function,
    /// The function with what stands under stop-gradients held fixed.
    frozen: Interpreter,
    values: Vec<(String, Value)>,
    /// Which of the values move.
    moving: Vec<usize>,
}

impl Point {
    pub(super) fn new(f: &Function, values: &[(&str, Value)], wrt: &[&str]) -> Result<Point, CheckError> {
        let values: Vec<(String, Value)> = values.iter().map(|(n, v)| ((*n).to_owned(), double(v))).collect();
        let function = scalarized(&in_double(f)?)?;
        let frozen = Interpreter::new(&frozen(&function, &borrowed(&values))?);
        let place = |name: &&str| values.iter().position(|(n, _)| n == name);
        let moving = wrt.iter().filter_map(place).collect();
        let point = Point { function, frozen, values, moving };
        match point.run(&borrowed(&point.values))?.is_finite() {
            true => Ok(point),
            false => Err(CheckError::NotFinite),
        }
    }

    pub(super) fn function(&self) -> &Function {
        &self.function
    }

    pub(super) fn inputs(&self) -> Vec<(&str, Value)> {
        borrowed(&self.values)
    }

    /// How many elements each variable has.
    pub(super) fn sizes(&self) -> Vec<usize> {
        self.moving.iter().map(|&i| self.values[i].1.len()).collect()
    }

    /// A direction's part for each variable.
    pub(super) fn tangents(&self, direction: &Direction) -> Vec<Value> {
        let mut start = 0;
        let part = |&i: &usize| {
            let value = &self.values[i].1;
            let part: Vec<f64> = (start..start + value.len()).map(|k| direction.component(k)).collect();
            start += value.len();
            Value::new(value.shape(), part)
        };
        self.moving.iter().map(part).collect()
    }

    /// The function's value some way along a direction.
    pub(super) fn value_along(&self, direction: &Direction, way: f64) -> Result<f64, CheckError> {
        let mut inputs = self.inputs();
        for (&i, tangent) in self.moving.iter().zip(self.tangents(direction)) {
            let (x, t) = (self.values[i].1.to_f64s(), tangent.to_f64s());
            let moved: Vec<f64> = x.iter().zip(&t).map(|(x, t)| x + way * t).collect();
            inputs[i].1 = Value::new(tangent.shape(), moved);
        }
        self.run(&inputs)
    }

    /// The first step along a direction: a power of two, so that it is exact, of the size of what moves.
    pub(super) fn step(&self, direction: &Direction) -> f64 {
        let elements = self.moving.iter().flat_map(|&i| self.values[i].1.to_f64s());
        let moved = elements.enumerate().filter(|(i, _)| direction.component(*i) != 0.0);
        let size = moved.fold(0.0f64, |m, (_, x)| m.max(x.abs()));
        let size = if size == 0.0 { 1.0 } else { size };
        (size.log2().floor() - 4.0).exp2()
    }

    fn run(&self, inputs: &[(&str, Value)]) -> Result<f64, CheckError> {
        Ok(self.frozen.run_named(inputs)?[0].item().unwrap_or(f64::NAN))
    }
}

fn borrowed(values: &[(String, Value)]) -> Vec<(&str, Value)> {
    values.iter().map(|(n, v)| (n.as_str(), v.clone())).collect()
}

fn double(value: &Value) -> Value {
    if value.dtype().is_float() { value.cast(DType::F64) } else { value.clone() }
}

/// Values for all inputs of a function: those given, and random ones from a seed for the others, floats such that the
/// float outputs are finite where that is found. Integers are 0, a position that every array has.
///
/// # Errors
/// A function that cannot be run on the values.
pub fn random_values(
    f: &Function,
    given: &[(String, Value)],
    seed: u64,
) -> Result<Vec<(String, Value)>, CheckError> {
    let interpreter = Interpreter::new(f);
    let mut values = Vec::new();
    for (stream, range) in RANGES.into_iter().enumerate() {
        let mut random = Random::new(seed, Purpose::Init, stream as u64);
        values = draw(f, given, range, &mut random);
        let outputs = interpreter.run_named(&borrowed(&values))?;
        let finite = |v: &Value| !v.dtype().is_float() || v.to_f64s().iter().all(|x| x.is_finite());
        if outputs.iter().all(finite) {
            break;
        }
    }
    Ok(values)
}

fn draw(
    f: &Function,
    given: &[(String, Value)],
    range: (f64, f64),
    random: &mut Random,
) -> Vec<(String, Value)> {
    let value = |name: &str, ty: &Type, random: &mut Random| match given.iter().find(|(n, _)| n == name) {
        Some((_, value)) => value.clone(),
        None if ty.dtype == DType::I64 => Value::zeros(ty),
        None => {
            let (low, high) = if ty.dtype == DType::Bool { (-1.0, 1.0) } else { range };
            let next = |_| low + (high - low) * random.uniform();
            let data: Vec<f64> = (0..ty.shape.elements()).map(next).collect();
            // Of a uniform number in -1..1 the truth is whether it is positive.
            let truth = |x: f64| if ty.dtype == DType::Bool { x.max(0.0) } else { x };
            Value::from_f64s(ty, &data.into_iter().map(truth).collect::<Vec<_>>())
        }
    };
    f.inputs().iter().map(|input| (input.name.clone(), value(&input.name, &input.ty, random))).collect()
}
