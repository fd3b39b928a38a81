//! Rematerialisation: values computed again instead of kept, until the arena fits into a budget.
//!
//! The steps before the one at which most memory is in use fall into segments. What passes from one segment to the next is
//! kept; what else is needed later is computed again, a segment at a time, just before. With the square root of `n`
//! segments a chain of `n` steps keeps about twice the square root of `n` values and computes each once more (Chen, Xu,
//! Zhang, Guestrin, "Training Deep Nets with Sublinear Memory Cost", 2016).

use super::lower::{Lowered, Origin};
use super::memory::{Memory, plan};
use super::schedule::Replaced;
use super::step::BufferId;
use rustc_hash::{FxHashMap, FxHashSet};

/// Steps whose arena fits.
pub(super) struct Fitted {
    pub(super) lowered: Lowered,
    pub(super) memory: Memory,
}

/// The steps with the least extra work whose arena has at most `budget` bytes; else the least arena that was found.
pub(super) fn fit(
    lowered: Lowered,
    replaced: &[Replaced],
    budget: usize,
    in_place: bool,
) -> Result<Fitted, usize> {
    let memory = plan(&lowered, in_place);
    if memory.bytes <= budget {
        return Ok(Fitted { lowered, memory });
    }
    let mut least = memory.bytes;
    let mut best: Option<(u64, Fitted)> = None;
    let mut previous = 0;
    for i in 0.. {
        // 2, 3, 4, 6, 8, 11, 16, ...: steps of about the square root of two.
        let segments = (2f64.powf(1.0 + f64::from(i) / 2.0)).round() as usize;
        if segments > lowered.steps.len() {
            break;
        }
        if segments == std::mem::replace(&mut previous, segments) {
            continue;
        }
        let Some((again, extra)) = segmented(&lowered, segments) else { continue };
        if !keeps_order(&again, replaced) {
            continue;
        }
        let memory = Memory { recomputed: extra, ..plan(&again, in_place) };
        least = least.min(memory.bytes);
        if memory.bytes <= budget && best.as_ref().is_none_or(|(e, _)| extra < *e) {
            best = Some((extra, Fitted { lowered: again, memory }));
        }
    }
    best.map(|(_, fitted)| fitted).ok_or(least)
}

/// True if everybody who reads a value that is replaced does so before.
fn keeps_order(lowered: &Lowered, replaced: &[Replaced]) -> bool {
    replaced.iter().all(|pair| {
        let written = lowered.steps.iter().position(|s| s.writes().contains(&pair.new));
        let read = lowered.steps.iter().rposition(|s| s.reads().contains(&pair.old));
        written.is_none_or(|w| read.is_none_or(|r| r <= w))
    })
}

/// The steps with what is needed after the worst one computed again, segment by segment, and how much arithmetic that adds.
fn segmented(lowered: &Lowered, segments: usize) -> Option<(Lowered, u64)> {
    let survey = Survey::new(lowered, segments);
    let mut again = Again { lowered, survey: &survey, renamed: FxHashMap::default(), extra: 0 };
    let mut made =
        Lowered { steps: lowered.steps[..=survey.turn].to_vec(), buffers: lowered.buffers.clone() };
    for step in &lowered.steps[survey.turn + 1..] {
        for b in step.reads() {
            if let Some(home) = survey.home(b)
                && home + 1 < segments
                && !again.renamed.contains_key(&b)
            {
                again.segment(home, &mut made);
            }
        }
        let mut step = step.clone();
        step.rename(&again.renamed);
        made.steps.push(step);
    }
    (again.extra > 0).then_some((made, again.extra))
}

/// What is known about the steps before the worst one.
struct Survey {
    /// The step at which most memory is in use.
    turn: usize,
    /// The segment in which a temporary value is made and, until the turn, only used.
    homes: Vec<Option<usize>>,
    writers: Vec<Vec<usize>>,
}

