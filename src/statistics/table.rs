//! Descriptions printed as tables.

use std::fmt;

use super::column_description::ColumnDescription;
use super::description::Description;

/// The width that tables are broken at, in characters.
const WIDTH: usize = 120;
/// The most columns that are shown.
const MOST_COLUMNS: usize = 60;
/// The most characters of a name or a string.
const MOST_CHARACTERS: usize = 30;

/// A table of the columns of numbers, then one of all others, as pandas' `describe` prints them: a line a statistic. Of
/// tables that are wider than 120 characters, further columns follow below; of more than 60 columns, the first are shown.
/// `~` stands before quantiles and numbers of distinct values that are estimates.
///
/// ```
/// use chunkfit::statistics::Description;
///
/// let options = Default::default();
/// let price = Description::of_numbers([1.5, 2.5, 3.5, f64::NAN], &options)?.named(["price"]);
/// let shop = Description::of_text(["north", "north", "south", "west"].map(Some), &options)?.named(["shop"]);
/// let expected = "\
/// 4 rows
///           price
/// count         3
/// missing       1
/// mean        2.5
/// std           1
/// min         1.5
/// 25%           2
/// 50%         2.5
/// 75%           3
/// max         3.5
/// distinct      3
///
///            shop
/// count         4
/// missing       0
/// distinct      3
/// top       north
/// freq          2";
/// assert_eq!(price.beside(shop)?.to_string(), expected);
/// # Ok::<(), chunkfit::Error>(())
/// ```
impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows", self.n_rows())?;
        let shown: Vec<_> =
            (0..self.n_columns().min(MOST_COLUMNS)).map(|column| self.column_at(column as u32)).collect();
        let (numbers, others): (Vec<_>, Vec<_>) = shown.iter().partition(|column| column.is_numeric());
        let tables = [(&NUMBERS[..], numbers, number_cells as Cells), (&OTHERS[..], others, other_cells)];
        let mut between = "\n";
        for (labels, columns, cells) in tables {
            for block in blocks(labels, columns.into_iter().map(cells).collect()) {
                f.write_str(between)?;
                f.write_str(&block)?;
                between = "\n\n";
            }
        }
        match self.n_columns().saturating_sub(MOST_COLUMNS) {
            0 => Ok(()),
            more => write!(f, "\n\n… and {more} more columns"),
        }
    }
}

const NUMBERS: [&str; 11] = ["", "count", "missing", "mean", "std", "min", "25%", "50%", "75%", "max", "distinct"];
const OTHERS: [&str; 6] = ["", "count", "missing", "distinct", "top", "freq"];

/// The cells of a column, its name first.
type Cells = fn(&ColumnDescription<'_>) -> Vec<String>;

fn number_cells(column: &ColumnDescription<'_>) -> Vec<String> {
    let estimated = column.histogram().is_some_and(|histogram| !histogram.is_exact());
    let sign = if estimated { "~" } else { "" };
    let quantile = |q| format!("{sign}{}", number(column.quantile(q).unwrap_or(f64::NAN)));
    let mut cells = first_cells(column);
    cells.extend([number(column.mean()), number(column.std()), number(column.min())]);
    cells.extend([0.25, 0.5, 0.75].map(quantile));
    cells.extend([number(column.max()), distinct(column)]);
    cells
}

fn other_cells(column: &ColumnDescription<'_>) -> Vec<String> {
    let unknown = || if column.is_text() && column.count() > 0 { "?" } else { "" }.to_owned();
    let mut cells = first_cells(column);
    cells.push(distinct(column));
    match column.top() {
        Some((value, count)) => cells.extend([short(value), count.to_string()]),
        None => cells.extend([unknown(), unknown()]),
    }
    cells
}

fn first_cells(column: &ColumnDescription<'_>) -> Vec<String> {
    vec![short(column.name()), column.count().to_string(), column.missing().to_string()]
}

fn distinct(column: &ColumnDescription<'_>) -> String {
    column.distinct().map_or_else(String::new, |distinct| distinct.to_string())
}

/// The text without line breaks and other controls, cut where it is long.
fn short(text: &str) -> String {
    let mut characters = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut short: String = characters.by_ref().take(MOST_CHARACTERS).collect();
    if characters.next().is_some() {
        short.pop();
        short.push('…');
    }
    short
}

/// The number to six significant digits.
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return if value.is_nan() { "NaN".to_owned() } else { format!("{value}") };
    }
    if !(1e-4..1e15).contains(&size) {
        return format!("{value:.5e}");
    }
    let decimals = (5 - size.log10().floor() as i32).max(0) as usize;
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// The labels and as many columns beside them as fit into a line; then the others.
fn blocks(labels: &[&str], columns: Vec<Vec<String>>) -> Vec<String> {
    let width = |cells: &[String]| cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
    let label_width = labels.iter().map(|label| label.len()).max().unwrap_or(0);
    let mut blocks = Vec::new();
    let mut rest = &columns[..];
    while !rest.is_empty() {
        let ends = rest.iter().scan(label_width, |end, cells| {
            *end += 2 + width(cells);
            Some(*end)
        });
        let fitting = ends.take_while(|end| *end <= WIDTH).count().max(1);
        let (now, later) = rest.split_at(fitting);
        let line = |(i, label): (usize, &&str)| {
            let cells = now.iter().map(|cells| format!("  {:>width$}", cells[i], width = width(cells)));
            format!("{label:<label_width$}{}", cells.collect::<String>())
        };
        blocks.push(labels.iter().enumerate().map(line).collect::<Vec<_>>().join("\n"));
        rest = later;
    }
    blocks
}
