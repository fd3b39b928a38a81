//! Vertices sorted into groups, each by a colour; some vertices may have none.
//!
//! Always holds: the colours of `count` are 0, 1, ... and each is used.

/// The colours of some vertices.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Colouring {
    colours: Vec<Option<u32>>,
    count: usize,
}

impl Colouring {
    /// From colours that may have gaps, [`NONE`] where there is none.
    pub(super) fn new(colours: &[u32]) -> Colouring {
        let most = colours.iter().filter(|&&c| c != NONE).max().map_or(0, |&c| c as usize + 1);
        let mut names = vec![NONE; most];
        colours.iter().filter(|&&c| c != NONE).for_each(|&c| names[c as usize] = 0);
        let mut count = 0;
        for name in names.iter_mut().filter(|name| **name == 0) {
            *name = count;
            count += 1;
        }
        let colours = colours.iter().map(|&c| (c != NONE).then(|| names[c as usize])).collect();
        Colouring { colours, count: count as usize }
    }

    /// Each vertex's colour.
    pub fn colours(&self) -> &[Option<u32>] {
        &self.colours
    }

    /// How many colours there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// A vertex's colour.
    pub fn colour(&self, v: usize) -> Option<u32> {
        self.colours[v]
    }

    /// The same without the colours of vertices that don't need theirs.
    pub(super) fn only(&self, needed: &[bool]) -> Colouring {
        let raw = self.colours.iter().zip(needed).map(|(&c, &needed)| c.filter(|_| needed).unwrap_or(NONE));
        Colouring::new(&raw.collect::<Vec<_>>())
    }
}

/// No colour, while colours are given.
pub(super) const NONE: u32 = u32::MAX;
