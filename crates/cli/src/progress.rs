//! Training as it goes, on standard error: a bar on a terminal, and some ten lines anywhere.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, Write};
use std::time::{Duration, Instant};
use wengert::nn::{Epoch, Event, Metrics};

/// How many epochs get a line of their own.
const LINES: usize = 10;

/// The progress of one training.
pub(crate) struct Progress {
    bar: ProgressBar,
    start: Instant,
    epochs: usize,
    samples: usize,
    latest: String,
}

impl Progress {
    /// Starts with nothing done of so many epochs over so many samples.
    pub(crate) fn new(epochs: usize, samples: usize) -> Progress {
        let bar = ProgressBar::new(epochs as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3}% {elapsed}, {eta} left  {msg}")
        {
            bar.set_style(style);
        }
        Progress { bar, start: Instant::now(), epochs, samples, latest: String::new() }
    }

    /// Shows what happened.
    pub(crate) fn tell(&mut self, event: &Event) {
        match event {
            Event::Step { epoch, step, steps, loss } => {
                self.bar.set_length((self.epochs * steps) as u64);
                self.bar.set_position(((epoch - 1) * steps + step) as u64);
                if !self.bar.is_hidden() {
                    let done = (*epoch - 1) as f64 + *step as f64 / *steps as f64;
                    let rate = done * self.samples as f64 / self.start.elapsed().as_secs_f64();
                    self.bar.set_message(format!("loss {loss:.4}{}, {rate:.0} samples/s", self.latest));
                }
            }
            Event::Epoch(epoch) => self.end_epoch(epoch),
        }
    }

    fn end_epoch(&mut self, epoch: &Epoch) {
        let shown = epoch.test.unwrap_or(epoch.train);
        self.latest = shown.accuracy.map(|a| format!(", accuracy {}", percent(a))).unwrap_or_default();
        let every = self.epochs.div_ceil(LINES);
        if epoch.number == 1 || epoch.number.is_multiple_of(every) || epoch.number == self.epochs {
            let test = epoch.test.map(|test| format!("; held out: {}", metrics(&test))).unwrap_or_default();
            self.line(&format!("epoch {:>4}: {}{test}", epoch.number, metrics(&epoch.train)));
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
