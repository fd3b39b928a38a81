//! The lecture's graph, e = (a + b) (b + 1), with its local derivatives and both sweeps.

use super::diagram::{Diagram, Link, Vertex};
use super::figure::{Cell, Chapter, Correction, Picture, Table};
use super::palette::{BLUE, GREEN, INK, VERMILION, WHITE, tint};
use super::panel::tick;
use super::run::program;
use super::sheet::{Drawn, panels, sheet};
use super::{GalleryError, Recipe};
use std::collections::HashMap;
use wengert_diff::{Linearized, Tangent, forward, gradient};
use wengert_exec::evaluate;
use wengert_expr::{Builder, Expr, Function, NodeId, Output, Value};
use wengert_render::{Linearization, Options, Scene, linearized};

const FORWARD: Correction = Correction {
    id: "S22",
    text: "Forward mode is said to give the derivative of one node with respect to one input. One sweep gives \
           the derivative of every node with respect to one input.",
};
const REVERSE: Correction = Correction {
    id: "S23",
    text: "“Massive parallelization”: what reverse mode saves is work, by a factor up to the number of inputs.",
};

pub(super) const FIGURES: &[Recipe] = &[Recipe {
    id: "lecture-graph",
    chapter: Chapter::Gradients,
    title: "A computational graph with local derivatives and both sweeps",
    corrections: &[FORWARD, REVERSE],
    make: graph,
}];

const PROGRAM: &str = "c = a + b; d = b + 1; e = c * d";
const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];
const AT: [(&str, f64); 2] = [("a", 2.0), ("b", 1.0)];

fn at() -> Vec<(&'static str, Value)> {
    AT.iter().map(|&(name, x)| (name, Value::scalar(x))).collect()
}

/// The graph's nodes, in the order of their names.
fn nodes(f: &Function) -> Drawn<Vec<NodeId>> {
    let graph = f.graph();
    let named = |name: &&str| {
        let input = graph.inputs().iter().find(|i| i.name == **name).map(|i| i.node);
        let node = || graph.nodes().find(|&n| graph.name(n) == Some(*name));
        let output = || f.outputs().iter().find(|o| o.name.as_deref() == Some(*name)).map(|o| o.node);
        input.or_else(node).or_else(output).ok_or(GalleryError::Missing("a node of the graph"))
    };
    NAMES.iter().map(named).collect()
}

/// The numbers that some nodes have.
fn numbers(f: &Function, wanted: &[NodeId]) -> Drawn<Vec<f64>> {
    let outputs = wanted.iter().map(|&node| Output { name: None, node }).collect();
    results(&Function::new(f.graph().clone(), outputs))
}

fn results(f: &Function) -> Drawn<Vec<f64>> {
    let found = evaluate(f, &at())?;
    found.iter().map(|v| v.item().ok_or(GalleryError::Missing("a number"))).collect()
}

/// The derivative of every node with respect to b, by one forward sweep.
fn tangents(f: &Function) -> Drawn<Vec<f64>> {
    let b = Builder::on(f.graph().clone());
    let all: Vec<Expr<'_>> = nodes(f)?.into_iter().map(|n| b.node(n)).collect();
    let linear = Linearized::between(&all, &[all[1]])?.ok_or(GalleryError::Missing("a linearised graph"))?;
    let found = forward(&b, &linear, &[Some(Tangent::one())], None);
    for (tangent, node) in found.iter().zip(&all) {
        b.output_unnamed(tangent.map_or(node.number(0.0), |t| t.settled(*node, &node.ty())));
    }
    results(&b.finish()?)
}

/// The derivative of e with respect to every node, by reverse mode.
fn cotangents(f: &Function) -> Drawn<Vec<f64>> {
    let b = Builder::on(f.graph().clone());
    let all: Vec<Expr<'_>> = nodes(f)?.into_iter().map(|n| b.node(n)).collect();
    for node in &all {
        gradient(all[4], &[*node])?.into_iter().for_each(|slope| b.output_unnamed(slope));
    }
    results(&b.finish()?)
}

