//! Nodes with derivatives of their own, and the linear maps that state them.

use super::super::arguments::Arguments;
use super::super::item::Item;
use super::{Diagnostic, Function, function};
use crate::graph::NodeId;
use crate::map::{Axes, Kind, Labelled, Labels, Local, Scale};

pub(super) static FUNCTIONS: &[Function] = &[
    function("custom", "value, operands, maps", |args| {
        let value = args.array("value")?;
        let operands = entries(args, "operands")?;
        let operands =
            operands.iter().map(|i| args.elaborator.array(i, args.at)).collect::<Result<Vec<_>, _>>()?;
        let maps = entries(args, "maps")?.into_iter().map(|item| match item {
            Item::Map(map) => Ok(map),
            other => Err(args.error(format!("`maps` must be linear maps, found {}", other.what()))),
        });
        let maps = maps.collect::<Result<Vec<_>, _>>()?;
        Ok(Item::Array(args.elaborator.check(args.elaborator.b.custom(value, &operands, maps), args.at)?))
    }),
    function("zero", "", |_| Ok(Item::Map(Local::Map(Kind::Zero)))),
    function("identity", "", |_| Ok(Item::Map(Local::Map(Kind::identity())))),
    function("cast", "", |_| Ok(Item::Map(Local::Map(Kind::Cast)))),
    function("undefined", "reason", |args| match args.item("reason")? {
        (Item::Text(reason), _) => Ok(Item::Map(Local::Undefined(reason.as_ref().into()))),
        (item, _) => Err(args.error(format!("the reason must be a string, found {}", item.what()))),
    }),
    function("labelled", "scale, mask=, input=, output=, scale_axes=, mask_axes=", labelled),
];

fn entries<'b>(args: &Arguments<'_, '_, 'b>, parameter: &str) -> Result<Vec<Item<'b>>, Diagnostic> {
    match args.item(parameter)? {
        (Item::Sequence(items), _) => Ok(items.to_vec()),
        (item, at) => {
            Err(args.elaborator.error(at, format!("`{parameter}` must be a tuple, found {}", item.what())))
        }
    }
}

fn labelled<'b>(args: &Arguments<'_, '_, 'b>) -> Result<Item<'b>, Diagnostic> {
    let (scale, at) = args.item("scale")?;
    let scale = match scale.int() {
        Some(1) => Scale::One,
        Some(-1) => Scale::MinusOne,
        _ => Scale::By(args.elaborator.array(scale, at)?.id()),
    };
    let mask: Option<NodeId> = if args.has("mask") { Some(args.array("mask")?.id()) } else { None };
    let labels = |p| -> Result<Labels, Diagnostic> {
        let sizes = if args.has(p) { args.sizes(p)? } else { Vec::new() };
        Ok(sizes.into_iter().map(|n| u8::try_from(n).unwrap_or(u8::MAX)).collect())
    };
    let map = if args.has("input") || args.has("output") {
        let (input, output) = (labels("input")?, labels("output")?);
        Labelled::new(
            scale,
            mask,
            Axes { input, output, scale: labels("scale_axes")?, mask: labels("mask_axes")? },
        )
    } else {
        Labelled::elementwise(scale, mask)
    };
    Ok(Item::Map(Local::Map(Kind::Labelled(map))))
}
