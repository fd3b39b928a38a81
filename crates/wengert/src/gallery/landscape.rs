//! Loss landscapes: kinds of critical points, a narrow valley, and the ways that descent takes.

use super::contour::Grid;
use super::figure::{Cell, Chapter, Correction, Picture, Table};
use super::palette::{CURVES, INK, VERMILION, WHITE, mix, shade};
use super::panel::{Axes, Corner, Panel, Sample, short};
use super::run::{even, program};
use super::sheet::{Area, Drawn, Pen, Point, Shape, panels, sheet};
use super::{GalleryError, Recipe};
use wengert_diff::{Mode, value_and_grad};
use wengert_exec::{CompileOptions, Executable, compile};
use wengert_expr::{Function, Value};
use wengert_nn::minimize::{Critical, GradientDescent, Limits, Objective, classify};
use wengert_nn::{Batches, Purpose, Random};

const DIRECTION: Correction = Correction {
    id: "S18",
    text: "The gradient is said to be the direction in which f decreases the fastest; it is that in which f \
           increases the fastest, and a step goes along minus the gradient at θₜ.",
};
const CLOSED: Correction = Correction {
    id: "S19",
    text: "“Closed form for the gradient”: the gradient always has one. What would make iterations needless is \
           a closed form of its zero.",
};
const ESTIMATE: Correction = Correction {
    id: "S20",
    text: "The mean of the gradients of all samples is called an estimate. It is the exact gradient of the \
           empirical risk; the mean over a mini-batch is an estimate of it.",
};
const BATCH: Correction = Correction {
    id: "S21",
    text: "The sum over a mini-batch of B samples runs from i₀ to i₀ + B, which are B + 1 of them; it ends at \
           i₀ + B − 1.",
};

pub(super) const FIGURES: &[Recipe] = &[
    Recipe {
        id: "critical-points",
        chapter: Chapter::Gradients,
        title: "Minimum, maximum and saddle point",
        corrections: &[],
        make: critical,
    },
    Recipe {
        id: "landscape",
        chapter: Chapter::Gradients,
        title: "A loss landscape and a path of gradient descent",
        corrections: &[DIRECTION, CLOSED],
        make: valley,
    },
    Recipe {
        id: "descent-paths",
        chapter: Chapter::Gradients,
        title: "Batch, stochastic and mini-batch descent",
        corrections: &[ESTIMATE, BATCH],
        make: paths,
    },
];

/// The steps of a grid on each side: 101 places.
const STEPS: usize = 100;

/// The shaded places on each side of a panel.
const SHADES: usize = 140;

/// A grid's heights as shades between two of them, and its lines.
fn relief(panel: &Panel<'_>, grid: &Grid, levels: &[f64]) -> Drawn {
    let band = |v: f64| levels.iter().filter(|&&l| l < v).count() as f64 / levels.len() as f64;
    panel.raster(SHADES, |p| shade(band(grid.between(p))))?;
    for &level in levels {
        for line in grid.level(level) {
            panel.line(line, Pen::new(mix(INK, WHITE, 0.45)).width(0.8))?;
        }
    }
    Ok(())
}

const POINTS: [(&str, &str, &str); 3] = [
    ("minimum", "x² + y²", "p[0]**2 + p[1]**2"),
    ("maximum", "−x² − y²", "-p[0]**2 - p[1]**2"),
    ("saddle", "x² − y²", "p[0]**2 - p[1]**2"),
];

fn critical() -> Drawn<Picture> {
    let mut rows = Vec::new();
    let mut found = Vec::new();
    for (name, formula, text) in POINTS {
        let f = program(&format!("input p: f64[2]\nf = {text}"))?;
        let (eigenvalues, kind) = classify(&f, &[0.0, 0.0])?;
        let kind = match kind {
            Critical::Minimum => "minimum",
            Critical::Maximum => "maximum",
            Critical::Saddle => "saddle",
            Critical::Degenerate => "degenerate",
        };
        rows.push([Cell::from(name), eigenvalues[0].into(), eigenvalues[1].into(), kind.into()]);
        found.push((kind, formula, Objective::new(&f)?, eigenvalues));
    }
    let svg = sheet(1020, 364, |root| {
        panels(root, 1, 3).iter().zip(&found).try_for_each(|(area, (kind, formula, f, eigenvalues))| {
            let [low, high] = [0, 1].map(|i| short(eigenvalues[i], 0));
            let axes = Axes::new(format!("{kind}: f = {formula}"), -1.5..1.5, -1.5..1.5);
            let note = format!("eigenvalues of the Hessian at 0: {low}, {high}");
            let panel = Panel::new(area, axes.names(&note, "").ticks(7, 7))?;
            critical_panel(&panel, f)
        })
    })?;
    let caption = "Three functions whose gradient is 0 at the origin, dark where they are low. Arrows point \
                   along minus the gradient, the way that descent goes: into the minimum, away from the \
                   maximum, and at the saddle point in along one axis and out along the other. The signs of the \
                   Hessian's eigenvalues tell which is which."
        .to_owned();
    let tables = vec![Table::new("hessians", &["point", "eigenvalue_1", "eigenvalue_2", "kind"], rows)];
    Ok(Picture { svg, tables, caption })
}

