//! Orders of accumulation: paths against their factorised sum, forward against reverse, and what lies between.

use super::figure::{Cell, Chapter, Correction, Picture, Table};
use super::palette::{BLUE, CURVES, GREEN, INK, ORANGE, PURPLE, VERMILION, tint};
use super::panel::{Axes, Corner, Panel, Sample};
use super::run::program;
use super::sheet::{Area, Drawn, Pen, Point, SHAPES, Shape, Side, Words, panels, sheet};
use super::{GalleryError, Recipe};
use std::f64::consts::PI;
use wengert_diff::eliminate::{Convention, Heuristic, OrderCost, Problem, order, steps};
use wengert_diff::{Costs, Count, Mode, cost, grad};
use wengert_exec::evaluate;
use wengert_expr::{Function, NodeId, Value};
use wengert_render::Linearization;

const GAIN: Correction = Correction {
    id: "S23",
    text: "Reverse mode is praised for “massive parallelization (10 millions)”. It does less work, by a factor \
           up to the number of inputs; with one input and many outputs forward mode does.",
};

pub(super) const FIGURES: &[Recipe] = &[
    Recipe {
        id: "paths-against-factorisation",
        chapter: Chapter::Gradients,
        title: "The sum over paths, and the same factorised",
        corrections: &[],
        make: paths,
    },
    Recipe {
        id: "forward-against-reverse",
        chapter: Chapter::Gradients,
        title: "What forward and reverse mode cost",
        corrections: &[GAIN],
        make: modes,
    },
    Recipe {
        id: "cross-country",
        chapter: Chapter::Gradients,
        title: "Cheaper than both: cross-country elimination",
        corrections: &[],
        make: cross_country,
    },
];

fn number(count: &Count) -> f64 {
    count.to_u64().map_or_else(|| libm::exp2(count.log2()), |n| n as f64)
}

/// What an order of elimination costs on a function of one input.
fn elimination(f: &Function, wrt: &str, heuristic: Heuristic) -> Drawn<OrderCost> {
    let variable: Vec<NodeId> = f.inputs().iter().filter(|i| i.name == wrt).map(|i| i.node).collect();
    let linear = Linearization::new(f, &variable)?;
    let problem = Problem::new(linear.function.graph(), &linear.linearized, Convention::default());
    let found = problem.cost(&steps(&order(&problem, heuristic)));
    found.map_err(|_| GalleryError::Missing("the cost of an order"))
}

/// `stages` times three parallel edges.
fn stages(stages: usize) -> Drawn<Function> {
    let stage = |s: usize| {
        let before = if s == 1 { "x".to_owned() } else { format!("y{}", s - 1) };
        format!("y{s} = a{s}*{before} + b{s}*{before} + c{s}*{before}\n")
    };
    program(&(1..=stages).map(stage).chain([format!("output y{stages}")]).collect::<String>())
}

/// As many stages as are counted.
const STAGES: usize = 12;
/// The derivatives on the six edges of two stages.
const SLOPES: [(&str, [f64; 3]); 2] = [("αβγ", [2.0, 3.0, 5.0]), ("δεζ", [7.0, 11.0, 13.0])];

fn paths() -> Drawn<Picture> {
    let mut rows = Vec::new();
    for s in 1..=STAGES {
        let f = stages(s)?;
        let Costs { paths, path_sum, .. } = cost(&f, &["x"])?;
        let factorised = elimination(&f, "x", Heuristic::MarkowitzLow)?;
        let row = [number(&paths), number(&path_sum.products), number(&path_sum.sums)];
        rows.push([s as f64, row[0], row[1], row[2], factorised.products as f64, factorised.sums as f64]);
    }
    let svg = sheet(1080, 390, |root| {
        let (left, rest) = root.split_horizontally(super::sheet::px(360.0));
        let (middle, right) = rest.split_horizontally(super::sheet::px(310.0));
        edges_panel(&left)?;
        operations_panel(&middle, &rows[1])?;
        growth_panel(&right, &rows)
    })?;
    let products = |(a, b): (f64, f64)| a * b;
    let [first, second] = SLOPES.map(|(_, s)| s);
    let all = first.iter().flat_map(|&a| second.iter().map(move |&b| (a, b)));
    let path_rows: Vec<[f64; 3]> = all.map(|p| [p.0, p.1, products(p)]).collect();
    let [path_by_path, factorised] = [derivative(Mode::Paths)?, derivative(Mode::Cross)?];
    let caption = format!(
        "Three edges from X to Y and three from Y to Z are nine paths. Multiplied out one by one they take 9 \
         multiplications and 8 additions; factorised, (α + β + γ)(δ + ε + ζ), one multiplication and 4 \
         additions. With the numbers on the edges the one gives {path_by_path}, the other {factorised}. With every \
         further stage there are three times as many paths, and three more operations: the counts are those of \
         the differentiated programs."
    );
    let names = ["stages", "paths", "path_products", "path_sums", "factorised_products", "factorised_sums"];
    let tables = vec![
        Table::new("costs", &names, rows),
        Table::new("paths", &["first", "second", "product"], path_rows),
    ];
    Ok(Picture { svg, tables, caption })
}

