//! The perceptron: what it learns of and, or, exclusive or, and two rings.

use super::figure::{Chapter, Correction, Picture, Table};
use super::palette::{CLASSES, CURVES, GREY, INK, mix, tint};
use super::panel::{Axes, Corner, Panel, Sample, short};
use super::run::{points, table};
use super::sheet::{Area, Drawn, Pen, Point, SHAPES, Shape, Side, Words, panels, sheet};
use super::{GalleryError, Recipe};
use wengert_expr::Value;
use wengert_nn::classic::{Affine, HalfPlanes, Hypothesis, LinearFit, OnlineStep, Perceptron};
use wengert_nn::{Loss, Precision, Purpose, Random, Synthetic};

const ALGORITHM: Correction = Correction {
    id: "S2",
    text: "“Gradient Descent for Perceptron” is the delta rule of Widrow and Hoff, which fits the labels 0 and \
           1 by least squares. Rosenblatt's perceptron, drawn here, moves on mistakes alone: w + η t x with t \
           of −1 or 1.",
};
const THRESHOLD: Correction = Correction {
    id: "S1",
    text: "The slide fits 0 and 1 by w·x + b and then decides at 0; with these labels the threshold is 1/2. At \
           0 the weights that it learns for AND compute OR.",
};
const LOSS: Correction = Correction {
    id: "S3",
    text: "L = −t(w·x + b) without a bound has no minimum, and labels of 0 give no gradient: the loss is \
           max(0, −t(w·x + b)) with t of −1 or 1.",
};
const TABLE: Correction =
    Correction { id: "S8", text: "The table of XOR has 1 for (1, 1), which makes it OR. It is 0." };

pub(super) const FIGURES: &[Recipe] = &[
    Recipe {
        id: "perceptron-and",
        chapter: Chapter::Perceptron,
        title: "The perceptron learns AND",
        corrections: &[ALGORITHM, THRESHOLD],
        make: || gate(Synthetic::And, "AND"),
    },
    Recipe {
        id: "perceptron-or",
        chapter: Chapter::Perceptron,
        title: "The perceptron learns OR",
        corrections: &[LOSS],
        make: || gate(Synthetic::Or, "OR"),
    },
    Recipe {
        id: "perceptron-xor",
        chapter: Chapter::Perceptron,
        title: "The perceptron cannot learn XOR",
        corrections: &[TABLE],
        make: exclusive_or,
    },
    Recipe {
        id: "perceptron-rings",
        chapter: Chapter::Perceptron,
        title: "No line parts two rings",
        corrections: &[],
        make: rings,
    },
];

/// Samples in the plane with labels -1 and 1.
struct Labelled {
    features: Value,
    labels: Value,
}

impl Labelled {
    fn new(data: Synthetic) -> Drawn<Labelled> {
        let data = data.dataset(0, Loss::Hinge, Precision::F64)?;
        let labels = Value::from(data.targets().values().to_f64s());
        Ok(Labelled { features: data.features().clone(), labels })
    }

    /// In an order that mixes the classes.
    fn shuffled(&self) -> Labelled {
        let order = Random::new(1, Purpose::Batches, 0).permutation(self.labels.len());
        let (all, labels) = (points(&self.features), self.labels.to_f64s());
        let features = table(&order.iter().map(|&i| all[i]).collect::<Vec<Point>>());
        Labelled { features, labels: Value::from(order.iter().map(|&i| labels[i]).collect::<Vec<f64>>()) }
    }

    fn class(&self, class: usize) -> Vec<Point> {
        let label = if class == 1 { 1.0 } else { -1.0 };
        let all = points(&self.features).into_iter().zip(self.labels.to_f64s());
        all.filter(|(_, t)| *t == label).map(|(p, _)| p).collect()
    }

    fn mark(&self, panel: &Panel<'_>, size: f64) -> Drawn {
        (0..2).try_for_each(|c| panel.marks(self.class(c), SHAPES[c], size, CLASSES[c]))
    }