fn critical_panel(panel: &Panel<'_>, f: &Objective) -> Drawn {
    let axis = even(-1.5, 1.5, STEPS);
    let grid = Grid::new(axis.clone(), axis, |(x, y)| f.at(&[x, y]).map(|(v, _)| v))?;
    let levels: Vec<f64> = (-9..=9).map(|i| 0.5 * f64::from(i) - 0.25).collect();
    let (low, high) = (grid.values[grid.least()], grid.values.iter().copied().fold(f64::MIN, f64::max));
    let levels: Vec<f64> = levels.into_iter().filter(|l| (low..high).contains(l)).collect();
    relief(panel, &grid, &levels)?;
    for i in 0..5 {
        for j in 0..5 {
            let p = (0.55 * (f64::from(i) - 2.0), 0.55 * (f64::from(j) - 2.0));
            let (_, g) = f.at(&[p.0, p.1])?;
            if g != [0.0, 0.0] {
                panel.arrow(&[p, (p.0 - 0.13 * g[0], p.1 - 0.13 * g[1])], Pen::new(INK).width(1.4))?;
            }
        }
    }
    panel.marks([(0.0, 0.0)], Shape::Dot, 5.0, VERMILION)
}

/// Steps along the valley, and their rate.
const VALLEY_STEPS: usize = 20_000;
const VALLEY_RATE: f64 = 1e-3;

fn valley() -> Drawn<Picture> {
    let f = Objective::new(&program("input p: f64[2]\nf = (1 - p[0])**2 + 100 * (p[1] - p[0]**2)**2")?)?;
    let grid =
        Grid::new(even(-2.0, 2.0, STEPS), even(-1.0, 3.0, STEPS), |(x, y)| f.at(&[x, y]).map(|(v, _)| v))?;
    let limits = Limits { iterations: VALLEY_STEPS, ..Limits::default() };
    let walk = GradientDescent { rate: VALLEY_RATE }.minimize(&f, &[-1.2, 1.0], &limits)?;
    let path: Vec<Point> = walk.path.iter().map(|p| (p[0], p[1])).collect();
    let losses: Vec<f64> = walk.path.iter().map(|p| f.at(p).map(|(v, _)| v)).collect::<Result<_, _>>()?;
    let svg = sheet(900, 454, |root| {
        let areas = panels(root, 1, 2);
        let axes = Axes::new("Rosenbrock's valley", -2.0..2.0, -1.0..3.0).names("θ₁", "θ₂");
        let panel = Panel::new(&areas[0], axes)?;
        let levels: Vec<f64> = (0..=11).map(|k| libm::pow(2.0, f64::from(k))).collect();
        relief(&panel, &grid, &levels)?;
        descent(&panel, &path, Pen::new(VERMILION).width(2.2))?;
        panel.marks([(1.0, 1.0)], Shape::Cross, 6.0, INK)?;
        let line = Sample::Line(Pen::new(VERMILION));
        panel.key(
            Corner::LowerLeft,
            &[(line, "gradient descent"), (Sample::Mark(Shape::Cross, INK), "minimum")],
        )?;
        loss_panel(&areas[1], &losses)
    })?;
    let caption = format!(
        "f = (1 − θ₁)² + 100 (θ₂ − θ₁²)² on a grid of 101 by 101 points, dark where it is low, its lines of \
         equal height each twice as high as the one before. Gradient descent of rate {VALLEY_RATE} from (−1.2, \
         1) falls into the valley in a few steps and then creeps along it: after {} steps the loss is {:.1e}.",
        walk.iterations, walk.value
    );
    let kept = (0..path.len()).filter(|i| *i < 20 || i % 200 == 0);
    let rows = kept.map(|i| [i as f64, path[i].0, path[i].1, losses[i]]);
    let surface = (0..grid.values.len()).map(|i| [grid.point(i).0, grid.point(i).1, grid.values[i]]);
    let tables = vec![
        Table::new("path", &["step", "theta1", "theta2", "loss"], rows),
        Table::new("surface", &["theta1", "theta2", "loss"], surface),
    ];
    Ok(Picture { svg, tables, caption })
}

