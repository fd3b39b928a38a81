//! Maps without coefficients, each structure once: what a search multiplies and adds.
//!
//! There are few structures in a graph, so each product and each sum of two is worked out once and looked up afterwards.

use super::convention::Convention;
use super::web::Algebra;
use crate::algebra::{self, ApplyCost, Dry, Slot, Style};
use rustc_hash::FxHashMap;
use std::cell::Cell;
use wengert_expr::{Graph, Kind, LinearMap, NodeId, TypeId, TypeTable};

/// The structure of a map.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Structure(u32);

/// All structures met so far, and the results of working with them.
#[derive(Clone, Debug)]
pub struct Structures {
    types: TypeTable,
    node_types: Vec<TypeId>,
    convention: Convention,
    maps: Vec<LinearMap<Slot>>,
    held: Vec<u64>,
    ids: FxHashMap<LinearMap<Slot>, Structure>,
    products: FxHashMap<(Structure, Structure), (Structure, ApplyCost)>,
    sums: FxHashMap<(Structure, Structure), (Structure, ApplyCost)>,
    spent: ApplyCost,
    style: Style,
    /// Coefficients that came into being and that were added into others.
    growth: (u64, u64),
}

impl Structures {
    /// None yet, of maps between nodes of this graph.
    pub fn new(graph: &Graph, convention: Convention) -> Structures {
        Structures {
            types: graph.types().clone(),
            node_types: graph.nodes().map(|n| graph.type_id(n)).collect(),
            convention,
            maps: Vec::new(),
            held: Vec::new(),
            ids: FxHashMap::default(),
            products: FxHashMap::default(),
            sums: FxHashMap::default(),
            spent: ApplyCost::default(),
            // Where units count, others multiply every product out.
            style: if convention.counts_units() { Style::Eager } else { Style::Sparing },
            growth: (0, 0),
        }
    }

    /// Structures that are wanted for themselves: zeros inside them are seen.
    pub fn structural(self) -> Structures {
        Structures { style: Style::Structural, ..self }
    }

    /// What was multiplied and added since the last time this was asked.
    pub fn take_spent(&mut self) -> ApplyCost {
        std::mem::take(&mut self.spent)
    }

    /// How many coefficients so many have become by the products and sums since this was last asked.
    pub(super) fn take_growth(&mut self, before: u64) -> u64 {
        let (fresh, merged) = std::mem::take(&mut self.growth);
        before.saturating_add(fresh).saturating_sub(merged)
    }

    /// How many coefficients a map of this structure holds.
    pub fn held(&self, id: Structure) -> u64 {
        self.held[id.0 as usize]
    }

    /// The map.
    pub fn map(&self, id: Structure) -> &LinearMap<Slot> {
        &self.maps[id.0 as usize]
    }

    /// True if this map between scalars multiplies by exactly 1 or -1; `None` if it is no labelled map between scalars.
    pub fn is_scalar_unit(&self, id: Structure) -> Option<bool> {
        let map = self.map(id);
        let scalar = |ty| self.types.get(ty).shape.rank() == 0;
        match &map.kind {
            Kind::Labelled(l) if scalar(map.from) && scalar(map.to) => {
                Some(!matches!(l.scale, wengert_expr::Scale::By(_)))
            }
            _ => None,
        }
    }

    /// Whether elimination in another order would lead to the same structure: not where chains stay lazy.
    pub fn is_closed(&self) -> bool {
        self.maps.iter().all(|m| !matches!(m.kind, Kind::Chain(_)))
    }

    /// What it costs to write a map out as one block of the Jacobian.
    pub fn block_cost(&self, id: Structure) -> ApplyCost {
        let tally = Cell::default();
        algebra::dense(Dry::new(&self.types, &tally), self.map(id));
        tally.get()
    }

    fn intern(&mut self, map: LinearMap<Slot>) -> Structure {
        if let Some(&id) = self.ids.get(&map) {
            return id;
        }
        let id = Structure(self.maps.len() as u32);
        let tally = Cell::default();
        self.held.push(algebra::held(Dry::new(&self.types, &tally), &map) as u64);
        self.maps.push(map.clone());
        self.ids.insert(map, id);
        id
    }

    fn dry(&self, work: impl FnOnce(Dry<'_>) -> LinearMap<Slot>) -> (LinearMap<Slot>, ApplyCost) {
        let tally = Cell::default();
        let dry = Dry::new(&self.types, &tally);
        let map = work(dry.styled(self.style));
        (map, tally.get())
    }
}

impl Algebra for Structures {
    type Map = Structure;

    fn local(&mut self, map: &LinearMap<NodeId>) -> Structure {
        let seen = self.convention.seen(&self.types, &Slot::bones(map));
        self.intern(seen)
    }

    fn identity(&mut self, node: NodeId) -> Structure {
        let ty = self.node_types[node.index()];
        let map = LinearMap { from: ty, to: ty, kind: Kind::identity() };
        let seen = self.convention.seen(&self.types, &map);
        self.intern(seen)
    }

    fn compose(&mut self, first: &Structure, second: &Structure) -> Structure {
        let (id, cost) = match self.products.get(&(*first, *second)) {
            Some(&known) => known,
            None => {
                let (map, cost) = self.dry(|d| algebra::compose(d, self.map(*first), self.map(*second)));
                let known = (self.intern(map), cost);
                self.products.insert((*first, *second), known);
                known
            }
        };
        self.spent = self.spent + cost;
        self.growth.0 = self.growth.0.saturating_add(self.held(id));
        id
    }

    fn add(&mut self, left: &Structure, right: &Structure) -> Structure {
        let (id, cost) = match self.sums.get(&(*left, *right)) {
            Some(&known) => known,
            None => {
                let (map, cost) = self.dry(|d| algebra::add(d, self.map(*left), self.map(*right)));
                let known = (self.intern(map), cost);
                self.sums.insert((*left, *right), known);
                known
            }
        };
        self.spent = self.spent + cost;
        let merged = self.held(*left).saturating_add(self.held(*right));
        self.growth = (self.growth.0.saturating_add(self.held(id)), self.growth.1.saturating_add(merged));
        id
    }
}
