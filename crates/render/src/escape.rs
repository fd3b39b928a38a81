//! Any text as Graphviz shows it: as it stands, on one line.
//!
//! Always holds: what [`visible`] returns has only characters that XML allows, none of them a control character or
//! invisible; what [`quoted`] and [`html`] make of that is read by Graphviz as that very text.

use std::fmt::Write;

/// A text with invisible characters made visible, cut after `limit` characters. Without any character, or with blanks
/// at an end, it stands in backquotes.
pub(crate) fn visible(text: &str, limit: usize) -> String {
    let mark = if text.is_empty() || text.trim().len() < text.len() { "`" } else { "" };
    let mut shown = String::from(mark);
    for (i, character) in text.chars().enumerate() {
        if i == limit {
            shown.push('…');
            break;
        }
        push_visible(&mut shown, character);
    }
    shown.push_str(mark);
    shown
}

fn push_visible(shown: &mut String, character: char) {
    match character {
        '\0'..='\u{1f}' => shown.extend(char::from_u32(0x2400 + u32::from(character))),
        '\u{7f}' => shown.push('\u{2421}'),
        _ if hides(character) => {
            // Writing to a String cannot fail.
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
        }
        _ => shown.push(character),
    }
}

/// Whether a character is invisible, changes how its neighbours are shown, or may not stand in XML.
fn hides(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        || u32::from(character) & 0xfffe == 0xfffe
}

/// The inside of a quoted label of these lines. Graphviz reads escapes (`\n`, `\N`, `\G`) and entities (`&lt;`) in it.
pub(crate) fn quoted<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    let mut inside = String::new();
    for (i, line) in lines.into_iter().enumerate() {
        if i > 0 {
            inside.push_str("\\n");
        }
        let mut shown = String::new();
        line.chars().for_each(|character| push_visible(&mut shown, character));
        for character in shown.chars() {
            match character {
                '"' => inside.push_str("\\\""),
                '\\' => inside.push_str("\\\\"),
                '&' => inside.push_str("&amp;"),
                _ => inside.push(character),
            }
        }
    }
    inside
}

/// A text inside an HTML-like label.
pub(crate) fn html(text: &str) -> String {
    let mut inside = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => inside.push_str("&amp;"),
            '<' => inside.push_str("&lt;"),
            '>' => inside.push_str("&gt;"),
            '"' => inside.push_str("&quot;"),
            _ => push_visible(&mut inside, character),
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_pictures() {
        assert_eq!(visible("a\nb\0c\u{7f}\t", 99), "a␊b␀c␡␉".to_owned().replace("a␊", "`a␊") + "`");
        assert_eq!(visible("a\u{202e}b\u{85}\u{ffff}", 99), "a\\u{202e}b\\u{85}\\u{ffff}");
        assert_eq!(visible("héllo 日本 🦀", 99), "héllo 日本 🦀");
    }

    #[test]
    fn names_without_ink_stand_in_backquotes() {
        assert_eq!(visible("", 9), "``");
        assert_eq!(visible(" ", 9), "` `");
        assert_eq!(visible("x ", 9), "`x `");
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(visible(&"ab".repeat(500_000), 5), "ababa…");
        assert_eq!(visible("abcde", 5), "abcde");
    }

    #[test]
    fn quoted_text_is_read_back_by_graphviz() {
        assert_eq!(quoted([r#"say "hi" \N & &lt;"#, "second"]), r#"say \"hi\" \\N &amp; &amp;lt;\nsecond"#);
        assert_eq!(quoted(["a\nb\u{85}"]), "a␊b\\\\u{85}");
    }

    #[test]
    fn html_text_has_no_markup() {
        assert_eq!(html("<script>\"&amp;\"</script>"), "&lt;script&gt;&quot;&amp;amp;&quot;&lt;/script&gt;");
    }
}