fn graph() -> Drawn<Picture> {
    let f = program(PROGRAM)?;
    let ids = nodes(&f)?;
    let values = numbers(&f, &ids)?;
    let (tangents, cotangents) = (tangents(&f)?, cotangents(&f)?);
    let (scene, locals) = scene(&f, &ids)?;
    let svg = sheet(1080, 430, |root| {
        let areas = panels(root, 1, 3);
        let titles = ["Values and local derivatives", "Forward sweep from b", "Reverse sweep from e"];
        for (kind, (area, title)) in areas.iter().zip(titles).enumerate() {
            let lines = |i: usize| match kind {
                0 => vec![formula(&scene, i), format!("{} = {}", NAMES[i], tick(values[i], false))],
                1 => vec![NAMES[i].to_owned(), format!("∂{}/∂b = {}", NAMES[i], tick(tangents[i], false))],
                _ => vec![NAMES[i].to_owned(), format!("∂e/∂{} = {}", NAMES[i], tick(cotangents[i], false))],
            };
            let mut diagram = Diagram::new(title);
            diagram.colour = [INK, GREEN, VERMILION][kind];
            diagram.reversed = kind == 2;
            diagram.gap = 84.0;
            for i in 0..NAMES.len() {
                let seeded = (kind == 1 && i == 1) || (kind == 2 && i == 4);
                let colour = match (kind, i) {
                    _ if seeded => tint(diagram.colour, 0.35),
                    (0, 0 | 1) => tint(BLUE, 0.25),
                    (0, 4) => tint(GREEN, 0.35),
                    _ => WHITE,
                };
                diagram.vertices.push(Vertex { lines: lines(i), colour });
            }
            for &(from, to, slope) in &locals {
                let label = if kind == 0 {
                    format!("∂{}/∂{} = {}", NAMES[to], NAMES[from], tick(slope, false))
                } else {
                    format!("× {}", tick(slope, false))
                };
                diagram.links.push(Link { from, to, label });
            }
            diagram.draw(area)?;
        }
        Ok(())
    })?;
    let rows = (0..NAMES.len())
        .map(|i| [Cell::from(NAMES[i]), values[i].into(), tangents[i].into(), cotangents[i].into()]);
    let edges =
        locals.iter().map(|&(from, to, slope)| [Cell::from(NAMES[from]), NAMES[to].into(), slope.into()]);
    let tables = vec![
        Table::new("nodes", &["node", "value", "derivative_by_b", "derivative_of_e"], rows),
        Table::new("edges", &["from", "to", "derivative"], edges),
    ];
    let caption = "e = (a + b) (b + 1) at a = 2, b = 1. Left: the value of every node and, on every edge, the \
                   derivative of its end with respect to its start. Middle: forward mode carries the derivative \
                   with respect to b up the edges, from 1 at b to 5 at e; one sweep for each input. Right: \
                   reverse mode carries the derivative of e down, from 1 at e, and has both partial \
                   derivatives, 2 and 5, after one sweep. Where paths meet, they add: ∂e/∂b = 2 × 1 + 3 × 1."
        .to_owned();
    Ok(Picture { svg, tables, caption })
}

fn formula(scene: &Scene, node: usize) -> String {
    match &scene.nodes[node] {
        n if n.formula.is_empty() => NAMES[node].to_owned(),
        n => format!("{} = {}", NAMES[node], n.formula),
    }
}

/// From which node to which, and the derivative between them.
type Local = (usize, usize, f64);

/// The picture of the linearised graph, and its edges with the numbers on them, nodes in the order of their names.
fn scene(f: &Function, ids: &[NodeId]) -> Drawn<(Scene, Vec<Local>)> {
    let linear = Linearization::new(f, &ids[..2])?;
    let coefficients = linear.coefficients();
    let known: HashMap<NodeId, Value> = numbers(&linear.function, &coefficients)?
        .into_iter()
        .map(Value::scalar)
        .zip(coefficients)
        .map(|(value, node)| (node, value))
        .collect();
    let scene = linearized(&linear, &Options { values: known, ..Options::default() });
    let name = |node: usize| scene.nodes[node].name.as_deref();
    let number = |node: usize| NAMES.iter().position(|n| name(node) == Some(n));
    // "d = 2", or a number alone.
    let slope = |label: &str| label.rsplit(' ').next().and_then(|n| n.parse().ok());
    let edge = |e: &wengert_render::Edge| Some((number(e.from)?, number(e.to)?, slope(&e.label)?));
    let mut edges: Vec<Local> = scene.edges.iter().filter_map(edge).collect();
    edges.sort_by_key(|e| (e.0, e.1));
    let mut ordered = scene.clone();
    ordered.nodes.sort_by_key(|n| NAMES.iter().position(|name| n.name.as_deref() == Some(name)));
    Ok((ordered, edges))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i3_values_and_local_derivatives() {
        let picture = graph().unwrap();
        assert_eq!(picture.tables[0].column("value"), [2.0, 1.0, 3.0, 2.0, 6.0]);
        let csv = picture.tables[1].to_csv().unwrap();
        assert_eq!(csv, "from,to,derivative\na,c,1\nb,c,1\nb,d,1\nc,e,2\nd,e,3\n");
    }

    #[test]
    fn i4_one_forward_sweep_from_b() {
        assert_eq!(graph().unwrap().tables[0].column("derivative_by_b"), [0.0, 1.0, 1.0, 1.0, 5.0]);
    }

    #[test]
    fn i5_one_reverse_sweep_from_e() {
        assert_eq!(graph().unwrap().tables[0].column("derivative_of_e"), [2.0, 5.0, 2.0, 3.0, 1.0]);
    }
}
