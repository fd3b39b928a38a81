//! Folding a line: the tent, again and again.

use super::Recipe;
use super::figure::{Chapter, Picture, Table};
use super::palette::{BLUE, INK, VERMILION};
use super::panel::{Axes, Corner, Panel, Sample};
use super::run::{curve, even, zip};
use super::sheet::{Area, Drawn, Pen, SHAPES, panels, sheet};
use wengert_nn::theory::{linear_pieces, tent_network};

pub(super) const FIGURES: &[Recipe] = &[Recipe {
    id: "folding",
    chapter: Chapter::Architecture,
    title: "Folding: pieces multiply with depth",
    corrections: &[],
    make: folding,
}];

const LAYERS: usize = 10;
/// The layers after which the function is drawn.
const SHOWN: [usize; 4] = [1, 2, 3, 5];
/// Cells, each within one piece however many layers there are.
const CELLS: usize = 1 << 12;
/// Steps, on which every kink that is drawn falls.
const STEPS: usize = 1 << 7;

fn folding() -> Drawn<Picture> {
    let xs = even(0.0, 1.0, STEPS);
    let curves: Vec<(usize, Vec<f64>)> = SHOWN
        .into_iter()
        .map(|n| curve(&xs, |x| tent_network(x, n)).map(|(y, _)| (n, y)))
        .collect::<Drawn<_>>()?;
    let mut rows = Vec::new();
    for n in 1..=LAYERS {
        let pieces = linear_pieces(|x| tent_network(x, n), CELLS)? as f64;
        let (y, slope) = curve(&[0.3], |x| tent_network(x, n))?;
        let units = 2.0 * n as f64;
        rows.push([n as f64, units, pieces, units + 1.0, y[0], slope[0]]);
    }
    let svg = sheet(1180, 560, |root| {
        let (upper, lower) = root.split_vertically(super::sheet::px(270.0));
        for (area, (n, y)) in panels(&upper, 1, 4).iter().zip(&curves) {
            let title = format!("{n} layer{}: {} pieces", if *n == 1 { "" } else { "s" }, 1 << n);
            let panel = Panel::new(area, Axes::new(title, 0.0..1.0, 0.0..1.08).names("x", "").ticks(3, 5))?;
            panel.line(zip(&xs, y), Pen::new(BLUE).width(2.2))?;
        }
        let (left, right) = lower.split_horizontally(super::sheet::px(590.0));
        pieces_panel(&left, &rows)?;
        slope_panel(&right, &rows)
    })?;
    let names = ["layers", "units", "pieces", "one_layer_at_most", "value_at_0.3", "slope_at_0.3"];
    let shown =
        (0..xs.len()).map(|i| [xs[i], curves[0].1[i], curves[1].1[i], curves[2].1[i], curves[3].1[i]]);
    let tables = vec![
        Table::new("pieces", &names, rows.iter().copied()),
        Table::new("curves", &["x", "layers_1", "layers_2", "layers_3", "layers_5"], shown),
    ];
    let caption = "A layer of two relus, t(x) = 2 relu(x) − 4 relu(x − 1/2), lays [0, 1] twice over itself. \
                   After l layers there are 2^l linear pieces, counted by the slopes of the network's \
                   derivative; one layer of as many units has at most one piece more than it has units. After \
                   ten layers, 20 units, there are 1024 pieces where one layer of 20 has 21, and the slope at \
                   0.3 is −1024."
        .to_owned();
    Ok(Picture { svg, tables, caption })
}

fn pieces_panel(area: &Area<'_>, rows: &[[f64; 6]]) -> Drawn {
    let axes = Axes::new("Linear pieces", 1.0..21.0, 0.0..3.3).log_y();
    let panel = Panel::new(area, axes.names("hidden units", "pieces").ticks(11, 4))?;
    for (column, i, colour) in [(2, 0, BLUE), (3, 1, VERMILION)] {
        let path: Vec<_> = rows.iter().map(|r| (r[1], libm::log10(r[column]))).collect();
        panel.line(path.clone(), Pen::new(colour))?;
        panel.marks(path, SHAPES[i], 4.5, colour)?;
    }
    let mark = |i: usize, colour| Sample::Mark(SHAPES[i], colour);
    panel.key(
        Corner::UpperLeft,
        &[(mark(0, BLUE), "layers of two units"), (mark(1, VERMILION), "one layer, at most")],
    )
}

fn slope_panel(area: &Area<'_>, rows: &[[f64; 6]]) -> Drawn {
    let axes = Axes::new("Size of the slope at x = 0.3", 0.5..10.5, 0.0..3.3).log_y();
    let panel = Panel::new(area, axes.names("layers", "|slope|").ticks(10, 4))?;
    let path: Vec<_> = rows.iter().map(|r| (r[0], libm::log10(r[5].abs()))).collect();
    panel.line(path.clone(), Pen::new(INK))?;
    panel.marks(path, SHAPES[0], 4.5, INK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g8_ten_layers_have_1024_pieces_and_their_slope() {
        let picture = folding().unwrap();
        let pieces = &picture.tables[0];
        let expected: Vec<f64> = (1..=10).map(|l| f64::from(1 << l)).collect();
        assert_eq!(pieces.column("pieces"), expected);
        assert_eq!(pieces.column("one_layer_at_most").last(), Some(&21.0));
        assert_eq!(pieces.column("slope_at_0.3").last(), Some(&-1024.0));
        assert_eq!(pieces.column("value_at_0.3").last(), Some(&0.800_000_000_000_011_4));
    }
}
