//! What modes cost, as a table and as JSON.

use crate::json::count;
use crate::terminal::table;
use serde_json::{Map, Value as Json, json};
use wengert::diff::{CONVENTION, Costs, Count, Mode, ModeCost};

/// The modes that have a cost of their own, and it.
fn modes(costs: &Costs) -> [(Mode, &ModeCost); 3] {
    [Mode::Forward, Mode::Reverse, Mode::Paths].map(|mode| (mode, costs.of(mode)))
}

/// A table with what it counts and by which convention.
pub(crate) fn text(costs: &Costs) -> String {
    let row = |(mode, cost): (Mode, &ModeCost)| {
        // A path is no sweep over the graph.
        let passes = if mode == Mode::Paths { "-".to_owned() } else { cost.passes.to_string() };
        vec![mode.to_string(), passes, short(&cost.products), short(&cost.sums)]
    };
    let rows = modes(costs).into_iter().map(row).collect();
    let table = table(&["mode", "passes", "products", "sums"], rows);
    let Costs { vertices, edges, paths, inputs, outputs, .. } = costs;
    format!(
        "{table}{paths} paths over {vertices} vertices and {edges} edges, \
         from {inputs} input elements to {outputs} output elements\n\
         auto takes {}\nconvention {CONVENTION}\n",
        costs.best(),
    )
}

/// A count in a table: of more than twenty digits the first four and a power of ten.
fn short(count: &Count) -> String {
    let digits = count.to_string();
    match digits.len() {
        21.. if !digits.contains(' ') => format!("{}.{}e{}", &digits[..1], &digits[1..4], digits.len() - 1),
        _ => digits,
    }
}

/// The same for programs. Counts of the path sum are strings, since they may be of any size.
pub(crate) fn document(costs: &Costs) -> Json {
    let entry = |(mode, cost): (Mode, &ModeCost)| {
        let counts = match mode {
            Mode::Paths => json!({
                "paths": costs.paths.to_string(),
                "products": cost.products.to_string(),
                "sums": cost.sums.to_string(),
            }),
            Mode::Auto | Mode::Forward | Mode::Reverse => json!({
                "passes": count(&cost.passes),
                "products": count(&cost.products),
                "sums": count(&cost.sums),
            }),
        };
        (mode.name().to_owned(), counts)
    };
    json!({
        "convention": CONVENTION,
        "modes": modes(costs).into_iter().map(entry).collect::<Map<_, _>>(),
        "auto": costs.best().name(),
        "vertices": costs.vertices,
        "edges": costs.edges,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_counts_are_short_in_tables() {
        let mut count = Count::from(1_234_567u64);
        assert_eq!(short(&count), "1234567");
        for _ in 0..20 {
            count = &count * 10;
        }
        assert_eq!(short(&count), "1.234e26");
        for _ in 0..5000 {
            count = &count * 2;
        }
        assert_eq!(short(&count), "about 2^5087");
    }
}
