//! Values for names: constant expressions of the language, or arrays of an NPZ or safetensors file.
//!
//! A value keeps the expression that it was written as, so that a literal is rounded once, to the dtype that it meets.

use crate::evaluate::evaluate;
use crate::failure::Failure;
use crate::names::assignment;
use crate::source::Source;
use wengert::expr::text::{Options, Undeclared, parse};
use wengert::expr::{DType, Type, Value};
use wengert::interop::read_arrays;

/// Beyond this not every integer is a float.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A named value.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    /// The name.
    pub(crate) name: String,
    value: Value,
    /// The expression that it was written as; none if it was read from a file.
    expression: Option<Source>,
}

impl Binding {
    /// The type of a name that only this value declares.
    pub(crate) fn ty(&self, float: DType) -> Type {
        let ty = self.value.ty();
        if ty.dtype.is_float() { ty.with_dtype(float) } else { ty }
    }

    /// The value as one of another type.
    pub(crate) fn converted(&self, ty: &Type) -> Result<Value, Failure> {
        if self.value.shape() != &*ty.shape {
            return Err(self.mismatch(ty));
        }
        let value = match &self.expression {
            Some(expression) if ty.dtype.is_float() => constant(expression, ty.dtype)?,
            Some(_) | None => self.value.clone(),
        };
        let exact = match (value.dtype(), ty.dtype) {
            (from, to) if from == to || (from.is_float() && to.is_float()) => true,
            (DType::F64 | DType::F32, DType::I64) => {
                value.to_f64s().iter().all(|x| x.fract() == 0.0 && x.abs() < EXACT)
            }
            (DType::I64, DType::F64 | DType::F32) => value.cast(ty.dtype).cast(DType::I64).bit_eq(&value),
            (_, _) => false,
        };
        if exact { Ok(value.cast(ty.dtype)) } else { Err(self.mismatch(ty)) }
    }

    fn mismatch(&self, expected: &Type) -> Failure {
        let (name, found) = (&self.name, self.value.ty());
        let why = match (found.dtype.is_float(), expected.dtype, *found.shape == *expected.shape) {
            (true, DType::I64, true) => " with fractions, or beyond 2^53: write i64(...)",
            _ => "",
        };
        Failure::input(format!("the value of {name:?} must be {expected}, found {found}{why}"))
    }
}

/// The bindings of all `NAME=EXPR` and files, each name once.
pub(crate) fn read(texts: &[String], option: &str, float: DType) -> Result<Vec<Binding>, Failure> {
    let mut bindings: Vec<Binding> = Vec::new();
    for text in texts {
        let new = match assignment(text)? {
            Some((name, expression)) => vec![written(name, expression, option, float)?],
            None => {
                let arrays =
                    read_arrays(text).map_err(|error| not_a_binding(text, option, &error.to_string()))?;
                arrays.into_iter().map(|(name, value)| Binding { name, value, expression: None }).collect()
            }
        };
        for binding in new {
            if bindings.iter().any(|b| b.name == binding.name) {
                return Err(Failure::input(format!("{:?} has two values", binding.name)));
            }
            bindings.push(binding);
        }
    }
    Ok(bindings)
}

fn not_a_binding(text: &str, option: &str, error: &str) -> Failure {
    match text.ends_with(".npz") || text.ends_with(".safetensors") {
        true => Failure::input(error),
        false => Failure::input(format!(
            "{option} takes NAME=EXPR or an NPZ or safetensors file, found {text:?} ({error})"
        )),
    }
}

fn written(name: String, expression: &str, option: &str, float: DType) -> Result<Binding, Failure> {
    let source = Source::new(expression, format!("{option} {name:?}"));
    if expression.trim().is_empty() {
        return Err(Failure::input(format!("{option} {name:?}: the value is missing")));
    }
    let value = constant(&source, float)?;
    Ok(Binding { name, value, expression: Some(source) })
}

/// The value of a constant expression.
fn constant(source: &Source, float: DType) -> Result<Value, Failure> {
    let options = Options { undeclared: Undeclared::Error, default_float: float, ..Options::default() };
    let function = parse(source.text(), &options).map_err(|d| Failure::in_text(&d, source.origin()))?;
    if let Some(input) = function.inputs().first() {
        let message = format!("{}: a value is a constant, {:?} is an input", source.origin(), input.name);
        return Err(Failure::input(message));
    }
    let values = evaluate(&function, &[]).map_err(|failure| failure.placed_in(source))?;
    match <[Value; 1]>::try_from(values) {
        Ok([value]) => Ok(value),
        Err(values) => {
            let found = values.len();
            Err(Failure::input(format!("{}: expected one value, found {found} outputs", source.origin())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(text: &str) -> Result<Binding, String> {
        let mut bindings = read(&[text.to_owned()], "--at", DType::F64).map_err(|f| f.to_text())?;
        Ok(bindings.remove(0))
    }

    fn converted(text: &str, ty: &Type) -> Result<Value, String> {
        binding(text).unwrap().converted(ty).map_err(|f| f.to_text())
    }

    #[test]
    fn a_value_gives_its_name_a_type() {
        let ty = |text, float| binding(text).unwrap().ty(float).to_string();
        assert_eq!(ty("x=2", DType::F64), "f64");
        assert_eq!(ty("A=[[1, 2], [3, 4]]", DType::F32), "f32[2, 2]");
        assert_eq!(ty("i=i64([1, 2])", DType::F64), "i64[2]");
        assert_eq!(ty("z=zeros([0, 3])", DType::F64), "f64[0, 3]");
        assert_eq!(ty("p=true", DType::F64), "bool");
    }

    #[test]
    fn literals_are_rounded_once_to_what_is_declared() {
        let single = Type::scalar(DType::F32);
        assert!(converted("x=0.1", &single).unwrap().bit_eq(&Value::scalar(0.1f32)));
        assert!(
            converted("i=[1, 2]", &Type::new(DType::I64, [2])).unwrap().bit_eq(&Value::from(vec![1i64, 2]))
        );
        assert!(converted("x=i64(3)", &Type::scalar(DType::F64)).unwrap().bit_eq(&Value::scalar(3.0)));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let error = |text, ty: Type| converted(text, &ty).unwrap_err();
        let shape = error("x=[1, 2]", Type::new(DType::F64, [3]));
        assert_eq!(shape, "error: the value of \"x\" must be f64[3], found f64[2]\n");
        assert!(error("i=1.5", Type::scalar(DType::I64)).contains("must be i64, found f64 with fractions"));
        assert!(error("p=1", Type::scalar(DType::Bool)).contains("must be bool, found f64"));
        assert!(error("x=true", Type::scalar(DType::F64)).contains("must be f64, found bool"));
    }

    #[test]
    fn values_are_constants() {
        for wrong in ["x=y", "x=", "x=(", "x=input y; y", "x=1; output a=1, b=2", "nothing.npz", "nothing"] {
            assert!(binding(wrong).is_err(), "{wrong}");
        }
        assert!(read(&["x=1".into(), "x=2".into()], "--at", DType::F64).is_err());
    }

    #[test]
    fn files_hold_values_too() {
        let path = std::env::temp_dir().join(format!("wengert-bindings-{}.npz", std::process::id()));
        wengert::interop::write_npz(&path, [("x", &Value::from(vec![1.5f32, 2.0]))]).unwrap();
        let binding = binding(path.to_str().unwrap()).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!((binding.name.as_str(), binding.ty(DType::F64).to_string()), ("x", "f64[2]".to_owned()));
        assert!(binding.converted(&Type::new(DType::F64, [2])).unwrap().bit_eq(&Value::from(vec![1.5, 2.0])));
    }
}
