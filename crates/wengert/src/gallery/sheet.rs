//! The sheet that a figure is drawn on, and the pens and words that it is drawn with.
//!
//! The backend counts whole pixels, so a sheet is drawn some times larger than it is shown. All sizes that the figures
//! give are in pixels as shown.

use super::error::GalleryError;
use super::palette::{INK, WHITE};
use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, Cross, EmptyElement, PathElement, Polygon, Rectangle, Text, TriangleMarker};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont, RGBColor, TextStyle};

/// How many pixels of the backend make one as shown.
const SCALE: f64 = 5.0;
/// The width of a letter over its size, on the average.
const LETTER: f64 = 0.52;

pub(super) type Area<'s> = DrawingArea<SVGBackend<'s>, Shift>;
pub(super) type Drawn<T = ()> = Result<T, GalleryError>;
/// A place on an area, in pixels as shown.
pub(super) type Point = (f64, f64);

/// Pixels of the backend.
pub(super) fn px(size: f64) -> i32 {
    (size * SCALE).round() as i32
}

/// A document of this width and height.
pub(super) fn sheet(width: u32, height: u32, paint: impl FnOnce(&Area<'_>) -> Drawn) -> Drawn<String> {
    let mut svg = String::new();
    let scaled = (px(width.into()) as u32, px(height.into()) as u32);
    {
        let root = SVGBackend::with_string(&mut svg, scaled).into_drawing_area();
        root.fill(&WHITE)?;
        paint(&root)?;
        root.present()?;
    }
    let size = |w: u32, h: u32| format!("width=\"{w}\" height=\"{h}\"");
    Ok(svg.replacen(&size(scaled.0, scaled.1), &size(width, height), 1))
}

/// Panels in rows and columns, row by row.
pub(super) fn panels<'s>(area: &Area<'s>, rows: usize, columns: usize) -> Vec<Area<'s>> {
    area.split_evenly((rows, columns))
}

/// How a line is drawn.
#[derive(Clone, Copy)]
pub(super) struct Pen {
    pub(super) colour: RGBColor,
    width: f64,
    dashed: bool,
}

impl Pen {
    pub(super) fn new(colour: RGBColor) -> Pen {
        Pen { colour, width: 2.0, dashed: false }
    }

    pub(super) fn width(self, width: f64) -> Pen {
        Pen { width, ..self }
    }

    pub(super) fn dashed(self) -> Pen {
        Pen { dashed: true, ..self }
    }
}

/// The shape of a mark.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Dot,
    Square,
    Triangle,
    Cross,
}

/// The marks of classes, in the order of their colours.
pub(super) const SHAPES: [Shape; 3] = [Shape::Dot, Shape::Square, Shape::Triangle];

/// Where a text stands beside its place.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Centre,
    Right,
}

/// How words are written.
#[derive(Clone, Copy)]
pub(super) struct Words {
    pub(super) size: f64,
    pub(super) colour: RGBColor,
    pub(super) side: Side,
    pub(super) bold: bool,
}

impl Words {
    pub(super) fn new(side: Side) -> Words {
        Words { size: 13.0, colour: INK, side, bold: false }
    }

    pub(super) fn size(self, size: f64) -> Words {
        Words { size, ..self }
    }

    pub(super) fn colour(self, colour: RGBColor) -> Words {
        Words { colour, ..self }
    }

    pub(super) fn bold(self) -> Words {
        Words { bold: true, ..self }
    }

    pub(super) fn style(self) -> TextStyle<'static> {
        // The backend divides sizes by this.
        let size = px(1.24 * self.size);
        let font = ("Helvetica, Arial, sans-serif", size).into_font();
        let font = if self.bold { font.style(plotters::style::FontStyle::Bold) } else { font };
        let (h, v) = match self.side {
            Side::Centre => (HPos::Center, VPos::Center),
            Side::Right => (HPos::Left, VPos::Center),
        };
        TextStyle { font, color: self.colour.to_backend_color(), pos: Pos::new(h, v) }
    }
}

/// How wide a text is, about.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * LETTER
}

fn whole((x, y): Point) -> (i32, i32) {
    (px(x), px(y))
}

pub(super) fn line(area: &Area<'_>, points: &[Point], pen: Pen) -> Drawn {
    let style = pen.colour.stroke_width(px(pen.width) as u32);
    if !pen.dashed {
        area.draw(&PathElement::new(points.iter().copied().map(whole).collect::<Vec<_>>(), style))?;
        return Ok(());
    }
    for dash in dashes(points, 6.0, 4.0) {
        area.draw(&PathElement::new(dash.into_iter().map(whole).collect::<Vec<_>>(), style))?;
    }
    Ok(())
}

