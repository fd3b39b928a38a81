//! Where in the user's source a node was made.

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

/// The table of a graph's places: each one once, as far as it is easily known.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlaceTable {
    places: Vec<Place>,
    ids: FxHashMap<(u8, u64), PlaceId>,
    last: Option<((u8, u64), PlaceId)>,
}

/// An entry of a graph's table of places.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlaceId(u32);

impl PlaceTable {
    pub(crate) fn get(&self, id: PlaceId) -> Place {
        self.places[id.0 as usize]
    }

    /// The entry of this place, made if it is new. Many nodes in a row have the same.
    pub(crate) fn intern(&mut self, place: Place) -> PlaceId {
        let key = key(place);
        if let Some((last, id)) = self.last
            && last == key
        {
            return id;
        }
        let id = *self.ids.entry(key).or_insert_with(|| {
            self.places.push(place);
            PlaceId(self.places.len() as u32 - 1)
        });
        self.last = Some((key, id));
        id
    }
}

/// Lines of Rust by their address: one that the compiler keeps twice has two entries.
fn key(place: Place) -> (u8, u64) {
    match place {
        Place::Unknown => (0, 0),
        Place::Rust(location) => (1, std::ptr::from_ref(location).addr() as u64),
        Place::Text { line, column } => (2, u64::from(line) << 32 | u64::from(column)),
    }
}
