//! The scores of labels as a table.

use chunkfit::metrics::{Average, MultilabelCounts};
use comfy_table::{Cell, CellAlignment, Table, presets};

/// The scores of some labels, by name and number, and of all labels together. `kind` is what a label
/// is called, `rows` what has them.
pub fn label_table<'a>(
    [kind, rows]: [&str; 2],
    labels: impl Iterator<Item = (&'a str, usize)>,
    counts: &MultilabelCounts,
) -> Table {
    let of_label = |(name, label): (&'a str, usize)| {
        let scores = [counts.precision(label), counts.recall(label), counts.f1(label)];
        (name, scores, counts.support(label).to_string())
    };
    let of_all = |name, average| {
        let scores = [counts.mean_precision(average), counts.mean_recall(average), counts.mean_f1(average)];
        (name, scores, String::new())
    };
    let totals = [of_all("all together (micro)", Average::Micro), of_all("mean of all (macro)", Average::Macro)];

    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_header([kind, "precision", "recall", "F1", rows]);
    for (name, scores, support) in labels.map(of_label).chain(totals) {
        let numbers = scores.map(|score| format!("{score:.4}")).into_iter().chain([support]);
        let numbers = numbers.map(|number| Cell::new(number).set_alignment(CellAlignment::Right));
        table.add_row([Cell::new(name)].into_iter().chain(numbers));
    }
    table
}
