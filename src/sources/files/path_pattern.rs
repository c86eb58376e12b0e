//! Path patterns (globs): components with wildcards, and the names that they match.

use std::ffi::{OsStr, OsString};
use std::path::{Component as PathComponent, Path};

use glob::Pattern;

use crate::error::{Error, Result};

/// A path of which at least one component has wildcards.
#[derive(Debug)]
pub(in crate::sources) struct PathPattern(pub Vec<Component>);

/// One component of a pattern.
#[derive(Debug)]
pub(in crate::sources) enum Component {
    /// A name as it is; also a root, `.` and `..`.
    Name(OsString),
    /// Names that match.
    Wildcards(Pattern),
    /// `**`: any number of folders.
    AnyFolders,
}

impl PathPattern {
    /// The pattern that a path on the disk is; `None` if it has no wildcards.
    pub(super) fn of_path(path: &Path) -> Result<Option<Self>> {
        let components = path.components().map(|component| match component {
            PathComponent::Normal(name) => Component::of(name, path.as_os_str()),
            other => Ok(Component::Name(other.as_os_str().to_owned())),
        });
        PathPattern::of(components.collect::<Result<_>>()?)
    }

    /// The pattern that the name of an object in a store is; `None` if it has no wildcards.
    #[cfg(feature = "object-store")]
    pub(in crate::sources) fn of_name(name: &str) -> Result<Option<Self>> {
        let components = name.split('/').filter(|component| !component.is_empty());
        PathPattern::of(
            components.map(|component| Component::of(component.as_ref(), name.as_ref())).collect::<Result<_>>()?,
        )
    }

    fn of(mut components: Vec<Component>) -> Result<Option<Self>> {
        components.dedup_by(|a, b| matches!((a, b), (Component::AnyFolders, Component::AnyFolders)));
        if let Some(Component::AnyFolders) = components.last() {
            components.push(Component::of("*".as_ref(), "*".as_ref())?);
        }
        let is_pattern = components.iter().any(|component| !matches!(component, Component::Name(_)));
        Ok(is_pattern.then_some(PathPattern(components)))
    }

    /// The names of the folders that all it matches lie in.
    #[cfg(feature = "object-store")]
    pub(in crate::sources) fn folder(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for component in &self.0[..self.0.len() - 1] {
            let Component::Name(name) = component else { break };
            names.extend(name.to_str());
        }
        names
    }

    /// Matches the path that these names are.
    #[cfg(feature = "object-store")]
    pub(in crate::sources) fn matches(&self, names: &[&str]) -> bool {
        matches(&self.0, names)
    }
}

#[cfg(feature = "object-store")]
fn matches(components: &[Component], names: &[&str]) -> bool {
    match (components, names) {
        ([], names) => names.is_empty(),
        ([Component::AnyFolders, rest @ ..], names) => {
            let enters = names.iter().take_while(|name| is_data(name.as_ref())).count();
            (0..=enters).any(|n| matches(rest, &names[n..]))
        }
        ([component, rest @ ..], [name, names @ ..]) => component.matches(name.as_ref()) && matches(rest, names),
        _ => false,
    }
}

impl Component {
    /// A component of a pattern, which an error names.
    fn of(name: &OsStr, whole: &OsStr) -> Result<Self> {
        let text = name.to_string_lossy();
        if text == "**" {
            return Ok(Component::AnyFolders);
        }
        if !text.contains(['*', '?', '[']) {
            return Ok(Component::Name(name.to_owned()));
        }
        Pattern::new(&text).map(Component::Wildcards).map_err(|error| {
            Error::parameter("pattern", whole.to_string_lossy(), format!("a pattern, not {text:?}: {}", error.msg))
        })
    }

    /// A hidden name is matched where the component begins as hidden names do.
    pub(super) fn matches(&self, name: &OsStr) -> bool {
        match self {
            Component::Name(expected) => name == expected,
            Component::Wildcards(pattern) => {
                let shows = is_data(name) || pattern.as_str().starts_with(HIDDEN);
                shows && pattern.matches(&name.to_string_lossy())
            }
            Component::AnyFolders => is_data(name),
        }
    }
}

/// The beginnings of hidden names.
const HIDDEN: [char; 2] = ['.', '_'];

/// Names that begin with `.` or `_` are not those of data (`_SUCCESS`), but for partitions: a column may be named so, and
/// Spark reads it.
pub(in crate::sources) fn is_data(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    match name.first() {
        Some(b'.') => false,
        Some(b'_') => name.contains(&b'='),
        _ => true,
    }
}
