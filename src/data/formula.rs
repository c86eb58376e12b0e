//! Escaping of texts that spreadsheets take for formulas (CSV injection).

use std::borrow::Cow;

/// The text with `'` before it if a spreadsheet would take it for a formula.
pub(crate) fn escape_formula(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The characters by which OWASP says that formulas begin, with the signs' wide forms. Blanks and a byte order mark
/// before a sign are skipped by some readers.
fn is_formula(text: &str) -> bool {
    if text.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let shown = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\0'));
    shown.starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
        && !shown.strip_prefix('-').is_some_and(is_number)
}

/// Digits, with a fraction and an exponent or without.
fn is_number(text: &str) -> bool {
    let text = text.trim_end();
    text.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && text.bytes().all(|c| c.is_ascii_digit() || matches!(c, b'.' | b'e' | b'E' | b'+' | b'-'))
        && text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_told_from_texts_and_negative_numbers() {
        for formula in [
            "=1",
            "+1",
            "+49 30",
            "-1+1",
            "-cmd",
            "-",
            "@SUM(A1)",
            "\t1",
            "\r1",
            "\n1",
            " =1",
            "\u{feff}=1",
            "\u{ff1d}1",
            "-1-",
            "-inf",
            "--1",
        ] {
            assert_eq!(escape_formula(formula), format!("'{formula}"));
        }
        for text in ["", "a=1", "-1.5", "-.5", "-1e-3", "-12 ", "1+1", "'=1", "\"=1\"", "oil", " oil", "."] {
            assert_eq!(escape_formula(text), text);
        }
    }
}