    fn learn(&self, epochs: usize) -> Drawn<(LinearFit, Vec<OnlineStep>)> {
        let mut steps = Vec::new();
        let perceptron = Perceptron { epochs, ..Perceptron::default() };
        let mut observe = |step: &OnlineStep| steps.push(step.clone());
        let fit = perceptron.fit_from(&Affine::zeros(2), &self.features, &self.labels, &mut observe)?;
        Ok((fit, steps))
    }
}

fn coefficients(line: &Affine) -> (f64, f64, f64) {
    (line.weights[0], line.weights[1], line.bias)
}

fn step_table(steps: &[OnlineStep]) -> Table {
    let row = |s: &OnlineStep| {
        let (w1, w2, b) = coefficients(&s.after);
        [s.epoch as f64, s.sample as f64, s.output, f64::from(u8::from(s.updated)), w1, w2, b]
    };
    Table::new("steps", &["epoch", "sample", "output", "updated", "w1", "w2", "b"], steps.iter().map(row))
}

fn boundary_table(fit: &LinearFit) -> Table {
    let (w1, w2, b) = coefficients(&fit.model.affine);
    let crossings: Vec<f64> = fit.model.axis_crossings().into_iter().map(|x| x.unwrap_or(f64::NAN)).collect();
    let row = [w1, w2, b, crossings[0], crossings[1]];
    Table::new("boundary", &["w1", "w2", "b", "x1_crossing", "x2_crossing"], [row])
}

fn gate(data: Synthetic, name: &str) -> Drawn<Picture> {
    let data = Labelled::new(data)?;
    let (fit, steps) = data.learn(1000)?;
    let updates: Vec<Affine> = steps.iter().filter(|s| s.updated).map(|s| s.after.clone()).collect();
    let svg = sheet(820, 414, |root| {
        let areas = panels(root, 1, 2);
        lines(&areas[0], &data, &fit.model.affine, &updates)?;
        weights(&areas[1], &updates)
    })?;
    let (w1, w2, b) = coefficients(&fit.model.affine);
    let equation = equation(w1, w2, b);
    let caption = format!(
        "Rosenblatt's perceptron learns {name} with {} updates and stops in epoch {}, the first without a \
         mistake. Left: the line {equation} that it ends with, the half plane that it calls 1, and in grey the \
         lines on the way, darker the later. Right: the weights and the bias after each update.",
        fit.updates(),
        fit.epochs.len()
    );
    Ok(Picture { svg, tables: vec![boundary_table(&fit), step_table(&steps)], caption })
}

fn equation(w1: f64, w2: f64, b: f64) -> String {
    let sign = if b < 0.0 { "−" } else { "+" };
    format!("{w1} x₁ + {w2} x₂ {sign} {} = 0", b.abs())
}

fn lines(area: &Area<'_>, data: &Labelled, last: &Affine, updates: &[Affine]) -> Drawn {
    let (w1, w2, b) = coefficients(last);
    let axes = Axes::new(equation(w1, w2, b), -0.5..2.2, -0.5..2.2).names("x₁", "x₂");
    let panel = Panel::new(area, axes.ticks(6, 6))?;
    panel.half_plane((w1, w2, b), tint(CLASSES[1], 0.15))?;
    for (i, update) in updates.iter().enumerate() {
        let colour = mix(tint(GREY, 0.25), GREY, (i + 1) as f64 / updates.len() as f64);
        if update.weight_norm() > 0.0 {
            panel.straight(coefficients(update), Pen::new(colour).width(1.0))?;
        }
    }
    panel.straight((w1, w2, b), Pen::new(INK).width(2.5))?;
    data.mark(&panel, 8.0)?;
    classes_key(&panel, "0", "1")
}

