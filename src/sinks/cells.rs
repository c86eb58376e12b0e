//! Values as text that comes back with all bits.

use super::table::Cell;

/// A value as JSON has it; nothing for a number that is not finite.
pub(super) fn write_json(cell: Cell<'_>, out: &mut Vec<u8>) -> Option<()> {
    match cell {
        Cell::Bool(value) => serde_json::to_writer(out, &value),
        Cell::Int(value) => serde_json::to_writer(out, &value),
        Cell::UInt(value) => serde_json::to_writer(out, &value),
        // The shortest digits that are read back as the same number.
        Cell::Float32(value) if value.is_finite() => return write_f32(value, out),
        Cell::Float64(value) if value.is_finite() => serde_json::to_writer(out, &value),
        Cell::Float32(_) | Cell::Float64(_) => return None,
        Cell::Text(text) => serde_json::to_writer(out, text),
        Cell::Null => serde_json::to_writer(out, &()),
    }
    .ok()
}

/// Many readers take all numbers for 64 bits and narrow them later, which rounds twice: for a few, such as 7.038531e-26,
/// the shortest digits then come back as the number next to it. Those are written as the 64 bits they are.
fn write_f32(value: f32, out: &mut Vec<u8>) -> Option<()> {
    let start = out.len();
    serde_json::to_writer(&mut *out, &value).ok()?;
    let wide: f64 = std::str::from_utf8(&out[start..]).ok()?.parse().ok()?;
    if wide as f32 != value {
        out.truncate(start);
        serde_json::to_writer(out, &f64::from(value)).ok()?;
    }
    Some(())
}

/// The same without quotes around texts, and a missing value is empty; numbers that are not finite are `NaN`, `inf` and `-inf`, as Rust, Python and pandas
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
        Cell::Null => {}
        Cell::Float32(value) if !value.is_finite() => out.extend_from_slice(odd(value.into()).as_bytes()),
        Cell::Float64(value) if !value.is_finite() => out.extend_from_slice(odd(value).as_bytes()),
        finite => write_json(finite, out).expect("finite numbers and booleans are JSON"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_32_bits_come_back_however_they_are_read() {
        for bits in [0x15ae_43fd, 0, 1, 0x8000_0000, 0x3dcc_cccd, 0x7f7f_ffff, 0xff7f_ffff] {
            let mut text = Vec::new();
            write_plain(Cell::Float32(f32::from_bits(bits)), &mut text);
            let text = std::str::from_utf8(&text).unwrap();
            let (narrow, wide): (f32, f64) = (text.parse().unwrap(), text.parse().unwrap());
            assert_eq!((narrow.to_bits(), (wide as f32).to_bits()), (bits, bits), "{text}");
        }
        let mut short = Vec::new();
        write_plain(Cell::Float32(0.1), &mut short);
        assert_eq!(short, b"0.1");
    }
}
