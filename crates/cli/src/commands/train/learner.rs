//! `wengert train` of a configuration with `[learner]`: fits it, shows the trace and how well it does.

use super::{FOLDER, TrainArgs};
use crate::answer::Answer;
use crate::args::Settings;
use crate::commands::show::write;
use crate::failure::Failure;
use crate::json;
use crate::terminal::{line, table};
use serde_json::{Map, Value as Json, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use wengert::expr::Value;
use wengert::nn::{Cell, Findings, Scores, Study, StudyConfig, Table};

/// How many rows of a trace are shown at its start, and how many at its end.
const SHOWN: usize = 5;

/// The configuration, if the command line names one with a learner, with what the command line changes.
pub(super) fn find(args: &TrainArgs) -> Result<Option<StudyConfig>, Failure> {
    let Some(path) = &args.config else { return Ok(None) };
    let Some(mut config) = StudyConfig::find(path)? else { return Ok(None) };
    config.learner.seed = args.seed.unwrap_or(config.learner.seed);
    config.learner.epochs = args.epochs.or(config.learner.epochs);
    config.validate()?;
    Ok(Some(config))
}

/// Fits, writes and tells.
pub(super) fn run(config: &StudyConfig, args: &TrainArgs, settings: &Settings) -> Result<Answer, Failure> {
    let study = Study::new(config)?;
    let start = Instant::now();
    let findings = study.run()?;
    let seconds = start.elapsed();
    let files = Files::write(args.out.as_deref().unwrap_or(Path::new(FOLDER)), &findings)?;
    let report = Report { config, study: &study, findings: &findings, seconds, files };
    Ok(Answer::new(settings, || report.document(), || report.text()))
}

/// What was written: what it is, and where.
struct Files(Vec<(&'static str, PathBuf)>);

impl Files {
    fn write(folder: &Path, findings: &Findings) -> Result<Files, Failure> {
        std::fs::create_dir_all(folder).map_err(|error| {
            Failure::input(format!("cannot make the folder {}: {error}", folder.display()))
        })?;
        let mut files = vec![("trace", folder.join("trace.csv"))];
        write(&files[0].1, &findings.trace.to_csv())?;
        if let Some(coordinates) = &findings.coordinates {
            let path = folder.join("coordinates.csv");
            write(&path, &rows(coordinates))?;
            files.push(("coordinates", path));
        }
        Ok(Files(files))
    }
}

/// A matrix as comma-separated values, its columns numbered from 1 as components are.
fn rows(matrix: &Value) -> String {
    let columns = matrix.shape().get(1).copied().unwrap_or(1).max(1);
    let heading: Vec<String> = (1..=columns).map(|c| format!("c{c}")).collect();
    let numbers = matrix.to_f64s();
    let line = |row: &[f64]| row.iter().map(f64::to_string).collect::<Vec<String>>().join(",") + "\n";
    std::iter::once(heading.join(",") + "\n").chain(numbers.chunks(columns).map(line)).collect()
}

/// What is said in the end.
struct Report<'a> {
    config: &'a StudyConfig,
    study: &'a Study,
    findings: &'a Findings,
    seconds: Duration,
    files: Files,
}

impl Report<'_> {
    /// The report for a program.
    fn document(&self) -> Json {
        let Findings { trace, converged, end, parameters, train, test, .. } = self.findings;
        let scores = |scores: &Scores, samples: usize| {
            let numbers = scores.iter().map(|&(name, x)| (name.to_owned(), json::float(x)));
            std::iter::once(("samples".to_owned(), json!(samples))).chain(numbers).collect::<Map<_, _>>()
        };
        let held_out = test.as_ref().zip(self.study.test());
        let files =
            self.files.0.iter().map(|(name, path)| ((*name).to_owned(), json!(path.display().to_string())));
        json!({
            "learner": self.config.learner.name.to_string(),
            "seconds": json::float(self.seconds.as_secs_f64()),
            "converged": converged,
            "end": end,
            "train": scores(train, self.study.train().len()),
            "test": held_out.map(|(s, data)| scores(s, data.len())),
            "parameters": json::object(parameters.iter().map(|(name, v)| ((*name).to_owned(), v))),
            "trace": {
                "columns": trace.columns,
                "rows": trace.rows.iter().map(|row| row.iter().map(number).collect()).collect::<Vec<Vec<Json>>>(),
            },
            "files": files.collect::<Map<_, _>>(),
        })
    }

    /// The report for a person.
    fn text(&self) -> String {
        let Findings { trace, end, parameters, train, test, .. } = self.findings;
        let (data, learner) = (self.study.train(), &self.config.learner);
        let mut text = format!(
            "fitted {} on {} samples of {} features in {:.2} s (seed {})\n{end}\n\n",
            learner.name,
            data.len(),
            data.width(),
            self.seconds.as_secs_f64(),
            learner.seed,
        );
        text.push_str(&shown(trace));
        let told = |what: &str, scores: &Scores, samples: usize| {
            let numbers: Vec<String> =
                scores.iter().map(|(name, x)| format!("{} {}", name.replace('_', " "), short(*x))).collect();
            format!("{what}: {} ({samples} samples)\n", numbers.join(", "))
        };
        text.push('\n');
        if !train.is_empty() {
            text.push_str(&told("training", train, data.len()));
        }
        if let Some((scores, data)) = test.as_ref().zip(self.study.test()) {
            text.push_str(&told("held out", scores, data.len()));
        }
        parameters.iter().for_each(|(name, value)| text.push_str(&line(name, value)));
        for (name, path) in &self.files.0 {
            text.push_str(&format!("wrote {name:<12}{}\n", path.display()));
        }
        text
    }
}

fn number(cell: &Cell) -> Json {
    match cell {
        Cell::Count(n) => json!(n),
        Cell::Number(x) => json::float(*x),
        Cell::Text(text) => json!(text),
    }
}

/// The first rows of a trace and the last.
fn shown(trace: &Table) -> String {
    if trace.rows.is_empty() {
        return String::new();
    }
    let columns: Vec<&str> = trace.columns.iter().map(String::as_str).collect();
    let cells = |row: &Vec<Cell>| -> Vec<String> {
        let cell = |c: &Cell| if let Cell::Number(x) = c { short(*x) } else { c.to_string() };
        row.iter().map(cell).collect()
    };
    let skipped = trace.rows.len().saturating_sub(2 * SHOWN);
    let (first, rest) = trace.rows.split_at(SHOWN.min(trace.rows.len()));
    let gap = (skipped > 0).then(|| vec!["...".to_owned(); columns.len()]);
    let last = rest.iter().skip(skipped).map(cells);
    table(&columns, first.iter().map(cells).chain(gap).chain(last).collect())
}

/// A number to six digits.
fn short(x: f64) -> String {
    match x.abs() {
        0.0 => "0".to_owned(),
        size if size.is_finite() && !(1e-4..1e9).contains(&size) => format!("{x:.5e}"),
        size if size.is_finite() => {
            let digits = (5 - size.log10().floor() as i32).clamp(0, 9) as usize;
            let fixed = format!("{x:.digits$}");
            match fixed.contains('.') {
                true => fixed.trim_end_matches('0').trim_end_matches('.').to_owned(),
                false => fixed,
            }
        }
        _ => x.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_long_traces_have_a_gap() {
        let shown_numbers: Vec<String> =
            [0.0, 1.0, -0.5, 1.0 / 3.0, 1234.5678, 123_456_789.0, 1e-7, f64::INFINITY].map(short).into();
        let expected = ["0", "1", "-0.5", "0.333333", "1234.57", "123456789", "1.00000e-7", "inf"];
        assert_eq!(shown_numbers, expected);
        let rows = |n: usize| (1..=n).map(|i| vec![Cell::Count(i)]).collect();
        let lines = |n| shown(&Table { columns: vec!["epoch".to_owned()], rows: rows(n) }).lines().count();
        assert_eq!([lines(0), lines(3), lines(10), lines(11), lines(1000)], [0, 4, 11, 12, 12]);
    }
}
