//! What applying a map to one general vector costs, before anything runs.
//!
//! Products by exact +1 and -1 are free, and so is moving elements. A selection is no product.

use wengert_expr::{Kind, LinearMap, Scale, TypeTable};

/// Elementary operations on numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ApplyCost {
    /// Products by coefficients.
    pub products: u64,
    /// Additions.
    pub sums: u64,
}

impl std::ops::Add for ApplyCost {
    type Output = ApplyCost;
    fn add(self, other: ApplyCost) -> ApplyCost {
        ApplyCost {
            products: self.products.saturating_add(other.products),
            sums: self.sums.saturating_add(other.sums),
        }
    }
}

/// What applying this map to one vector costs; the coefficients do not matter, only that they are there.
pub fn apply_cost<C>(types: &TypeTable, map: &LinearMap<C>) -> ApplyCost {
    let (from, to) = (&types.get(map.from).shape, &types.get(map.to).shape);
    match &map.kind {
        Kind::Zero | Kind::Cast => ApplyCost::default(),
        Kind::Index(_) => {
            // What goes in and does not come out was added to something.
            ApplyCost { products: 0, sums: from.elements().saturating_sub(to.elements()) as u64 }
        }
        Kind::Chain(maps) => {
            maps.iter().map(|m| apply_cost(types, m)).fold(ApplyCost::default(), |a, b| a + b)
        }
        Kind::Sum(maps) => {
            let additions = (maps.len().saturating_sub(1) * to.elements()) as u64;
            let terms = maps.iter().map(|m| apply_cost(types, m)).fold(ApplyCost::default(), |a, b| a + b);
            ApplyCost { sums: terms.sums.saturating_add(additions), ..terms }
        }
        Kind::Labelled(l) => {
            let scaled = matches!(l.scale, Scale::By(_));
            let Some(axes) = &l.axes else {
                return ApplyCost { products: if scaled { from.elements() as u64 } else { 0 }, sums: 0 };
            };
            let extent = |label: &u8| {
                let find =
                    |labels: &[u8], shape: &[usize]| labels.iter().position(|l| l == label).map(|i| shape[i]);
                find(&axes.input, from).or_else(|| find(&axes.output, to)).unwrap_or(1) as u64
            };
            let size =
                |labels: &mut dyn Iterator<Item = &u8>| labels.map(extent).fold(1u64, u64::saturating_mul);
            let fresh = axes.scale.iter().filter(|l| !axes.input.contains(l));
            let terms = size(&mut axes.input.iter().chain(fresh));
            let results =
                size(&mut axes.output.iter().filter(|l| axes.input.contains(l) || axes.scale.contains(l)));
            let sums = if terms == 0 { 0 } else { terms.saturating_sub(results) };
            ApplyCost { products: if scaled { terms } else { 0 }, sums }
        }
    }
}
