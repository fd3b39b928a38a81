//! Pictures of graphs: boxes in layers, operands under their users, edges around the boxes between.
//!
//! Layers are those of the longest path; within a layer boxes are ordered by the middle of their neighbours (K. Sugiyama,
//! S. Tagawa and M. Toda, 1981), so that few edges cross.

use super::palette::{BLUE, GREEN, INK, ORANGE, WHITE, tint};
use super::sheet::{
    Area, Drawn, Pen, Point, Side, Words, arrow, line, polygon, rectangle, size, text, text_width,
};
use plotters::style::RGBColor;
use wengert_render::{NodeKind, Scene};

/// A box.
pub(super) struct Vertex {
    pub(super) lines: Vec<String>,
    pub(super) colour: RGBColor,
}

/// An edge, from an operand to its user.
pub(super) struct Link {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) label: String,
}

/// A graph to be drawn. Edges lead from a lower number to a higher one.
pub(super) struct Diagram {
    pub(super) title: String,
    pub(super) vertices: Vec<Vertex>,
    pub(super) links: Vec<Link>,
    /// True if arrows point from users to operands.
    pub(super) reversed: bool,
    /// The colour of the arrows.
    pub(super) colour: RGBColor,
    /// The least room between boxes of a layer.
    pub(super) gap: f64,
}

/// The size of the words in a box, and the height of a line.
const LETTERS: f64 = 12.5;
const LINE: f64 = 16.0;
/// The least room between boxes, unless a diagram asks for more.
const GAP: f64 = 16.0;

/// A box, or a bend of an edge that passes a layer.
struct Place {
    vertex: Option<usize>,
    layer: usize,
    width: f64,
    x: f64,
}

impl Diagram {
    /// The nodes and edges of a scene; what only moves elements about, and the conditions of selections, are left out.
    pub(super) fn of(scene: &Scene, title: &str) -> Diagram {
        /// Operations that are not drawn.
        const MOVES: [&str; 6] =
            ["broadcast", "transpose", "reshape", "stop_gradient", "isfinite", "less_equal"];
        let mut stands_for: Vec<Option<usize>> = vec![None; scene.nodes.len()];
        let mut drawn = Diagram::new(title);
        for (i, node) in scene.nodes.iter().enumerate() {
            let mut from: Vec<usize> =
                scene.edges.iter().filter(|e| e.to == i).filter_map(|e| stands_for[e.from]).collect();
            from.dedup();
            let condition = scene
                .edges
                .iter()
                .find(|e| e.to == i && e.position == Some(0) && node.operation == "where")
                .map(|e| scene.nodes[e.from].operation);
            let moves = MOVES.contains(&node.operation) || condition == Some("isfinite");
            if moves && !node.output {
                stands_for[i] = from.first().copied();
                continue;
            }
            let at = drawn.vertices.len();
            stands_for[i] = Some(at);
            let kind = match (node.kind, node.output) {
                (_, true) => tint(GREEN, 0.35),
                (NodeKind::Input, _) => tint(BLUE, 0.25),
                (NodeKind::Param, _) => tint(ORANGE, 0.35),
                _ => WHITE,
            };
            let name = node.name.clone().filter(|_| matches!(node.kind, NodeKind::Input | NodeKind::Param));
            let operation = match (node.operation, condition) {
                (_, Some("less_equal")) => "relu",
                ("dot_general", _) => "matrix product",
                ("sub", _) => "subtract",
                ("div", _) => "divide",
                (other, _) => other,
            };
            let title = name.unwrap_or_else(|| match &node.name {
                Some(name) => format!("{name}: {operation}"),
                None => operation.to_owned(),
            });
            let lines = std::iter::once(title).chain(node.details.first().cloned()).collect();
            drawn.vertices.push(Vertex { lines, colour: kind });
            from.sort_unstable();
            from.dedup();
            drawn.links.extend(from.into_iter().map(|from| Link { from, to: at, label: String::new() }));
        }
        drawn
    }

    pub(super) fn new(title: &str) -> Diagram {
        let title = title.to_owned();
        Diagram { title, vertices: Vec::new(), links: Vec::new(), reversed: false, colour: INK, gap: GAP }
    }

