//! The colours of all figures: those that people with any kind of colour vision tell apart (M. Okabe and K. Ito, "Color
//! Universal Design", 2008), greys, and one scale from dark to light.

use plotters::style::RGBColor;

pub(super) const WHITE: RGBColor = RGBColor(255, 255, 255);
pub(super) const INK: RGBColor = RGBColor(51, 51, 51);
pub(super) const GREY: RGBColor = RGBColor(140, 140, 140);
pub(super) const PALE: RGBColor = RGBColor(232, 232, 232);
pub(super) const ORANGE: RGBColor = RGBColor(230, 159, 0);
pub(super) const SKY: RGBColor = RGBColor(86, 180, 233);
pub(super) const GREEN: RGBColor = RGBColor(0, 158, 115);
pub(super) const BLUE: RGBColor = RGBColor(0, 114, 178);
pub(super) const VERMILION: RGBColor = RGBColor(213, 94, 0);
pub(super) const PURPLE: RGBColor = RGBColor(204, 121, 167);

/// Curves that stand side by side, in this order.
pub(super) const CURVES: [RGBColor; 7] = [BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, INK];
/// Classes, in this order.
pub(super) const CLASSES: [RGBColor; 3] = [BLUE, VERMILION, GREEN];

/// The colours of a scale from low to high, evenly spaced: those of "viridis" (S. van der Walt and N. Smith, 2015).
const SCALE: [RGBColor; 9] = [
    RGBColor(68, 1, 84),
    RGBColor(71, 45, 123),
    RGBColor(59, 82, 139),
    RGBColor(44, 114, 142),
    RGBColor(33, 145, 140),
    RGBColor(40, 174, 128),
    RGBColor(94, 201, 98),
    RGBColor(173, 220, 48),
    RGBColor(253, 231, 37),
];

/// Part way from one colour to another.
pub(super) fn mix(from: RGBColor, to: RGBColor, part: f64) -> RGBColor {
    let between = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u8;
    RGBColor(between(from.0, to.0), between(from.1, to.1), between(from.2, to.2))
}

/// A colour on white, as if it were transparent, so that what lies side by side shows no seam.
pub(super) fn tint(colour: RGBColor, strength: f64) -> RGBColor {
    mix(WHITE, colour, strength)
}

/// The colour of a number between 0 and 1 on the scale; lighter than the scale itself, for lines are drawn on it.
pub(super) fn shade(part: f64) -> RGBColor {
    let place = part.clamp(0.0, 1.0) * (SCALE.len() - 1) as f64;
    let low = (place as usize).min(SCALE.len() - 2);
    tint(mix(SCALE[low], SCALE[low + 1], place - low as f64), 0.75)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_goes_from_its_first_colour_to_its_last() {
        assert_eq!(mix(RGBColor(0, 10, 20), RGBColor(100, 20, 10), 0.5), RGBColor(50, 15, 15));
        assert_eq!(tint(BLUE, 1.0), BLUE);
        let ends = [SCALE[0], SCALE[8]].map(|c| tint(c, 0.75));
        assert_eq!([shade(-1.0), shade(2.0)], ends);
    }
}
