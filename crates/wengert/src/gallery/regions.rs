//! Regions of linearity of relu networks in the plane, found exactly.
//!
//! On a region all units are affine, so a unit of the next layer switches on a straight line there. What the units see comes
//! from running the network's graph at the regions' corners.

use super::Recipe;
use super::cells::Cell;
use super::figure::{Chapter, Correction, Picture, Table};
use super::palette::{INK, shade, tint};
use super::panel::{Axes, Panel};
use super::run::table;
use super::sheet::{Area, Drawn, Pen, Point, panels, sheet};
use wengert_exec::{CompileOptions, compile};
use wengert_expr::{Builder, DType, Function, Type, Value};
use wengert_nn::theory::{arrangement_regions, folding_network, region_bound};
use wengert_nn::{NnError, Purpose, Random};

pub(super) const FIGURES: &[Recipe] = &[
    Recipe {
        id: "regions",
        chapter: Chapter::Architecture,
        title: "Regions of linearity of relu networks",
        corrections: &[BOUND],
        make: regions,
    },
    Recipe {
        id: "folding-plane",
        chapter: Chapter::Architecture,
        title: "Folding the plane: four times as many regions a layer",
        corrections: &[],
        make: folds,
    },
];

const BOUND: Correction = Correction {
    id: "S17",
    text: "The number of regions is printed as O(C(n, d)^(d(l−1)) n^d), with a binomial coefficient. What is \
           known is a bound from below of the greatest number, Ω((n/d)^(d(l−1)) n^d), with a fraction (Montúfar \
           et al., 2014). With d = 2, n = 4, l = 2 the printed 576 is more than any such network can have: \
           121.",
};

/// A region: where it lies, and which units are active there.
pub(super) struct Region {
    pub(super) cell: Cell,
    /// Which units, layer by layer.
    pub(super) active: Vec<bool>,
}

/// The regions, within a cell, of a network whose outputs are what its layers see, `[points, units]` each, for `points`
/// points `[points, 2]`.
pub(super) fn cut(
    window: Cell,
    network: impl Fn(usize) -> Result<Function, NnError>,
    layers: usize,
) -> Drawn<Vec<Region>> {
    let mut regions = vec![Region { cell: window, active: Vec::new() }];
    for layer in 0..layers {
        let corners: Vec<Point> = regions.iter().flat_map(|r| r.cell.corners.clone()).collect();
        let function = network(corners.len())?;
        let seen = compile(&function, &CompileOptions::default())?.run(&[table(&corners)])?;
        let units = seen[layer].shape()[1];
        let numbers = seen[layer].to_f64s();
        let mut rows = numbers.chunks_exact(units);
        let mut next = Vec::new();
        for region in regions {
            let values: Vec<&[f64]> = rows.by_ref().take(region.cell.corners.len()).collect();
            next.extend(cut_by(region, &values, units));
        }
        regions = next;
    }
    Ok(regions)
}

/// A region cut by the units of one layer, from what they see at its corners.
fn cut_by(region: Region, values: &[&[f64]], units: usize) -> Vec<Region> {
    let affine = Plane::through(&region.cell.corners);
    let mut parts = vec![region];
    for unit in 0..units {
        let at: Vec<f64> = values.iter().map(|row| row[unit]).collect();
        let mut next = Vec::new();
        for part in parts {
            let here: Vec<f64> = part.cell.corners.iter().map(|&p| affine.at(p, &at)).collect();
            let (above, below) = part.cell.split_by(&here);
            for (cell, on) in
                above.into_iter().map(|c| (c, true)).chain(below.into_iter().map(|c| (c, false)))
            {
                let active = part.active.iter().copied().chain([on]).collect();
                next.push(Region { cell, active });
            }
        }
        parts = next;
    }
    parts
}

/// Coordinates by three corners that lie well apart: an affine function anywhere, from its values there.
struct Plane {
    corners: [usize; 3],
    origin: Point,
    inverse: [f64; 4],
}