    pub(super) fn draw(&self, area: &Area<'_>) -> Drawn {
        let (w, h) = size(area);
        let title = Words::new(Side::Centre).size(14.0).bold();
        text(area, (w / 2.0, 17.0), &self.title, title)?;
        let (places, routes) = self.places(w - 20.0);
        let layers = places.iter().map(|p| p.layer + 1).max().unwrap_or(1);
        let tall = self.vertices.iter().map(height).fold(0.0, f64::max);
        let (top, bottom) = (38.0 + tall / 2.0, h - 10.0 - tall / 2.0);
        let y = |layer: usize| bottom - (bottom - top) * layer as f64 / (layers.max(2) - 1) as f64;
        let at = |place: usize| (10.0 + places[place].x, y(places[place].layer));
        for (link, route) in self.links.iter().zip(&routes) {
            let mut path: Vec<Point> = route.iter().map(|&p| at(p)).collect();
            let (from, to) = (&self.vertices[link.from], &self.vertices[link.to]);
            if let [first, .., last] = &mut path[..] {
                first.1 -= height(from) / 2.0;
                last.1 += height(to) / 2.0 + 1.0;
            }
            self.edge(area, path, &link.label)?;
        }
        for (i, place) in places.iter().enumerate() {
            if let Some(v) = place.vertex {
                draw_box(area, at(i), &self.vertices[v])?;
            }
        }
        Ok(())
    }

    fn edge(&self, area: &Area<'_>, path: Vec<Point>, label: &str) -> Drawn {
        let (first, last) = (path[0], path[path.len() - 1]);
        let mut smooth = rounded(&path);
        if self.reversed {
            smooth.reverse();
        }
        arrow(area, &smooth, Pen::new(self.colour).width(1.4))?;
        if label.is_empty() {
            return Ok(());
        }
        let middle = if path.len() > 2 {
            path[path.len() / 2]
        } else {
            ((first.0 + last.0) / 2.0, (first.1 + last.1) / 2.0)
        };
        let w = text_width(label, LETTERS) + 4.0;
        rectangle(area, (middle.0 - w / 2.0, middle.1 - 9.0), (middle.0 + w / 2.0, middle.1 + 9.0), WHITE)?;
        text(area, middle, label, Words::new(Side::Centre).size(LETTERS).colour(self.colour))
    }

    /// Boxes and bends with their places, and the places that each edge goes through.
    fn places(&self, room: f64) -> (Vec<Place>, Vec<Vec<usize>>) {
        let mut layer = vec![0usize; self.vertices.len()];
        for link in &self.links {
            layer[link.to] = layer[link.to].max(layer[link.from] + 1);
        }
        // What has no operands stands just under its first user.
        for v in 0..self.vertices.len() {
            if self.links.iter().all(|l| l.to != v) {
                let users = self.links.iter().filter(|l| l.from == v).map(|l| layer[l.to]);
                layer[v] = users.min().map_or(0, |l| l.saturating_sub(1));
            }
        }
        let mut places: Vec<Place> = (0..self.vertices.len())
            .map(|v| Place { vertex: Some(v), layer: layer[v], width: width(&self.vertices[v]), x: 0.0 })
            .collect();
        let mut routes = Vec::new();
        for link in &self.links {
            let mut route = vec![link.from];
            for layer in layer[link.from] + 1..layer[link.to] {
                route.push(places.len());
                places.push(Place { vertex: None, layer, width: 8.0, x: 0.0 });
            }
            route.push(link.to);
            routes.push(route);
        }
        arrange(&mut places, &routes, room, self.gap);
        let ends = |side: f64| places.iter().map(move |p| p.x + side * p.width / 2.0);
        let (left, right) = (ends(-1.0).fold(f64::MAX, f64::min), ends(1.0).fold(f64::MIN, f64::max));
        // As far from the left as from the right.
        let shift = (room - left - right) / 2.0;
        places.iter_mut().for_each(|p| p.x += shift);
        (places, routes)
    }
}

/// Orders each layer and gives each place its x, from 0 to `room`.
fn arrange(places: &mut [Place], routes: &[Vec<usize>], room: f64, gap: f64) {
    let count = places.iter().map(|p| p.layer + 1).max().unwrap_or(0);
    let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); places.len()];
    for pair in routes.iter().flat_map(|r| r.windows(2)) {
        neighbours[pair[0]].push(pair[1]);
        neighbours[pair[1]].push(pair[0]);
    }
    let mut layers: Vec<Vec<usize>> = vec![Vec::new(); count];
    places.iter().enumerate().for_each(|(i, p)| layers[p.layer].push(i));
    for layer in &layers {
        spread(layer, places, room);
    }
    for sweep in 0..16 {
        let up = sweep % 2 == 0;
        let order: Vec<usize> = if up { (0..count).collect() } else { (0..count).rev().collect() };
        for l in order {
            let here = &mut layers[l];
            let wish = |i: usize, places: &[Place]| {
                let near: Vec<f64> = neighbours[i].iter().map(|&n| places[n].x).collect();
                if near.is_empty() { places[i].x } else { near.iter().sum::<f64>() / near.len() as f64 }
            };
            let mut wishes: Vec<(usize, f64)> = here.iter().map(|&i| (i, wish(i, places))).collect();
            wishes.sort_by(|a, b| a.1.total_cmp(&b.1));
            *here = wishes.iter().map(|w| w.0).collect();
            settle(&wishes, places, room, gap);
        }
    }
}

