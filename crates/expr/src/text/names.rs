//! The names of a program, each stored once.
//!
//! Ids are dense and in order of first appearance, so facts about names can live in a vector.

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher;

/// A name of a program: an index into its [`Names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(u32);

impl NameId {
    /// The position of the name, from 0.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// An interner of names.
#[derive(Clone, Debug, Default)]
pub struct Names {
    names: Vec<Box<str>>,
    ids: HashTable<NameId>,
}

impl Names {
    /// The id of `name`, which is stored if it is new.
    pub fn intern(&mut self, name: &str) -> NameId {
        let Self { names, ids } = self;
        let hash = |name: &str| FxBuildHasher.hash_one(name);
        let entry = ids.entry(hash(name), |id| &*names[id.index()] == name, |id| hash(&names[id.index()]));
        *entry
            .or_insert_with(|| {
                // A name takes a byte of a source of at most 2^32 of them.
                names.push(name.into());
                NameId((names.len() - 1) as u32)
            })
            .get()
    }

    /// The text of a name.
    pub fn get(&self, id: NameId) -> &str {
        &self.names[id.index()]
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no name.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names in order of first appearance.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_have_one_id() {
        let mut names = Names::default();
        let ids: Vec<usize> = ["x", "y", "x", "", "y"].map(|name| names.intern(name).index()).to_vec();
        assert_eq!(ids, [0, 1, 0, 2, 1]);
        assert_eq!(names.iter().collect::<Vec<_>>(), ["x", "y", ""]);
    }
}
