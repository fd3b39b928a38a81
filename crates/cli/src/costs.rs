//! What modes cost, as a table and as JSON.

use crate::json::count;
use crate::terminal::table;
use serde_json::{Map, Value as Json, json};
use wengert::diff::eliminate::{Found, OrderCost, Step};
use wengert::diff::{Compressed, Costs, Count, Mode, ModeCost, Survey, Surveyed};

/// The sweeps and the path sum.
fn modes(costs: &Costs) -> [(Mode, &ModeCost); 3] {
    [(Mode::Forward, &costs.forward), (Mode::Reverse, &costs.reverse), (Mode::Paths, &costs.path_sum)]
}

/// A table of the sweeps and the path sum.
pub(crate) fn text(costs: &Costs) -> String {
    table_of(costs, Vec::new(), costs.better_sweep())
}

/// A table of every order that was looked at.
pub(crate) fn survey_text(survey: &Survey) -> String {
    let order = |name: &str, cost: Option<&OrderCost>, said: String| {
        let count =
            |f: fn(&OrderCost) -> u64| cost.map_or_else(|| "too many".to_owned(), |c| f(c).to_string());
        vec![name.to_owned(), "-".to_owned(), count(|c| c.products), count(|c| c.sums), said]
    };
    let mut rows: Vec<Vec<String>> = survey.compressed.iter().map(compressed_row).collect();
    rows.extend(survey.orders.iter().map(|o| order(o.heuristic.name(), o.cost.as_ref(), String::new())));
    for (name, found) in found(survey) {
        rows.push(order(name, found.cost.known(), found.verdict()));
    }
    if let Some(found) = &survey.faces {
        rows.push(order("best-faces", Some(&found.cost), found.verdict()));
    }
    table_of(&survey.costs, rows, survey.choice.mode)
}

fn compressed_row(compressed: &Compressed) -> Vec<String> {
    let Compressed { size: (rows, columns), nonzeros, compression, cost } = compressed;
    let said = format!("{nonzeros} of {rows} x {columns} places; {compression}");
    vec![
        Mode::Compressed.to_string(),
        cost.passes.to_string(),
        short(&cost.products),
        short(&cost.sums),
        said,
    ]
}

/// The table with what it counts and by which convention.
fn table_of(costs: &Costs, orders: Vec<Vec<String>>, auto: Mode) -> String {
    let sweep = |(mode, cost): (Mode, &ModeCost)| {
        // A path is no sweep over the graph.
        let passes = if mode == Mode::Paths { "-".to_owned() } else { cost.passes.to_string() };
        vec![mode.to_string(), passes, short(&cost.products), short(&cost.sums), String::new()]
    };
    let rows: Vec<Vec<String>> = modes(costs).into_iter().map(sweep).chain(orders).collect();
    let table = table(&["mode", "passes", "products", "sums", ""], rows);
    let Costs { convention, vertices, edges, paths, inputs, outputs, .. } = costs;
    format!(
        "{table}{paths} paths over {vertices} vertices and {edges} edges, \
         from {inputs} input elements to {outputs} output elements\n\
         auto takes {auto}\nconvention {convention}: {}\n",
        convention.meaning(),
    )
}

/// The orders of vertices and edges that were searched for.
fn found(survey: &Survey) -> impl Iterator<Item = (&'static str, &Found)> {
    std::iter::once(("best", &survey.best)).chain(survey.edges.iter().map(|f| ("best-edges", f)))
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
    document_of(costs, Map::new(), costs.better_sweep())
}

/// Every order that was looked at.
pub(crate) fn survey_document(survey: &Survey) -> Json {
    let mut all = Map::new();
    if let Some(compressed) = &survey.compressed {
        all.insert(Mode::Compressed.to_string(), compressed_document(compressed));
    }
    for Surveyed { heuristic, cost } in &survey.orders {
        all.insert(heuristic.name().to_owned(), cost.as_ref().map_or(Json::Null, order));
    }
    for (name, found) in found(survey) {
        all.insert(name.to_owned(), searched(found, step));
    }
    if let Some(found) = &survey.faces {
        all.insert("best-faces".to_owned(), searched(found, |face| json!(face.to_string())));
    }
    document_of(&survey.costs, all, survey.choice.mode)
}

fn compressed_document(compressed: &Compressed) -> Json {
    let Compressed { size: (rows, columns), nonzeros, compression, cost } = compressed;
    json!({
        "passes": count(&cost.passes),
        "products": count(&cost.products),
        "sums": count(&cost.sums),
        "method": compression.method().to_string(),
        "column_groups": compression.column_groups(),
        "row_groups": compression.row_groups(),
        "nonzeros": nonzeros,
        "rows": rows,
        "columns": columns,
    })
}

fn searched<S>(found: &Found<S>, step: impl Fn(&S) -> Json) -> Json {
    let Some(cost) = found.cost.known() else { return Json::Null };
    let mut entry = order(cost);
    let rest = json!({
        "weight": found.weight,
        "bound": found.bound,
        "optimal": found.optimal,
        "method": found.method,
        "seconds": found.time.as_secs_f64(),
        "steps": found.steps,
        "order": found.order.iter().map(step).collect::<Vec<_>>(),
    });
    if let (Json::Object(entry), Json::Object(rest)) = (&mut entry, rest) {
        entry.extend(rest);
    }
    entry
}

fn document_of(costs: &Costs, orders: Map<String, Json>, auto: Mode) -> Json {
    let sweep = |(mode, cost): (Mode, &ModeCost)| {
        let counts = match mode {
            Mode::Paths => json!({
                "paths": costs.paths.to_string(),
                "products": cost.products.to_string(),
                "sums": cost.sums.to_string(),
            }),
            Mode::Auto | Mode::Forward | Mode::Reverse | Mode::Cross | Mode::Compressed => json!({
                "passes": count(&cost.passes),
                "products": count(&cost.products),
                "sums": count(&cost.sums),
            }),
        };
        (mode.name().to_owned(), counts)
    };
    let modes: Map<String, Json> = modes(costs).into_iter().map(sweep).chain(orders).collect();
    json!({
        "convention": costs.convention.name(),
        "counts": costs.convention.meaning(),
        "modes": modes,
        "auto": auto.name(),
        "vertices": costs.vertices,
        "edges": costs.edges,
    })
}

fn order(cost: &OrderCost) -> Json {
    json!({"products": cost.products, "sums": cost.sums, "fill": cost.fill, "held": cost.held})
}

/// A vertex as a number, an edge as a string.
fn step(step: &Step) -> Json {
    match step {
        Step::Vertex(v) => json!(v),
        Step::Front(..) | Step::Back(..) => json!(step.to_string()),
    }
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
