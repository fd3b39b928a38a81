//! Lines and convex polygons, cut along straight lines.

use super::sheet::Point;
use std::ops::Range;

/// A convex polygon.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    pub(super) corners: Vec<Point>,
}

impl Cell {
    pub(super) fn rectangle(x: Range<f64>, y: Range<f64>) -> Cell {
        Cell { corners: vec![(x.start, y.start), (x.end, y.start), (x.end, y.end), (x.start, y.end)] }
    }

    /// The parts where an affine function is positive and where it is negative.
    pub(super) fn split(&self, f: impl FnMut(&Point) -> f64) -> (Option<Cell>, Option<Cell>) {
        let values: Vec<f64> = self.corners.iter().map(f).collect();
        self.split_by(&values)
    }

    /// The same of a function that has these values at the corners.
    pub(super) fn split_by(&self, values: &[f64]) -> (Option<Cell>, Option<Cell>) {
        let (mut above, mut below) = (Vec::new(), Vec::new());
        let corners = self.corners.iter().zip(values);
        let next = self.corners.iter().zip(values).cycle().skip(1);
        for ((&p, &f), (&q, &g)) in corners.zip(next) {
            if f >= 0.0 {
                above.push(p);
            }
            if f <= 0.0 {
                below.push(p);
            }
            if f * g < 0.0 {
                let part = f / (f - g);
                let between = (p.0 + part * (q.0 - p.0), p.1 + part * (q.1 - p.1));
                above.push(between);
                below.push(between);
            }
        }
        (whole(above), whole(below))
    }

    /// By the shoelace formula.
    pub(super) fn area(&self) -> f64 {
        let next = self.corners.iter().cycle().skip(1);
        let twice: f64 = self.corners.iter().zip(next).map(|(p, q)| p.0 * q.1 - q.0 * p.1).sum();
        twice.abs() / 2.0
    }

    /// The mean of the corners.
    pub(super) fn middle(&self) -> Point {
        let n = self.corners.len() as f64;
        let sum = self.corners.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
        (sum.0 / n, sum.1 / n)
    }
}

/// A polygon that is more than a point or a line.
fn whole(corners: Vec<Point>) -> Option<Cell> {
    let cell = Cell { corners };
    (cell.corners.len() > 2 && cell.area() > 1e-12).then_some(cell)
}

/// The pieces of a path inside of a rectangle (Y.-D. Liang and B. A. Barsky, 1984).
pub(super) fn clipped(points: &[Point], x: &Range<f64>, y: &Range<f64>) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    for pair in points.windows(2) {
        let Some((from, to)) = inside(pair[0], pair[1], x, y) else { continue };
        match pieces.last_mut() {
            Some(piece) if piece.last() == Some(&from) => piece.push(to),
            Some(_) | None => pieces.push(vec![from, to]),
        }
    }
    pieces
}

fn inside(p: Point, q: Point, x: &Range<f64>, y: &Range<f64>) -> Option<(Point, Point)> {
    let (dx, dy) = (q.0 - p.0, q.1 - p.1);
    if !(dx.is_finite() && dy.is_finite()) {
        return None;
    }
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (step, room) in [(-dx, p.0 - x.start), (dx, x.end - p.0), (-dy, p.1 - y.start), (dy, y.end - p.1)] {
        match step {
            0.0 if room < 0.0 => return None,
            0.0 => {}
            step if step < 0.0 => enter = enter.max(room / step),
            step => leave = leave.min(room / step),
        }
    }
    let at = |part: f64| match part {
        0.0 => p,
        1.0 => q,
        part => (p.0 + part * dx, p.1 + part * dy),
    };
    (enter <= leave).then(|| (at(enter), at(leave)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_is_cut_in_two() {
        let square = Cell::rectangle(0.0..2.0, 0.0..2.0);
        let (right, left) = square.split(|&(x, _)| x - 0.5);
        assert_eq!((right.map(|c| c.area()), left.map(|c| c.area())), (Some(3.0), Some(1.0)));
        let (all, none) = square.split(|&(x, y)| x + y);
        assert_eq!((all, none), (Some(square), None));
    }

    #[test]
    fn a_path_is_cut_off_at_the_edges() {
        let path = [(-1.0, 0.5), (0.5, 0.5), (0.5, 3.0), (3.0, 3.0), (0.0, 0.0)];
        let found = clipped(&path, &(0.0..1.0), &(0.0..1.0));
        let expected = vec![vec![(0.0, 0.5), (0.5, 0.5), (0.5, 1.0)], vec![(1.0, 1.0), (0.0, 0.0)]];
        assert_eq!(found, expected);
    }
}
