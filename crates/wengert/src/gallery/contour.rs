//! Lines of equal height through values on a grid.

use super::sheet::Point;
use std::collections::HashMap;

/// Values of a function on an even grid, row by row, both ends included.
pub(super) struct Grid {
    pub(super) xs: Vec<f64>,
    pub(super) ys: Vec<f64>,
    pub(super) values: Vec<f64>,
}

/// A place between two neighbours of the grid, by their numbers.
type Edge = (usize, usize);

impl Grid {
    pub(super) fn new<E>(
        xs: Vec<f64>,
        ys: Vec<f64>,
        mut f: impl FnMut(Point) -> Result<f64, E>,
    ) -> Result<Grid, E> {
        let values =
            ys.iter().flat_map(|&y| xs.iter().map(move |&x| (x, y))).map(&mut f).collect::<Result<_, E>>()?;
        Ok(Grid { xs, ys, values })
    }

    pub(super) fn point(&self, i: usize) -> Point {
        (self.xs[i % self.xs.len()], self.ys[i / self.xs.len()])
    }

    /// Where the least value is.
    pub(super) fn least(&self) -> usize {
        (0..self.values.len()).min_by(|&i, &j| self.values[i].total_cmp(&self.values[j])).unwrap_or(0)
    }

    /// The value at a place, by the four places of the grid about it.
    pub(super) fn between(&self, (x, y): Point) -> f64 {
        let place = |v: f64, axis: &[f64]| {
            let steps = (axis.len() - 1) as f64;
            let at = ((v - axis[0]) / (axis[axis.len() - 1] - axis[0]) * steps).clamp(0.0, steps);
            let low = (at as usize).min(axis.len() - 2);
            (low, at - low as f64)
        };
        let ((column, right), (row, up)) = (place(x, &self.xs), place(y, &self.ys));
        let value = |i: usize, j: usize| self.values[(row + j) * self.xs.len() + column + i];
        let along = |j: usize| value(0, j) + right * (value(1, j) - value(0, j));
        along(0) + up * (along(1) - along(0))
    }

    /// The lines on which a function that is linear on triangles between neighbours has this value.
    pub(super) fn level(&self, level: f64) -> Vec<Vec<Point>> {
        let w = self.xs.len();
        let mut links: HashMap<Edge, Vec<Edge>> = HashMap::new();
        let mut order: Vec<Edge> = Vec::new();
        for row in 0..self.ys.len() - 1 {
            for column in 0..w - 1 {
                let (a, b) = (row * w + column, row * w + column + 1);
                let (c, d) = (a + w, b + w);
                for triangle in [[a, b, d], [a, c, d]] {
                    if let [from, to] = self.crossed(triangle, level)[..] {
                        links.entry(from).or_default().push(to);
                        links.entry(to).or_default().push(from);
                        order.extend([from, to]);
                    }
                }
            }
        }
        // Open lines first, from their ends; what is left is closed.
        let ends = order.iter().filter(|e| links[e].len() == 1).copied().collect::<Vec<Edge>>();
        let mut lines = Vec::new();
        for start in ends.into_iter().chain(order) {
            let mut line = vec![start];
            let mut at = start;
            while let Some(next) = links.get_mut(&at).and_then(Vec::pop) {
                let back = links.get_mut(&next);
                if let Some(back) = back
                    && let Some(place) = back.iter().position(|&e| e == at)
                {
                    back.swap_remove(place);
                }
                line.push(next);
                at = next;
            }
            if line.len() > 1 {
                lines.push(line.into_iter().map(|edge| self.place(edge, level)).collect());
            }
        }
        lines
    }

    /// The two sides of a triangle that the level crosses, if it does.
    fn crossed(&self, [a, b, c]: [usize; 3], level: f64) -> Vec<Edge> {
        let above = |i: usize| self.values[i] > level;
        [(a, b), (b, c), (a, c)].into_iter().filter(|&(i, j)| above(i) != above(j)).collect()
    }

    fn place(&self, (i, j): Edge, level: f64) -> Point {
        let (p, q) = (self.point(i), self.point(j));
        let part = (level - self.values[i]) / (self.values[j] - self.values[i]);
        (p.0 + part * (q.0 - p.0), p.1 + part * (q.1 - p.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gallery::run::even;

    #[test]
    fn a_circle_is_one_closed_line() {
        let axis = even(-2.0, 2.0, 40);
        let f = |(x, y): Point| Ok::<f64, ()>(x * x + y * y);
        let grid = Grid::new(axis.clone(), axis, f).unwrap();
        let lines = grid.level(1.003);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        assert!(lines[0].iter().all(|p| (libm::hypot(p.0, p.1) - 1.0).abs() < 0.01));
        assert_eq!(grid.point(grid.least()), (0.0, 0.0));
        assert_eq!((grid.between((1.0, -0.5)), grid.between((2.0, 2.0))), (1.25, 8.0));
    }

    #[test]
    fn a_straight_line_goes_from_edge_to_edge() {
        let axis = even(0.0, 1.0, 10);
        let grid = Grid::new(axis.clone(), axis, |(x, _): Point| Ok::<f64, ()>(x)).unwrap();
        let lines = grid.level(0.45);
        assert_eq!(lines.len(), 1);
        let ys: Vec<f64> = lines[0].iter().map(|p| p.1).collect();
        assert!(
            ys.contains(&0.0) && ys.contains(&1.0) && lines[0].iter().all(|p| (p.0 - 0.45).abs() < 1e-12)
        );
    }
}
