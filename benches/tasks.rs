//! Published tasks of Jacobian accumulation: graphs on which orders of elimination are compared, and what is known of them.
//!
//! The programs are written so that without sharing every function and operator in the text is one vertex, in the order in
//! which the sources evaluate. Counts are products when vertices are eliminated, as the sources count them: each
//! elimination costs the number of its predecessors times that of its successors, products by 1 and -1 are counted like
//! any other, and an output that is also used is eliminated, a copy of it being the output.

use crate::error::Error;
use wengert_expr::text::{Options, parse};
use wengert_expr::{Function, Value};

/// A task: a program of scalars to be differentiated by all its inputs.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Task {
    /// Its name in the source.
    pub name: &'static str,
    /// Its text, in the language.
    pub program: &'static str,
    /// How many inputs.
    pub inputs: usize,
    /// How many outputs.
    pub outputs: usize,
    /// Vertices beside the inputs, copies of outputs included.
    pub vertices: usize,
    /// Vertices to eliminate: those that are neither inputs nor outputs.
    pub inner: usize,
    /// Edges.
    pub edges: usize,
    /// Where to evaluate it, one number for each input; empty where only the structure counts.
    pub point: &'static [f64],
    /// What is known of its counts.
    pub published: Published,
}

/// Products that orders of vertex elimination need, without sharing.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Published {
    /// Oldest vertex first.
    pub forward: Option<u64>,
    /// Youngest vertex first.
    pub reverse: Option<u64>,
    /// Least Markowitz degree (predecessors times successors) first, the oldest one of several.
    pub markowitz_low: Option<u64>,
    /// Least Markowitz degree first, the youngest one of several.
    pub markowitz_high: Option<u64>,
    /// The best order that AlphaGrad found (Lohoff and Neftci, NeurIPS 2024, arXiv 2406.05027).
    pub alphagrad: Option<u64>,
    /// The best order known to us, which need not be the best there is.
    pub known: Option<u64>,
    /// The best vertex order there is.
    pub optimum: Option<u64>,
    /// The best order of edges known, where it beats all orders of vertices.
    pub by_edges: Option<u64>,
    /// Paths from inputs to outputs.
    pub paths: Option<u64>,
    /// Products when each path is multiplied out on its own.
    pub path_products: Option<u64>,
}

const NOTHING: Published = Published {
    forward: None,
    reverse: None,
    markowitz_low: None,
    markowitz_high: None,
    alphagrad: None,
    known: None,
    optimum: None,
    by_edges: None,
    paths: None,
    path_products: None,
};