/// The derivative of two stages, with the slopes that the picture shows.
fn derivative(mode: Mode) -> Drawn<f64> {
    let gradient = grad(&stages(2)?, &["x"], mode)?;
    let names = ["a1", "b1", "c1", "a2", "b2", "c2"];
    let slopes = SLOPES.iter().flat_map(|(_, s)| s).map(|&s| Value::scalar(s));
    let at = names.into_iter().zip(slopes).chain([("x", Value::scalar(1.0))]).collect::<Vec<_>>();
    evaluate(&gradient, &at)?.first().and_then(Value::item).ok_or(GalleryError::Missing("a derivative"))
}

fn edges_panel(area: &Area<'_>) -> Drawn {
    let panel = Panel::new(area, Axes::new("Nine paths from X to Z", -0.3..4.3, -1.2..1.2).bare())?;
    for (stage, (names, slopes)) in SLOPES.iter().enumerate() {
        for (k, (name, slope)) in names.chars().zip(slopes).enumerate() {
            let bend = 0.85 * (1.0 - k as f64);
            let start = 2.0 * stage as f64;
            let place = |t: f64| (start + 2.0 * t, bend * libm::sin(PI * t));
            let far = |p: &Point| {
                [start, start + 2.0].iter().all(|&x| {
                    let (node, place) = (panel.at((x, 0.0)), panel.at(*p));
                    libm::hypot(node.0 - place.0, node.1 - place.1) > 16.0
                })
            };
            let path: Vec<Point> = (0..=200).map(|i| place(f64::from(i) / 200.0)).filter(far).collect();
            panel.arrow(&path, Pen::new(CURVES[k]).width(2.0))?;
            let words = Words::new(Side::Centre).size(14.0).colour(CURVES[k]);
            let (x, y) = place(0.5);
            panel.label((x, y + 0.15 * bend), &format!("{name} = {slope}"), words)?;
        }
    }
    for (x, name) in [(0.0, "X"), (2.0, "Y"), (4.0, "Z")] {
        panel.marks([(x, 0.0)], Shape::Dot, 14.0, tint(INK, 0.85))?;
        let words = Words::new(Side::Centre).size(14.0).bold().colour(super::palette::WHITE);
        panel.text((x, 0.0), name, words)?;
    }
    Ok(())
}

fn operations_panel(area: &Area<'_>, row: &[f64; 6]) -> Drawn {
    let axes =
        Axes::new("Operations for two stages", -0.6..1.6, 0.0..10.5).names("", "operations").ticks(0, 6);
    let panel = Panel::new(area, axes)?;
    for (i, (products, sums)) in [(row[2], row[3]), (row[4], row[5])].into_iter().enumerate() {
        let x = i as f64;
        for (from, to, count, colour) in [(-0.32, -0.02, products, BLUE), (0.02, 0.32, sums, ORANGE)] {
            panel.bar((x + from, 0.0), (x + to, count), colour)?;
            let at = (x + (from + to) / 2.0, count + 0.35);
            panel.text(at, &count.to_string(), Words::new(Side::Centre))?;
        }
    }
    let key = [(Sample::Fill(BLUE), "multiplications"), (Sample::Fill(ORANGE), "additions")];
    panel.key(Corner::UpperRight, &key)?;
    panel.under(0.0, "nine paths")?;
    panel.under(1.0, "factorised")
}

