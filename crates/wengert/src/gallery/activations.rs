//! Activation functions with their derivatives, which come from their graphs.

use super::Recipe;
use super::figure::{Cell, Chapter, Correction, Picture, Table};
use super::palette::{BLUE, GREY, VERMILION};
use super::panel::{Axes, Corner, Panel, Sample};
use super::run::{curve, even, zip};
use super::sheet::{Area, Drawn, Pen, Point, panels, sheet};
use wengert_nn::Activation;

const RANGES: Correction = Correction {
    id: "S9",
    text: "The step is said to have the range [0, 1]; it takes the values 0 and 1 alone. The ELU has a as its \
           parameter and α in its range, which is (−a, ∞). The PReLU's range is all numbers for a > 0 alone, \
           and with a = 1 it is smooth.",
};

pub(super) const FIGURES: &[Recipe] = &[
    Recipe {
        id: "activations",
        chapter: Chapter::Feedforward,
        title: "Nine activation functions and their derivatives",
        corrections: &[RANGES],
        make: || curves(&TABLE, OLD_KINKS),
    },
    Recipe {
        id: "activations-modern",
        chapter: Chapter::Feedforward,
        title: "Newer activation functions and their derivatives",
        corrections: &[],
        make: || curves(&MODERN, NEW_KINKS),
    },
];

/// Those of the lecture's table.
const TABLE: [Activation; 9] = [
    Activation::Identity,
    Activation::Sigmoid,
    Activation::Step,
    Activation::Tanh,
    Activation::Relu,
    Activation::Prelu(0.25),
    Activation::Elu(1.0),
    Activation::Softplus,
    Activation::Gaussian,
];
/// What came after them.
const MODERN: [Activation; 6] = [
    Activation::Gelu,
    Activation::Silu,
    Activation::Mish,
    Activation::Selu,
    Activation::HardSigmoid,
    Activation::HardSwish,
];

/// What is shown where there is no derivative.
const OLD_KINKS: &str = "Where there is no derivative the graph's convention is shown: 0 for relu and step at 0, \
                         the slope on the left for prelu and elu.";
const NEW_KINKS: &str = "Selu and the two hard ones have kinks; the others are smooth and fall below 0 before they \
                         rise.";

/// Steps from -4 to 4: numbers that floats hold exactly, kinks among them.
const STEPS: usize = 256;

fn curves(activations: &[Activation], kinks: &str) -> Drawn<Picture> {
    let xs = even(-4.0, 4.0, STEPS);
    let found: Vec<(Activation, Vec<f64>, Vec<f64>)> = activations
        .iter()
        .map(|&g| curve(&xs, |x| g.apply(x)).map(|(y, slope)| (g, y, slope)))
        .collect::<Drawn<_>>()?;
    let rows = activations.len().div_ceil(3);
    let svg = sheet(900, 270 * rows as u32, |root| {
        panels(root, rows, 3)
            .iter()
            .zip(&found)
            .try_for_each(|(area, (g, y, slope))| curve_panel(area, *g, &xs, y, slope))
    })?;
    let long = found.iter().flat_map(|(g, y, slope)| {
        (0..xs.len())
            .map(|i| [Cell::from(g.name()), Cell::from(xs[i]), Cell::from(y[i]), Cell::from(slope[i])])
    });
    let facts = found.iter().map(|(g, ..)| {
        let facts = g.facts();
        [facts.name, &facts.formula, &facts.range.to_string(), &facts.smoothness.to_string()].map(Cell::from)
    });
    let tables = vec![
        Table::new("curves", &["activation", "x", "g", "derivative"], long),
        Table::new("facts", &["activation", "formula", "range", "smoothness"], facts),
    ];
    let caption = format!(
        "Each activation (blue) with its derivative (orange, dashed), which is a graph derived from the \
         activation's graph. {kinks}"
    );
    Ok(Picture { svg, tables, caption })
}

