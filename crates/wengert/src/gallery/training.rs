//! Networks in training: activations compared on digits, depth against width.

use super::cells::Cell as Region;
use super::figure::{Chapter, Correction, Picture, Table};
use super::palette::{BLUE, CURVES, GREY, VERMILION};
use super::panel::{Axes, Corner, Panel, Sample, short};
use super::regions::Layers;
use super::run::{curve, even};
use super::sheet::{Area, Drawn, Pen, Point, SHAPES, Shape, panels, sheet};
use super::{GalleryError, Recipe};
use wengert_expr::Value;
use wengert_nn::theory::{region_lower_bound, tent_network};
use wengert_nn::{
    Activation, Adam, Dataset, Experiment, Loss, Model, Optimizer, Precision, Preset, Settings, Trainer,
};

const BOUND: Correction = Correction {
    id: "S17",
    text: "O(C(n, d)^(d(l−1)) n^d) is no bound from above of what networks have, and has a binomial where a \
           fraction belongs: some network has at least of the order of (n/d)^(d(l−1)) n^d regions.",
};

pub(super) const FIGURES: &[Recipe; 2] = &[
    Recipe {
        id: "activations-on-digits",
        chapter: Chapter::Feedforward,
        title: "Activation functions compared on digits",
        corrections: &[],
        make: || digits(EPOCHS, SEEDS),
    },
    Recipe {
        id: "depth-against-width",
        chapter: Chapter::Architecture,
        title: "Depth against width, with as many units",
        corrections: &[BOUND],
        make: || depth(FIT_EPOCHS),
    },
];

const ACTIVATIONS: [Activation; 7] = [
    Activation::Relu,
    Activation::Tanh,
    Activation::Sigmoid,
    Activation::Elu(1.0),
    Activation::Gelu,
    Activation::Silu,
    Activation::Mish,
];
const EPOCHS: usize = 30;
const SEEDS: u64 = 3;

/// The mean over seeds of the share of test digits that are right, after each epoch.
fn accuracies(activation: Activation, epochs: usize, seeds: u64) -> Drawn<Vec<f64>> {
    let mut mean = vec![0.0; epochs];
    for seed in 1..=seeds {
        let mut config = Preset::Digits.config();
        config.model.activation = Some(activation);
        config.train.epochs = epochs;
        config.train.seed = seed;
        let history = Experiment::new(&config)?.run(&mut |_| ())?;
        for (mean, epoch) in mean.iter_mut().zip(&history) {
            let accuracy = epoch.test.and_then(|t| t.accuracy).ok_or(GalleryError::Missing("an accuracy"))?;
            *mean += accuracy / seeds as f64;
        }
    }
    Ok(mean)
}

fn digits(epochs: usize, seeds: u64) -> Drawn<Picture> {
    let curves: Vec<(&str, Vec<f64>)> = ACTIVATIONS
        .into_iter()
        .map(|g| accuracies(g, epochs, seeds).map(|a| (g.name(), a)))
        .collect::<Drawn<_>>()?;
    let svg = sheet(900, 480, |root| digits_panel(root, epochs, &curves))?;
    let last = |a: &Vec<f64>| a.last().copied().unwrap_or_default();
    let ends: Vec<String> =
        curves.iter().map(|(name, a)| format!("{name} {} %", short(100.0 * last(a), 1))).collect();
    let caption = format!(
        "The network of the digits preset, 64 − 64 − 10, with each activation in the hidden layer: the share \
         of held-out digits that are right after each epoch, a mean over {seeds} seeds of split, weights and \
         order. Rate and momentum are the same for all, and were chosen for relu. After {epochs} epochs: {}.",
        ends.join(", ")
    );
    let columns: Vec<&str> = std::iter::once("epoch").chain(curves.iter().map(|c| c.0)).collect();
    let rows = (0..epochs).map(|e| {
        std::iter::once((e + 1) as f64).chain(curves.iter().map(move |c| c.1[e])).collect::<Vec<f64>>()
    });
    Ok(Picture { svg, tables: vec![Table::new("accuracy", &columns, rows)], caption })
}