fn growth_panel(area: &Area<'_>, rows: &[[f64; 6]]) -> Drawn {
    let axes = Axes::new("Operations against stages", 0.5..STAGES as f64 + 0.5, 0.0..8.0).log_y();
    let panel = Panel::new(area, axes.names("stages of three edges", "operations").ticks(12, 5))?;
    let series = [(VERMILION, 0, 2, 3, "path by path"), (BLUE, 1, 4, 5, "factorised")];
    let mut key = Vec::new();
    for (colour, shape, products, sums, name) in series {
        let path: Vec<Point> = rows.iter().map(|r| (r[0], libm::log10(r[products] + r[sums]))).collect();
        panel.line(path.clone(), Pen::new(colour))?;
        panel.marks(path, SHAPES[shape], 4.5, colour)?;
        key.push((Sample::Mark(SHAPES[shape], colour), name));
    }
    panel.key(Corner::UpperLeft, &key)
}

const SIZES: [usize; 10] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/// Passes and multiplications of forward mode and of reverse mode.
fn sweeps(text: &str, wrt: &str) -> Drawn<[f64; 4]> {
    let Costs { forward, reverse, .. } = cost(&program(text)?, &[wrt])?;
    Ok([&forward.passes, &forward.products, &reverse.passes, &reverse.products].map(number))
}

fn modes() -> Drawn<Picture> {
    let (mut many_in, mut many_out) = (Vec::new(), Vec::new());
    for n in SIZES {
        let inputs = format!("input x: f64[{n}]\ninput w: f64[{n}]\ny = sum(tanh(w * x))");
        let outputs = format!("input t: f64\ninput w: f64[{n}]\ny = tanh(w * t)");
        let row = |[a, b, c, d]: [f64; 4]| [n as f64, a, b, c, d];
        many_in.push(row(sweeps(&inputs, "x")?));
        many_out.push(row(sweeps(&outputs, "t")?));
    }
    let svg = sheet(900, 410, |root| {
        let areas = panels(root, 1, 2);
        sweep_panel(&areas[0], "n inputs, one output", "inputs", &many_in)?;
        sweep_panel(&areas[1], "One input, n outputs", "outputs", &many_out)
    })?;
    let caption = "Multiplications for all partial derivatives, counted on the linearised graphs of y = Σ \
                   tanh(wᵢ xᵢ) and of yᵢ = tanh(wᵢ t). With n inputs and one output, reverse mode needs one \
                   sweep of 2n multiplications and forward mode n such sweeps; with one input and n outputs it \
                   is the other way round. The function itself multiplies n times."
        .to_owned();
    let names = ["n", "forward_passes", "forward_products", "reverse_passes", "reverse_products"];
    let tables =
        vec![Table::new("many-inputs", &names, many_in), Table::new("many-outputs", &names, many_out)];
    Ok(Picture { svg, tables, caption })
}

fn sweep_panel(area: &Area<'_>, title: &str, axis: &str, rows: &[[f64; 5]]) -> Drawn {
    let axes = Axes::new(title, 0.0..3.1, 0.0..7.0).log_log().names(axis, "multiplications").ticks(4, 8);
    let panel = Panel::new(area, axes)?;
    let mut key = Vec::new();
    for (i, (column, colour, name)) in
        [(2, BLUE, "forward mode"), (4, VERMILION, "reverse mode")].into_iter().enumerate()
    {
        let path: Vec<Point> = rows.iter().map(|r| (libm::log10(r[0]), libm::log10(r[column]))).collect();
        panel.line(path.clone(), Pen::new(colour))?;
        panel.marks(path, SHAPES[i], 4.5, colour)?;
        key.push((Sample::Mark(SHAPES[i], colour), name));
    }
    panel.key(Corner::UpperLeft, &key)
}

/// Ten inputs, a chain of ten, ten outputs.
fn chain() -> Drawn<Function> {
    let links: String = (2..=10).map(|k| format!("v{k} = sin(v{})\n", k - 1)).collect();
    program(&format!(
        "input x: f64[10]\ninput w: f64[10]\ninput u: f64[10]\nv1 = x @ w\n{links}y = u * v10\noutput y"
    ))
}

fn cross_country() -> Drawn<Picture> {
    let f = chain()?;
    let costs: Vec<(&str, OrderCost)> = [
        ("forward", Heuristic::Forward),
        ("reverse", Heuristic::Reverse),
        ("cross-country", Heuristic::MarkowitzLow),
    ]
    .into_iter()
    .map(|(name, heuristic)| elimination(&f, "x", heuristic).map(|c| (name, c)))
    .collect::<Drawn<_>>()?;
    let svg = sheet(960, 370, |root| {
        let (left, right) = root.split_horizontally(super::sheet::px(560.0));
        chain_panel(&left)?;
        order_panel(&right, &costs)
    })?;
    let caption = "Ten inputs meet in v1, go through a chain v1, …, v10 and fan out to ten outputs. \
                   Eliminating the chain from the inputs up or from the outputs down drags ten derivatives \
                   through every link: 190 multiplications. Eliminating its inside first, v2 to v9, then v1, \
                   then v10, takes 8 + 10 + 100 = 118, which Markowitz's rule finds."
        .to_owned();
    let rows =
        costs.iter().map(|(name, c)| [Cell::from(*name), (c.products as f64).into(), (c.sums as f64).into()]);
    Ok(Picture { svg, tables: vec![Table::new("orders", &["order", "products", "sums"], rows)], caption })
}

