//! Blocks of samples, and the line that each prints: the protocol of `benches/peers/common.py`.

use crate::{Arguments, Outcome};
use std::io::BufRead;
use std::path::Path;
use std::time::{Duration, Instant};
use wengert_expr::Value;
use wengert_interop::read_npy;

/// The shortest time that is taken at once.
const SAMPLE: Duration = Duration::from_micros(200);
const BLOCK: Duration = Duration::from_millis(250);

/// Something to call again and again, with the name of its metric, which ends in the unit.
pub(crate) struct Measure {
    pub(crate) metric: &'static str,
    pub(crate) call: Box<dyn FnMut() -> Outcome<()>>,
    /// How many units of work one call does.
    pub(crate) per: f64,
}

/// A workload ready to be measured: its results, what was measured while it was made ready, and what to call.
#[derive(Default)]
pub(crate) struct Session {
    pub(crate) check: Vec<f64>,
    pub(crate) once: Vec<(&'static str, f64)>,
    pub(crate) measures: Vec<Measure>,
}

impl Measure {
    pub(crate) fn new(metric: &'static str, call: impl FnMut() -> Outcome<()> + 'static) -> Measure {
        Measure { metric, call: Box::new(call), per: 1.0 }
    }

    /// Times of single calls; short calls are timed several together, the first are left out.
    fn samples(&mut self) -> Outcome<Vec<f64>> {
        let start = Instant::now();
        (self.call)()?;
        let together = 1 + (SAMPLE.as_secs_f64() / start.elapsed().as_secs_f64().max(1e-9)) as usize;
        let scale = units_in_a_second(self.metric) / (together as f64 * self.per);
        let (mut found, start) = (Vec::new(), Instant::now());
        while found.is_empty() || start.elapsed() < BLOCK {
            let one = Instant::now();
            for _ in 0..together {
                (self.call)()?;
            }
            found.push(one.elapsed().as_secs_f64() * scale);
        }
        Ok(found)
    }
}

impl Session {
    pub(crate) fn serve(mut self, args: &Arguments) -> Outcome<()> {
        for &(metric, value) in &self.once {
            emit(args, metric, 0, vec![value], &self.check);
        }
        let mut pace = std::io::stdin().lock().lines();
        for block in 0..args.blocks {
            if args.paced {
                println!("ready");
                if pace.next().transpose()?.is_none() {
                    break;
                }
            }
            for measure in &mut self.measures {
                emit(args, measure.metric, block, measure.samples()?, &self.check);
            }
        }
        emit(args, "peak_mb", 0, vec![peak_mb()?], &self.check);
        Ok(())
    }
}

/// The value of the last of some calls, and the least time that one took, in milliseconds.
pub(crate) fn timed_ms<T>(times: usize, mut call: impl FnMut() -> Outcome<T>) -> Outcome<(T, f64)> {
    let (mut last, mut least) = (None, f64::INFINITY);
    for _ in 0..times {
        drop(last.take());
        let start = Instant::now();
        last = Some(call()?);
        least = least.min(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok((last.ok_or("nothing was called")?, least))
}

pub(crate) fn array(folder: &Path, name: &str) -> Outcome<Value> {
    Ok(read_npy(folder.join(name).with_extension("npy"))?)
}

fn units_in_a_second(metric: &str) -> f64 {
    match metric.rsplit('_').next() {
        Some("ns") => 1e9,
        Some("us") => 1e6,
        Some("ms") => 1e3,
        _ => 1.0,
    }
}

fn emit(args: &Arguments, metric: &str, block: usize, mut samples: Vec<f64>, check: &[f64]) {
    samples.sort_by(f64::total_cmp);
    let n = samples.len();
    println!(
        "{{\"workload\": {:?}, \"peer\": \"wengert\", \"metric\": {metric:?}, \"block\": {block}, \
         \"median\": {:?}, \"min\": {:?}, \"max\": {:?}, \"check\": {check:?}}}",
        args.workload,
        (samples[(n - 1) / 2] + samples[n / 2]) / 2.0,
        samples[0],
        samples[n - 1],
    );
}

/// The greatest resident size of this process so far, as Linux counts it.
fn peak_mb() -> Outcome<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line =
        status.lines().find_map(|l| l.strip_prefix("VmHWM:")).ok_or("no VmHWM in /proc/self/status")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}
