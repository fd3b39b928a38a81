//! B. A fused elementwise sum and its gradient.

use crate::pace::{Measure, Session, array};
use crate::run::{Settings, compile};
use crate::{Arguments, Outcome};
use wengert_diff::{Mode, value_and_grad};
use wengert_expr::{Builder, Function, GraphError, Type, Value};

pub(crate) fn session(args: &Arguments) -> Outcome<Session> {
    let x = array(&args.folder, "x")?;
    let value = formula(x.ty())?;
    let both = value_and_grad(&value, &["x"], Mode::Reverse)?;
    let settings = Settings { exact: false, threads: args.threads, carry: 0 };
    let (mut value, mut both) = (compile(&value, settings)?, compile(&both, settings)?);
    value.load(std::slice::from_ref(&x))?;
    both.load(&[x])?;
    both.call()?;
    let check = check(&both.outputs());
    let measures = vec![
        Measure::new("value_us", move || value.call()),
        Measure::new("gradient_us", move || both.call()),
    ];
    Ok(Session { check, measures, ..Session::default() })
}

fn formula(ty: Type) -> Result<Function, GraphError> {
    let b = Builder::new();
    let x = b.input("x", ty);
    b.output("y", ((x * 1.1 + 0.2).tanh() * x.sigmoid() + (-x.square()).exp()).sum(..));
    b.finish()
}

/// The value; the sum of the gradient and of its absolute values; its first elements.
fn check(outputs: &[Value]) -> Vec<f64> {
    let gradient = outputs[1].to_f64s();
    let sums = [gradient.iter().sum(), gradient.iter().map(|g| g.abs()).sum::<f64>()];
    outputs[0].item().into_iter().chain(sums).chain(gradient[..8].iter().copied()).collect()
}
