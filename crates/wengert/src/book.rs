//! The book of the lecture, `docs/book`: its programs are tests of this crate, and what its chapters name exists.
//!
//! Nothing of it is part of the library.

/// The programs of each chapter, run by `cargo test -p wengert --doc book`.
#[cfg(doctest)]
mod chapters {
    macro_rules! chapters {
        ($($name:ident),* $(,)?) => {$(
            #[doc = include_str!(concat!("../../../docs/book/src/", stringify!($name), ".md"))]
            mod $name {}
        )*};
    }

    chapters! {
        perceptron, adaboost, components, multilayer, activations, costs, theory, optimisation, backpropagation, practice,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    const ERRORS: usize = 27;

    fn source() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/book/src")
    }

    fn read(name: &str) -> String {
        let path = source().join(name);
        fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    /// What stands between two marks.
    fn between<'t>(text: &'t str, open: &str, close: &str) -> Vec<&'t str> {
        text.split(open).skip(1).filter_map(|rest| rest.split_once(close)).map(|(found, _)| found).collect()
    }

    /// The files that the table of contents names, which must exist, with their text.
    fn chapters() -> Vec<(String, String)> {
        let contents = read("SUMMARY.md");
        let names = between(&contents, "](", ")");
        names.into_iter().map(|name| (name.to_owned(), read(name))).collect()
    }

    #[test]
    fn every_chapter_is_in_the_contents_and_its_programs_are_run() {
        let named: BTreeSet<String> = chapters().into_iter().map(|(name, _)| name).collect();
        let files = fs::read_dir(source()).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap());
        let files: BTreeSet<String> = files.filter(|f| f.ends_with(".md") && f != "SUMMARY.md").collect();
        assert_eq!(named, files);
        let this = include_str!("book.rs");
        let list = between(this, "    chapters! {", "}")[0];
        let run: BTreeSet<String> =
            list.split(',').map(str::trim).filter(|n| !n.is_empty()).map(|n| format!("{n}.md")).collect();
        let programs =
            chapters().into_iter().filter(|(_, text)| text.contains("```rust")).map(|(name, _)| name);
        assert_eq!(programs.collect::<BTreeSet<String>>(), run);
    }

    #[test]
    fn every_picture_is_there_and_made_by_the_command_below_it() {
        let known: BTreeSet<&str> = crate::gallery::recipes().iter().map(|r| r.id).collect();
        let mut pictures = BTreeSet::new();
        for (chapter, text) in chapters() {
            let commands = between(&text, "wengert gallery out --only ", "\n");
            for &id in &commands {
                assert!(known.contains(id), "{chapter}: the gallery has no {id}");
            }
            for id in between(&text, "](pictures/", ".svg)") {
                let file = source().join(format!("pictures/{id}.svg"));
                assert!(file.is_file() && commands.contains(&id), "{chapter}: {id}");
                pictures.insert(format!("{id}.svg"));
            }
        }
        let files = fs::read_dir(source().join("pictures")).unwrap();
        let files: BTreeSet<String> = files.map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(files, pictures, "every picture is shown");
    }

    #[test]
    fn every_link_to_a_chapter_leads_to_one() {
        for (chapter, text) in chapters() {
            for link in between(&text, "](", ")").into_iter().filter(|l| l.ends_with(".md")) {
                assert!(source().join(link).is_file(), "{chapter}: {link}");
            }
        }
    }

    #[test]
    fn every_error_of_the_slides_is_corrected_in_a_chapter() {
        let text: String = chapters().into_iter().map(|(_, text)| text).collect();
        let boxes: BTreeSet<&str> = between(&text, "> **S", "**").into_iter().collect();
        let expected: Vec<String> = (1..=ERRORS).map(|i| i.to_string()).collect();
        assert_eq!(boxes, expected.iter().map(String::as_str).collect());
        assert_eq!(text.matches("> *Correct:*").count(), ERRORS + 1, "and the one that explains them");
    }
}