fn classes_key(panel: &Panel<'_>, zero: &str, one: &str) -> Drawn {
    let sample = |c: usize| Sample::Mark(SHAPES[c], CLASSES[c]);
    panel.key(Corner::UpperRight, &[(sample(0), zero), (sample(1), one)])
}

fn weights(area: &Area<'_>, updates: &[Affine]) -> Drawn {
    let values: Vec<(f64, f64, f64)> = updates.iter().map(coefficients).collect();
    let all = || values.iter().flat_map(|v| [v.0, v.1, v.2]);
    let (low, high) = (all().fold(0.0, f64::min) - 1.0, all().fold(0.0, f64::max) + 1.5);
    let axes = Axes::new("Weights after each update", 0.0..updates.len() as f64, low..high);
    let panel = Panel::new(area, axes.names("update", "").ticks(7, 7))?;
    let series = [
        (0, "w₁", values.iter().map(|v| v.0).collect::<Vec<f64>>()),
        (1, "w₂", values.iter().map(|v| v.1).collect()),
        (2, "b", values.iter().map(|v| v.2).collect()),
    ];
    for (i, _, values) in &series {
        // From 0, in steps: nothing changes between two updates.
        let mut path = vec![(0.0, 0.0)];
        for (at, &value) in values.iter().enumerate() {
            let before = path.last().map_or(0.0, |p| p.1);
            path.extend([((at + 1) as f64, before), ((at + 1) as f64, value)]);
        }
        panel.line(path, Pen::new(CURVES[*i]).width(2.2))?;
    }
    let key: Vec<(Sample, &str)> =
        series.iter().map(|(i, name, _)| (Sample::Line(Pen::new(CURVES[*i])), *name)).collect();
    panel.key(Corner::UpperLeft, &key)
}

/// How many epochs the mistakes are shown for.
const SHOWN: usize = 12;

fn exclusive_or() -> Drawn<Picture> {
    let xor = Labelled::new(Synthetic::Xor)?;
    let (fit, steps) = xor.learn(1)?;
    let mistakes = [("AND", Synthetic::And), ("OR", Synthetic::Or), ("XOR", Synthetic::Xor)]
        .map(|(name, data)| Ok::<_, GalleryError>((name, mistakes(data)?)));
    let mistakes: Vec<(&str, Vec<f64>)> = mistakes.into_iter().collect::<Drawn<_>>()?;
    let svg = sheet(820, 414, |root| {
        let areas = panels(root, 1, 2);
        cycle(&areas[0], &xor, &steps)?;
        mistakes_panel(&areas[1], &mistakes)
    })?;
    let rows = (0..SHOWN).map(|e| [(e + 1) as f64, mistakes[0].1[e], mistakes[1].1[e], mistakes[2].1[e]]);
    let tables = vec![Table::new("mistakes", &["epoch", "and", "or", "xor"], rows), step_table(&steps)];
    let after = coefficients(&fit.model.affine);
    let caption = format!(
        "Left: one epoch on XOR. All four samples are mistakes, and the fourth update brings the weights back \
         to ({}, {}) and the bias to {}, where they began, so every epoch is like the first; an arrow shows the \
         side that each line calls 1. Right: mistakes in each epoch. With AND and with OR they end; with XOR \
         they never do.",
        after.0, after.1, after.2
    );
    Ok(Picture { svg, tables, caption })
}

/// The mistakes of each epoch; none after the perceptron has stopped, and what repeats is repeated.
fn mistakes(data: Synthetic) -> Drawn<Vec<f64>> {
    let (fit, _) = Labelled::new(data)?.learn(1000)?;
    let counts: Vec<f64> = fit.epochs.iter().map(|e| e.updates as f64).collect();
    Ok(match fit.converged() {
        true => counts.into_iter().chain(std::iter::repeat(0.0)).take(SHOWN).collect(),
        false => counts.into_iter().cycle().take(SHOWN).collect(),
    })
}

