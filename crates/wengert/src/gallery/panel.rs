//! A panel: axes with a title, and what is drawn between them in the axes' own numbers.
//!
//! Nothing leaves the panel: lines and areas are cut off at its edges, marks outside are left out.

use super::cells::{Cell, clipped};
use super::palette::{GREY, INK, PALE, WHITE};
use super::sheet::{
    Area, Drawn, Pen, Point, Shape, Side, Words, arrow, corner, line, mark, polygon, px, rectangle, size,
    text, text_width,
};
use plotters::chart::ChartBuilder;
use plotters::style::{Color, RGBColor};
use std::ops::Range;

/// How a panel is laid out.
#[derive(Clone)]
pub(super) struct Axes {
    title: String,
    x: Range<f64>,
    y: Range<f64>,
    names: (String, String),
    ticks: (usize, usize),
    powers: (bool, bool),
    bare: bool,
}

impl Axes {
    pub(super) fn new(title: impl Into<String>, x: Range<f64>, y: Range<f64>) -> Axes {
        let names = (String::new(), String::new());
        Axes { title: title.into(), x, y, names, ticks: (5, 5), powers: (false, false), bare: false }
    }

    pub(super) fn names(self, x: &str, y: &str) -> Axes {
        Axes { names: (x.to_owned(), y.to_owned()), ..self }
    }

    /// About so many ticks.
    pub(super) fn ticks(self, x: usize, y: usize) -> Axes {
        Axes { ticks: (x, y), ..self }
    }

    /// The y axis in powers of 10: the range, and what is drawn, are logarithms.
    pub(super) fn log_y(self) -> Axes {
        Axes { powers: (self.powers.0, true), ..self }
    }

    /// The same of both axes.
    pub(super) fn log_log(self) -> Axes {
        Axes { powers: (true, true), ..self }
    }

    /// A frame without numbers.
    pub(super) fn bare(self) -> Axes {
        Axes { bare: true, ..self }
    }
}

/// Where a key stands.
#[derive(Clone, Copy)]
pub(super) enum Corner {
    UpperLeft,
    UpperRight,
    LowerLeft,
    LowerRight,
}

/// What stands before a word of a key.
#[derive(Clone, Copy)]
pub(super) enum Sample {
    Line(Pen),
    Mark(Shape, RGBColor),
    Fill(RGBColor),
}

/// Axes that are drawn.
pub(super) struct Panel<'s> {
    outer: Area<'s>,
    inner: Area<'s>,
    x: Range<f64>,
    y: Range<f64>,
    size: Point,
}

