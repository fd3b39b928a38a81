//! How well a model does, in all the ways that it was measured.

use crate::json::float;
use crate::progress::{metrics, percent};
use serde_json::{Value as Json, json};
use wengert::nn::Report;
use wengert::nn::metrics::Confusion;

/// The report for a program; `null` for what does not go with the targets.
pub(crate) fn document(report: &Report) -> Json {
    let optional = |x: Option<f64>| x.map(float);
    let confusion = report.confusion.as_ref();
    let classes = confusion.map(|c| (0..c.classes()).map(|class| {
        json!({"precision": optional(c.precision(class)), "recall": optional(c.recall(class)), "f1": optional(c.f1(class))})
    }).collect::<Vec<Json>>());
    json!({
        "samples": report.samples,
        "loss": float(report.metrics.loss),
        "accuracy": optional(report.metrics.accuracy),
        "auc": optional(report.auc),
        "precision": optional(confusion.map(Confusion::macro_precision)),
        "recall": optional(confusion.map(Confusion::macro_recall)),
        "f1": optional(confusion.map(Confusion::macro_f1)),
        "classes": classes,
        "confusion": confusion.map(rows),
        "r2": optional(report.r2),
        "mse": optional(report.mse),
        "mae": optional(report.mae),
    })
}

/// How often each class was taken for each; true classes are rows.
fn rows(confusion: &Confusion) -> Vec<Vec<u64>> {
    let classes = 0..confusion.classes();
    classes
        .clone()
        .map(|actual| classes.clone().map(|found| confusion.count(actual, found)).collect())
        .collect()
}

/// The report for a person: a line, and what more there is to say.
pub(crate) fn text(report: &Report) -> String {
    let mut text = format!("{} on {} samples\n", metrics(&report.metrics), report.samples);
    if let Some(confusion) = &report.confusion {
        let auc = report.auc.map(|auc| format!(", AUC {auc:.4}")).unwrap_or_default();
        let mean = format!(
            "  mean of classes: precision {}, recall {}, F1 {:.4}{auc}\n",
            percent(confusion.macro_precision()),
            percent(confusion.macro_recall()),
            confusion.macro_f1(),
        );
        text.push_str(&mean);
    }
    if let (Some(mse), Some(mae)) = (report.mse, report.mae) {
        let r2 = report.r2.map(|r2| format!("R2 {r2:.4}, ")).unwrap_or_default();
        text.push_str(&format!(
            "  {r2}root mean squared error {:.4}, mean absolute error {mae:.4}\n",
            mse.sqrt()
        ));
    }
    text
}

/// The confusion as a table, true classes in rows, where there are few enough to read.
pub(crate) fn table(report: &Report) -> String {
    const READABLE: usize = 20;
    let Some(confusion) = report.confusion.as_ref().filter(|c| c.classes() <= READABLE) else {
        return String::new();
    };
    let cells = rows(confusion);
    let width = cells.iter().flatten().map(|n| n.to_string().len()).max().unwrap_or(1).max(2) + 1;
    let line = |name: String, cells: Vec<String>| {
        format!("{name:>8}{}\n", cells.iter().map(|c| format!("{c:>width$}")).collect::<String>())
    };
    let head = line("true".to_owned(), (0..cells.len()).map(|c| c.to_string()).collect());
    let body = cells
        .iter()
        .enumerate()
        .map(|(class, row)| line(class.to_string(), row.iter().map(ToString::to_string).collect()));
    std::iter::once(head).chain(body).collect()
}