/// A path with its start, thinned to what can be told apart.
fn descent(panel: &Panel<'_>, path: &[Point], pen: Pen) -> Drawn {
    let mut shown: Vec<Point> = Vec::new();
    for &p in path {
        let far = |q: &Point| {
            let ((a, b), (c, d)) = (panel.at(p), panel.at(*q));
            libm::hypot(a - c, b - d) > 1.0
        };
        if shown.last().is_none_or(far) {
            shown.push(p);
        }
    }
    shown.extend(path.last());
    panel.line(shown.iter().copied(), pen)?;
    panel.marks(path.first().copied(), Shape::Dot, 4.5, pen.colour)
}

fn loss_panel(area: &Area<'_>, losses: &[f64]) -> Drawn {
    let steps = libm::log10(losses.len() as f64);
    let axes = Axes::new("The loss on the way", 0.0..steps, -8.0..2.0).log_log();
    let panel = Panel::new(area, axes.names("step", "loss").ticks(5, 6))?;
    let path = losses.iter().enumerate().skip(1).map(|(i, &v)| (libm::log10(i as f64), libm::log10(v)));
    let mut last = f64::NEG_INFINITY;
    // On a logarithmic axis most steps fall on one another.
    let thinned = path.filter(|p| {
        let keep = p.0 - last > 0.01;
        if keep {
            last = p.0;
        }
        keep
    });
    panel.line(thinned.collect::<Vec<Point>>(), Pen::new(VERMILION))
}

/// Samples of the line that the paths learn.
const SAMPLES: usize = 24;
const EPOCHS: usize = 12;
const START: [f64; 2] = [-1.4, 1.6];
/// Batch sizes, with their names.
const WAYS: [(&str, usize); 3] = [("batch", SAMPLES), ("mini-batch of 6", 6), ("stochastic", 1)];
const RATE: f64 = 0.12;

/// The mean loss of the line `p[0] x + p[1]` on so many samples.
fn line_loss(samples: usize) -> Drawn<Function> {
    program(&format!(
        "input p: f64[2]\ninput x: f64[{samples}]\ninput y: f64[{samples}]\nloss = mean((p[0] * x + p[1] - \
         y)**2) / 2"
    ))
}

struct Line {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Line {
    fn new() -> Line {
        let mut random = Random::new(8, Purpose::Data, 0);
        let draw = |_| {
            let x = 1.3 * random.normal();
            (x, 0.9 * x - 0.4 + 0.6 * random.normal())
        };
        let (x, y) = (0..SAMPLES).map(draw).unzip();
        Line { x, y }
    }

    /// The loss of some samples and its gradient.
    fn step(&self, run: &Executable, p: &[f64], samples: &[usize]) -> Drawn<(f64, Vec<f64>)> {
        let of = |all: &[f64]| Value::from(samples.iter().map(|&i| all[i]).collect::<Vec<f64>>());
        let found = run.run(&[Value::from(p.to_vec()), of(&self.x), of(&self.y)])?;
        let loss = found[0].item().ok_or(GalleryError::Missing("a loss"))?;
        Ok((loss, found[1].to_f64s()))
    }

