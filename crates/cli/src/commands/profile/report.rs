//! What is said of a profile.

use crate::json::float;
use crate::terminal::table;
use serde_json::{Value as Json, json};
use std::time::Duration;
use wengert::exec::{Machine, Phases, Profile, StepProfile};

/// The most characters of a step that are shown.
const WIDTH: usize = 60;

/// A profile, and what compiling took.
pub(super) struct Report {
    pub(super) profile: Profile,
    pub(super) phases: Phases,
    /// Bytes of temporary memory.
    pub(super) memory: usize,
}

impl Report {
    /// The report for a program.
    pub(super) fn document(&self) -> Json {
        let Profile { steps, runs, seconds, machine } = &self.profile;
        let Phases { passes, plan, kernels } = self.phases;
        let time = |time: Duration| float(time.as_secs_f64());
        json!({
            "runs": runs,
            "seconds": float(*seconds),
            "predicted_seconds": float(self.profile.predicted()),
            "memory_bytes": self.memory,
            "phases": {
                "passes_seconds": time(passes),
                "plan_seconds": time(plan),
                "kernels_seconds": time(kernels),
            },
            "machine": machine_document(machine),
            "steps": steps.iter().map(step_document).collect::<Vec<_>>(),
        })
    }

    /// The report for a person.
    pub(super) fn text(&self) -> String {
        let Profile { steps, runs, seconds, machine } = &self.profile;
        let Phases { passes, plan, kernels } = self.phases;
        let rows = steps.iter().map(|step| row(step, *seconds)).collect();
        let header = ["step", "us", "share", "flops", "bytes", "GFLOP/s", "GB/s", "predicted us"];
        let (predicted, whole) = (self.profile.predicted(), passes + plan + kernels);
        let milliseconds = |time: Duration| format!("{:.2} ms", 1e3 * time.as_secs_f64());
        format!(
            "{}\na run takes {} us, the median of {runs}; at the machine's limits {} us, {} of it\n\
             compiled in {}: passes {}, plan {}, kernels {}\n\
             temporary memory {} bytes\n{}",
            table(&header, rows),
            microseconds(*seconds),
            microseconds(predicted),
            share(predicted, *seconds),
            milliseconds(whole),
            milliseconds(passes),
            milliseconds(plan),
            milliseconds(kernels),
            self.memory,
            machine_text(machine),
        )
    }
}

fn step_document(step: &StepProfile) -> Json {
    json!({
        "text": step.text,
        "seconds": float(step.seconds),
        "flops": step.flops,
        "bytes": step.bytes,
        "predicted_seconds": float(step.predicted),
    })
}

fn machine_document(machine: &Machine) -> Json {
    let copied =
        |&(bytes, rate): &(usize, f64)| json!({"bytes": bytes, "bytes_per_second": float(1e9 * rate)});
    json!({
        "threads": machine.threads,
        "f32_flops_per_second": float(1e9 * machine.gflops_f32),
        "f64_flops_per_second": float(1e9 * machine.gflops_f64),
        "copies": machine.gigabytes.iter().map(copied).collect::<Vec<_>>(),
    })
}

fn row(step: &StepProfile, whole: f64) -> Vec<String> {
    vec![
        cut(&step.text),
        microseconds(step.seconds),
        share(step.seconds, whole),
        step.flops.to_string(),
        step.bytes.to_string(),
        format!("{:.2}", step.gflops()),
        format!("{:.2}", step.gigabytes()),
        microseconds(step.predicted),
    ]
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(WIDTH) {
        None => text.to_owned(),
        Some(_) => text.chars().take(WIDTH - 1).chain(['…']).collect(),
    }
}

fn microseconds(seconds: f64) -> String {
    format!("{:.2}", 1e6 * seconds)
}

fn share(part: f64, whole: f64) -> String {
    format!("{:.0}%", 100.0 * part / whole.max(1e-12))
}

fn machine_text(machine: &Machine) -> String {
    let rates = machine.gigabytes.iter().map(|(bytes, rate)| format!("{rate:.0} over {}", size(*bytes)));
    format!(
        "limits of {}: {:.0} GFLOP/s in f32, {:.0} in f64; GB/s copied: {}\n",
        if machine.threads == 1 { "one thread".to_owned() } else { format!("{} threads", machine.threads) },
        machine.gflops_f32,
        machine.gflops_f64,
        rates.collect::<Vec<_>>().join(", "),
    )
}

/// Bytes in a binary unit.
fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let step = |text: &str, seconds| StepProfile {
            text: text.to_owned(),
            seconds,
            flops: 2_000,
            bytes: 8_000,
            predicted: 1e-6,
        };
        let machine = Machine {
            threads: 2,
            gflops_f32: 200.0,
            gflops_f64: 100.4,
            gigabytes: vec![(1 << 14, 50.0), (1 << 26, 10.0)],
        };
        let steps = vec![step("loop [1000]: y <- sin of x", 3e-6), step(&"x".repeat(61), 1e-6)];
        let phases = Phases {
            passes: Duration::from_micros(500),
            plan: Duration::from_micros(250),
            kernels: Duration::from_micros(1250),
        };
        Report { profile: Profile { steps, runs: 5, seconds: 4e-6, machine }, phases, memory: 64 }
    }

    #[test]
    fn the_table_has_a_row_for_each_step() {
        let text = report().text();
        let lines: Vec<&str> = text.lines().collect();
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(lines[1])[7..], ["3.00", "75%", "2000", "8000", "0.67", "2.67", "1.00"]);
        assert_eq!(words(lines[2])[..3], [format!("{}…", "x".repeat(59)), "1.00".into(), "25%".into()]);
        let said = "\
a run takes 4.00 us, the median of 5; at the machine's limits 2.00 us, 50% of it
compiled in 2.00 ms: passes 0.50 ms, plan 0.25 ms, kernels 1.25 ms
temporary memory 64 bytes
limits of 2 threads: 200 GFLOP/s in f32, 100 in f64; GB/s copied: 50 over 16 KiB, 10 over 64 MiB";
        assert_eq!(lines[4..].join("\n"), said);
    }

    #[test]
    fn the_document_has_the_same_numbers() {
        let document = report().document();
        assert_eq!((&document["runs"], &document["memory_bytes"]), (&json!(5), &json!(64)));
        assert_eq!((&document["seconds"], &document["predicted_seconds"]), (&json!(4e-6), &json!(2e-6)));
        assert_eq!(document["phases"]["kernels_seconds"], json!(1.25e-3));
        assert_eq!(document["machine"]["copies"][1], json!({"bytes": 1 << 26, "bytes_per_second": 1e10}));
        assert_eq!(document["steps"][0]["text"], json!("loop [1000]: y <- sin of x"));
        assert_eq!(document["steps"].as_array().map(Vec::len), Some(2));
    }
}
