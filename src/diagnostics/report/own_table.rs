//! A table of the caller's.

use maud::{Markup, html};

/// A table with a title.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) title: String,
    pub(super) headers: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// The table, its columns of numbers to the right.
    pub(super) fn markup(&self) -> Markup {
        let classes = self.classes();
        html! {
            .scroll tabindex="0" role="group" aria-label=(self.title) { table.own {
                thead { tr {
                    @for (header, class) in self.headers.iter().zip(&classes) { th scope="col" class=[class] { (header) } }
                } }
                tbody {
                    @for row in &self.rows {
                        tr { @for (cell, class) in row.iter().zip(&classes) { td class=[class] { (cell) } } }
                    }
                }
            } }
        }
    }

    fn classes(&self) -> Vec<Option<&'static str>> {
        let columns = self.rows.iter().map(Vec::len).chain([self.headers.len()]).max().unwrap_or(0);
        let numeric = |column: usize| {
            let mut cells = self.rows.iter().filter_map(|row| row.get(column)).peekable();
            cells.peek().is_some() && cells.all(|cell| is_number(cell))
        };
        (0..columns).map(|column| numeric(column).then_some("number")).collect()
    }
}

fn is_number(cell: &str) -> bool {
    let plain: String = cell.chars().filter(|c| !matches!(c, ',' | '%' | ' ')).collect();
    plain.is_empty() || matches!(plain.as_str(), "–" | "-") || plain.parse::<f64>().is_ok()
}