impl Plane {
    fn through(points: &[Point]) -> Plane {
        let cross = |i: usize, j: usize, k: usize| {
            let (p, q, r) = (points[i], points[j], points[k]);
            (q.0 - p.0) * (r.1 - p.1) - (q.1 - p.1) * (r.0 - p.0)
        };
        let n = points.len();
        let pairs = (1..n).flat_map(|j| (j + 1..n).map(move |k| (j, k)));
        let (j, k) = pairs
            .max_by(|a, b| cross(0, a.0, a.1).abs().total_cmp(&cross(0, b.0, b.1).abs()))
            .unwrap_or((0, 0));
        let (p, q, r) = (points[0], points[j], points[k]);
        let det = cross(0, j, k);
        let inverse = [(r.1 - p.1) / det, -(r.0 - p.0) / det, -(q.1 - p.1) / det, (q.0 - p.0) / det];
        Plane { corners: [0, j, k], origin: p, inverse }
    }

    fn at(&self, (x, y): Point, values: &[f64]) -> f64 {
        let [a, b, c] = self.corners.map(|i| values[i]);
        let (dx, dy) = (x - self.origin.0, y - self.origin.1);
        let [m, n, o, p] = self.inverse;
        a + (b - a) * (m * dx + n * dy) + (c - a) * (o * dx + p * dy)
    }
}

/// Weights `[inputs, units]` and biases of random layers.
pub(super) struct Layers(Vec<(Value, Value)>);

impl Layers {
    /// Layers of these widths on two inputs: directions even on the circle, biases within reach.
    pub(super) fn random(widths: &[usize], seed: u64) -> Layers {
        let mut inputs = 2;
        let layer = |(i, &units): (usize, &usize)| {
            let mut random = Random::new(seed, Purpose::Init, i as u64 + 1);
            let scale = (2.0 / inputs as f64).sqrt();
            let weights = (0..inputs * units).map(|_| scale * random.normal()).collect::<Vec<f64>>();
            let bias = (0..units).map(|_| 0.8 * random.normal()).collect::<Vec<f64>>();
            let layer = (Value::new([inputs, units], weights), Value::from(bias));
            inputs = units;
            layer
        };
        Layers(widths.iter().enumerate().map(layer).collect())
    }

    /// What each layer sees.
    pub(super) fn network(&self, points: usize) -> Result<Function, NnError> {
        let b = Builder::new();
        let mut h = b.input("p", Type::new(DType::F64, [points, 2]));
        for (i, (weights, bias)) in self.0.iter().enumerate() {
            let z = h.matmul(b.constant(weights.clone())) + b.constant(bias.clone());
            b.output(format!("z{}", i + 1), z);
            h = z.relu();
        }
        Ok(b.finish()?)
    }

    pub(super) fn regions(&self, window: Cell) -> Drawn<Vec<Region>> {
        cut(window, |points| self.network(points), self.0.len())
    }
}

/// A window that holds all crossings of a first layer's lines.
const WINDOW: f64 = 3.0;
const NETWORKS: [(&str, &[usize]); 3] = [
    ("One layer of 8 units", &[8]),
    ("Two layers of 8 units", &[8, 8]),
    ("Three layers of 8 units", &[8, 8, 8]),
];

fn window(reach: f64) -> Cell {
    Cell::rectangle(-reach..reach, -reach..reach)
}

fn regions() -> Drawn<Picture> {
    let found: Vec<(&str, &[usize], Vec<Region>)> = NETWORKS
        .into_iter()
        .map(|(title, widths)| {
            Layers::random(widths, SEED).regions(window(WINDOW)).map(|r| (title, widths, r))
        })
        .collect::<Drawn<_>>()?;
    let svg = sheet(1020, 364, |root| {
        panels(root, 1, 3).iter().zip(&found).try_for_each(|(area, (title, _, regions))| {
            region_panel(area, &format!("{title}: {} regions", regions.len()), regions, WINDOW)
        })
    })?;
    let Layers(layers) = Layers::random(NETWORKS[0].1, SEED);
    let whole = arrangement_regions(&layers[0].0, &layers[0].1)?;
    let most = region_bound(8, 2).unwrap_or_default() as f64;
    let caption = format!(
        "Networks of relus with random weights; each colour is a region on which the network is affine, cut \
         exactly. One layer makes straight lines, which 8 units in general position cut the plane into {most} \
         of ({whole} with these weights, {} of them in the window). Lines of a deeper layer bend where they \
         cross a line of a layer before it.",
        found[0].2.len()
    );
    let rows = found.iter().map(|(_, widths, regions)| [widths.len() as f64, 8.0, regions.len() as f64]);
    let cells = found[0].2.iter().enumerate().flat_map(|(i, region)| {
        let active = region.active.iter().filter(|&&on| on).count() as f64;
        region.cell.corners.iter().map(move |&(x, y)| [i as f64, active, x, y])
    });
    let tables = vec![
        Table::new("counts", &["layers", "units_a_layer", "regions_in_window"], rows),
        Table::new("bound", &["units", "regions", "bound"], [[8.0, whole as f64, most]]),
        Table::new("one-layer", &["region", "active_units", "x", "y"], cells),
    ];
    Ok(Picture { svg, tables, caption })
}