fn cycle(area: &Area<'_>, data: &Labelled, steps: &[OnlineStep]) -> Drawn {
    let axes = Axes::new("One epoch on XOR", -1.7..2.0, -1.7..2.0);
    let panel = Panel::new(area, axes.names("x₁", "x₂").ticks(7, 7))?;
    let mut key = Vec::new();
    for (i, step) in steps.iter().enumerate() {
        let pen = Pen::new(CURVES[i + 2]).width(2.0);
        let (w1, w2, b) = coefficients(&step.after);
        let norm = step.after.weight_norm();
        if norm == 0.0 {
            continue;
        }
        panel.straight((w1, w2, b), pen)?;
        let foot = (-b * w1 / norm / norm, -b * w2 / norm / norm);
        let offset = if i % 2 == 0 { 0.3 } else { 1.2 };
        let from = (foot.0 - w2 / norm * offset, foot.1 + w1 / norm * offset);
        panel.arrow(&[from, (from.0 + 0.35 * w1 / norm, from.1 + 0.35 * w2 / norm)], pen)?;
        key.push((Sample::Line(pen), format!("after update {}", i + 1)));
    }
    data.mark(&panel, 8.0)?;
    let key: Vec<(Sample, &str)> = key.iter().map(|(s, t)| (*s, t.as_str())).collect();
    panel.key(Corner::UpperRight, &key)
}

fn mistakes_panel(area: &Area<'_>, mistakes: &[(&str, Vec<f64>)]) -> Drawn {
    let axes = Axes::new("Mistakes in each epoch", 0.5..SHOWN as f64 + 0.5, -0.2..5.4);
    let panel = Panel::new(area, axes.names("epoch", "mistakes").ticks(12, 6))?;
    let mut key = Vec::new();
    for (i, (name, counts)) in mistakes.iter().enumerate() {
        let path: Vec<Point> = counts.iter().enumerate().map(|(e, &m)| ((e + 1) as f64, m)).collect();
        panel.line(path.clone(), Pen::new(CURVES[i]))?;
        panel.marks(path, SHAPES[i], 4.5, CURVES[i])?;
        key.push((Sample::Mark(SHAPES[i], CURVES[i]), *name));
    }
    panel.key(Corner::UpperRight, &key)
}

fn rings() -> Drawn<Picture> {
    let data = Labelled::new(Synthetic::Rings { samples: 60, noise: 0.0 })?.shuffled();
    let samples = data.labels.len() as f64;
    let planes = HalfPlanes::of(&data.features)?;
    let right = |decide: &dyn Fn(&[f64]) -> f64| {
        let said = points(&data.features).into_iter().map(|(x, y)| decide(&[x, y]));
        said.zip(data.labels.to_f64s()).filter(|(h, t)| h == t).count() as f64 / samples
    };
    let best = planes
        .planes()
        .iter()
        .map(|plane| (right(&|x| plane.decide(x)), plane))
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .ok_or(GalleryError::Missing("a half plane"))?;
    let (fit, _) = data.learn(60)?;
    let reached: Vec<f64> =
        fit.epochs.iter().map(|e| right(&|x| if e.after.at(x) > 0.0 { 1.0 } else { -1.0 })).collect();
    let line = coefficients(&best.1.0);
    let svg = sheet(820, 414, |root| {
        let areas = panels(root, 1, 2);
        ring_panel(&areas[0], &data, line, best.0)?;
        ring_course(&areas[1], &reached, best.0)
    })?;
    let caption = format!(
        "Two rings of 30 samples each, of radius 1 and 2. Left: the best of the {} ways in which a line can \
         part these 60 samples, almost tangent to the inner ring: {} % are right. Right: the share that the \
         perceptron gets right after each epoch. It never settles, and cannot pass 2/3.",
        planes.planes().len(),
        short(100.0 * best.0, 1)
    );
    let all = points(&data.features).into_iter().zip(data.labels.to_f64s()).map(|((x, y), t)| [x, y, t]);
    let course = reached.iter().enumerate().map(|(e, &share)| [(e + 1) as f64, share]);
    let tables = vec![
        Table::new("samples", &["x1", "x2", "label"], all),
        Table::new("best-line", &["w1", "w2", "b", "right"], [[line.0, line.1, line.2, best.0]]),
        Table::new("perceptron", &["epoch", "right"], course),
    ];
    Ok(Picture { svg, tables, caption })
}