fn digits_panel(area: &Area<'_>, epochs: usize, curves: &[(&str, Vec<f64>)]) -> Drawn {
    let title = "Accuracy on held-out digits, mean over seeds";
    let axes = Axes::new(title, 0.5..epochs as f64 + 0.5, 0.86..0.99);
    let panel = Panel::new(area, axes.names("epoch", "share right").ticks(16, 14))?;
    let mut entries = Vec::new();
    for ((name, accuracy), colour) in curves.iter().zip(CURVES) {
        let pen = Pen::new(colour).width(2.0);
        let path: Vec<Point> = accuracy.iter().enumerate().map(|(e, &a)| ((e + 1) as f64, a)).collect();
        panel.line(path.clone(), pen)?;
        panel.marks(path, Shape::Dot, 2.5, colour)?;
        entries.push((Sample::Line(pen), *name));
    }
    panel.key(Corner::LowerRight, &entries)
}

/// Hidden layers of 24 units together.
const SHAPES_OF_24: [&[usize]; 4] = [&[24], &[12, 12], &[8, 8, 8], &[6, 6, 6, 6]];
const DRAWS: u64 = 5;
const FIT_EPOCHS: usize = 300;
/// The window in which regions are counted.
const WINDOW: f64 = 3.0;

/// The zigzag that networks fit: tents laid over tents, eight pieces on [0, 1].
fn zigzag() -> Drawn<Dataset> {
    let xs = even(0.0, 1.0, 256);
    let (y, _) = curve(&xs, |x| tent_network(x, 3))?;
    let centred: Vec<f64> = xs.iter().map(|x| 2.0 * x - 1.0).collect();
    let table = |v: Vec<f64>| Value::new([v.len(), 1], v);
    Ok(Dataset::new(&table(centred), &table(y), Loss::Mse, Precision::F32)?)
}

/// The mean squared error after training.
fn fit(widths: &[usize], data: &Dataset, epochs: usize, seed: u64) -> Drawn<f64> {
    let sizes: Vec<usize> = std::iter::once(1).chain(widths.iter().copied()).chain([1]).collect();
    let optimizer = Optimizer::Adam(Adam::default());
    let settings = Settings { loss: Loss::Mse, optimizer, learning_rate: 0.01, batch_size: 32, seed };
    let mut trainer = Trainer::new(Model::mlp(&sizes, Activation::Relu)?, settings);
    trainer.fit(data, None, epochs, &mut |_| ())?;
    Ok(trainer.evaluate(data)?.loss)
}

fn depth(epochs: usize) -> Drawn<Picture> {
    let data = zigzag()?;
    let mut rows = Vec::new();
    for widths in SHAPES_OF_24 {
        for seed in 1..=DRAWS {
            let window = Region::rectangle(-WINDOW..WINDOW, -WINDOW..WINDOW);
            let regions = Layers::random(widths, seed).regions(window)?.len();
            let error = fit(widths, &data, epochs, seed)?;
            rows.push([widths.len() as f64, widths[0] as f64, seed as f64, regions as f64, error]);
        }
    }
    let bounds: Vec<[f64; 2]> = SHAPES_OF_24
        .iter()
        .map(|w| {
            let layers = w.len();
            let bound = region_lower_bound(w[0] as u64, 2, layers as u64).unwrap_or_default();
            [layers as f64, bound as f64]
        })
        .collect();
    let svg = sheet(960, 400, |root| {
        let areas = panels(root, 1, 2);
        counts_panel(&areas[0], &rows, &bounds)?;
        errors_panel(&areas[1], &rows)
    })?;
    let means = means(&rows, 4);
    let best = means.iter().fold((0.0, f64::MAX), |best, m| if m.1 < best.1 { *m } else { best }).0;
    let caption = format!(
        "Networks of 24 relus in one to four layers, {DRAWS} seeds each. Left: regions of linearity in the \
         square [−3, 3]² with random weights, and how many the best weights give at least anywhere in the \
         plane, which grows with depth far beyond what random weights find. Right: the error after {epochs} \
         epochs of fitting a zigzag of eight pieces: the geometric mean is least with {best} layers; with too \
         many, narrow layers are hard to train.",
    );
    let tables = vec![
        Table::new("networks", &["layers", "units_a_layer", "seed", "regions", "mean_squared_error"], rows),
        Table::new("bounds", &["layers", "some_network_has_at_least"], bounds),
    ];
    Ok(Picture { svg, tables, caption })
}