impl Task {
    /// Every task, the large ones first.
    pub const ALL: &'static [Task] = &[
        // Counts of the first three: Lohoff and Neftci; `known` is what annealing found in a second.
        Task {
            name: "RoeFlux_1d",
            program: include_str!("tasks/roe_flux_1d.wg"),
            inputs: 6,
            outputs: 3,
            vertices: 101,
            inner: 98,
            edges: 177,
            point: &[0.01, 0.02, 0.02, 0.01, 0.03, 0.03],
            published: Published {
                forward: Some(620),
                reverse: Some(364),
                markowitz_low: Some(407),
                markowitz_high: Some(344),
                alphagrad: Some(320),
                known: Some(295),
                paths: Some(766),
                path_products: Some(10_020),
                ..NOTHING
            },
        },
        Task {
            name: "RobotArm_6DOF",
            program: include_str!("tasks/robot_arm_6dof.wg"),
            inputs: 6,
            outputs: 6,
            vertices: 114,
            inner: 108,
            edges: 190,
            point: &[0.02; 6],
            published: Published {
                forward: Some(397),
                reverse: Some(301),
                markowitz_low: Some(288),
                markowitz_high: Some(221),
                alphagrad: Some(231),
                known: Some(221),
                paths: Some(158),
                path_products: Some(992),
                ..NOTHING
            },
        },
        Task {
            name: "random g",
            program: include_str!("tasks/random_g.wg"),
            inputs: 15,
            outputs: 20,
            vertices: 105,
            inner: 85,
            edges: 186,
            point: &[],
            published: Published {
                forward: Some(632),
                reverse: Some(566),
                markowitz_low: Some(451),
                markowitz_high: Some(444),
                alphagrad: Some(416),
                known: Some(409),
                paths: Some(318),
                path_products: Some(1747),
                ..NOTHING
            },
        },
        Task {
            name: "HumanHeartDipole",
            program: include_str!("tasks/human_heart_dipole.wg"),
            inputs: 8,
            outputs: 8,
            vertices: 0,
            inner: 0,
            edges: 0,
            point: &[0.15; 8],
            published: Published {
                forward: Some(240),
                reverse: Some(172),
                markowitz_low: Some(194),
                alphagrad: Some(149),
                ..NOTHING
            },
        },
        Task {
            name: "PropaneCombustion",
            program: include_str!("tasks/propane_combustion.wg"),
            inputs: 11,
            outputs: 11,
            vertices: 0,
            inner: 0,
            edges: 0,
            point: &[0.15; 11],
            published: Published {
                forward: Some(151),
                reverse: Some(90),
                markowitz_low: Some(111),
                alphagrad: Some(88),
                ..NOTHING
            },
        },
        // The optima of the small graphs are those over all orders of vertices, by dynamic programming over subsets.
        Task {
            name: "Simple",
            program: include_str!("tasks/simple.wg"),
            inputs: 2,
            outputs: 2,
            vertices: 4,
            inner: 2,
            edges: 6,
            point: &[0.5, 1.5],
            published: Published {
                forward: Some(8),
                reverse: Some(6),
                optimum: Some(6),
                paths: Some(6),
                path_products: Some(10),
                ..NOTHING
            },
        },
        Task {
            name: "Hole",
            program: include_str!("tasks/hole.wg"),
            inputs: 4,
            outputs: 3,
            vertices: 8,
            inner: 5,
            edges: 14,
            point: &[0.5, 1.5, 0.25, 0.75],
            published: Published {
                forward: Some(28),
                reverse: Some(24),
                optimum: Some(22),
                paths: Some(18),
                path_products: Some(48),
                ..NOTHING
            },
        },
        Task {
            name: "Lighthouse",
            program: include_str!("tasks/lighthouse.wg"),
            inputs: 4,
            outputs: 2,
            vertices: 7,
            inner: 5,
            edges: 12,
            point: &[1.25, 2.0, 0.5, 1.5],
            published: Published {
                forward: Some(20),
                reverse: Some(18),
                optimum: Some(15),
                paths: Some(13),
                path_products: Some(40),
                ..NOTHING
            },
        },
        Task {
            name: "Lion",
            program: include_str!("tasks/lion.wg"),
            inputs: 2,
            outputs: 4,
            vertices: 6,
            inner: 2,
            edges: 8,
            point: &[0.5, 1.5],
            published: Published { optimum: Some(12), by_edges: Some(11), ..NOTHING },
        },
        Task {
            name: "Chain",
            program: include_str!("tasks/chain.wg"),
            inputs: 10,
            outputs: 10,
            vertices: 20,
            inner: 10,
            edges: 29,
            point: &[0.1; 10],
            published: Published { forward: Some(190), reverse: Some(190), optimum: Some(118), ..NOTHING },
        },
    ];

    /// The function, each occurrence of an operation in the text being a node of its own unless `sharing`.
    ///
    /// # Errors
    /// None on the tasks of [`Task::ALL`].
    pub fn function(&self, sharing: bool) -> Result<Function, Error> {
        Ok(parse(self.program, &Options { sharing, ..Options::default() })?)
    }

    /// The point as values, one for each input; one half each where only the structure counts.
    pub fn values(&self) -> Vec<Value> {
        let at = |i: usize| self.point.get(i).copied().unwrap_or(0.5);
        (0..self.inputs).map(|i| Value::scalar(at(i))).collect()
    }
}
