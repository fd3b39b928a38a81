//! Universal approximation: a sine by more and more steep sigmoids.

use super::Recipe;
use super::figure::{Chapter, Correction, Picture, Table};
use super::palette::{BLUE, GREY, INK, VERMILION};
use super::panel::{Axes, Corner, Panel, Sample, short};
use super::run::{even, mapped, zip};
use super::sheet::{Area, Drawn, Pen, SHAPES, panels, sheet};
use std::f64::consts::TAU;
use wengert_expr::Value;
use wengert_nn::theory::{approximation_error, steep_sigmoids};

const THEOREM: Correction = Correction {
    id: "S15",
    text: "The theorem ends “for all x in I_m”; it is for all x in the unit cube I_m₀. As stated it needs a \
           bounded activation, so that relu is not covered; it is by Leshno et al. (1993): any activation that \
           is no polynomial will do.",
};
const BOUND: Correction = Correction {
    id: "S27",
    text: "The rule of thumb ε = VCdim/N tells an order of magnitude and is no bound.",
};

pub(super) const FIGURES: &[Recipe] = &[Recipe {
    id: "universal-approximation",
    chapter: Chapter::Architecture,
    title: "Universal approximation with 10, 50, 100 and 400 units",
    corrections: &[THEOREM, BOUND],
    make: approximation,
}];

const UNITS: [usize; 4] = [10, 50, 100, 400];
/// Where errors are measured.
const POINTS: usize = 20_000;
/// Where curves are drawn.
const DRAWN: usize = 1000;

fn sine(x: f64) -> f64 {
    libm::sin(TAU * x)
}

fn approximation() -> Drawn<Picture> {
    let xs = even(0.0, 1.0, DRAWN);
    let column = Value::from(xs.clone());
    let mut curves = Vec::new();
    for n in UNITS {
        let y = mapped(&column, |x| steep_sigmoids(x, sine, n))?.to_f64s();
        curves.push((n, y, approximation_error(sine, n, POINTS)?));
    }
    let svg = sheet(1180, 560, |root| {
        let (upper, lower) = root.split_vertically(super::sheet::px(300.0));
        for (area, (n, y, error)) in panels(&upper, 1, 4).iter().zip(&curves) {
            curve_panel(area, *n, &xs, y, *error)?;
        }
        let lower = panels(&lower, 1, 2);
        difference_panel(&lower[0], &xs, &curves)?;
        error_panel(&lower[1], &curves)
    })?;
    let caption = "sin(2πx) by one hidden layer of n sigmoids of slope 20n, each a step of the sine: with 10 \
                   units a staircase, with 400 hardly to be told from it. The greatest error on 20,001 points \
                   falls with 1/n, as the line of slope −1 shows; the theorem says that some n will do, not \
                   which."
        .to_owned();
    let errors = curves.iter().map(|(n, _, error)| [*n as f64, *error]);
    let rows = (0..xs.len())
        .map(|i| [xs[i], sine(xs[i]), curves[0].1[i], curves[1].1[i], curves[2].1[i], curves[3].1[i]]);
    let tables = vec![
        Table::new("errors", &["units", "greatest_error"], errors),
        Table::new("curves", &["x", "target", "units_10", "units_50", "units_100", "units_400"], rows),
    ];
    Ok(Picture { svg, tables, caption })
}

fn curve_panel(area: &Area<'_>, n: usize, xs: &[f64], y: &[f64], error: f64) -> Drawn {
    let title = format!("{n} units: error {}", short(error, if error < 0.01 { 6 } else { 5 }));
    let panel = Panel::new(area, Axes::new(title, 0.0..1.0, -1.2..1.2).names("x", "").ticks(3, 5))?;
    let (target, found) = (Pen::new(GREY).width(3.5), Pen::new(BLUE).width(1.6));
    panel.line(xs.iter().map(|&x| (x, sine(x))), target)?;
    panel.line(zip(xs, y), found)?;
    let key = [(Sample::Line(target), "sine"), (Sample::Line(found), "network")];
    panel.key(Corner::UpperRight, &key)
}

fn difference_panel(area: &Area<'_>, xs: &[f64], curves: &[(usize, Vec<f64>, f64)]) -> Drawn {
    let axes = Axes::new("Network less sine", 0.0..1.0, -0.22..0.32).names("x", "difference");
    let panel = Panel::new(area, axes)?;
    let pens = [Pen::new(BLUE).width(1.2), Pen::new(VERMILION).width(1.4)];
    let mut key = Vec::new();
    for ((n, y, _), pen) in [&curves[0], &curves[1]].into_iter().zip(pens) {
        panel.line(xs.iter().zip(y).map(|(&x, &y)| (x, y - sine(x))), pen)?;
        key.push((Sample::Line(pen), format!("{n} units")));
    }
    let key: Vec<(Sample, &str)> = key.iter().map(|(s, t)| (*s, t.as_str())).collect();
    panel.key(Corner::UpperRight, &key)
}

fn error_panel(area: &Area<'_>, curves: &[(usize, Vec<f64>, f64)]) -> Drawn {
    let axes = Axes::new("Greatest error against units", 0.8..2.8, -2.6..-0.4).log_log();
    let panel = Panel::new(area, axes.names("hidden units", "greatest error").ticks(4, 5))?;
    let path: Vec<_> = curves.iter().map(|(n, _, e)| (libm::log10(*n as f64), libm::log10(*e))).collect();
    // Through the last point, with slope -1.
    let (x, y) = path[path.len() - 1];
    let slope = Pen::new(GREY).width(1.4).dashed();
    panel.line([(x - 2.0, y + 2.0), (x + 1.0, y - 1.0)], slope)?;
    panel.marks(path, SHAPES[0], 5.5, INK)?;
    panel.key(Corner::UpperRight, &[(Sample::Mark(SHAPES[0], INK), "measured"), (Sample::Line(slope), "1/n")])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g2_errors_of_10_50_100_and_400_units() {
        let picture = approximation().unwrap();
        let errors = picture.tables[0].column("greatest_error");
        for (error, (expected, unit)) in
            errors.iter().zip([(0.1906, 1e-4), (0.03806, 1e-5), (0.01903, 1e-5), (0.004754, 1e-6)])
        {
            assert!((error - expected).abs() <= 0.5 * unit, "{error} {expected}");
        }
    }
}