/// The mean of a column for each number of layers.
fn means(rows: &[[f64; 5]], column: usize) -> Vec<Point> {
    let of = |layers: f64| rows.iter().filter(move |r| r[0] == layers).map(move |r| libm::log10(r[column]));
    (1..=SHAPES_OF_24.len()).map(|l| (l as f64, of(l as f64).sum::<f64>() / DRAWS as f64)).collect()
}

fn counts_panel(area: &Area<'_>, rows: &[[f64; 5]], bounds: &[[f64; 2]]) -> Drawn {
    let axes = Axes::new("Regions", 0.6..4.4, 1.6..5.2)
        .log_y()
        .names("hidden layers (24 units together)", "regions");
    let panel = Panel::new(area, axes.ticks(4, 4))?;
    let bound: Vec<Point> = bounds.iter().map(|b| (b[0], libm::log10(b[1]))).collect();
    panel.line(bound.clone(), Pen::new(VERMILION).dashed())?;
    panel.marks(bound, SHAPES[1], 4.5, VERMILION)?;
    panel.line(means(rows, 3), Pen::new(BLUE))?;
    panel.marks(rows.iter().map(|r| (r[0], libm::log10(r[3]))), Shape::Dot, 4.0, BLUE)?;
    let key = [
        (Sample::Mark(SHAPES[1], VERMILION), "best weights, at least"),
        (Sample::Mark(Shape::Dot, BLUE), "random weights"),
    ];
    panel.key(Corner::UpperLeft, &key)
}

fn errors_panel(area: &Area<'_>, rows: &[[f64; 5]]) -> Drawn {
    let logs = || rows.iter().map(|r| libm::log10(r[4]));
    let (low, high) = (logs().fold(f64::MAX, f64::min).floor(), logs().fold(f64::MIN, f64::max).ceil());
    let axes = Axes::new("Error of fitting a zigzag", 0.6..4.4, low..high + 0.6).log_y();
    let panel =
        Panel::new(area, axes.names("hidden layers (24 units together)", "mean squared error").ticks(4, 6))?;
    panel.line(means(rows, 4), Pen::new(GREY).width(1.6))?;
    panel.marks(rows.iter().map(|r| (r[0], libm::log10(r[4]))), Shape::Dot, 4.5, VERMILION)?;
    let key =
        [(Sample::Mark(Shape::Dot, VERMILION), "a seed"), (Sample::Line(Pen::new(GREY)), "geometric mean")];
    panel.key(Corner::UpperRight, &key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_epochs_on_digits_learn_and_are_the_same_twice() {
        let accuracies = |g| accuracies(g, 3, 1).unwrap();
        let relu = accuracies(Activation::Relu);
        assert_eq!(relu, accuracies(Activation::Relu));
        assert!(relu[2] > 0.85 && relu.len() == 3, "{relu:?}");
    }

    #[test]
    fn the_bound_from_below_grows_with_depth() {
        let picture = depth(1).unwrap();
        let bounds = picture.tables[1].column("some_network_has_at_least");
        // floor(n/2)^(2 (l-1)) (1 + n + n (n-1)/2), Montufar et al. 2014.
        assert_eq!(bounds, [301.0, 36.0 * 79.0, 256.0 * 37.0, 729.0 * 22.0]);
        let regions = picture.tables[0].column("regions");
        assert!(regions[..5].iter().all(|&r| r <= 301.0), "{regions:?}");
    }
}
