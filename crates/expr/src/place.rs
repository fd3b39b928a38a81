//! Where in the user's source a node was made, and in which part of the user's model.

use rustc_hash::FxHashMap;
use std::fmt;
use std::panic::Location;

/// A place in a Rust file or in a program text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Place {
    /// Not known.
    #[default]
    Unknown,
    /// A line of Rust.
    Rust(&'static Location<'static>),
    /// A line and a column of a program text, from 1.
    Text {
        /// The line.
        line: u32,
        /// The column, in characters.
        column: u32,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Unknown => write!(f, "an unknown place"),
            Place::Rust(location) => write!(f, "{location}"),
            Place::Text { line, column } => write!(f, "line {line}, column {column}"),
        }
    }
}

/// The table of a graph's places and scopes: each pair once, as far as it is easily known.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlaceTable {
    places: Vec<(Place, ScopeId)>,
    /// The paths of scopes, after that of no scope, which is not listed.
    scopes: Vec<String>,
    ids: FxHashMap<Key, PlaceId>,
    last: Option<(Key, PlaceId)>,
}

/// An entry of a graph's table of places.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlaceId(u32);

/// A scope of a graph; the default is none.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct ScopeId(u32);

/// What tells places and scopes apart.
type Key = (u8, u64, ScopeId);

impl PlaceTable {
    pub(crate) fn get(&self, id: PlaceId) -> Place {
        self.places[id.0 as usize].0
    }

    /// The path of the scope of an entry, empty outside all scopes.
    pub(crate) fn scope(&self, id: PlaceId) -> &str {
        self.path(self.places[id.0 as usize].1)
    }

    fn path(&self, scope: ScopeId) -> &str {
        scope.0.checked_sub(1).map_or("", |at| &self.scopes[at as usize])
    }

    /// The scope of this name inside another one.
    pub(crate) fn nested(&mut self, outer: ScopeId, name: &str) -> ScopeId {
        let path = match self.path(outer) {
            "" => name.to_owned(),
            path => format!("{path}/{name}"),
        };
        let at = self.scopes.iter().position(|known| *known == path).unwrap_or_else(|| {
            self.scopes.push(path);
            self.scopes.len() - 1
        });
        ScopeId(at as u32 + 1)
    }

    /// The entry of this place and scope, made if it is new. Many nodes in a row have the same.
    pub(crate) fn intern(&mut self, place: Place, scope: ScopeId) -> PlaceId {
        let key = key(place, scope);
        if let Some((last, id)) = self.last
            && last == key
        {
            return id;
        }
        let id = *self.ids.entry(key).or_insert_with(|| {
            self.places.push((place, scope));
            PlaceId(self.places.len() as u32 - 1)
        });
        self.last = Some((key, id));
        id
    }
}

/// Lines of Rust by their address: one that the compiler keeps twice has two entries.
fn key(place: Place, scope: ScopeId) -> Key {
    match place {
        Place::Unknown => (0, 0, scope),
        Place::Rust(location) => (1, std::ptr::from_ref(location).addr() as u64, scope),
        Place::Text { line, column } => (2, u64::from(line) << 32 | u64::from(column), scope),
    }
}