/// A layer evenly over the room.
fn spread(layer: &[usize], places: &mut [Place], room: f64) {
    for (k, &i) in layer.iter().enumerate() {
        places[i].x = room * (k as f64 + 0.5) / layer.len() as f64;
    }
}

/// A layer's places as near to where they wish to be as their widths and the room let them.
fn settle(wishes: &[(usize, f64)], places: &mut [Place], room: f64, gap: f64) {
    let half = |i: usize, places: &[Place]| places[i].width / 2.0;
    let mut left = 0.0;
    for &(i, x) in wishes {
        let least = left + half(i, places);
        places[i].x = x.max(least);
        left = places[i].x + half(i, places) + gap;
    }
    // Pushed too far to the right, all are pushed back, and half of what was gained is given back to both sides.
    let mut right = room;
    for &(i, x) in wishes.iter().rev() {
        let most = right - half(i, places);
        let pushed = places[i].x - x;
        places[i].x = (places[i].x - pushed.max(0.0) / 2.0).min(most);
        right = places[i].x - half(i, places) - gap;
    }
    let mut left = 0.0;
    for &(i, _) in wishes {
        places[i].x = places[i].x.max(left + half(i, places));
        left = places[i].x + half(i, places) + gap;
    }
}

fn width(vertex: &Vertex) -> f64 {
    vertex.lines.iter().map(|l| text_width(l, LETTERS)).fold(20.0, f64::max) + 18.0
}

fn height(vertex: &Vertex) -> f64 {
    LINE * vertex.lines.len() as f64 + 10.0
}

fn draw_box(area: &Area<'_>, (x, y): Point, vertex: &Vertex) -> Drawn {
    let (w, h) = (width(vertex) / 2.0, height(vertex) / 2.0);
    let corners = rounded_box((x - w, y - h), (x + w, y + h), 6.0);
    polygon(area, &corners, vertex.colour)?;
    let around: Vec<Point> = corners.iter().chain(corners.first()).copied().collect();
    line(area, &around, Pen::new(INK).width(1.2))?;
    for (i, words) in vertex.lines.iter().enumerate() {
        let at = (x, y + LINE * (i as f64 - (vertex.lines.len() - 1) as f64 / 2.0));
        let style = Words::new(Side::Centre).size(LETTERS);
        text(area, at, words, if i == 0 { style.bold() } else { style })?;
    }
    Ok(())
}

fn rounded_box(low: Point, high: Point, r: f64) -> Vec<Point> {
    let centres =
        [(high.0 - r, high.1 - r), (low.0 + r, high.1 - r), (low.0 + r, low.1 + r), (high.0 - r, low.1 + r)];
    let quarter = |(k, (x, y)): (usize, &Point)| {
        let (x, y) = (*x, *y);
        (0..=4).map(move |i| {
            let angle = std::f64::consts::FRAC_PI_2 * (k as f64 + f64::from(i) / 4.0);
            (x + r * libm::cos(angle), y + r * libm::sin(angle))
        })
    };
    centres.iter().enumerate().flat_map(quarter).collect()
}

/// A path with round bends: parabolas between the middles of its pieces.
fn rounded(path: &[Point]) -> Vec<Point> {
    if path.len() < 3 {
        return path.to_vec();
    }
    let middle = |p: Point, q: Point| ((p.0 + q.0) / 2.0, (p.1 + q.1) / 2.0);
    let mut smooth = vec![path[0]];
    for triple in path.windows(3) {
        let (from, bend, to) = (middle(triple[0], triple[1]), triple[1], middle(triple[1], triple[2]));
        smooth.extend((0..=8).map(|i| {
            let t = f64::from(i) / 8.0;
            let (a, b, c) = ((1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t);
            (a * from.0 + b * bend.0 + c * to.0, a * from.1 + b * bend.1 + c * to.1)
        }));
    }
    smooth.extend(path.last());
    smooth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_of_a_layer_do_not_overlap() {
        let mut diagram = Diagram::new("");
        for i in 0..6 {
            let lines = vec![format!("vertex number {i}")];
            diagram.vertices.push(Vertex { lines, colour: WHITE });
        }
        for (from, to) in [(0, 3), (1, 3), (2, 3), (0, 4), (3, 5), (4, 5), (1, 5)] {
            diagram.links.push(Link { from, to, label: String::new() });
        }
        let (places, routes) = diagram.places(600.0);
        assert_eq!(routes.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 2, 2, 2, 2, 3]);
        for (i, p) in places.iter().enumerate() {
            assert!(p.x - p.width / 2.0 > -1e-9 && p.x + p.width / 2.0 < 600.0 + 1e-9, "{i}");
            for q in places[i + 1..].iter().filter(|q| q.layer == p.layer) {
                assert!((p.x - q.x).abs() >= (p.width + q.width) / 2.0 + GAP - 1e-9);
            }
        }
    }
}