impl<'s> Panel<'s> {
    pub(super) fn new(area: &Area<'s>, axes: Axes) -> Drawn<Panel<'s>> {
        let (named_x, named_y) = (!axes.names.0.is_empty(), !axes.names.1.is_empty());
        let below = if axes.bare { 6.0 } else { 20.0 } + if named_x { 18.0 } else { 0.0 };
        let left = if axes.bare { 6.0 } else { 34.0 } + if named_y { 18.0 } else { 0.0 };
        let (width, _) = size(area);
        if !axes.title.is_empty() {
            let at = (left + 8.0 + (width - left - 20.0) / 2.0, 17.0);
            text(area, at, &axes.title, Words::new(Side::Centre).size(14.0).bold())?;
        }
        let mut chart = ChartBuilder::on(area)
            .margin_top(px(if axes.title.is_empty() { 10.0 } else { 32.0 }))
            .margin_right(px(14.0))
            .margin_left(px(6.0))
            .margin_bottom(px(6.0))
            .x_label_area_size(px(below))
            .y_label_area_size(px(left))
            .build_cartesian_2d(axes.x.clone(), axes.y.clone())?;
        let (x_powers, y_powers) = axes.powers;
        let (x_label, y_label) = (move |x: &f64| tick(*x, x_powers), move |y: &f64| tick(*y, y_powers));
        let words = |size| Words::new(Side::Centre).size(size).style();
        let mut mesh = chart.configure_mesh();
        mesh.axis_style(GREY.stroke_width(px(1.0) as u32))
            .bold_line_style(PALE.stroke_width(px(0.8) as u32))
            .light_line_style(WHITE.mix(0.0))
            .label_style(words(11.5))
            .axis_desc_style(words(13.0))
            .x_desc(axes.names.0.clone())
            .y_desc(axes.names.1.clone())
            .x_labels(axes.ticks.0)
            .y_labels(axes.ticks.1)
            .set_all_tick_mark_size(px(3.0))
            .x_label_formatter(&x_label)
            .y_label_formatter(&y_label);
        if axes.bare {
            mesh.disable_mesh().disable_axes();
        }
        mesh.draw()?;
        let inner = chart.plotting_area().strip_coord_spec();
        let size = size(&inner);
        let panel = Panel { outer: area.clone(), inner, x: axes.x, y: axes.y, size };
        if axes.bare {
            panel.frame()?;
        }
        Ok(panel)
    }

    fn frame(&self) -> Drawn {
        let (w, h) = self.size;
        line(&self.inner, &[(0.0, 0.0), (w, 0.0), (w, h), (0.0, h), (0.0, 0.0)], Pen::new(GREY).width(1.0))
    }

    /// Where numbers of the axes lie, in pixels.
    pub(super) fn at(&self, (x, y): Point) -> Point {
        let (w, h) = self.size;
        let part = |v: f64, range: &Range<f64>| (v - range.start) / (range.end - range.start);
        (w * part(x, &self.x), h * (1.0 - part(y, &self.y)))
    }

    fn holds(&self, (x, y): Point) -> bool {
        x >= self.x.start && x <= self.x.end && y >= self.y.start && y <= self.y.end
    }

    /// The corners, around.
    pub(super) fn corners(&self) -> [Point; 4] {
        let (x, y) = (&self.x, &self.y);
        [(x.start, y.start), (x.end, y.start), (x.end, y.end), (x.start, y.end)]
    }

    pub(super) fn line(&self, points: impl IntoIterator<Item = Point>, pen: Pen) -> Drawn {
        let points: Vec<Point> = points.into_iter().collect();
        for piece in clipped(&points, &self.x, &self.y) {
            let pixels: Vec<Point> = piece.into_iter().map(|p| self.at(p)).collect();
            line(&self.inner, &pixels, pen)?;
        }
        Ok(())
    }

    /// The line `a x + b y + c = 0`, across the panel.
    pub(super) fn straight(&self, (a, b, c): (f64, f64, f64), pen: Pen) -> Drawn {
        let ends = if b.abs() >= a.abs() {
            [self.x.start, self.x.end].map(|x| (x, -(c + a * x) / b))
        } else {
            [self.y.start, self.y.end].map(|y| (-(c + b * y) / a, y))
        };
        self.line(ends, pen)
    }

    pub(super) fn arrow(&self, points: &[Point], pen: Pen) -> Drawn {
        let pixels: Vec<Point> = points.iter().map(|&p| self.at(p)).collect();
        arrow(&self.inner, &pixels, pen)
    }

    pub(super) fn marks(
        &self,
        points: impl IntoIterator<Item = Point>,
        shape: Shape,
        size: f64,
        colour: RGBColor,
    ) -> Drawn {
        let inside = points.into_iter().filter(|&p| self.holds(p));
        inside.map(|p| self.at(p)).try_for_each(|p| mark(&self.inner, p, shape, size, colour))
    }

    /// A filled area that lies within the panel.
    pub(super) fn fill(&self, points: impl IntoIterator<Item = Point>, colour: RGBColor) -> Drawn {
        let pixels: Vec<Point> = points.into_iter().map(|p| self.at(p)).collect();
        polygon(&self.inner, &pixels, colour)
    }

    /// The part of the panel where `a x + b y + c > 0`.
    pub(super) fn half_plane(&self, (a, b, c): (f64, f64, f64), colour: RGBColor) -> Drawn {
        let whole = Cell { corners: self.corners().to_vec() };
        let (positive, _) = whole.split(|&(x, y)| a * x + b * y + c);
        positive.map_or(Ok(()), |cell| self.fill(cell.corners, colour))
    }

    pub(super) fn bar(&self, from: Point, to: Point, colour: RGBColor) -> Drawn {
        let held = |(x, y): Point| (x.clamp(self.x.start, self.x.end), y.clamp(self.y.start, self.y.end));
        let (from, to) = (self.at(held(from)), self.at(held(to)));
        rectangle(&self.inner, (from.0, to.1), (to.0, from.1), colour)
    }

    /// The colour of each place, `side` by `side` of them; neighbours of one colour are one rectangle.
    pub(super) fn raster(&self, side: usize, colour: impl Fn(Point) -> RGBColor) -> Drawn {
        let (w, h) = self.size;
        let middle = |i: usize, range: &Range<f64>| {
            range.start + (range.end - range.start) * (i as f64 + 0.5) / side as f64
        };
        let edge = |i: usize, length: f64| length * i as f64 / side as f64;
        for row in 0..side {
            let y = middle(side - 1 - row, &self.y);
            let colours: Vec<RGBColor> = (0..side).map(|i| colour((middle(i, &self.x), y))).collect();
            let mut start = 0;
            for run in colours.chunk_by(|a, b| a == b) {
                let end = start + run.len();
                // Half a pixel under the next ones, so that no seam shows between them.
                let to = ((edge(end, w) + 0.5).min(w), (edge(row + 1, h) + 0.5).min(h));
                rectangle(&self.inner, (edge(start, w), edge(row, h)), to, run[0])?;
                start = end;
            }
        }
        Ok(())
    }

    pub(super) fn text(&self, at: Point, words: &str, style: Words) -> Drawn {
        text(&self.inner, self.at(at), words, style)
    }

    /// A text that stands under the axis.
    pub(super) fn under(&self, x: f64, words: &str) -> Drawn {
        let ((left, top), corner) = (corner(&self.inner), corner(&self.outer));
        let (x, y) = self.at((x, self.y.start));
        let at = (x + left - corner.0, y + top - corner.1 + 12.0);
        text(&self.outer, at, words, Words::new(Side::Centre))
    }

    /// A text on white, so that lines under it do not cross it.
    pub(super) fn label(&self, at: Point, words: &str, style: Words) -> Drawn {
        let (x, y) = self.at(at);
        let (w, h) = (text_width(words, style.size) + 6.0, style.size + 4.0);
        let left = match style.side {
            Side::Right => x - 3.0,
            Side::Centre => x - w / 2.0,
        };
        let top = y - h / 2.0;
        rectangle(&self.inner, (left, top), (left + w, top + h), WHITE)?;
        text(&self.inner, (x, y), words, style)
    }

    /// What marks and lines mean.
    pub(super) fn key(&self, corner: Corner, entries: &[(Sample, &str)]) -> Drawn {
        let (row, sample) = (17.0, 22.0);
        let widest = entries.iter().map(|(_, words)| text_width(words, 12.0)).fold(0.0, f64::max);
        let (w, h) = (widest + sample + 14.0, row * entries.len() as f64 + 6.0);
        let (right, bottom) = (self.size.0 - w - 5.0, self.size.1 - h - 5.0);
        let (left, top) = match corner {
            Corner::UpperLeft => (5.0, 5.0),
            Corner::UpperRight => (right, 5.0),
            Corner::LowerLeft => (5.0, bottom),
            Corner::LowerRight => (right, bottom),
        };
        rectangle(&self.inner, (left, top), (left + w, top + h), WHITE)?;
        let rim = [(left, top), (left + w, top), (left + w, top + h), (left, top + h), (left, top)];
        line(&self.inner, &rim, Pen::new(PALE).width(1.0))?;
        for (i, (kind, words)) in entries.iter().enumerate() {
            let y = top + 3.0 + row * (i as f64 + 0.5);
            let middle = left + 5.0 + sample / 2.0;
            match *kind {
                Sample::Line(pen) => line(&self.inner, &[(left + 5.0, y), (left + 3.0 + sample, y)], pen)?,
                Sample::Mark(shape, colour) => mark(&self.inner, (middle, y), shape, 4.0, colour)?,
                Sample::Fill(colour) => {
                    rectangle(&self.inner, (middle - 7.0, y - 5.0), (middle + 7.0, y + 5.0), colour)?;
                }
            }
            let style = Words::new(Side::Right).size(12.0).colour(INK);
            text(&self.inner, (left + sample + 8.0, y), words, style)?;
        }
        Ok(())
    }
}

/// A number beside a tick: short, with a true minus sign.
pub(super) fn tick(x: f64, power: bool) -> String {
    let whole = (x - x.round()).abs() < 1e-9;
    match power {
        // Between two powers of 10 there is only a line.
        true if !whole => String::new(),
        true if !(-2.0..=3.0).contains(&x.round()) => {
            format!("10{}", superscript(&format!("{:.0}", x.round())))
        }
        true => plain(libm::pow(10.0, x.round())),
        false => plain(x),
    }
}

fn plain(x: f64) -> String {
    let text = format!("{x:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.replace('-', "\u{2212}") }
}

fn superscript(digits: &str) -> String {
    let raised = |c: char| match c {
        '-' => '\u{207b}',
        '1' => '\u{b9}',
        '2' => '\u{b2}',
        '3' => '\u{b3}',
        c => c.to_digit(10).and_then(|d| char::from_u32(0x2070 + d)).unwrap_or(c),
    };
    digits.chars().map(raised).collect()
}

/// A number in a few digits, as texts in pictures have it.
pub(super) fn short(x: f64, digits: usize) -> String {
    format!("{x:.digits$}").replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_short() {
        let shown: Vec<String> = [0.0, -0.0, 0.5, -1.0, 0.30000000000000004].map(|x| tick(x, false)).into();
        assert_eq!(shown, ["0", "0", "0.5", "\u{2212}1", "0.3"]);
        assert_eq!(
            [-3.0, 0.0, 0.5, 2.0, 12.0].map(|x| tick(x, true)),
            ["10\u{207b}\u{b3}", "1", "", "100", "10\u{b9}\u{b2}"]
        );
    }
}
