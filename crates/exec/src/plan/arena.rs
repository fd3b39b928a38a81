//! Where temporary buffers lie: one arena, offsets such that buffers alive at one time are apart and the peak is low.
//!
//! Greatest buffers first, each at the lowest offset that is free for its whole life (greedy by size, Pisarchyk and Lee,
//! "Efficient Memory Management for Deep Neural Net Inference", 2020); long lists in order of time, best fit.

/// Every buffer begins at a multiple of this many bytes: a cache line, and a vector.
pub(crate) const ALIGNMENT: usize = 64;

/// A buffer's size in bytes and the first and last step at which it is needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Life {
    pub(crate) bytes: usize,
    pub(crate) first: u32,
    pub(crate) last: u32,
}

/// Offsets, and the size of the arena.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Layout {
    pub(crate) offsets: Vec<usize>,
    pub(crate) bytes: usize,
}

/// More buffers than this are placed in order of time.
const MANY: usize = 1500;

/// Offsets for buffers with these lives.
pub(crate) fn layout(lives: &[Life]) -> Layout {
    let timed = by_time(lives);
    if lives.len() > MANY {
        return timed;
    }
    let sized = by_size(lives);
    if sized.bytes <= timed.bytes { sized } else { timed }
}

/// The least arena that any layout could have: what is alive at the worst step.
pub(crate) fn bound(lives: &[Life]) -> usize {
    let mut changes: Vec<(u32, isize)> = Vec::with_capacity(2 * lives.len());
    for life in lives {
        let bytes = padded(life.bytes) as isize;
        changes.extend([(life.first, bytes), (life.last + 1, -bytes)]);
    }
    // At one time, what ends goes before what begins.
    changes.sort_unstable();
    let mut alive = 0isize;
    changes.iter().fold(0, |peak, (_, change)| {
        alive += change;
        peak.max(alive)
    }) as usize
}

fn padded(bytes: usize) -> usize {
    bytes.div_ceil(ALIGNMENT) * ALIGNMENT
}

fn by_size(lives: &[Life]) -> Layout {
    let mut order: Vec<usize> = (0..lives.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(lives[i].bytes), lives[i].first));
    let mut layout = Layout { offsets: vec![0; lives.len()], bytes: 0 };
    // Placed buffers by offset.
    let mut placed: Vec<usize> = Vec::new();
    for i in order {
        let life = lives[i];
        let mut offset = 0;
        for &j in &placed {
            let other = lives[j];
            if other.last < life.first || life.last < other.first {
                continue;
            }
            if offset + padded(life.bytes) <= layout.offsets[j] {
                break;
            }
            offset = offset.max(layout.offsets[j] + padded(other.bytes));
        }
        layout.offsets[i] = offset;
        layout.bytes = layout.bytes.max(offset + padded(life.bytes));
        let at = placed.partition_point(|&j| layout.offsets[j] <= offset);
        placed.insert(at, i);
    }
    layout
}

fn by_time(lives: &[Life]) -> Layout {
    let mut order: Vec<usize> = (0..lives.len()).collect();
    order.sort_by_key(|&i| (lives[i].first, std::cmp::Reverse(lives[i].bytes)));
    let mut layout = Layout { offsets: vec![0; lives.len()], bytes: 0 };
    let mut free = Free::default();
    let mut ending: std::collections::BinaryHeap<std::cmp::Reverse<(u32, usize)>> = Default::default();
    for i in order {
        let life = lives[i];
        while let Some(&std::cmp::Reverse((last, j))) = ending.peek() {
            if last >= life.first {
                break;
            }
            ending.pop();
            free.put(layout.offsets[j], padded(lives[j].bytes));
        }
        let bytes = padded(life.bytes);
        let offset = free.take(bytes, layout.bytes);
        layout.offsets[i] = offset;
        layout.bytes = layout.bytes.max(offset + bytes);
        ending.push(std::cmp::Reverse((life.last, i)));
    }
    layout
}

/// Free runs of the arena.
#[derive(Default)]
struct Free {
    by_offset: std::collections::BTreeMap<usize, usize>,
    by_size: std::collections::BTreeSet<(usize, usize)>,
}

impl Free {
    fn put(&mut self, mut offset: usize, mut bytes: usize) {
        if bytes == 0 {
            return;
        }
        if let Some((&before, &size)) = self.by_offset.range(..offset).next_back()
            && before + size == offset
        {
            self.remove(before, size);
            (offset, bytes) = (before, bytes + size);
        }
        if let Some(&size) = self.by_offset.get(&(offset + bytes)) {
            self.remove(offset + bytes, size);
            bytes += size;
        }
        self.by_offset.insert(offset, bytes);
        self.by_size.insert((bytes, offset));
    }

    fn remove(&mut self, offset: usize, bytes: usize) {
        self.by_offset.remove(&offset);
        self.by_size.remove(&(bytes, offset));
    }

    /// The smallest free run that is large enough; else a run at the arena's end, which may begin in a free one.
    fn take(&mut self, bytes: usize, end: usize) -> usize {
        if bytes == 0 {
            return 0;
        }
        if let Some(&(size, offset)) = self.by_size.range((bytes, 0)..).next() {
            self.remove(offset, size);
            self.put(offset + bytes, size - bytes);
            return offset;
        }
        match self.by_offset.last_key_value() {
            Some((&offset, &size)) if offset + size == end => {
                self.remove(offset, size);
                offset
            }
            _ => end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lives() -> impl Strategy<Value = Vec<Life>> {
        let life = (0usize..400, 0u32..30, 0u32..8);
        let life = life.prop_map(|(bytes, first, more)| Life { bytes, first, last: first + more });
        proptest::collection::vec(life, 0..60)
    }

    fn apart(lives: &[Life], layout: &Layout) -> bool {
        let end = |i: usize| layout.offsets[i] + lives[i].bytes;
        (0..lives.len()).all(|i| {
            (0..i).all(|j| {
                let in_time = lives[i].last < lives[j].first || lives[j].last < lives[i].first;
                let in_space = end(i) <= layout.offsets[j] || end(j) <= layout.offsets[i];
                in_time || in_space || lives[i].bytes == 0 || lives[j].bytes == 0
            })
        })
    }

    proptest! {
        #[test]
        fn buffers_alive_together_are_apart(lives in lives()) {
            for layout in [by_size(&lives), by_time(&lives)] {
                prop_assert!(apart(&lives, &layout));
                prop_assert!(layout.bytes >= bound(&lives));
                prop_assert!((0..lives.len()).all(|i| layout.offsets[i] + lives[i].bytes <= layout.bytes));
                prop_assert!(layout.offsets.iter().all(|o| o % ALIGNMENT == 0));
            }
        }
    }

    #[test]
    fn one_after_another_shares_one_place() {
        let lives: Vec<Life> = (0..10).map(|i| Life { bytes: 64, first: i, last: i + 1 }).collect();
        assert_eq!((layout(&lives).bytes, bound(&lives)), (128, 128));
    }
}
