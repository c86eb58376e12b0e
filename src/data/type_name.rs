//! Names of types without their modules.

use std::borrow::Cow;

/// The characters of a path: `{{closure}}` and `{{impl}}#1` are part of some.
fn is_of_path(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | ':' | '{' | '}' | '#')
}

/// A name as [`std::any::type_name`] gives it, every path in it cut down to its last part: `Vec<Option<String>>`. A closure
/// keeps its path, having no name of its own.
pub(crate) fn short_name(type_name: &str) -> Cow<'_, str> {
    if !type_name.contains("::") {
        return Cow::Borrowed(type_name);
    }
    let mut short = String::with_capacity(type_name.len());
    let mut rest = type_name;
    while !rest.is_empty() {
        let path = &rest[..rest.find(|c| !is_of_path(c)).unwrap_or(rest.len())];
        short.push_str(if path.contains('{') { path } else { path.rsplit("::").next().unwrap_or(path) });
        let between = &rest[path.len()..];
        rest = &between[between.find(is_of_path).unwrap_or(between.len())..];
        short.push_str(&between[..between.len() - rest.len()]);
    }
    Cow::Owned(short)
}

/// The generic arguments of a type, in their angle brackets and without modules; nothing where there are none.
pub(super) fn arguments(type_name: &str) -> String {
    short_name(&type_name[constructor(type_name).len()..]).into_owned()
}

/// The path of a type without its generic arguments.
pub(super) fn constructor(type_name: &str) -> &str {
    type_name.split('<').next().unwrap_or(type_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::any::{type_name, type_name_of_val};

    #[test]
    fn modules_are_left_out() {
        let dense = "ArrayBase<OwnedRepr<f64>, Dim<[usize; 2]>>";
        assert_eq!(short_name(type_name::<ndarray::Array2<f64>>()), dense);
        let nested =
            type_name::<Vec<(Option<String>, &'static [crate::data::Text], fn(u8) -> Box<dyn std::fmt::Debug>)>>();
        assert_eq!(short_name(nested), "Vec<(Option<String>, &[Text], fn(u8) -> Box<dyn Debug>)>");
        for plain in ["usize", "(u8, &str)", "[f32; 3]", "()"] {
            assert!(matches!(short_name(plain), Cow::Borrowed(same) if same == plain));
        }
        assert_eq!(short_name("a::b::Größe<ä::Ö>"), "Größe<Ö>");
    }

    #[test]
    fn closures_are_told_apart_by_where_they_are() {
        let closure = || ();
        let name = type_name_of_val(&closure);
        assert!(name.ends_with("{{closure}}") && short_name(name) == name, "{name}");
    }

    #[test]
    fn arguments_stand_in_angle_brackets() {
        assert_eq!(arguments(type_name::<Vec<std::num::NonZero<u8>>>()), "<NonZero<u8>>");
        assert_eq!((arguments("a::B"), constructor("a::B<c::D>")), (String::new(), "a::B"));
    }
}
