//! Values as text that comes back with all bits.

use super::table::Cell;

/// A number that is finite, or a boolean, as JSON has it; nothing for others.
pub(super) fn write_json(cell: Cell<'_>, out: &mut Vec<u8>) -> Option<()> {
    match cell {
        Cell::Bool(value) => serde_json::to_writer(out, &value),
        Cell::Int(value) => serde_json::to_writer(out, &value),
        Cell::UInt(value) => serde_json::to_writer(out, &value),
        // The shortest digits that are read back as the same number.
        Cell::Float32(value) if value.is_finite() => serde_json::to_writer(out, &value),
        Cell::Float64(value) if value.is_finite() => serde_json::to_writer(out, &value),
        Cell::Float32(_) | Cell::Float64(_) => return None,
        Cell::Text(text) => serde_json::to_writer(out, text),
    }
    .ok()
}

/// The same without quotes around texts; the others are `NaN`, `inf` and `-inf`, as Rust, Python and pandas
/// read them.
pub(super) fn write_plain(cell: Cell<'_>, out: &mut Vec<u8>) {
    let odd = |value: f64| {
        if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "inf"
        } else {
            "-inf"
        }
    };
    match cell {
        Cell::Text(text) => out.extend_from_slice(text.as_bytes()),
        Cell::Float32(value) if !value.is_finite() => out.extend_from_slice(odd(value.into()).as_bytes()),
        Cell::Float64(value) if !value.is_finite() => out.extend_from_slice(odd(value).as_bytes()),
        finite => write_json(finite, out).expect("finite numbers and booleans are JSON"),
    }
}
