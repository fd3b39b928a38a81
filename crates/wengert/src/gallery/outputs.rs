//! Output units, and the kinds of classification that they are for.

use super::Recipe;
use super::figure::{Chapter, Correction, Picture, Table};
use super::palette::{BLUE, CLASSES, GREEN, GREY, INK, ORANGE, SKY, VERMILION, tint};
use super::panel::{Axes, Corner, Panel, Sample, short};
use super::run::{even, mapped, points, table, zip};
use super::sheet::{Area, Drawn, Pen, Point, SHAPES, Shape, Side, Words, panels, sheet};
use wengert_expr::Value;
use wengert_nn::classic::{LeastSquares, Logistic, SoftmaxRegression};
use wengert_nn::{Loss, OutputUnit, Precision, Purpose, Random, Synthetic};

const VARIANCE: Correction = Correction {
    id: "S12",
    text: "A variance that the network puts out must be positive, not just non-negative: with a variance of 0 \
           the likelihood is infinite.",
};
const SIGMOID: Correction = Correction {
    id: "S13",
    text: "The sigmoid unit is printed as 1/(1 + e^(−w·h + b)). It is 1/(1 + e^(−(w·h + b))), as on the next \
           slide.",
};
const SOFTMAX: Correction = Correction {
    id: "S14",
    text: "Softmax is called “One vs All”. It is a single multinomial model of all classes; one against all \
           would be a sigmoid for each class, whose probabilities need not sum to 1.",
};

pub(super) const FIGURES: &[Recipe] = &[
    Recipe {
        id: "output-units",
        chapter: Chapter::Costs,
        title: "Linear, sigmoid and softmax output units",
        corrections: &[VARIANCE, SIGMOID, SOFTMAX],
        make: units,
    },
    Recipe {
        id: "classification-kinds",
        chapter: Chapter::Costs,
        title: "Binary, multi-class and multi-label classification",
        corrections: &[SOFTMAX],
        make: kinds,
    },
];

fn units() -> Drawn<Picture> {
    let (linear, sigmoid, softmax) = (Line::fit()?, Curve::fit()?, Planes::fit()?);
    let svg = sheet(1020, 364, |root| {
        let areas = panels(root, 1, 3);
        linear.draw(&areas[0])?;
        sigmoid.draw(&areas[1])?;
        softmax.draw(&areas[2])
    })?;
    let caption = "Three output layers, each fitted. Left: a linear unit gives the mean of a Gaussian; the \
                   band is one standard deviation of the residuals to either side. Middle: a sigmoid unit gives \
                   the probability of one of two classes; dashed is the same logit clipped to 0 and 1, which \
                   has no slope outside, so that descent stops there. Right: a softmax unit gives a probability \
                   to each of three classes; the ground has the colour of the most probable one, stronger where \
                   it is surer."
        .to_owned();
    Ok(Picture { svg, tables: vec![linear.table(), sigmoid.table(), softmax.table()?], caption })
}

/// A linear unit on noisy numbers.
struct Line {
    samples: Vec<Point>,
    slope: f64,
    offset: f64,
    deviation: f64,
}

impl Line {
    fn fit() -> Drawn<Line> {
        let mut random = Random::new(2, Purpose::Data, 0);
        let draw = |_| {
            let x = 4.0 * random.uniform();
            (x, 0.5 + 0.8 * x + 0.45 * random.normal())
        };
        let samples: Vec<Point> = (0..40).map(draw).collect();
        let x = Value::new([samples.len(), 1], samples.iter().map(|p| p.0).collect::<Vec<f64>>());
        let y = Value::from(samples.iter().map(|p| p.1).collect::<Vec<f64>>());
        let LeastSquares { affine, mean_squared_error } = LeastSquares::fit(&x, &y)?;
        let deviation = mean_squared_error.sqrt();
        Ok(Line { slope: affine.weights[0], offset: affine.bias, samples, deviation })
    }

    fn draw(&self, area: &Area<'_>) -> Drawn {
        let panel = Panel::new(area, Axes::new("Linear: a mean", 0.0..4.0, -1.0..5.0).names("x", "y"))?;
        let at = |x: f64, off: f64| (x, self.offset + self.slope * x + off);
        let s = self.deviation;
        panel.fill([at(0.0, -s), at(4.0, -s), at(4.0, s), at(0.0, s)], tint(BLUE, 0.18))?;
        panel.marks(self.samples.iter().copied(), Shape::Dot, 3.5, INK)?;
        panel.line([at(0.0, 0.0), at(4.0, 0.0)], Pen::new(BLUE).width(2.5))?;
        let key = [(Sample::Line(Pen::new(BLUE)), "w·h + b"), (Sample::Fill(tint(BLUE, 0.18)), "± σ")];
        panel.key(Corner::UpperLeft, &key)
    }

    fn table(&self) -> Table {
        let row = |p: &Point| [p.0, p.1, self.offset + self.slope * p.0, self.deviation];
        Table::new("linear", &["x", "y", "mean", "deviation"], self.samples.iter().map(row))
    }
}