/// The pieces of a path that are drawn, `on` long, with gaps between them that are `off` long.
fn dashes(points: &[Point], on: f64, off: f64) -> Vec<Vec<Point>> {
    let (mut pieces, mut left, mut drawing) = (Vec::new(), on, true);
    let mut piece: Vec<Point> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let length = libm::hypot(to.0 - from.0, to.1 - from.1);
            if length <= left {
                left -= length;
                piece.push(to);
                break;
            }
            let part = left / length;
            from = (from.0 + part * (to.0 - from.0), from.1 + part * (to.1 - from.1));
            piece.push(from);
            if drawing {
                pieces.push(std::mem::take(&mut piece));
            }
            drawing = !drawing;
            (piece, left) = (vec![from], if drawing { on } else { off });
        }
    }
    if drawing && piece.len() > 1 {
        pieces.push(piece);
    }
    pieces
}

pub(super) fn polygon(area: &Area<'_>, points: &[Point], colour: RGBColor) -> Drawn {
    let points: Vec<(i32, i32)> = points.iter().copied().map(whole).collect();
    Ok(area.draw(&Polygon::new(points, colour.filled()))?)
}

pub(super) fn rectangle(area: &Area<'_>, from: Point, to: Point, colour: RGBColor) -> Drawn {
    Ok(area.draw(&Rectangle::new([whole(from), whole(to)], colour.filled()))?)
}

/// A line with a head at its end.
pub(super) fn arrow(area: &Area<'_>, points: &[Point], pen: Pen) -> Drawn {
    let [.., before, tip] = *points else { return Ok(()) };
    let (dx, dy) = (tip.0 - before.0, tip.1 - before.1);
    let length = libm::hypot(dx, dy).max(1e-9);
    let head = 4.0 + 2.0 * pen.width;
    let (ux, uy) = (dx / length * head, dy / length * head);
    let base = (tip.0 - ux, tip.1 - uy);
    let mut shaft = points.to_vec();
    if let Some(last) = shaft.last_mut() {
        *last = base;
    }
    line(area, &shaft, pen)?;
    let wing = |side: f64| (base.0 - side * 0.45 * uy, base.1 + side * 0.45 * ux);
    polygon(area, &[tip, wing(1.0), wing(-1.0)], pen.colour)
}

/// A mark with a white rim, so that marks that overlap can be counted.
pub(super) fn mark(area: &Area<'_>, at: Point, shape: Shape, size: f64, colour: RGBColor) -> Drawn {
    if shape == Shape::Cross {
        return Ok(area.draw(&Cross::new(whole(at), px(size), colour.stroke_width(px(2.0) as u32)))?);
    }
    for (size, colour) in [(size + 1.0, WHITE), (size, colour)] {
        let (at, r, style) = (whole(at), px(size), colour.filled());
        match shape {
            Shape::Dot => area.draw(&Circle::new(at, r, style))?,
            Shape::Square => {
                let r = (f64::from(r) * 0.88) as i32;
                area.draw(&(EmptyElement::at(at) + Rectangle::new([(-r, -r), (r, r)], style)))?;
            }
            Shape::Triangle => area.draw(&TriangleMarker::new(at, (f64::from(r) * 1.2) as i32, style))?,
            Shape::Cross => {}
        }
    }
    Ok(())
}

pub(super) fn text(area: &Area<'_>, at: Point, words: &str, style: Words) -> Drawn {
    Ok(area.draw(&Text::new(words.to_owned(), whole(at), style.style()))?)
}

/// Where an area begins on the sheet.
pub(super) fn corner(area: &Area<'_>) -> Point {
    let (x, y) = area.get_base_pixel();
    (f64::from(x) / SCALE, f64::from(y) / SCALE)
}

/// The size of an area.
pub(super) fn size(area: &Area<'_>) -> Point {
    let (w, h) = area.dim_in_pixel();
    (f64::from(w) / SCALE, f64::from(h) / SCALE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_dashed_along_its_length() {
        let found = dashes(&[(0.0, 0.0), (7.0, 0.0), (7.0, 5.0)], 4.0, 2.0);
        assert_eq!(found, [vec![(0.0, 0.0), (4.0, 0.0)], vec![(6.0, 0.0), (7.0, 0.0), (7.0, 3.0)]]);
    }

    #[test]
    fn a_sheet_is_shown_in_its_own_size() {
        let svg = sheet(30, 20, |area| text(area, (1.0, 2.0), "a < b", Words::new(Side::Right))).unwrap();
        let document = roxmltree::Document::parse(&svg).unwrap();
        let root = document.root_element();
        assert_eq!((root.attribute("width"), root.attribute("viewBox")), (Some("30"), Some("0 0 150 100")));
        assert!(root.descendants().any(|n| n.text().is_some_and(|t| t.contains("a < b"))));
    }
}
