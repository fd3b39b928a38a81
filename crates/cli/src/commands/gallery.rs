//! `wengert gallery`: the figures of the lecture as files, and a page that shows them.

use crate::answer::Answer;
use crate::args::Settings;
use crate::failure::Failure;
use clap::Args;
use serde_json::json;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;
use wengert::gallery::{Figure, GalleryError, Recipe, index, recipes};
use wengert::interop::write_atomically;

/// The page's file.
const PAGE: &str = "index.html";

#[derive(Args, Debug)]
#[command(
    after_help = "Writes for each figure ID.svg and, with the numbers that it is drawn from, ID-TABLE.csv; and index.html, which
shows all that were made. Two runs write the same bytes.

Examples:
  wengert gallery figures/
  wengert gallery figures/ --only adaboost-steps,lecture-graph
  wengert gallery --list"
)]
pub(crate) struct GalleryArgs {
    /// The folder to write into; made if there is none
    #[arg(value_name = "OUT", required_unless_present = "list")]
    pub(crate) out: Option<PathBuf>,
    /// Only these figures, by their ids
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Lists the figures instead of making them
    #[arg(long)]
    pub(crate) list: bool,
}

pub(crate) fn run(args: &GalleryArgs, settings: &Settings) -> Result<Answer, Failure> {
    let chosen = chosen(&args.only)?;
    let Some(out) = args.out.as_deref().filter(|_| !args.list) else {
        return Ok(list(&chosen, settings));
    };
    fs::create_dir_all(out)
        .map_err(|error| Failure::input(format!("cannot make the folder {}: {error}", out.display())))?;
    let (mut figures, mut files) = (Vec::new(), Vec::new());
    for (i, recipe) in chosen.iter().enumerate() {
        let start = Instant::now();
        let figure = recipe.draw()?;
        files.extend(save(out, &figure)?);
        let seconds = start.elapsed().as_secs_f64();
        tell(&format!("{:>2}/{} {} ({seconds:.1} s)", i + 1, chosen.len(), figure.id));
        figures.push(figure);
    }
    let page = out.join(PAGE);
    write(&page, &index(&figures))?;
    files.push(page.clone());
    let document = || {
        let entries: Vec<_> = figures
            .iter()
            .map(|f| {
                let tables: Vec<String> = f.tables.iter().map(|t| f.csv_name(t)).collect();
                json!({"id": f.id, "title": f.title, "chapter": f.chapter.to_string(), "svg": f.svg_name(), "tables": tables})
            })
            .collect();
        let files: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
        json!({"figures": entries, "page": page.display().to_string(), "files": files})
    };
    let text = || format!("{} figures, {} files; open {}\n", figures.len(), files.len(), page.display());
    Ok(Answer::new(settings, document, text))
}

/// The recipes of these ids, in the lecture's order; all without any.
fn chosen(only: &[String]) -> Result<Vec<Recipe>, Failure> {
    let all = recipes();
    for id in only {
        if !all.iter().any(|r| r.id == id) {
            let ids: Vec<&str> = all.iter().map(|r| r.id).collect();
            return Err(Failure::input(format!(
                "there is no figure {id:?}; the figures are {}",
                ids.join(", ")
            )));
        }
    }
    Ok(all.into_iter().filter(|r| only.is_empty() || only.iter().any(|id| id == r.id)).collect())
}

fn list(chosen: &[Recipe], settings: &Settings) -> Answer {
    let entry = |r: &Recipe| json!({"id": r.id, "title": r.title, "chapter": r.chapter.to_string()});
    let width = chosen.iter().map(|r| r.id.len()).max().unwrap_or(0);
    let line = |r: &Recipe| format!("{:width$}  {}\n", r.id, r.title);
    Answer::new(
        settings,
        || json!({"figures": chosen.iter().map(entry).collect::<Vec<_>>()}),
        || chosen.iter().map(line).collect(),
    )
}

/// Writes a figure's files and names them.
fn save(out: &Path, figure: &Figure) -> Result<Vec<PathBuf>, Failure> {
    let svg = out.join(figure.svg_name());
    write(&svg, &figure.svg)?;
    let mut files = vec![svg];
    for table in &figure.tables {
        let csv = out.join(figure.csv_name(table));
        write(&csv, &table.to_csv()?)?;
        files.push(csv);
    }
    Ok(files)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    Ok(write_atomically(path, |file| file.write_all(text.as_bytes()))?)
}

/// A line of progress; that it cannot be shown is no reason to stop.
fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

impl From<GalleryError> for Failure {
    fn from(error: GalleryError) -> Failure {
        Failure::work(error.to_string())
    }
}