fn chain_panel(area: &Area<'_>) -> Drawn {
    let panel =
        Panel::new(area, Axes::new("Ten inputs, a chain, ten outputs", -0.6..12.6, -1.15..1.15).bare())?;
    let spread = |k: u32| 1.0 - 2.0 * f64::from(k) / 9.0;
    let pen = Pen::new(INK).width(1.1);
    for k in 0..10 {
        panel.arrow(&[(0.15, spread(k)), (1.42, 0.06 * spread(k))], pen)?;
        panel.arrow(&[(10.6, 0.06 * spread(k)), (11.8, spread(k))], pen)?;
        panel.marks([(0.0, spread(k))], Shape::Dot, 6.0, BLUE)?;
        panel.marks([(12.0, spread(k))], Shape::Square, 6.0, GREEN)?;
    }
    for k in 1..=10 {
        let x = f64::from(k) + 0.5 - 0.5 * f64::from(k - 1) / 9.0 + 0.2;
        if k < 10 {
            panel.arrow(&[(x, 0.0), (x + 0.78, 0.0)], pen)?;
        }
        panel.marks([(x, 0.0)], Shape::Dot, 9.0, PURPLE)?;
        panel.text(
            (x, if k % 2 == 0 { 0.17 } else { -0.17 }),
            &format!("v{k}"),
            Words::new(Side::Centre).size(12.0),
        )?;
    }
    Ok(())
}

fn order_panel(area: &Area<'_>, costs: &[(&str, OrderCost)]) -> Drawn {
    let axes = Axes::new("Multiplications", -0.6..2.6, 0.0..220.0).names("", "multiplications").ticks(0, 6);
    let panel = Panel::new(area, axes)?;
    for (i, ((name, cost), colour)) in costs.iter().zip([BLUE, VERMILION, GREEN]).enumerate() {
        let (x, products) = (i as f64, cost.products as f64);
        panel.bar((x - 0.32, 0.0), (x + 0.32, products), colour)?;
        panel.label((x, products + 8.0), &products.to_string(), Words::new(Side::Centre))?;
        panel.under(x, name)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i7_nine_paths_against_one_product() {
        let picture = paths().unwrap();
        let costs = &picture.tables[0];
        let two = |name: &str| costs.column(name)[1];
        assert_eq!((two("paths"), two("path_products"), two("path_sums")), (9.0, 9.0, 8.0));
        assert_eq!((two("factorised_products"), two("factorised_sums")), (1.0, 4.0));
        let products = picture.tables[1].column("product");
        assert_eq!(products, [14.0, 22.0, 26.0, 21.0, 33.0, 39.0, 35.0, 55.0, 65.0]);
        assert_eq!(products.iter().sum::<f64>(), 310.0);
        assert_eq!([Mode::Paths, Mode::Cross].map(|mode| derivative(mode).unwrap()), [310.0; 2]);
        assert!(costs.column("paths").windows(2).all(|p| p[1] == 3.0 * p[0]));
    }

    #[test]
    fn i9_reverse_for_many_inputs_and_forward_for_many_outputs() {
        let picture = modes().unwrap();
        for (table, cheap, dear) in [(0, "reverse", "forward"), (1, "forward", "reverse")] {
            let table = &picture.tables[table];
            let last = |mode: &str, what: &str| *table.column(&format!("{mode}_{what}")).last().unwrap();
            assert_eq!((last(cheap, "passes"), last(dear, "passes")), (1.0, 1000.0));
            assert!(last(cheap, "products") <= 4.0 * 1000.0);
            assert_eq!(last(dear, "products"), 1000.0 * last(cheap, "products"));
        }
    }

    #[test]
    fn i10_cross_country_takes_118() {
        assert_eq!(cross_country().unwrap().tables[0].column("products"), [190.0, 190.0, 118.0]);
    }
}