fn curve_panel(area: &Area<'_>, g: Activation, xs: &[f64], y: &[f64], slope: &[f64]) -> Drawn {
    let facts = g.facts();
    let range = facts.range.to_string().replace("inf", "∞").replace('-', "−");
    let range = range.replace('R', "ℝ");
    let smooth =
        facts.smoothness.to_string().replace("C-infinity", "smooth").replace("C0", "C⁰").replace("C1", "C¹");
    let name = match g {
        Activation::Prelu(a) | Activation::Elu(a) => format!("{}, a = {a}", facts.name),
        _ => facts.name.replace('_', " "),
    };
    let short_range = if range.len() > 24 { String::new() } else { format!("  range {range}") };
    let axes = Axes::new(name, -4.0..4.0, -1.6..3.0).ticks(9, 5);
    let panel = Panel::new(
        area,
        axes.names(&format!("{smooth}{}{short_range}", if short_range.is_empty() { "" } else { "," }), ""),
    )?;
    for axis in [[(-4.0, 0.0), (4.0, 0.0)], [(0.0, -1.6), (0.0, 3.0)]] {
        panel.line(axis, Pen::new(GREY).width(0.9))?;
    }
    let (solid, dashed) = (Pen::new(BLUE).width(2.4), Pen::new(VERMILION).width(2.0).dashed());
    for piece in pieces(xs, slope) {
        panel.line(piece, dashed)?;
    }
    for piece in pieces(xs, y) {
        panel.line(piece, solid)?;
    }
    panel.key(Corner::UpperLeft, &[(Sample::Line(solid), "g"), (Sample::Line(dashed), "g′")])
}

/// A curve, cut where it jumps.
fn pieces(xs: &[f64], ys: &[f64]) -> Vec<Vec<Point>> {
    let path = zip(xs, ys);
    path.chunk_by(|p, q| (p.1 - q.1).abs() < 0.15).map(<[Point]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(table: &Table, name: &str, column: &str, x: f64) -> f64 {
        let xs = table.column("x");
        let is = |row: &Vec<Cell>| row[0] == Cell::from(name);
        let row = (0..xs.len()).find(|&i| xs[i] == x && is(&table.rows[i])).expect("a row");
        table.column(column)[row]
    }

    #[test]
    fn e10_nine_curves_with_the_values_and_slopes_of_the_table() {
        let picture = curves(&TABLE, OLD_KINKS).unwrap();
        let table = &picture.tables[0];
        assert_eq!(table.rows.len(), 9 * (STEPS + 1));
        let cases: [(&str, f64, f64, f64); 12] = [
            ("identity", -2.0, -2.0, 1.0),
            ("sigmoid", -2.0, 0.119_202_922_022_117_55, 0.104_993_585_403_506_5),
            ("step", 0.0, 1.0, 0.0),
            ("tanh", 2.0, 0.964_027_580_075_816_9, 0.070_650_824_853_164_43),
            ("tanh", -0.5, -0.462_117_157_260_009_74, 0.786_447_732_965_927_4),
            ("relu", 0.0, 0.0, 0.0),
            ("relu", 2.0, 2.0, 1.0),
            ("prelu", -2.0, -0.5, 0.25),
            ("elu", -2.0, -0.864_664_716_763_387_3, 0.135_335_283_236_612_7),
            ("softplus", 0.0, std::f64::consts::LN_2, 0.5),
            ("gaussian", -0.5, 0.778_800_783_071_404_9, 0.778_800_783_071_404_9),
            ("gaussian", 2.0, 0.018_315_638_888_734_18, -0.073_262_555_554_936_71),
        ];
        for (name, x, g, slope) in cases {
            let close = |found: f64, expected: f64| (found - expected).abs() <= 1e-12 * expected.abs();
            assert!(close(at(table, name, "g", x), g), "{name} at {x}");
            assert!(close(at(table, name, "derivative", x), slope), "{name}' at {x}");
        }
    }

    #[test]
    fn slopes_are_those_of_the_curves() {
        for set in [&TABLE[..], &MODERN[..]] {
            let picture = curves(set, OLD_KINKS).unwrap();
            let table = &picture.tables[0];
            let (x, g, slope) = (table.column("x"), table.column("g"), table.column("derivative"));
            let kink = |x: f64| [-3.0, 0.0, 3.0].iter().any(|k| (x - k).abs() < 0.05);
            let smooth = |i: &usize| x[*i - 1] < x[*i] && x[*i] < x[*i + 1] && !kink(x[*i]);
            for i in (1..x.len() - 1).filter(smooth) {
                let difference = (g[i + 1] - g[i - 1]) / (x[i + 1] - x[i - 1]);
                assert!((difference - slope[i]).abs() < 1e-3, "{:?} at {}", table.rows[i][0], x[i]);
            }
        }
    }
}
