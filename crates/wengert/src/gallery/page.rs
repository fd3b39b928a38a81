//! The page that shows all figures: plain HTML that needs nothing but the files beside it.

use super::figure::{Figure, Table};

/// The page's looks: one column that fits a telephone.
const STYLE: &str = "\
body{font:17px/1.5 Georgia,'Times New Roman',serif;color:#222;background:#fff;max-width:56rem;margin:0 auto;padding:1rem}
h1,h2,h3,nav,.files{font-family:Helvetica,Arial,sans-serif}
h1{font-size:1.7rem;margin:.5rem 0}
h2{font-size:1.35rem;border-bottom:2px solid #0072b2;padding-bottom:.2rem;margin:2.5rem 0 1rem}
h3{font-size:1.05rem;margin:2rem 0 .5rem}
nav ul{columns:18rem;padding-left:1.2rem;font-size:.95rem}
figure{margin:0}
figure img{display:block;max-width:100%;height:auto;margin:0 auto}
figcaption{margin-top:.4rem}
@media(max-width:40rem){figure .wide{overflow-x:auto}figure img{max-width:none;width:44rem}}
.slide{border-left:4px solid #d55e00;padding:.3rem .8rem;margin:.6rem 0;background:#fdf3ec}
.files{font-size:.85rem;color:#555}
a{color:#0072b2}";

/// A page of these figures, by the parts of the lecture, with links to their files, which lie beside it.
pub fn index(figures: &[Figure]) -> String {
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>The lecture in pictures</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n\
         <h1>The lecture in pictures</h1>\n\
         <p>Every picture is computed: trained, differentiated and counted with Wengert, from fixed seeds. Under each \
         stand the numbers that it is drawn from. Made by <code>wengert gallery</code>.</p>\n"
    );
    html.push_str("<nav>\n");
    for part in figures.chunk_by(|a, b| a.chapter == b.chapter) {
        html.push_str(&format!("<p>{}</p>\n<ul>\n", part[0].chapter));
        for figure in part {
            html.push_str(&format!("<li><a href=\"#{}\">{}</a></li>\n", figure.id, escaped(figure.title)));
        }
        html.push_str("</ul>\n");
    }
    html.push_str("</nav>\n");
    for part in figures.chunk_by(|a, b| a.chapter == b.chapter) {
        html.push_str(&format!("<h2>{}</h2>\n", part[0].chapter));
        part.iter().for_each(|figure| html.push_str(&entry(figure)));
    }
    html.push_str("</body>\n</html>\n");
    html
}

fn entry(figure: &Figure) -> String {
    let svg = figure.svg_name();
    let slides: String = figure
        .corrections
        .iter()
        .map(|c| {
            format!("<p class=\"slide\"><strong>The slide ({}).</strong> {}</p>\n", c.id, escaped(c.text))
        })
        .collect();
    let link = |table: &Table| {
        let name = figure.csv_name(table);
        format!(" \u{b7} <a href=\"{name}\">{}</a>", table.name)
    };
    let tables: String = figure.tables.iter().map(link).collect();
    format!(
        "<h3 id=\"{}\">{}</h3>\n<figure>\n<div class=\"wide\"><a href=\"{svg}\"><img src=\"{svg}\" alt=\"{}\"></a></div>\n\
         <figcaption>{}</figcaption>\n</figure>\n{slides}\
         <p class=\"files\"><a href=\"{svg}\">picture</a>{tables}</p>\n",
        figure.id,
        escaped(figure.title),
        escaped(figure.title),
        escaped(&figure.caption),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
