//! The lines of a block.

use std::ops::Range;

use memchr::memchr_iter;

/// The lines of some bytes as ranges, without their ends (`\n` or `\r\n`). A last line without a
/// newline counts; nothing after the last newline does not.
pub(super) fn line_ranges(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let unended = Some(bytes.len()).filter(|_| bytes.last().is_some_and(|&last| last != b'\n'));
    let mut start = 0;
    memchr_iter(b'\n', bytes).chain(unended).map(move |end| {
        let line = start..if end > start && bytes[end - 1] == b'\r' { end - 1 } else { end };
        start = end + 1;
        line
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_on_unix_or_windows_and_the_last_may_lack_its_end() {
        let lines = |text: &'static str| line_ranges(text.as_bytes()).map(|line| &text[line]).collect::<Vec<_>>();
        assert_eq!(lines("a\r\n\nb\rc\n\r\nd"), ["a", "", "b\rc", "", "d"]);
        assert_eq!(lines("a\n"), ["a"]);
        assert_eq!(lines("a\r"), ["a"]);
        assert_eq!(lines(""), [""; 0]);
    }
}
