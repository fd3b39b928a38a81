//! AdaBoost: what each round adds, with stumps on a line and with half planes on exclusive or.

use super::figure::{Chapter, Correction, Picture, Table};
use super::palette::{CLASSES, GREY, INK, tint};
use super::panel::{Axes, Panel, short};
use super::perceptron::corners;
use super::run::{points, table};
use super::sheet::{Area, Drawn, Pen, Point, SHAPES, Side, Words, panels, sheet};
use super::{GalleryError, Recipe};
use wengert_expr::Value;
use wengert_nn::classic::{AdaBoost, Boosted, HalfPlane, HalfPlanes, Round, Stump, Stumps};

const FORMULAS: Correction = Correction {
    id: "S24",
    text: "The slides have “perceptions”, H = sign(Σ h), ε as a sum over i drawn from w, and labels 0 and 1. \
           It is perceptrons; H = sign(Σ α h); ε = Σ w(i) over the samples that h gets wrong; and the labels \
           are −1 and 1.",
};

pub(super) const FIGURES: &[Recipe] = &[
    Recipe {
        id: "adaboost-steps",
        chapter: Chapter::Perceptron,
        title: "AdaBoost, step by step",
        corrections: &[FORMULAS],
        make: steps,
    },
    Recipe {
        id: "adaboost-xor",
        chapter: Chapter::Perceptron,
        title: "Three half planes make XOR",
        corrections: &[],
        make: exclusive_or,
    },
];

/// The labels of 0, 1, ..., 9.
const LABELS: [i64; 10] = [1, 1, 1, -1, -1, -1, 1, 1, 1, -1];
const ROUNDS: usize = 3;

fn class(label: f64) -> usize {
    usize::from(label > 0.0)
}

fn steps() -> Drawn<Picture> {
    let x = Value::new([LABELS.len(), 1], (0..LABELS.len() as i64).collect());
    let labels: Vec<f64> = LABELS.iter().map(|&t| t as f64).collect();
    let fit = AdaBoost::new(Stumps, ROUNDS).fit(&x, &Value::from(labels.clone()))?;
    let scores = fit.decision_values(&x)?;
    let weights = weights_before(&fit, labels.len());
    let svg = sheet(900, 560, |root| {
        let areas = panels(root, 2, 2);
        for (round, area) in fit.rounds.iter().zip(&areas) {
            step_panel(area, round, &labels, &weights[round.number - 1])?;
        }
        sum_panel(&areas[3], &fit, &labels, &scores)
    })?;
    let last = fit.rounds.last().ok_or(GalleryError::Missing("a round"))?;
    let caption = format!(
        "Ten samples on a line, and in each round the decision stump of the least weighted error ε. The height \
         of a bar is the weight of its sample in the round; what the stump gets wrong is crossed out, and is \
         half of all weight in the next round. A colour is a label: blue −1, orange 1; the ground has the \
         colour that the stump says. The sum of the three, each with its α, gets {} of the ten wrong.",
        last.mistakes
    );
    let rounds = fit.rounds.iter().map(|r| {
        let h = &r.hypothesis;
        [r.number as f64, h.threshold, h.below, r.error, r.alpha, r.bound, r.mistakes as f64]
    });
    let columns = ["round", "threshold", "below", "epsilon", "alpha", "bound", "mistakes"];
    let samples = (0..labels.len()).map(|i| {
        [i as f64, labels[i], weights[0][i], weights[1][i], weights[2][i], weights[3][i], scores[i]]
    });
    let names = ["x", "label", "weight_1", "weight_2", "weight_3", "weight_4", "score"];
    let tables = vec![Table::new("rounds", &columns, rounds), Table::new("samples", &names, samples)];
    Ok(Picture { svg, tables, caption })
}

/// The weights that each round begins with, and those that would begin the next.
fn weights_before<H>(fit: &Boosted<H>, samples: usize) -> Vec<Vec<f64>> {
    let first = vec![1.0 / samples as f64; samples];
    std::iter::once(first).chain(fit.rounds.iter().map(|r| r.weights.clone())).collect()
}

fn axes(title: String, top: f64, bottom: f64) -> Axes {
    Axes::new(title, -0.6..9.6, bottom..top).ticks(10, 5)
}

