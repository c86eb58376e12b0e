//! Remedies for values that no other process would know, as code to write.

/// The most characters of a name that is repeated in the code.
const LONGEST: usize = 40;

/// The code that gives data, or a function of it, an identity that lasts. `title`: that of the task whose identity does not,
/// escaped; behind a ` · ` stands the name that the user gave.
pub(crate) fn lasting_identity(title: &str) -> String {
    let name = title.rsplit(" · ").next().unwrap_or(title).trim_start_matches("column ");
    let name = if name.chars().count() > LONGEST { "name" } else { name };
    format!(
        "a function of chunks or rows gets a version, to be raised when it changes: `.map_versioned(\"{name}\", 1, …)`, \
         `.examples_versioned(\"{name}\", 1, …)`; where it captures values, a key with them: `.map_keyed(\"{name}\", \
         Key::of(\"{name} 1\").params(&values).finish(), …)`, `.with_column_keyed(…)`; data gets a name by \
         Chunks::identified: `.identified((\"{name}\", 1))`"
    )
}
