//! The names of a program and what they stand for.

use super::super::NameId;
use super::super::ast::{Ident, Tree};
use super::item::{Item, Number};
use crate::ty::DType;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// A function of the program, to be inlined.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub(super) parameters: Rc<[NameId]>,
    pub(super) body: Tree,
}

/// Bindings: those of the program, and on top of them those of the function being inlined.
#[derive(Debug, Default)]
pub(super) struct Scope<'b> {
    globals: FxHashMap<NameId, Item<'b>>,
    frames: Vec<Vec<(NameId, Item<'b>)>>,
    functions: FxHashMap<NameId, Definition>,
}

impl<'b> Scope<'b> {
    pub(super) fn bind(&mut self, name: NameId, item: Item<'b>) {
        self.globals.insert(name, item);
    }

    pub(super) fn get(&self, name: NameId) -> Option<&Item<'b>> {
        let local = self.frames.last().and_then(|f| f.iter().find(|(n, _)| *n == name));
        local.map(|(_, item)| item).or_else(|| self.globals.get(&name))
    }

    pub(super) fn define(&mut self, name: NameId, parameters: &[Ident], body: Tree) {
        let parameters = parameters.iter().map(|p| p.name).collect();
        self.functions.insert(name, Definition { parameters, body });
    }

    pub(super) fn function(&self, name: NameId) -> Option<Definition> {
        self.functions.get(&name).cloned()
    }

    pub(super) fn enter(&mut self, frame: Vec<(NameId, Item<'b>)>) {
        self.frames.push(frame);
    }

    pub(super) fn leave(&mut self) {
        self.frames.pop();
    }

    pub(super) fn depth(&self) -> usize {
        self.frames.len()
    }

    /// Every bound name, for suggestions.
    pub(super) fn names(&self) -> impl Iterator<Item = NameId> {
        let local = self.frames.last().into_iter().flatten().map(|(n, _)| *n);
        self.globals.keys().copied().chain(local)
    }

    /// The functions of the program, for suggestions.
    pub(super) fn functions(&self) -> impl Iterator<Item = NameId> {
        self.functions.keys().copied()
    }
}

/// The predefined constants.
pub(super) const CONSTANTS: [&str; 6] = ["pi", "e", "inf", "nan", "true", "false"];

/// What a name stands for that nothing shadows.
pub(super) fn predefined(name: &str) -> Option<Predefined> {
    Some(match name {
        "pi" => {
            Predefined::Number(Number { f64: std::f64::consts::PI, f32: std::f32::consts::PI, int: None })
        }
        "e" => Predefined::Number(Number { f64: std::f64::consts::E, f32: std::f32::consts::E, int: None }),
        "inf" => Predefined::Number(Number::of(f64::INFINITY)),
        "nan" => Predefined::Number(Number::of(f64::NAN)),
        "true" | "True" => Predefined::Bool(true),
        "false" | "False" => Predefined::Bool(false),
        "None" => Predefined::None,
        name => Predefined::DType(DType::from_name(name)?),
    })
}

/// A predefined name's meaning.
#[derive(Clone, Copy, Debug)]
pub(super) enum Predefined {
    Number(Number),
    Bool(bool),
    DType(DType),
    None,
}