    /// Where descent with batches of this size goes, a point after each step.
    fn descend(&self, batch: usize) -> Drawn<Vec<Point>> {
        let run = compiled(batch)?;
        let (mut p, mut path) = (START.to_vec(), vec![(START[0], START[1])]);
        for epoch in 1..=EPOCHS {
            for samples in Batches::new(SAMPLES, batch, 1).epoch(epoch) {
                let (_, gradient) = self.step(&run, &p, &samples)?;
                p.iter_mut().zip(gradient).for_each(|(p, g)| *p -= RATE * g);
                path.push((p[0], p[1]));
            }
        }
        Ok(path)
    }
}

fn compiled(samples: usize) -> Drawn<Executable> {
    let loss = value_and_grad(&line_loss(samples)?, &["p"], Mode::Reverse)?;
    Ok(compile(&loss, &CompileOptions::default())?)
}

fn paths() -> Drawn<Picture> {
    let line = Line::new();
    let all: Vec<usize> = (0..SAMPLES).collect();
    let whole = compiled(SAMPLES)?;
    let loss = |(w, b): Point| line.step(&whole, &[w, b], &all).map(|(loss, _)| loss);
    let grid = Grid::new(even(-2.0, 2.0, STEPS), even(-2.0, 2.0, STEPS), loss)?;
    let mut found = Vec::new();
    for (name, batch) in WAYS {
        let path = line.descend(batch)?;
        let losses: Vec<f64> = path.iter().map(|&p| loss(p)).collect::<Drawn<_>>()?;
        found.push((name, batch, path, losses));
    }
    let svg = sheet(1180, 700, |root| {
        let (upper, lower) = root.split_vertically(super::sheet::px(410.0));
        for ((area, (name, batch, path, _)), colour) in panels(&upper, 1, 3).iter().zip(&found).zip(CURVES) {
            let steps = EPOCHS * SAMPLES / batch;
            let axes = Axes::new(format!("{name}: {steps} steps"), -2.0..2.0, -2.0..2.0).names("w", "b");
            let panel = Panel::new(area, axes)?;
            let levels: Vec<f64> = (-4..=9).map(|k| libm::pow(2.0, 0.5 * f64::from(k))).collect();
            relief(&panel, &grid, &levels.iter().map(|l| 0.5 * l).collect::<Vec<f64>>())?;
            panel.line(path.iter().copied(), Pen::new(WHITE).width(2.4))?;
            panel.line(path.iter().copied(), Pen::new(colour).width(1.3))?;
            panel.marks(path.first().copied(), Shape::Dot, 5.0, colour)?;
            panel.marks([grid.point(grid.least())], Shape::Cross, 5.0, INK)?;
        }
        course_panel(&lower, &found)
    })?;
    let caption = format!(
        "A line w x + b fitted to {SAMPLES} samples from one start (the dot), {EPOCHS} epochs each at the same \
         rate, {RATE}. Batch descent takes one step an epoch, straight down the loss of all samples. Stochastic \
         descent takes a step for each sample, far faster at first and then about the minimum (the cross) \
         without settling; mini-batches lie between the two."
    );
    let rows = found.iter().flat_map(|(name, batch, path, losses)| {
        path.iter().zip(losses).enumerate().map(move |(i, (p, loss))| {
            let epoch = i as f64 * *batch as f64 / SAMPLES as f64;
            [Cell::from(*name), (i as f64).into(), epoch.into(), p.0.into(), p.1.into(), (*loss).into()]
        })
    });
    let samples = line.x.iter().zip(&line.y).map(|(&x, &y)| [x, y]);
    let tables = vec![
        Table::new("paths", &["descent", "step", "epoch", "w", "b", "loss"], rows),
        Table::new("samples", &["x", "y"], samples),
    ];
    Ok(Picture { svg, tables, caption })
}

fn course_panel(area: &Area<'_>, found: &[(&str, usize, Vec<Point>, Vec<f64>)]) -> Drawn {
    let axes = Axes::new("Loss of all samples against epochs", 0.0..EPOCHS as f64, -1.0..1.0).log_y();
    let panel = Panel::new(area, axes.names("epoch", "loss").ticks(13, 5))?;
    let mut key = Vec::new();
    for ((name, batch, _, losses), colour) in found.iter().zip(CURVES) {
        let at = |(i, loss): (usize, &f64)| (i as f64 * *batch as f64 / SAMPLES as f64, libm::log10(*loss));
        panel.line(losses.iter().enumerate().map(at), Pen::new(colour).width(2.0))?;
        key.push((Sample::Line(Pen::new(colour)), *name));
    }
    panel.key(Corner::UpperRight, &key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h2_eigenvalues_tell_minimum_maximum_and_saddle() {
        let table = &critical().unwrap().tables[0];
        assert_eq!(table.column("eigenvalue_1"), [2.0, -2.0, -2.0]);
        assert_eq!(table.column("eigenvalue_2"), [2.0, -2.0, 2.0]);
        for (row, kind) in table.rows.iter().zip(["minimum", "maximum", "saddle"]) {
            assert_eq!((&row[0], &row[3]), (&Cell::from(kind), &Cell::from(kind)));
        }
    }

    #[test]
    fn h11_the_least_cell_holds_the_minimum_and_losses_fall() {
        let picture = valley().unwrap();
        let (path, surface) = (&picture.tables[0], &picture.tables[1]);
        assert_eq!(surface.rows.len(), 101 * 101);
        let (x, y, loss) = (surface.column("theta1"), surface.column("theta2"), surface.column("loss"));
        let least = (0..loss.len()).min_by(|&i, &j| loss[i].total_cmp(&loss[j])).unwrap();
        assert!((x[least] - 1.0).abs() <= 0.02 && (y[least] - 1.0).abs() <= 0.02);
        assert!(path.column("loss").is_sorted_by(|a, b| a > b));
        // H4: the first step.
        assert!(
            (path.column("theta1")[1] + 0.9844).abs() < 1e-12
                && (path.column("theta2")[1] - 1.088).abs() < 1e-12
        );
    }

    #[test]
    fn all_ways_come_near_the_minimum_and_batch_descent_never_rises() {
        let table = &paths().unwrap().tables[0];
        let loss = table.column("loss");
        let of = |name: &str| -> Vec<f64> {
            table.rows.iter().zip(&loss).filter(|(r, _)| r[0] == Cell::from(name)).map(|(_, l)| *l).collect()
        };
        assert!(of("batch").is_sorted_by(|a, b| a > b));
        let last = |name| *of(name).last().unwrap();
        assert!(last("stochastic") < last("batch") && last("mini-batch of 6") < last("batch"));
    }
}
