//! Architectures as graphs: a multi-layer perceptron and attention.

use super::Recipe;
use super::diagram::Diagram;
use super::figure::{Cell, Chapter, Correction, Picture, Table};
use super::run::program;
use super::sheet::{Drawn, px, sheet};
use wengert_nn::{Activation, Model};
use wengert_render::{Options, primal};

const CONVENTION: Correction = Correction {
    id: "S26",
    text: "The forward pass is written W x⁽¹⁾ + b, after Wᵀx on earlier slides. One convention is needed, here \
           x W + b with a sample in each row, and the input is x.",
};

pub(super) const FIGURES: &[Recipe] = &[Recipe {
    id: "architectures",
    chapter: Chapter::Architecture,
    title: "A multi-layer perceptron and attention, as graphs",
    corrections: &[CONVENTION],
    make: architectures,
}];

/// One head of scaled dot-product attention of five tokens, as in A. Vaswani et al., "Attention Is All You Need" (2017).
const ATTENTION: &str = "input x: f64[5, 8]
param Wq: f64[8, 4]
param Wk: f64[8, 4]
param Wv: f64[8, 4]
q = x \
                         @ Wq
k = x @ Wk
v = x @ Wv
s = q @ k.T / sqrt(4)
p = softmax(s, axis=-1)
o = p @ v";

fn architectures() -> Drawn<Picture> {
    let mlp = Model::mlp(&[4, 16, 16, 3], Activation::Relu)?.forward_function(8)?;
    let attention = program(ATTENTION)?;
    let diagrams = [
        ("mlp", Diagram::of(&primal(&mlp, &Options::default()), "A perceptron of layers 4, 16, 16, 3")),
        ("attention", Diagram::of(&primal(&attention, &Options::default()), "One head of attention")),
    ];
    let svg = sheet(1080, 900, |root| {
        let (left, right) = root.split_horizontally(px(500.0));
        diagrams[0].1.draw(&left)?;
        diagrams[1].1.draw(&right)
    })?;
    let caption = "Two networks, drawn from the graphs that run. Left: eight samples of four features through \
                   two hidden layers of relus; each layer is a product with its weights, a bias, and an \
                   activation. Right: one head of attention of five tokens; queries meet keys, the softmax (the \
                   exponential over its sum, with the greatest score taken away first) weighs the values. What \
                   only moves elements, such as a broadcast, is not drawn, and a relu, where(z <= 0, 0, z), is \
                   one box."
        .to_owned();
    let tables = diagrams.iter().map(|(name, diagram)| edges(name, diagram)).collect();
    Ok(Picture { svg, tables, caption })
}

fn edges(name: &'static str, diagram: &Diagram) -> Table {
    let label = |v: usize| diagram.vertices[v].lines.join(" ");
    let rows = diagram.links.iter().map(|l| {
        [
            Cell::from(l.from as f64),
            (l.to as f64).into(),
            label(l.from).as_str().into(),
            label(l.to).as_str().into(),
        ]
    });
    Table::new(name, &["from", "to", "operand", "user"], rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g10_both_are_drawn_from_their_graphs() {
        let picture = architectures().unwrap();
        for word in ["W1", "b3", "relu", "Wq", "softmax", "exp", "divide", "f64[5, 5]", "f32[8, 16]"] {
            let said = picture.svg.contains(word) || word == "softmax" && picture.caption.contains(word);
            assert!(said, "{word}");
        }
        // Three products of a layer in one; three projections, the scores and the weighted values in the other.
        for (table, expected) in picture.tables.iter().zip([3, 5]) {
            let users: std::collections::BTreeSet<String> = table
                .rows
                .iter()
                .filter(|r| r[3].to_string().contains("matrix product"))
                .map(|r| r[1].to_string())
                .collect();
            assert_eq!(users.len(), expected, "{}", table.name);
        }
    }
}
