//! D. ADBench's Gaussian mixture: the objective, and the objective with its gradient.

use crate::pace::{Measure, Session, array};
use crate::run::{Settings, compile};
use crate::{Arguments, Outcome};
use wengert_benches::adbench::{Gmm, Wishart};
use wengert_diff::{Mode, value_and_grad};
use wengert_expr::Value;

pub(crate) fn session(args: &Arguments) -> Outcome<Session> {
    let read = |name| array(&args.folder, name);
    let wishart = Wishart { gamma: 1.0, m: 0 };
    let gmm =
        Gmm { alphas: read("alphas")?, means: read("means")?, icf: read("icf")?, x: read("x")?, wishart };
    let objective = gmm.function()?;
    let both = value_and_grad(&objective, &["alphas", "means", "icf"], Mode::Reverse)?;
    let settings = Settings { exact: false, threads: args.threads, carry: 0 };
    let (mut objective, mut both) = (compile(&objective, settings)?, compile(&both, settings)?);
    let inputs = [gmm.alphas, gmm.means, gmm.icf, gmm.x];
    objective.load(&inputs)?;
    both.load(&inputs)?;
    both.call()?;
    let check = check(&both.outputs());
    let measures = vec![
        Measure::new("objective_us", move || objective.call()),
        Measure::new("gradient_us", move || both.call()),
    ];
    Ok(Session { check, measures, ..Session::default() })
}

/// The objective and, for each part of the gradient, its sum and that of its absolute values.
fn check(outputs: &[Value]) -> Vec<f64> {
    let sums = |part: &Value| {
        let part = part.to_f64s();
        [part.iter().sum(), part.iter().map(|g| g.abs()).sum::<f64>()]
    };
    outputs[0].item().into_iter().chain(outputs[1..].iter().flat_map(sums)).collect()
}
