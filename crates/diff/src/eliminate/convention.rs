//! What is counted: by name, and printed with every number.

use crate::algebra::{ApplyCost, Slot};
use std::fmt;
use std::str::FromStr;
use wengert_expr::{Axes, Kind, Labelled, LinearMap, Scale, TypeTable};

/// A way of counting what an order of accumulation costs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Convention {
    /// Products, also by 1 and -1, on the graph as it was written: each primitive a vertex, equal subexpressions kept
    /// apart. Eliminating a vertex of a scalar graph costs the edges in times the edges out (Lohoff and Neftci 2024).
    Alphagrad,
    /// The same on the graph in which equal subexpressions are one.
    Shared,
    /// Products, those by exact 1 and -1 and movements of elements being free.
    #[default]
    FreeUnits,
    /// Products and additions, those by exact 1 and -1 and movements being free.
    Flops,
}

impl Convention {
    /// Every convention.
    pub const ALL: [Convention; 4] =
        [Convention::Alphagrad, Convention::Shared, Convention::FreeUnits, Convention::Flops];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Convention::Alphagrad => "alphagrad",
            Convention::Shared => "shared",
            Convention::FreeUnits => "free-units",
            Convention::Flops => "flops",
        }
    }

    /// What it counts, in a line to be printed under its numbers.
    pub fn meaning(self) -> &'static str {
        match self {
            Convention::Alphagrad => {
                "products, also by 1 and -1, on the graph as written (equal subexpressions apart); local derivatives not counted"
            }
            Convention::Shared => {
                "products, also by 1 and -1, on the graph with equal subexpressions merged; local derivatives not counted"
            }
            Convention::FreeUnits => {
                "products; those by exact 1 and -1 and movements of elements are free, local derivatives not counted"
            }
            Convention::Flops => {
                "products and additions; products by exact 1 and -1 and movements are free, local derivatives not counted"
            }
        }
    }

    /// Whether it counts on a graph that shares equal subexpressions; `None` if it counts on any.
    pub fn sharing(self) -> Option<bool> {
        match self {
            Convention::Alphagrad => Some(false),
            Convention::Shared => Some(true),
            Convention::FreeUnits | Convention::Flops => None,
        }
    }

    /// Whether products by 1 and -1 count.
    pub fn counts_units(self) -> bool {
        match self {
            Convention::Alphagrad | Convention::Shared => true,
            Convention::FreeUnits | Convention::Flops => false,
        }
    }

    /// The number that a search makes small.
    pub fn weight(self, cost: ApplyCost) -> u64 {
        match self {
            Convention::Alphagrad | Convention::Shared | Convention::FreeUnits => cost.products,
            Convention::Flops => cost.products.saturating_add(cost.sums),
        }
    }

    /// A local derivative as this convention sees it: where units count, an elementwise one and a sum multiply by ones.
    pub(crate) fn seen(self, types: &TypeTable, map: &LinearMap<Slot>) -> LinearMap<Slot> {
        if !self.counts_units() {
            return map.clone();
        }
        let all = |maps: &[LinearMap<Slot>]| maps.iter().map(|m| self.seen(types, m)).collect();
        let kind = match &map.kind {
            Kind::Labelled(l) => Kind::Labelled(counted(l, types.get(map.from).shape.rank())),
            Kind::Chain(maps) => Kind::Chain(all(maps)),
            Kind::Sum(maps) => Kind::Sum(all(maps)),
            Kind::Zero | Kind::Cast | Kind::Index(_) => map.kind.clone(),
        };
        LinearMap { from: map.from, to: map.to, kind }
    }
}

/// Ones written out where a map is elementwise or sums.
fn counted(l: &Labelled<Slot>, rank: usize) -> Labelled<Slot> {
    if matches!(l.scale, Scale::By(_)) {
        return l.clone();
    }
    let axes = l.axes(rank);
    let sums = axes.input.iter().any(|i| !axes.output.contains(i));
    if axes.input != axes.output && !sums {
        return l.clone();
    }
    Labelled::new(Scale::By(Slot::Coefficients), l.mask, Axes { scale: axes.input.clone(), ..axes })
}

impl fmt::Display for Convention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Convention {
    type Err = String;

    fn from_str(name: &str) -> Result<Convention, String> {
        let names = Convention::ALL.map(Convention::name).join(", ");
        Convention::ALL
            .into_iter()
            .find(|c| c.name() == name)
            .ok_or_else(|| format!("no convention {name:?}; the conventions are {names}"))
    }
}