fn step_panel(area: &Area<'_>, round: &Round<Stump>, labels: &[f64], weights: &[f64]) -> Drawn {
    let Stump { threshold, below, .. } = round.hypothesis;
    let title = format!(
        "t = {}:  threshold {threshold},  ε = {},  α = {}",
        round.number,
        short(round.error, 4),
        short(round.alpha, 4)
    );
    let panel = Panel::new(area, axes(title, 0.21, 0.0).names("x", "weight"))?;
    panel.bar((-0.6, 0.0), (threshold, 0.21), tint(CLASSES[class(below)], 0.15))?;
    panel.bar((threshold, 0.0), (9.6, 0.21), tint(CLASSES[class(-below)], 0.15))?;
    panel.line([(threshold, 0.0), (threshold, 0.21)], Pen::new(INK).width(2.5))?;
    for (i, (&label, &weight)) in labels.iter().zip(weights).enumerate() {
        let x = i as f64;
        let colour = CLASSES[class(label)];
        panel.bar((x - 0.22, 0.0), (x + 0.22, weight), colour)?;
        let said = if x < threshold { below } else { -below };
        if said != label {
            panel.marks([(x, weight + 0.012)], super::sheet::Shape::Cross, 5.0, INK)?;
        }
    }
    Ok(())
}

fn sum_panel(area: &Area<'_>, fit: &Boosted<Stump>, labels: &[f64], scores: &[f64]) -> Drawn {
    let panel = Panel::new(area, axes("Σ α h, and its sign".to_owned(), 1.3, -1.3).names("x", "score"))?;
    // The score changes at thresholds alone, which are half way between samples.
    for (i, &score) in scores.iter().enumerate() {
        let (from, to) = (i as f64 - 0.5, i as f64 + 0.5);
        panel.bar((from, -1.3), (to, 1.3), tint(CLASSES[class(score)], 0.15))?;
    }
    panel.line([(-0.6, 0.0), (9.6, 0.0)], Pen::new(GREY).width(1.0))?;
    for round in &fit.rounds {
        let x = round.hypothesis.threshold;
        panel.line([(x, -1.3), (x, 1.3)], Pen::new(GREY).width(1.2).dashed())?;
    }
    let path = scores.iter().enumerate().flat_map(|(i, &s)| [(i as f64 - 0.5, s), (i as f64 + 0.5, s)]);
    panel.line(path, Pen::new(INK).width(2.5))?;
    for (i, (&label, &score)) in labels.iter().zip(scores).enumerate() {
        let c = class(label);
        panel.marks([(i as f64, score)], SHAPES[c], 6.0, CLASSES[c])?;
    }
    Ok(())
}

fn exclusive_or() -> Drawn<Picture> {
    let (x, labels) = corners();
    let planes = HalfPlanes::of(&x)?;
    let fit = AdaBoost::new(planes, ROUNDS).fit(&x, &labels)?;
    let t = labels.to_f64s();
    let scores = fit.decision_values(&x)?;
    let weights = weights_before(&fit, t.len());
    let samples: Vec<(Point, f64)> = points(&x).into_iter().zip(t.iter().copied()).collect();
    let svg = sheet(820, 828, |root| {
        let areas = panels(root, 2, 2);
        for (round, area) in fit.rounds.iter().zip(&areas) {
            plane_panel(area, round, &samples, &weights[round.number - 1])?;
        }
        region_panel(&areas[3], &fit, &samples)
    })?;
    let margin = scores.iter().zip(&t).map(|(s, t)| s * t).fold(f64::INFINITY, f64::min);
    let caption = format!(
        "AdaBoost on XOR with perceptrons as weak learners: every half plane that differs on the four \
         samples. The size of a mark is the weight of its sample. After three rounds no sample is wrong, and \
         the least t H, H the sum of α h, is {}. A single line never could. (Stumps cannot help: the best is \
         wrong on half of the weight, and boosting stops in the first round.)",
        short(margin, 4)
    );
    let rounds = fit.rounds.iter().map(|r| {
        let HalfPlane(a) = &r.hypothesis;
        [r.number as f64, a.weights[0], a.weights[1], a.bias, r.error, r.alpha, r.mistakes as f64]
    });
    let columns = ["round", "w1", "w2", "b", "epsilon", "alpha", "mistakes"];
    let rows = samples.iter().zip(&scores).map(|((p, t), s)| [p.0, p.1, *t, *s, s * t]);
    let tables = vec![
        Table::new("rounds", &columns, rounds),
        Table::new("samples", &["x1", "x2", "label", "score", "margin"], rows),
    ];
    Ok(Picture { svg, tables, caption })
}