fn ring_panel(area: &Area<'_>, data: &Labelled, line: (f64, f64, f64), share: f64) -> Drawn {
    let title = format!("The best line: {} % right", short(100.0 * share, 1));
    let axes = Axes::new(title, -2.6..2.6, -2.6..2.6).names("x₁", "x₂");
    let panel = Panel::new(area, axes)?;
    panel.half_plane(line, tint(CLASSES[1], 0.15))?;
    panel.straight(line, Pen::new(INK).width(2.5))?;
    data.mark(&panel, 5.0)?;
    classes_key(&panel, "inner ring", "outer ring")
}

fn ring_course(area: &Area<'_>, reached: &[f64], best: f64) -> Drawn {
    let axes = Axes::new("The perceptron, epoch by epoch", 0.0..reached.len() as f64, 0.2..0.8);
    let panel = Panel::new(area, axes.names("epoch", "share right").ticks(7, 7))?;
    let end = reached.len() as f64;
    panel.line([(0.0, best), (end, best)], Pen::new(INK).width(1.5).dashed())?;
    panel.text((0.5 * end, best + 0.025), "no line does better", Words::new(Side::Centre))?;
    let path = reached.iter().enumerate().map(|(e, &share)| ((e + 1) as f64, share));
    let path: Vec<Point> = path.collect();
    panel.line(path.clone(), Pen::new(CLASSES[0]).width(1.3))?;
    panel.marks(path, Shape::Dot, 3.0, CLASSES[0])
}

/// The corners of the unit square with the labels of exclusive or.
pub(super) fn corners() -> (Value, Value) {
    let corners = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)];
    (table(&corners), Value::from(vec![-1.0, 1.0, 1.0, -1.0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a14_the_boundary_of_and() {
        let picture = gate(Synthetic::And, "AND").unwrap();
        let boundary = &picture.tables[0];
        assert_eq!(boundary.to_csv().unwrap().lines().nth(1), Some("3,2,-4,1.3333333333333333,2"));
        let updated: f64 = picture.tables[1].column("updated").iter().sum();
        assert_eq!((updated, picture.tables[1].column("epoch").last()), (18.0, Some(&9.0)));
    }

    #[test]
    fn a8_the_boundary_of_or_and_none_of_xor() {
        let or = gate(Synthetic::Or, "OR").unwrap();
        assert_eq!(or.tables[0].to_csv().unwrap().lines().nth(1), Some("2,2,-1,0.5,0.5"));
        let xor = exclusive_or().unwrap();
        assert_eq!(xor.tables[0].column("xor"), [4.0; SHOWN]);
        assert_eq!(xor.tables[0].column("and")[7..9], [1.0, 0.0]);
        for name in ["w1", "w2", "b"] {
            assert_eq!(xor.tables[1].column(name).last(), Some(&0.0));
        }
    }

    #[test]
    fn a13_no_line_gets_more_than_two_thirds_of_two_rings() {
        let picture = rings().unwrap();
        assert_eq!(picture.tables[1].column("right"), [2.0 / 3.0]);
        assert!(picture.tables[2].column("right").iter().all(|&r| r <= 2.0 / 3.0));
        let radii = picture.tables[0].column("x1").into_iter().zip(picture.tables[0].column("x2"));
        let labels = picture.tables[0].column("label");
        for ((x, y), label) in radii.zip(labels) {
            let radius = if label > 0.0 { 2.0 } else { 1.0 };
            assert!((libm::hypot(x, y) - radius).abs() < 1e-12);
        }
    }
}
