//! Training as it goes, on standard error: a bar on a terminal, and some ten lines anywhere.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, Write};
use std::time::{Duration, Instant};
use wengert::nn::{Epoch, Event, Length, Metrics};

/// How many epochs get a line of their own.
const LINES: usize = 10;

/// The progress of one training.
pub(crate) struct Progress {
    bar: ProgressBar,
    start: Instant,
    length: Length,
    /// How many steps were behind before it started.
    behind: usize,
    samples: usize,
    /// How many steps an epoch has, once one was made.
    steps: usize,
    latest: String,
}

impl Progress {
    /// Starts with so many steps of such a length behind, over so many samples.
    pub(crate) fn new(length: Length, behind: usize, samples: usize) -> Progress {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3}% {elapsed}, {eta} left  {msg}")
        {
            bar.set_style(style);
        }
        Progress { bar, start: Instant::now(), length, behind, samples, steps: 0, latest: String::new() }
    }

    /// Shows what happened.
    pub(crate) fn tell(&mut self, event: &Event) {
        match event {
            Event::Step { epoch, step, steps, loss } => {
                self.begin(*steps);
                let done = (epoch - 1) * steps + step;
                self.bar.set_position(done as u64);
                if !self.bar.is_hidden() {
                    let seen = (done - self.behind.min(done)) as f64 / *steps as f64 * self.samples as f64;
                    let rate = seen / self.start.elapsed().as_secs_f64();
                    self.bar.set_message(format!("loss {loss:.4}{}, {rate:.0} samples/s", self.latest));
                }
            }
            Event::Epoch(epoch) => self.end_epoch(epoch),
        }
    }

    /// The first step tells how many an epoch has. What is behind took no time, so it must not count for what is left.
    fn begin(&mut self, steps: usize) {
        if self.steps == 0 {
            self.steps = steps;
            let all = match self.length {
                Length::Epochs(epochs) => epochs.saturating_mul(steps),
                Length::Steps(all) => all,
            };
            self.bar.set_length(all as u64);
            self.bar.set_position(self.behind as u64);
            self.bar.reset_eta();
        }
    }

    /// How many epochs there are at most, the last of them perhaps not whole.
    fn epochs(&self) -> usize {
        match self.length {
            Length::Epochs(epochs) => epochs,
            Length::Steps(all) => all.div_ceil(self.steps.max(1)),
        }
    }

    fn end_epoch(&mut self, epoch: &Epoch) {
        let shown = epoch.validation.or(epoch.test).unwrap_or(epoch.train);
        self.latest = shown.accuracy.map(|a| format!(", accuracy {}", percent(a))).unwrap_or_default();
        let (all, every) = (self.epochs(), self.epochs().div_ceil(LINES).max(1));
        if epoch.number == 1 || epoch.number.is_multiple_of(every) || epoch.number == all {
            let part = |name: &str, part: Option<Metrics>| {
                part.map(|part| format!("; {name}: {}", metrics(&part))).unwrap_or_default()
            };
            let rest = part("validation", epoch.validation) + &part("held out", epoch.test);
            self.line(&format!("epoch {:>4}: {}{rest}", epoch.number, metrics(&epoch.train)));
        }
    }

    fn line(&self, text: &str) {
        if self.bar.is_hidden() {
            // Progress that cannot be shown is no reason to stop.
            let _ = writeln!(io::stderr(), "{text}");
        } else {
            self.bar.println(text);
        }
    }

    /// Takes the bar away and says how long it took.
    pub(crate) fn finish(self) -> Duration {
        self.bar.finish_and_clear();
        self.start.elapsed()
    }
}

/// Loss and accuracy in words.
pub(crate) fn metrics(metrics: &Metrics) -> String {
    let accuracy = metrics.accuracy.map(|a| format!(", accuracy {}", percent(a))).unwrap_or_default();
    format!("loss {:.4}{accuracy}", metrics.loss)
}

/// A share in per cent.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}
