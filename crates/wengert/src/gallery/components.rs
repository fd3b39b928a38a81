//! Principal components, plain and with a kernel.

use super::Recipe;
use super::figure::{Cell, Chapter, Correction, Picture, Table};
use super::palette::{BLUE, CLASSES, GREY, INK, VERMILION};
use super::panel::{Axes, Panel, short};
use super::run::{points, table};
use super::sheet::{Area, Drawn, Pen, Point, SHAPES, Shape, Side, Words, panels, sheet};
use wengert_expr::Value;
use wengert_nn::classic::{FittedPca, Kernel, KernelPca, Pca};
use wengert_nn::{Loss, Precision, Purpose, Random, Synthetic};

const CENTRING: Correction = Correction {
    id: "S4",
    text: "1ₙ is not defined. In K − 1ₙK − K1ₙ + 1ₙK1ₙ it is the n by n matrix whose entries are all 1/n; a \
           matrix of ones gives something else. The signs are right.",
};

pub(super) const FIGURES: &[Recipe] = &[
    Recipe {
        id: "pca",
        chapter: Chapter::MultiLayer,
        title: "Principal components, and what happens without centring",
        corrections: &[],
        make: components,
    },
    Recipe {
        id: "kernel-pca",
        chapter: Chapter::MultiLayer,
        title: "Kernel principal components of two rings",
        corrections: &[CENTRING],
        make: rings,
    },
];

const SAMPLES: usize = 120;

/// A long cloud away from the origin.
fn cloud() -> Value {
    let mut random = Random::new(4, Purpose::Data, 0);
    let draw = |_| {
        let (long, wide) = (1.3 * random.normal(), 0.35 * random.normal());
        (4.0 + 0.8 * long - 0.6 * wide, 1.5 - 0.6 * long - 0.8 * wide)
    };
    table(&(0..SAMPLES).map(draw).collect::<Vec<Point>>())
}

fn components() -> Drawn<Picture> {
    let x = cloud();
    let (centred, raw) = (Pca::default().fit(&x)?, Pca { centre: false, ..Pca::default() }.fit(&x)?);
    let coordinates = points(&centred.transform(&x)?);
    let svg = sheet(960, 324, |root| {
        let areas = panels(root, 1, 3);
        cloud_panel(&areas[0], "Centred", &x, &centred)?;
        cloud_panel(&areas[1], "Not centred", &x, &raw)?;
        let axes = Axes::new("Along the components", -4.0..4.0, -4.0..4.0);
        let panel = Panel::new(&areas[2], axes.names("first", "second"))?;
        panel.line([(-4.0, 0.0), (4.0, 0.0)], Pen::new(GREY).width(1.0))?;
        panel.line([(0.0, -4.0), (0.0, 4.0)], Pen::new(GREY).width(1.0))?;
        panel.marks(coordinates.iter().copied(), Shape::Dot, 3.0, BLUE)
    })?;
    let share = |pca: &FittedPca| pca.variances()[0] / pca.variances().iter().sum::<f64>();
    let caption = format!(
        "A cloud of {SAMPLES} samples. Left: the eigenvectors of the covariance, as long as two standard \
         deviations along them, from the mean; the first carries {} % of the variance. Middle: without centring \
         the first component points at the mean, whatever the cloud looks like. Right: the samples in \
         coordinates along the components, where their covariance is diagonal.",
        short(100.0 * share(&centred), 1)
    );
    let rows = points(&x).into_iter().zip(&coordinates).map(|(p, c)| [p.0, p.1, c.0, c.1]);
    let row = |name, pca: &FittedPca| {
        let c = pca.components().to_f64s();
        let v = pca.variances();
        [Cell::from(name), c[0].into(), c[1].into(), v[0].into(), c[2].into(), c[3].into(), v[1].into()]
    };
    let names =
        ["kind", "first_x1", "first_x2", "first_variance", "second_x1", "second_x2", "second_variance"];
    let tables = vec![
        Table::new("samples", &["x1", "x2", "first", "second"], rows),
        Table::new("components", &names, [row("centred", &centred), row("not centred", &raw)]),
    ];
    Ok(Picture { svg, tables, caption })
}

