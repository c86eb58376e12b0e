//! Hive partitions: columns, or fields of every record, whose values are in the names of folders, such as
//! `year=2024/label=spam/part-0.parquet`.

use std::path::Path;

#[cfg(feature = "formats")]
use crate::data::Scalar;

/// The name that Hive, Spark and pyarrow give to the folder of rows whose value is null.
const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// Columns and their values, outermost first; `None` is null.
#[cfg(feature = "formats")]
pub(super) type Partitions = [(String, Option<String>)];

/// The columns and values in the names of a file's folders, outermost first; `None` is null. Percent-encoded bytes are
/// decoded, as Spark and pyarrow write them.
pub(super) fn partitions(path: &Path) -> Vec<(String, Option<String>)> {
    let folders = path.parent().map(Path::components).into_iter().flatten();
    folders.filter_map(|folder| partition(folder.as_os_str().to_str()?)).collect()
}

/// The value of a partition, to be read by the rule of all formats.
#[cfg(feature = "formats")]
pub(super) fn partition_scalar(value: &Option<String>) -> Scalar<'_> {
    value.as_deref().map_or(Scalar::Null, Scalar::Str)
}

/// The column and value that the name of a folder states.
pub(super) fn partition(folder: &str) -> Option<(String, Option<String>)> {
    let (column, value) = folder.split_once('=').filter(|(column, _)| !column.is_empty())?;
    let value = Some(value).filter(|&value| value != NULL).map(decoded);
    Some((decoded(column), value))
}

/// `%20` and its like as the bytes that they stand for, where these are UTF-8; else the text as it is.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let [first, behind @ ..] = rest {
        let code = behind.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let code = code.filter(|code| code.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let byte = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_from_folders_as_pyarrow_reads_them() {
        let path = "data/l=spam/day=2024-01-02%2003%3A04/part=0.parquet";
        let expected = [("l", Some("spam")), ("day", Some("2024-01-02 03:04"))];
        let expected: Vec<_> = expected.map(|(name, value)| (name.into(), value.map(String::from))).into();
        assert_eq!(partitions(Path::new(path)), expected, "the file's own name is none");
        assert_eq!(partition("a=__HIVE_DEFAULT_PARTITION__"), Some(("a".into(), None)));
        assert_eq!(partition("a="), Some(("a".into(), Some(String::new()))));
        assert_eq!(partition("a=b=c"), Some(("a".into(), Some("b=c".into()))));
        assert_eq!(partition("a=100%"), Some(("a".into(), Some("100%".into()))));
        assert_eq!(partition("=b"), None);
        assert_eq!(partition("data"), None);
    }
}
