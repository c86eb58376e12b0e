//! Decoding of SGML texts to UTF-8: latin-1, character references, white space.

use memchr::memchr;

/// Appends a text as UTF-8, its character references resolved.
pub(super) fn push_text(out: &mut Vec<u8>, mut text: &[u8]) {
    while let Some(at) = memchr(b'&', text) {
        push_latin1(out, &text[..at]);
        let (resolved, length) = reference(&text[at..]);
        if let Some(c) = resolved {
            push_char(out, c);
        }
        text = &text[at + length..];
    }
    push_latin1(out, text);
}

/// Appends a text as [`push_text`] does, every run of white space becoming one space.
///
/// `spaced` says whether the last character written was such a space: a run may go on over a tag or
/// a reference that vanishes.
pub(super) fn push_collapsed(out: &mut Vec<u8>, text: &[u8], spaced: &mut bool) {
    let mut rest = text;
    // A block, and one byte more: whether white space is a run's last is told by the byte after it.
    while let (Some(block), Some(next)) = (rest.first_chunk(), rest.get(1..).and_then(<[u8]>::first_chunk)) {
        if *spaced && is_plain_space(block[0]) {
            rest = push_odd(out, rest, spaced);
            continue;
        }
        let (plain, odd) = plain_and_odd(block, next);
        out.extend_from_slice(&plain);
        // Said apart, so that the next block need not wait until this one is known to be plain.
        if odd == 0 {
            *spaced = is_plain_space(block[STEP - 1]);
            rest = &rest[STEP..];
        } else {
            let length = odd.trailing_zeros() as usize / 8;
            out.truncate(out.len() - (STEP - length));
            if length > 0 {
                *spaced = is_plain_space(block[length - 1]);
            }
            rest = push_odd(out, &rest[length..], spaced);
        }
    }
    while !rest.is_empty() {
        rest = push_odd(out, rest, spaced);
    }
}

/// How many bytes are looked at together.
const STEP: usize = 16;

fn is_plain_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n')
}

/// A block with its line feeds as spaces, and which of its bytes, little endian, are odd: not ASCII, a control
/// character, `&`, or white space before white space; `next` is the block one byte on.
///
/// It has no branches and is compiled to vector instructions. On the real files, whose lines are short and whose
/// paragraphs are indented, parsing took about a twentieth longer when it looked for the ends of lines and copied line
/// by line, and half as long again when it went from one odd byte to the next by a table.
fn plain_and_odd(block: &[u8; STEP], next: &[u8; STEP]) -> ([u8; STEP], u128) {
    let (mut plain, mut odd) = ([0; STEP], [0; STEP]);
    for k in 0..STEP {
        let (byte, after) = (block[k], next[k]);
        let line_feed = u8::from(byte == b'\n');
        let space = u8::from(byte == b' ') | line_feed;
        let space_after = u8::from(after == b' ') | u8::from(after == b'\n');
        plain[k] = if byte == b'\n' { b' ' } else { byte };
        odd[k] = (u8::from(byte.cast_signed() < 32) & (line_feed ^ 1)) | u8::from(byte == b'&') | (space & space_after);
    }
    (plain, u128::from_le_bytes(odd))
}

/// Appends what the first byte begins: a run of white space, a reference, or any other character. Gives what is left.
fn push_odd<'a>(out: &mut Vec<u8>, text: &'a [u8], spaced: &mut bool) -> &'a [u8] {
    if is_plain_space(text[0]) {
        push_space(out, spaced);
        let run = text.iter().take_while(|&&byte| is_plain_space(byte)).count();
        return &text[run..];
    }
    let (next, length) = if text[0] == b'&' { reference(text) } else { (Some(char::from(text[0])), 1) };
    match next {
        None => {}
        Some(c) if is_space(c) => push_space(out, spaced),
        Some(c) => {
            push_char(out, c);
            *spaced = false;
        }
    }
    &text[length..]
}

/// Appends a space, unless the run of white space has its own already.
fn push_space(out: &mut Vec<u8>, spaced: &mut bool) {
    if !*spaced {
        out.push(b' ');
        *spaced = true;
    }
}

/// What Python's `\s` matches: Unicode white space, and the four separators of ASCII.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\x1c'..='\x1f')
}

fn push_latin1(out: &mut Vec<u8>, text: &[u8]) {
    if text.is_ascii() {
        out.extend_from_slice(text);
    } else {
        text.iter().for_each(|&byte| push_char(out, char::from(byte)));
    }
}

