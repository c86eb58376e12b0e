//! The slow, obvious twins: the whole content at once, byte by byte where that is plainest.

use serde::Deserialize;

/// What is read of a file: the rows, and where the bad ones are, by line from 1 and by byte.
#[derive(Debug, Default, PartialEq)]
pub struct Found<R> {
    pub rows: Vec<R>,
    pub bad: Vec<(u64, u64)>,
}

/// The content without the mark that some programs begin with, and how long that is.
fn unmarked(content: &[u8]) -> (&[u8], usize) {
    content.strip_prefix(b"\xef\xbb\xbf").map_or((content, 0), |rest| (rest, 3))
}

/// Every line without its end, with its number and its first byte.
fn lines(content: &[u8]) -> Vec<(u64, u64, &[u8])> {
    let (content, mark) = unmarked(content);
    let (mut lines, mut start) = (Vec::new(), 0);
    let mut add = |start: usize, end: usize| {
        let line = &content[start..end];
        let number = lines.len() as u64 + 1;
        lines.push((number, (start + mark) as u64, line.strip_suffix(b"\r").unwrap_or(line)));
    };
    for (at, byte) in content.iter().enumerate() {
        if *byte == b'\n' {
            add(start, at);
            start = at + 1;
        }
    }
    if start < content.len() {
        add(start, content.len());
    }
    lines
}

fn each_line<R>(content: &[u8], read: impl Fn(&[u8]) -> Result<Option<R>, ()>) -> Found<R> {
    let mut found = Found { rows: Vec::new(), bad: Vec::new() };
    for (number, start, line) in lines(content) {
        match read(line) {
            Ok(row) => found.rows.extend(row),
            Err(()) => found.bad.push((number, start)),
        }
    }
    found
}

pub fn text(content: &[u8]) -> Found<String> {
    each_line(content, |line| String::from_utf8(line.to_vec()).map(Some).map_err(drop))
}

/// The fields `t`, a text, and `l`, a whole number.
pub fn json(content: &[u8]) -> Found<(String, i64)> {
    #[derive(Deserialize)]
    struct Row {
        t: String,
        l: i64,
    }
    each_line(content, |line| {
        let Some(first) = line.iter().find(|byte| !byte.is_ascii_whitespace()) else { return Ok(None) };
        // serde takes a list for a structure, too.
        if *first != b'{' {
            return Err(());
        }
        serde_json::from_slice(line).map(|Row { t, l }| Some((t, l))).map_err(drop)
    })
}

/// A label, and the columns from 1 to `columns` with their values.
pub type Sparse = (i64, Vec<(u32, f64)>);

pub fn svmlight(content: &[u8], columns: u32) -> Found<Sparse> {
    each_line(content, |line| {
        let data = line.split(|byte| *byte == b'#').next().ok_or(())?;
        let data = str::from_utf8(data).map_err(drop)?;
        let words: Vec<&str> = data.split_ascii_whitespace().collect();
        let Some((label, words)) = words.split_first() else { return Ok(None) };
        let label = label.parse().map_err(drop)?;
        let words = match words.split_first() {
            Some((first, rest)) if first.split_once(':').is_some_and(|(name, _)| name == "qid") => {
                first["qid:".len()..].parse::<u64>().map_err(drop)?;
                rest
            }
            _ => words,
        };
        let mut values: Vec<(u32, f64)> = Vec::new();
        for word in words {
            let (column, value) = word.split_once(':').ok_or(())?;
            let column = column.parse().map_err(drop)?;
            let above = values.last().map_or(1, |last| last.0 + 1);
            if !(above..=columns).contains(&column) {
                return Err(());
            }
            values.push((column, value.parse().map_err(drop)?));
        }
        Ok(Some((label, values)))
    })
}

/// A record of CSV: its line, its first byte, its fields.
type Record = (u64, u64, Vec<Vec<u8>>);

/// Records of comma-separated values, and whether the last one ends.
pub fn csv_records(content: &[u8]) -> (Vec<Record>, bool) {
    #[derive(PartialEq)]
    enum Place {
        Before,
        FieldStart,
        Plain,
        Quoted,
        QuoteInQuoted,
    }
    let (content, mark) = unmarked(content);
    let mut records: Vec<Record> = Vec::new();
    let (mut place, mut line) = (Place::Before, 1);
    let end = |fields: &mut Vec<Vec<u8>>, field: &mut Vec<u8>| fields.push(std::mem::take(field));
    let (mut fields, mut field, mut begin) = (Vec::new(), Vec::new(), (0, 0));
    for (at, &byte) in content.iter().enumerate() {
        if place == Place::Before && !matches!(byte, b'\r' | b'\n') {
            begin = (line, (at + mark) as u64);
            place = Place::FieldStart;
        }
        line += u64::from(byte == b'\n');
        place = match (&place, byte) {
            (Place::Before, _) => Place::Before,
            (Place::FieldStart, b'"') => Place::Quoted,
            (Place::Quoted, b'"') => Place::QuoteInQuoted,
            (Place::Quoted, _) => {
                field.push(byte);
                Place::Quoted
            }
            (Place::QuoteInQuoted, b'"') => {
                field.push(byte);
                Place::Quoted
            }
            (_, b',') => {
                end(&mut fields, &mut field);
                Place::FieldStart
            }
            (_, b'\r' | b'\n') => {
                end(&mut fields, &mut field);
                records.push((begin.0, begin.1, std::mem::take(&mut fields)));
                Place::Before
            }
            _ => {
                field.push(byte);
                Place::Plain
            }
        };
    }
    if place != Place::Before {
        end(&mut fields, &mut field);
        records.push((begin.0, begin.1, fields));
    }
    (records, place != Place::Quoted)
}

/// The columns `t` and `l` as text; `None` if the file as a whole cannot be read.
pub fn csv(content: &[u8]) -> Option<Found<(String, String)>> {
    let (records, ends) = csv_records(content);
    let (header, records) = records.split_first()?;
    let names: Vec<&str> = header.2.iter().map(|name| str::from_utf8(name).ok()).collect::<Option<_>>()?;
    let position =
        |name: &str| match names.iter().enumerate().filter(|(_, other)| **other == name).collect::<Vec<_>>()[..] {
            [(place, _)] => Some(place),
            _ => None,
        };
    let (t, l) = (position("t")?, position("l")?);
    let mut found = Found::default();
    for (line, offset, fields) in records {
        let field = |place: usize| String::from_utf8(fields[place].clone()).ok();
        match (fields.len() == names.len()).then(|| field(t).zip(field(l))).flatten() {
            Some(row) => found.rows.push(row),
            None => found.bad.push((*line, *offset)),
        }
    }
    ends.then_some(found)
}
