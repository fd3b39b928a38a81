//! Exclusive or, in the space of its inputs and in that of the hidden units.

use super::Recipe;
use super::figure::{Chapter, Correction, Picture, Table};
use super::palette::{CLASSES, GREY, INK, mix, tint};
use super::panel::{Axes, Corner, Panel, Sample};
use super::perceptron::corners;
use super::run::{points, program, table};
use super::sheet::{Area, Drawn, Pen, Point, SHAPES, Side, Words, panels, sheet};
use wengert_exec::evaluate;
use wengert_expr::Value;

const LINEAR: Correction = Correction {
    id: "S6",
    text: "“Still a linear model” holds of layers without activation functions between them, which are one \
           affine function. The relu between these two layers is what makes the figure possible.",
};
const SMOOTH: Correction = Correction {
    id: "S7",
    text: "The relu is called differentiable. It is continuous and piecewise linear, and not differentiable at \
           0, where the derivative is 0 by convention.",
};
const TABLE: Correction = Correction { id: "S8", text: "The table has 1 for (1, 1). It is 0." };

pub(super) const FIGURES: &[Recipe] = &[Recipe {
    id: "xor-spaces",
    chapter: Chapter::MultiLayer,
    title: "XOR in input space and in hidden space",
    corrections: &[LINEAR, SMOOTH, TABLE],
    make: spaces,
}];

/// The slides' network: `W` of ones, `c = (0, -1)`, `w = (1, -2)`.
fn network(x: &Value) -> Drawn<(Vec<Point>, Vec<f64>)> {
    let rows = x.shape()[0];
    let text = format!(
        "input X: f64[{rows}, 2]\nW = ones((2, 2))\nc = [0, -1]\nw = [1, -2]\nh = relu(X @ W + c)\noutput \
         h\noutput y = h @ w"
    );
    let found = evaluate(&program(&text)?, &[("X", x.clone())])?;
    Ok((points(&found[0]), found[1].to_f64s()))
}

fn spaces() -> Drawn<Picture> {
    let (x, labels) = corners();
    let (hidden, outputs) = network(&x)?;
    let classes: Vec<usize> = labels.to_f64s().iter().map(|&t| usize::from(t > 0.0)).collect();
    let inputs = points(&x);
    let svg = sheet(820, 414, |root| {
        let areas = panels(root, 1, 2);
        input_space(&areas[0], &inputs, &classes)?;
        hidden_space(&areas[1], &inputs, &hidden, &classes)
    })?;
    let rows =
        (0..4).map(|i| [inputs[i].0, inputs[i].1, classes[i] as f64, hidden[i].0, hidden[i].1, outputs[i]]);
    let tables = vec![Table::new("samples", &["x1", "x2", "label", "h1", "h2", "y"], rows)];
    let caption = "The network of the slides, h = relu(x W + c) with all weights 1 and c = (0, −1), and y = h₁ \
                   − 2 h₂. Left: no line parts the classes in the space of inputs; the shade is y. Right: the \
                   hidden layer lays (0, 1) and (1, 0) on one point, (1, 0), and takes (1, 1) to (2, 1): one \
                   line, h₁ − 2 h₂ = 1/2, parts what it makes."
        .to_owned();
    Ok(Picture { svg, tables, caption })
}

/// The shades that stand for the network's output.
const LEVELS: f64 = 12.0;

fn input_space(area: &Area<'_>, inputs: &[Point], classes: &[usize]) -> Drawn {
    let axes = Axes::new("Input space", -0.4..1.4, -0.4..1.4).names("x₁", "x₂");
    let panel = Panel::new(area, axes)?;
    let side = 120;
    let grid: Vec<Point> = (0..side * side)
        .map(|i| {
            let place = |k: usize| -0.4 + 1.8 * (k as f64 + 0.5) / side as f64;
            (place(i % side), place(i / side))
        })
        .collect();
    let (_, y) = network(&table(&grid))?;
    let at = |v: f64| (((v + 0.4) / 1.8 * side as f64) as usize).min(side - 1);
    panel.raster(side, |(a, b)| {
        let y = y[at(b) * side + at(a)].clamp(-0.2, 1.0);
        let level = ((y + 0.2) / 1.2 * LEVELS).round() / LEVELS;
        mix(tint(CLASSES[0], 0.35), tint(CLASSES[1], 0.35), level)
    })?;
    for (&(x1, x2), &c) in inputs.iter().zip(classes) {
        panel.marks([(x1, x2)], SHAPES[c], 9.0, CLASSES[c])?;
        panel.text((x1, x2 + 0.13), &format!("({x1}, {x2})"), Words::new(Side::Centre))?;
    }
    key(&panel, Corner::LowerRight)
}

fn hidden_space(area: &Area<'_>, inputs: &[Point], hidden: &[Point], classes: &[usize]) -> Drawn {
    let axes = Axes::new("Hidden space", -0.5..2.5, -0.6..1.6).names("h₁", "h₂");
    let panel = Panel::new(area, axes.ticks(6, 6))?;
    let line = (1.0, -2.0, -0.5);
    panel.half_plane(line, tint(CLASSES[1], 0.18))?;
    panel.straight(line, Pen::new(INK).width(2.5))?;
    panel.line([(0.0, -0.6), (0.0, 1.6)], Pen::new(GREY).width(1.0).dashed())?;
    panel.line([(-0.5, 0.0), (2.5, 0.0)], Pen::new(GREY).width(1.0).dashed())?;
    for (i, (&h, &c)) in hidden.iter().zip(classes).enumerate() {
        panel.marks([h], SHAPES[c], 9.0, CLASSES[c])?;
        if hidden[..i].contains(&h) {
            continue;
        }
        let from: Vec<String> = inputs
            .iter()
            .zip(hidden)
            .filter(|(_, other)| **other == h)
            .map(|((x1, x2), _)| format!("({x1}, {x2})"))
            .collect();
        let at = if from.len() > 1 { (h.0 + 0.45, h.1 - 0.15) } else { (h.0 + 0.2, h.1 + 0.16) };
        panel.text(at, &from.join(" and "), Words::new(Side::Centre))?;
    }
    panel.text((1.75, 0.35), "h₁ − 2 h₂ = ½", Words::new(Side::Centre))?;
    key(&panel, Corner::UpperLeft)
}

fn key(panel: &Panel<'_>, corner: Corner) -> Drawn {
    let sample = |c: usize| Sample::Mark(SHAPES[c], CLASSES[c]);
    panel.key(corner, &[(sample(0), "0"), (sample(1), "1")])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d8_four_points_become_three_that_a_line_parts() {
        let picture = spaces().unwrap();
        let samples = &picture.tables[0];
        assert_eq!(samples.column("h1"), [0.0, 1.0, 1.0, 2.0]);
        assert_eq!(samples.column("h2"), [0.0, 0.0, 0.0, 1.0]);
        assert_eq!(samples.column("y"), [0.0, 1.0, 1.0, 0.0]);
        assert_eq!(samples.column("label"), samples.column("y"));
    }
}