fn push_char(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Resolves the reference at the beginning of `text`, which begins with `&`: the character it stands
/// for, none for a control character that HTML does not allow, and how many bytes it takes. An `&`
/// that begins no known reference stands for itself.
fn reference(text: &[u8]) -> (Option<char>, usize) {
    let found = if text.get(1) == Some(&b'#') { numeric(text) } else { named(text) };
    found.unwrap_or((Some('&'), 1))
}

/// `&#38;` or `&#x26;`, the semicolon optional.
fn numeric(text: &[u8]) -> Option<(Option<char>, usize)> {
    let (radix, start) = if matches!(text.get(2), Some(b'x' | b'X')) { (16, 3) } else { (10, 2) };
    let digits = text[start..].iter().map_while(|&byte| char::from(byte).to_digit(radix));
    let (code, count) =
        digits.fold((0u32, 0), |(code, count), digit| (code.saturating_mul(radix).saturating_add(digit), count + 1));
    (count > 0).then(|| (character(code), with_semicolon(text, start + count)))
}

/// `&lt;` and its like, the semicolon optional (but for `&apos;`) where the name ends.
fn named(text: &[u8]) -> Option<(Option<char>, usize)> {
    // The longest name has four letters, so at most six bytes are looked at.
    let length = text.iter().skip(1).take(5).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let c = match &text[1..1 + length] {
        b"lt" | b"LT" => '<',
        b"gt" | b"GT" => '>',
        b"amp" | b"AMP" => '&',
        b"quot" | b"QUOT" => '"',
        b"apos" if text.get(1 + length) == Some(&b';') => '\'',
        _ => return None,
    };
    Some((Some(c), with_semicolon(text, 1 + length)))
}

fn with_semicolon(text: &[u8], length: usize) -> usize {
    length + usize::from(text.get(length) == Some(&b';'))
}

/// The character a numeric reference stands for, by the rules of HTML (Python's `html.unescape`).
fn character(code: u32) -> Option<char> {
    // What Windows-1252 has at 0x80 to 0x9f: pages that count so are why HTML reads it so.
    const WINDOWS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match code {
        0 => Some(char::REPLACEMENT_CHARACTER),
        0x80..=0x9f => Some(WINDOWS[(code - 0x80) as usize]),
        0x01..=0x08 | 0x0b | 0x0e..=0x1f | 0x7f | 0xfdd0..=0xfdef => None,
        _ if code <= 0x10_ffff && code & 0xfffe == 0xfffe => None,
        _ => Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)),
    }
}

/// Whether a text has nothing but white space.
pub(super) fn is_blank(text: &[u8]) -> bool {
    text.iter().all(|&byte| is_space(char::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(bytes: &[u8]) -> String {
        let mut out = Vec::new();
        push_text(&mut out, bytes);
        String::from_utf8(out).unwrap()
    }

    fn collapsed(pieces: &[&[u8]]) -> String {
        let (mut out, mut spaced) = (Vec::new(), false);
        pieces.iter().for_each(|piece| push_collapsed(&mut out, piece, &mut spaced));
        String::from_utf8(out).unwrap()
    }

    /// The expected values are those of Python's `html.unescape`.
    #[test]
    fn references_are_resolved() {
        for (from, to) in [
            ("a &lt;b&gt; &amp;amp; &quot;&apos;", "a <b> &amp; \"'"),
            ("&lt b &amp", "< b &"),
            ("&apos &unknown; & &; &#; &#x; &", "&apos &unknown; & &; &#; &#x; &"),
            ("&#65;&#x42;&#X43&#68e", "ABCDe"),
            ("&#2;&#3;&#31;&#127;&#11;&#65535;&#x1fffe;.", "."),
            ("&#0;&#55296;&#1114112;&#99999999999999999999;", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
            ("&#128;&#129;&#159;&#13;", "€\u{81}Ÿ\r"),
        ] {
            assert_eq!(text(from.as_bytes()), to, "{from}");
        }
        assert_eq!(text(b"caf\xe9 &#233;"), "café é");
    }

    #[test]
    fn white_space_is_collapsed() {
        assert_eq!(collapsed(&[b"  a b\n   c\x1c\xa0\x85d\t"]), " a b c d ");
        assert_eq!(collapsed(&[b"end.\n&#3;\n", b" &#32;&#8195;", b"\n"]), "end. ");
        assert_eq!(collapsed(&[b"a &#3;b", b"c\xfc"]), "a bcü");
    }

    proptest! {
        /// The fast path against its obvious twin.
        #[test]
        fn collapsing_is_decoding_then_joining_runs(
            bytes in prop::collection::vec(prop_oneof![Just(b' '), Just(b'\n'), Just(b'&'), b'a'..=b'c', any::<u8>()], 0..60)
        ) {
            let (mut slow, mut spaced) = (String::new(), false);
            for c in text(&bytes).chars() {
                if !(spaced && is_space(c)) {
                    slow.push(if is_space(c) { ' ' } else { c });
                }
                spaced = is_space(c);
            }
            prop_assert_eq!(collapsed(&[&bytes]), slow);
        }
    }
}