/// A sigmoid unit on two classes of numbers.
struct Curve {
    samples: Vec<Point>,
    xs: Vec<f64>,
    logits: Vec<f64>,
    probability: Vec<f64>,
    clipped: Vec<f64>,
}

impl Curve {
    fn fit() -> Drawn<Curve> {
        let mut random = Random::new(6, Purpose::Data, 0);
        let draw = |i: usize| {
            let class = (i % 2) as f64;
            (2.4 * (class - 0.5) + 1.1 * random.normal(), class)
        };
        let samples: Vec<Point> = (0..40).map(draw).collect();
        let x = Value::new([samples.len(), 1], samples.iter().map(|p| p.0).collect::<Vec<f64>>());
        let y = Value::from(samples.iter().map(|p| p.1).collect::<Vec<f64>>());
        let fit = Logistic::default().fit(&x, &y)?;
        let xs = even(-4.0, 4.0, 160);
        let logits = fit.decision_values(&Value::new([xs.len(), 1], xs.clone()))?;
        let column = Value::new([logits.len(), 1], logits.clone());
        let unit = |unit: OutputUnit| mapped(&column, |z| unit.apply(z)).map(|p| p.to_f64s());
        let (probability, clipped) = (unit(OutputUnit::Sigmoid)?, unit(OutputUnit::ClippedLinear)?);
        Ok(Curve { samples, xs, logits, probability, clipped })
    }

    fn draw(&self, area: &Area<'_>) -> Drawn {
        let axes = Axes::new("Sigmoid: one probability", -4.0..4.0, -0.1..1.25).names("x", "P(y = 1 | x)");
        let panel = Panel::new(area, axes.ticks(9, 6))?;
        for c in 0..2 {
            let class = self.samples.iter().filter(|p| p.1 == c as f64).copied();
            panel.marks(class, SHAPES[c], 4.0, CLASSES[c])?;
        }
        let (solid, dashed) = (Pen::new(INK).width(2.5), Pen::new(GREY).width(1.6).dashed());
        panel.line(zip(&self.xs, &self.clipped), dashed)?;
        panel.line(zip(&self.xs, &self.probability), solid)?;
        let key = [(Sample::Line(solid), "σ(w·h + b)"), (Sample::Line(dashed), "clipped")];
        panel.key(Corner::UpperLeft, &key)
    }

    fn table(&self) -> Table {
        let rows =
            (0..self.xs.len()).map(|i| [self.xs[i], self.logits[i], self.probability[i], self.clipped[i]]);
        Table::new("sigmoid", &["x", "logit", "sigmoid", "clipped"], rows)
    }
}

/// A softmax unit on three classes in the plane.
struct Planes {
    samples: Vec<(Point, usize)>,
    probabilities: Vec<[f64; 3]>,
}

/// Places of the grid on a side.
const SIDE: usize = 100;
/// The panel's reach.
const REACH: f64 = 4.0;

impl Planes {
    fn fit() -> Drawn<Planes> {
        let data = Synthetic::Blobs { samples: 90, classes: 3, deviation: 0.8 };
        let data = data.dataset(5, Loss::SoftmaxCrossEntropy, Precision::F64)?;
        let classes = data.targets().values();
        let fit = SoftmaxRegression { ridge: 0.05, ..SoftmaxRegression::default() };
        let fit = fit.fit(data.features(), classes)?;
        let numbers = fit.probabilities(&table(&Planes::grid()))?.to_f64s();
        let probabilities = numbers.chunks_exact(3).map(|p| [p[0], p[1], p[2]]).collect();
        let labels = classes.to_f64s().into_iter().map(|c| c as usize);
        Ok(Planes { samples: points(data.features()).into_iter().zip(labels).collect(), probabilities })
    }

    fn grid() -> Vec<Point> {
        let place = |k: usize| REACH * (2.0 * (k as f64 + 0.5) / SIDE as f64 - 1.0);
        (0..SIDE * SIDE).map(|i| (place(i % SIDE), place(i / SIDE))).collect()
    }

    fn draw(&self, area: &Area<'_>) -> Drawn {
        let axes = Axes::new("Softmax: probabilities of classes", -REACH..REACH, -REACH..REACH);
        let panel = Panel::new(area, axes.names("x₁", "x₂"))?;
        let at = |v: f64| (((v / REACH + 1.0) / 2.0 * SIDE as f64) as usize).min(SIDE - 1);
        panel.raster(SIDE, |(x, y)| {
            let p = &self.probabilities[at(y) * SIDE + at(x)];
            let (best, most) = best(p);
            tint(CLASSES[best], 0.08 + 0.4 * ((most - 1.0 / 3.0) * 9.0).round() / 6.0)
        })?;
        self.samples.iter().try_for_each(|(p, c)| panel.marks([*p], SHAPES[*c], 3.5, CLASSES[*c]))
    }