/// What the weights are drawn from.
const SEED: u64 = 3;

fn region_panel(area: &Area<'_>, title: &str, regions: &[Region], reach: f64) -> Drawn {
    let axes = Axes::new(title, -reach..reach, -reach..reach).names("x₁", "x₂");
    let panel = Panel::new(area, axes)?;
    for region in regions {
        panel.fill(region.cell.corners.iter().copied(), colour(&region.active))?;
    }
    for region in regions {
        let corners = &region.cell.corners;
        let around = corners.iter().chain(corners.first()).copied();
        panel.line(around, Pen::new(INK).width(0.7))?;
    }
    Ok(())
}

/// A colour for each pattern of active units: neighbours, which differ in one unit, get colours well apart.
fn colour(active: &[bool]) -> plotters::style::RGBColor {
    // Steps of the golden ratio, a different one for each unit, spread over the scale.
    let place: f64 = active
        .iter()
        .enumerate()
        .filter(|(_, on)| **on)
        .map(|(i, _)| 0.618_033_988_75 * (i + 1) as f64)
        .sum();
    let light = active.iter().filter(|&&on| on).count() % 2;
    let base = shade(place.fract());
    if light == 0 { base } else { super::palette::mix(base, tint(INK, 0.0), 0.35) }
}

const FOLDS: [usize; 3] = [1, 2, 3];

fn folds() -> Drawn<Picture> {
    let found: Vec<(usize, Vec<Region>)> = FOLDS
        .into_iter()
        .map(|layers| cut(window(1.0), |points| folding_network(layers, points), layers).map(|r| (layers, r)))
        .collect::<Drawn<_>>()?;
    let svg = sheet(1020, 364, |root| {
        panels(root, 1, 3).iter().zip(&found).try_for_each(|(area, (layers, regions))| {
            let plural = if *layers == 1 { "layer" } else { "layers" };
            region_panel(area, &format!("{layers} {plural}: {} regions", regions.len()), regions, 1.0)
        })
    })?;
    let caption = "Each layer takes the absolute value of both coordinates, |x| = relu(x) + relu(−x), and \
                   stretches the result over the square again: it folds the square twice, and whatever the next \
                   layer draws on it appears four times. With l layers of four units there are 4^l regions."
        .to_owned();
    let rows =
        found.iter().map(|(layers, regions)| [*layers as f64, 4.0 * *layers as f64, regions.len() as f64]);
    Ok(Picture { svg, tables: vec![Table::new("counts", &["layers", "units", "regions"], rows)], caption })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wengert_nn::theory::region_upper_bound;

    #[test]
    fn g5_a_layer_in_general_position_reaches_the_bound() {
        for (n, expected) in [(3, 7), (4, 11), (5, 16), (10, 56)] {
            let regions = Layers::random(&[n], 5).regions(window(1e4)).unwrap();
            assert_eq!(regions.len(), expected, "{n} lines");
            let whole: f64 = regions.iter().map(|r| r.cell.area()).sum();
            assert!((whole / 4e8 - 1.0).abs() < 1e-9);
        }
        let picture = regions().unwrap();
        assert_eq!(
            (picture.tables[1].column("regions"), picture.tables[1].column("bound")),
            (vec![37.0], vec![37.0])
        );
        let counts = picture.tables[0].column("regions_in_window");
        for (layers, count) in (1..).zip(counts) {
            assert!(count <= region_upper_bound(8, 2, layers).unwrap() as f64);
        }
    }

    #[test]
    fn g9_four_regions_for_each_before() {
        assert_eq!(folds().unwrap().tables[0].column("regions"), [4.0, 16.0, 64.0]);
    }
}