fn cloud_panel(area: &Area<'_>, title: &str, x: &Value, pca: &FittedPca) -> Drawn {
    let axes = Axes::new(title, -1.0..9.0, -3.0..7.0).names("x₁", "x₂").ticks(9, 9);
    let panel = Panel::new(area, axes)?;
    panel.marks(points(x), Shape::Dot, 3.0, BLUE)?;
    let (mean, axes) = (pca.mean().to_f64s(), points(&pca.components()));
    for ((dx, dy), variance) in axes.into_iter().zip(pca.variances()) {
        let long = 2.0 * variance.sqrt();
        let tip = (mean[0] + long * dx, mean[1] + long * dy);
        panel.arrow(&[(mean[0], mean[1]), tip], Pen::new(VERMILION).width(3.0))?;
    }
    panel.marks([(mean[0], mean[1])], Shape::Dot, 4.5, INK)
}

fn rings() -> Drawn<Picture> {
    let data =
        Synthetic::Rings { samples: 120, noise: 0.08 }.dataset(3, Loss::BceWithLogits, Precision::F64)?;
    let (x, labels) = (data.features(), data.targets().values().to_f64s());
    let linear = Pca::default().fit(x)?.transform(x)?;
    let kernel =
        KernelPca { kernel: Kernel::Rbf { gamma: GAMMA }, components: Some(3) }.fit(x)?.transform(x)?;
    let kernel: Vec<Point> = kernel.to_f64s().chunks_exact(3).map(|c| (c[2], c[0])).collect();
    let views =
        [("Samples", points(x)), ("Principal components", points(&linear)), ("Kernel components", kernel)];
    let svg = sheet(960, 324, |root| {
        panels(root, 1, 3)
            .iter()
            .zip(&views)
            .try_for_each(|(area, (title, view))| view_panel(area, title, view, &labels))
    })?;
    let rows = (0..labels.len()).map(|i| {
        let place = |view: usize| views[view].1[i];
        [labels[i], place(0).0, place(0).1, place(1).0, place(1).1, place(2).0, place(2).1]
    });
    let names = ["ring", "x1", "x2", "pca_1", "pca_2", "kernel_3", "kernel_1"];
    let caption = format!(
        "Two noisy rings. Plain principal components only turn them. With the kernel exp(−γ|x − y|²), γ = \
         {GAMMA}, centred, the first two components still run around the rings, but the third tells the inner \
         ring from the outer one: a straight line parts them.",
    );
    Ok(Picture { svg, tables: vec![Table::new("samples", &names, rows)], caption })
}

/// The inverse width of the kernel.
const GAMMA: f64 = 2.0;

fn view_panel(area: &Area<'_>, title: &str, view: &[Point], labels: &[f64]) -> Drawn {
    let reach = view.iter().fold(0.0, |m: f64, p| m.max(p.0.abs()).max(p.1.abs()));
    let reach = (reach * 1.1 * 5.0).ceil() / 5.0;
    let names = match title {
        "Samples" => ("x₁", "x₂"),
        "Kernel components" => ("third", "first"),
        _ => ("first", "second"),
    };
    let panel = Panel::new(area, Axes::new(title, -reach..reach, -reach..reach).names(names.0, names.1))?;
    for (c, name) in ["inner", "outer"].into_iter().enumerate() {
        let class = view.iter().zip(labels).filter(|(_, t)| **t == c as f64).map(|(p, _)| *p);
        panel.marks(class, SHAPES[c], 3.5, CLASSES[c])?;
        if title == "Samples" {
            let at = (0.0, if c == 0 { 0.0 } else { -1.45 });
            panel.text(at, name, Words::new(Side::Centre).colour(CLASSES[c]))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_kernel_component_parts_the_rings() {
        let picture = rings().unwrap();
        let table = &picture.tables[0];
        let (ring, third, plain) = (table.column("ring"), table.column("kernel_3"), table.column("pca_1"));
        let parted = |values: &[f64]| {
            let of = |r: f64| values.iter().zip(&ring).filter(move |(_, t)| **t == r).map(|(v, _)| *v);
            let (low, high) =
                (of(0.0).fold(f64::INFINITY, f64::min), of(0.0).fold(f64::NEG_INFINITY, f64::max));
            of(1.0).all(|v| v < low) || of(1.0).all(|v| v > high)
        };
        assert!(parted(&third) && !parted(&plain));
    }

    #[test]
    fn c2_without_centring_the_first_component_points_at_the_mean() {
        let picture = components().unwrap();
        let table = &picture.tables[1];
        let (x, y) = (table.column("first_x1"), table.column("first_x2"));
        let mean = |name| picture.tables[0].column(name).iter().sum::<f64>() / SAMPLES as f64;
        let cosine =
            |i: usize| (x[i] * mean("x1") + y[i] * mean("x2")).abs() / libm::hypot(mean("x1"), mean("x2"));
        assert!(cosine(1) > 0.99 && cosine(0) < 0.8, "{} {}", cosine(0), cosine(1));
    }
}