    fn table(&self) -> Drawn<Table> {
        let rows = Planes::grid().into_iter().zip(&self.probabilities);
        // Every tenth place each way is enough to draw it again.
        let kept = rows.enumerate().filter(|(i, _)| i % SIDE % 10 == 5 && i / SIDE % 10 == 5);
        let rows = kept.map(|(_, (x, p))| [x.0, x.1, p[0], p[1], p[2]]);
        Ok(Table::new("softmax", &["x1", "x2", "p0", "p1", "p2"], rows))
    }
}

fn best(p: &[f64]) -> (usize, f64) {
    p.iter().enumerate().fold((0, 0.0), |best, (i, &p)| if p > best.1 { (i, p) } else { best })
}

/// One picture: is it a cat?
const CAT: f64 = 1.5;
/// Which animal is it?
const ANIMALS: [(&str, f64); 3] = [("cat", 2.0), ("dog", -1.0), ("bird", 0.0)];

fn kinds() -> Drawn<Picture> {
    let row = |z: &[f64]| Value::new([1, z.len()], z.to_vec());
    let logits = ANIMALS.map(|(_, z)| z);
    let unit = |z: &[f64], unit: OutputUnit| mapped(&row(z), |z| unit.apply(z)).map(|p| p.to_f64s());
    let yes = unit(&[CAT], OutputUnit::Sigmoid)?[0];
    let (softmax, labels) = (unit(&logits, OutputUnit::Softmax)?, unit(&logits, OutputUnit::MultiLabel)?);
    let names = ANIMALS.map(|(name, _)| name);
    let binary = [("not cat", 1.0 - yes), ("cat", yes)];
    let svg = sheet(960, 330, |root| {
        let areas = panels(root, 1, 3);
        bars(&areas[0], "Binary: one sigmoid", &binary, &[SKY, BLUE], "one answer of two")?;
        let pair = |p: &[f64]| -> Vec<(&str, f64)> { names.into_iter().zip(p.iter().copied()).collect() };
        let total = |p: &[f64]| short(p.iter().sum(), 4);
        let one = format!("one class of three; sum {}", total(&softmax));
        bars(&areas[1], "Multi-class: softmax", &pair(&softmax), &CLASSES, &one)?;
        let many = format!("any of three; sum {}", total(&labels));
        bars(&areas[2], "Multi-label: a sigmoid each", &pair(&labels), &[ORANGE, VERMILION, GREEN], &many)
    })?;
    let rows = (0..3).map(|i| [logits[i], softmax[i], labels[i]]);
    let tables = vec![
        Table::new("binary", &["logit", "probability"], [[CAT, yes]]),
        Table::new("classes", &["logit", "softmax", "sigmoid"], rows),
    ];
    let caption = "What an output layer says of one picture. Binary: one logit, 1.5, and its sigmoid. \
                   Multi-class: the softmax of the logits 2, −1 and 0, three probabilities of which one must be \
                   right, so that they sum to 1. Multi-label: the sigmoids of the same three logits; an animal \
                   does not exclude another, and the probabilities need not sum to 1. The dashed line is the \
                   threshold of a decision, 1/2."
        .to_owned();
    Ok(Picture { svg, tables, caption })
}

fn bars(
    area: &Area<'_>,
    title: &str,
    bars: &[(&str, f64)],
    colours: &[plotters::style::RGBColor],
    note: &str,
) -> Drawn {
    let n = bars.len() as f64;
    let axes = Axes::new(title, -0.6..n - 0.4, 0.0..1.2).names(note, "probability").ticks(0, 7);
    let panel = Panel::new(area, axes)?;
    panel.line([(-0.6, 0.5), (n - 0.4, 0.5)], Pen::new(GREY).width(1.2).dashed())?;
    for (i, ((name, p), colour)) in bars.iter().zip(colours).enumerate() {
        let x = i as f64;
        panel.bar((x - 0.3, 0.0), (x + 0.3, *p), *colour)?;
        panel.text((x, p + 0.06), &short(*p, 3), Words::new(Side::Centre))?;
        panel.under(x, name)?;
    }
    panel.line([(-0.6, 0.0), (n - 0.4, 0.0)], Pen::new(INK).width(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f18_three_output_layers() {
        let picture = units().unwrap();
        for title in ["Linear", "Sigmoid", "Softmax"] {
            assert!(picture.svg.contains(title));
        }
        let [linear, sigmoid, softmax] = &picture.tables[..] else { panic!("three tables") };
        assert_eq!(linear.rows.len(), 40);
        let logits = sigmoid.column("logit").into_iter().zip(sigmoid.column("sigmoid"));
        assert!(logits.into_iter().all(|(z, p)| (p - 1.0 / (1.0 + (-z).exp())).abs() < 1e-15));
        for row in 0..softmax.rows.len() {
            let sum: f64 = ["p0", "p1", "p2"].map(|p| softmax.column(p)[row]).iter().sum();
            assert!((sum - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn f17_labels_need_not_sum_to_one() {
        let picture = kinds().unwrap();
        let sum = |name: &str| picture.tables[1].column(name).iter().sum::<f64>();
        assert!((sum("softmax") - 1.0).abs() < 1e-15);
        assert!((sum("sigmoid") - 1.6497).abs() < 1e-4, "{}", sum("sigmoid"));
    }
}