impl Survey {
    fn new(lowered: &Lowered, segments: usize) -> Survey {
        let mut writers = vec![Vec::new(); lowered.buffers.len()];
        let mut users = vec![Vec::new(); lowered.buffers.len()];
        for (t, step) in lowered.steps.iter().enumerate() {
            step.writes().iter().for_each(|b| writers[b.0 as usize].push(t));
            step.reads().iter().for_each(|b| users[b.0 as usize].push(t));
        }
        let temporary = |b: usize| matches!(lowered.buffers[b].origin, Origin::Temporary);
        let bytes = |b: usize| if temporary(b) { lowered.buffers[b].ty.bytes() as isize } else { 0 };
        let mut change = vec![0isize; lowered.steps.len() + 1];
        for b in 0..lowered.buffers.len() {
            let times = || writers[b].iter().chain(&users[b]);
            if let (Some(&first), Some(&last)) = (times().min(), times().max()) {
                change[first] += bytes(b);
                change[last + 1] -= bytes(b);
            }
        }
        let mut alive = 0;
        let (turn, _) =
            change[..lowered.steps.len()].iter().enumerate().fold((0, 0), |(turn, most), (t, c)| {
                alive += c;
                if alive > most { (t, alive) } else { (turn, most) }
            });
        // Segments make about equally much that is kept until after the turn.
        let late = |b: usize| temporary(b) && users[b].iter().any(|&u| u > turn);
        let mut kept = vec![0isize; turn + 1];
        for b in (0..lowered.buffers.len()).filter(|&b| late(b)) {
            if let Some(&t) = writers[b].last().filter(|&&t| t <= turn) {
                kept[t] += bytes(b);
            }
        }
        let total = kept.iter().sum::<isize>().max(1);
        let mut sum = 0;
        let segment_of: Vec<usize> = kept
            .iter()
            .map(|k| {
                let segment = (sum * segments as isize / total) as usize;
                sum += k;
                segment.min(segments - 1)
            })
            .collect();
        let homes = (0..lowered.buffers.len())
            .map(|b| {
                let &first = writers[b].first().filter(|_| temporary(b))?;
                let &home = segment_of.get(first)?;
                let early = writers[b].iter().chain(users[b].iter().filter(|&&u| u <= turn));
                early.copied().all(|t| segment_of.get(t) == Some(&home)).then_some(home)
            })
            .collect();
        Survey { turn, homes, writers }
    }

    fn home(&self, b: BufferId) -> Option<usize> {
        self.homes[b.0 as usize]
    }
}

struct Again<'l> {
    lowered: &'l Lowered,
    survey: &'l Survey,
    /// What stands for a value after the turn.
    renamed: FxHashMap<BufferId, BufferId>,
    extra: u64,
}

impl Again<'_> {
    /// Computes again what a segment made for later, and what that needs from inside the segment.
    fn segment(&mut self, home: usize, made: &mut Lowered) {
        let late =
            |b: BufferId| self.lowered.steps[self.survey.turn + 1..].iter().any(|s| s.reads().contains(&b));
        let all = (0..self.lowered.buffers.len() as u32).map(BufferId);
        let mut wanted: Vec<BufferId> =
            all.filter(|&b| self.survey.home(b) == Some(home) && late(b)).collect();
        let mut needed: FxHashSet<BufferId> = FxHashSet::default();
        let mut runs: Vec<usize> = Vec::new();
        while let Some(b) = wanted.pop() {
            if !needed.insert(b) {
                continue;
            }
            for &w in &self.survey.writers[b.0 as usize] {
                runs.push(w);
                let step = &self.lowered.steps[w];
                let temporary =
                    |b: &BufferId| matches!(self.lowered.buffers[b.0 as usize].origin, Origin::Temporary);
                wanted.extend(step.writes().into_iter().filter(temporary));
                wanted.extend(step.reads().into_iter().filter(|&r| self.survey.home(r) == Some(home)));
            }
        }
        runs.sort_unstable();
        runs.dedup();
        let mut needed: Vec<BufferId> = needed.into_iter().collect();
        needed.sort_unstable();
        for b in needed {
            made.buffers.push(made.buffers[b.0 as usize].clone());
            self.renamed.insert(b, BufferId(made.buffers.len() as u32 - 1));
        }
        for run in runs {
            let mut step = self.lowered.steps[run].clone();
            self.extra += step.work();
            step.rename(&self.renamed);
            made.steps.push(step);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Plan, PlanOptions};
    use wengert_expr::{Builder, DType, Type};

    /// A chain of sines of a vector and its derivative, written by hand: `dx = prod cos(x_i)`.
    fn chain(length: usize) -> wengert_expr::Function {
        let b = Builder::new();
        let x = b.input("x", Type::new(DType::F64, [1 << 10]));
        let w = b.input("w", Type::new(DType::F64, [1 << 10, 1 << 10]));
        let mut values = vec![x];
        for i in 0..length {
            values.push(values[i].sin().matmul(w));
        }
        let slope = values.iter().rev().skip(1).fold(values[length], |slope, &v| slope.matmul(w) * v.cos());
        b.output("y", values[length]);
        b.output("dx", slope);
        b.finish().expect("shapes fit")
    }

    #[test]
    fn a_chain_fits_into_the_square_root() {
        let options = PlanOptions { in_place: true, ..PlanOptions::default() };
        let full = Plan::new(&chain(64), &options).unwrap();
        let value = 8 << 10;
        assert!(full.memory.bytes >= 64 * value);
        let budget = Some(22 * value);
        let small = Plan::new(&chain(64), &PlanOptions { budget, ..options.clone() }).unwrap();
        assert!(small.memory.bytes <= 22 * value);
        // Every value once more at most.
        let forward = 64 * (1u64 << 20);
        assert!(
            small.memory.recomputed > 0 && small.memory.recomputed <= 2 * forward,
            "{}",
            small.memory.recomputed
        );
        let budget = Some(2 * value);
        assert!(
            Plan::new(&chain(64), &PlanOptions { budget, ..options }).is_err_and(|least| least <= 22 * value)
        );
    }
}