fn plane_axes(title: String) -> Axes {
    Axes::new(title, -0.7..1.7, -0.7..1.7).names("x₁", "x₂")
}

fn plane_panel(
    area: &Area<'_>,
    round: &Round<HalfPlane>,
    samples: &[(Point, f64)],
    weights: &[f64],
) -> Drawn {
    let HalfPlane(plane) = &round.hypothesis;
    let line = (plane.weights[0], plane.weights[1], plane.bias);
    let (e, a) = (short(round.error, 4), short(round.alpha, 4));
    let panel = Panel::new(area, plane_axes(format!("t = {}:  ε = {e},  α = {a}", round.number)))?;
    let corners = panel.corners();
    panel.fill(corners, tint(CLASSES[0], 0.15))?;
    panel.half_plane(line, tint(CLASSES[1], 0.15))?;
    if plane.weight_norm() > 0.0 {
        panel.straight(line, Pen::new(INK).width(2.5))?;
    }
    for ((p, t), w) in samples.iter().zip(weights) {
        panel.marks([*p], SHAPES[class(*t)], 26.0 * w.sqrt(), CLASSES[class(*t)])?;
        let words = Words::new(Side::Right).size(12.0);
        panel.text((p.0 + 0.19, p.1 - 0.12), &format!("w = {}", short(*w, 3)), words)?;
    }
    Ok(())
}

fn region_panel(area: &Area<'_>, fit: &Boosted<HalfPlane>, samples: &[(Point, f64)]) -> Drawn {
    let panel = Panel::new(area, plane_axes("sign of Σ α h".to_owned()))?;
    // Exact: the lines cut the panel into convex cells, on each of which the sum is constant.
    let mut cells = vec![super::cells::Cell { corners: panel.corners().to_vec() }];
    for round in &fit.rounds {
        let HalfPlane(plane) = &round.hypothesis;
        cells = cells
            .iter()
            .map(|cell| cell.split(|p| plane.at(&[p.0, p.1])))
            .flat_map(|(above, below)| above.into_iter().chain(below))
            .collect();
    }
    let middles: Vec<Point> = cells.iter().map(|c| c.middle()).collect();
    let signs = fit.predict(&table(&middles))?;
    for (cell, sign) in cells.into_iter().zip(signs) {
        panel.fill(cell.corners, tint(CLASSES[class(sign)], 0.25))?;
    }
    for round in &fit.rounds {
        let HalfPlane(plane) = &round.hypothesis;
        if plane.weight_norm() > 0.0 {
            let line = (plane.weights[0], plane.weights[1], plane.bias);
            panel.straight(line, Pen::new(INK).width(1.2).dashed())?;
        }
    }
    samples.iter().try_for_each(|(p, t)| panel.marks([*p], SHAPES[class(*t)], 9.0, CLASSES[class(*t)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (f, e) in found.iter().zip(expected) {
            assert!((f - e).abs() <= 1e-12 * e.abs().max(1e-3), "{found:?} {expected:?}");
        }
    }

    #[test]
    fn b10_thresholds_errors_and_alphas_of_three_rounds() {
        let picture = steps().unwrap();
        let rounds = &picture.tables[0];
        assert_eq!(rounds.column("threshold"), [2.5, 8.5, 5.5]);
        near(&rounds.column("epsilon"), &[0.3, 3.0 / 14.0, 2.0 / 11.0]);
        near(
            &rounds.column("alpha"),
            &[0.423_648_930_193_601_84, 0.649_641_492_065_130_4, 0.752_038_698_388_137_1],
        );
        assert_eq!(rounds.column("mistakes"), [3.0, 3.0, 0.0]);
        let weights = picture.tables[1].column("weight_3");
        near(&weights[..1], &[1.0 / 22.0]);
        near(&weights[6..7], &[7.0 / 66.0]);
        for t in ["t = 1", "t = 2", "t = 3"] {
            assert!(picture.svg.contains(t));
        }
    }

    #[test]
    fn b6_half_planes_learn_exclusive_or() {
        let picture = exclusive_or().unwrap();
        let rounds = &picture.tables[0];
        near(&rounds.column("epsilon"), &[0.25, 1.0 / 6.0, 0.1]);
        assert_eq!(rounds.column("mistakes").last(), Some(&0.0));
        let margin = picture.tables[1].column("margin").into_iter().fold(f64::INFINITY, f64::min);
        assert!((margin - 0.255_413).abs() < 1e-6, "{margin}");
    }
}
