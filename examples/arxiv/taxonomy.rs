//! Which main category each of arXiv's archives belongs to.

/// The groups that arXiv sorts its archives into, and the archives of each, those that were merged
/// into others last.
pub const GROUPS: [(&str, &[&str]); 8] = [
    ("Computer Science", &["cs", "cmp-lg"]),
    ("Economics", &["econ"]),
    ("Electrical Engineering and Systems Science", &["eess"]),
    ("Mathematics", &["math", "alg-geom", "dg-ga", "funct-an", "q-alg"]),
    (
        "Physics",
        &[
            "astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nlin", "nucl-ex",
            "nucl-th", "physics", "quant-ph", "acc-phys", "adap-org", "ao-sci", "atom-ph", "bayes-an", "chao-dyn",
            "chem-ph", "comp-gas", "mtrl-th", "patt-sol", "plasm-ph", "solv-int", "supr-con",
        ],
    ),
    ("Quantitative Biology", &["q-bio"]),
    ("Quantitative Finance", &["q-fin"]),
    ("Statistics", &["stat"]),
];

/// The number among [`GROUPS`] of a category such as `math.CO`; none if its archive is not known.
pub fn group_of(category: &str) -> Option<usize> {
    let archive = category.split('.').next()?;
    GROUPS.iter().position(|(_, archives)| archives.contains(&archive))
}
