//! For each vertex of a graph a list that grows: colours seen at its neighbours, or colours that are barred.
//!
//! Always holds: a list has room for one item for each neighbour, and no more are put in.

use super::pattern::Pattern;

/// Growing lists, one for each row of a pattern.
pub(super) struct Lists<'p, T> {
    pattern: &'p Pattern,
    lengths: Vec<u32>,
    items: Vec<T>,
}

/// A colour that a vertex has among its neighbours.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen {
    pub(super) colour: u32,
    /// What a colouring remembers about it.
    pub(super) mark: u32,
}

impl<'p, T: Copy + Default> Lists<'p, T> {
    pub(super) fn new(pattern: &'p Pattern) -> Lists<'p, T> {
        Lists { pattern, lengths: vec![0; pattern.rows()], items: vec![T::default(); pattern.nonzeros()] }
    }

    pub(super) fn of(&self, v: u32) -> &[T] {
        let start = self.pattern.range(v as usize).start;
        &self.items[start..start + self.lengths[v as usize] as usize]
    }

    fn at(&mut self, v: u32, place: usize) -> &mut T {
        &mut self.items[self.pattern.range(v as usize).start + place]
    }

    pub(super) fn push(&mut self, v: u32, item: T) {
        self.insert(v, self.lengths[v as usize] as usize, item);
    }

    fn insert(&mut self, v: u32, place: usize, item: T) {
        let (range, length) = (self.pattern.range(v as usize), self.lengths[v as usize] as usize);
        let list = &mut self.items[range][..=length];
        list.copy_within(place..length, place + 1);
        list[place] = item;
        self.lengths[v as usize] += 1;
    }
}

impl Lists<'_, Seen> {
    /// What is remembered about a colour at a vertex; where the colour is new there, it is put in with this mark.
    pub(super) fn see(&mut self, v: u32, colour: u32, mark: u32) -> Option<&mut u32> {
        match self.of(v).binary_search_by_key(&colour, |seen| seen.colour) {
            Ok(place) => Some(&mut self.at(v, place).mark),
            Err(place) => {
                self.insert(v, place, Seen { colour, mark });
                None
            }
        }
    }
}
