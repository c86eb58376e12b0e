//! Keeps the counts of instructions in `benches/results/kernels.json`, or compares new ones with them.
//!
//! On standard input come the summaries that `cargo bench -p kernels -- --output-format=json` prints, one a line.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, stdin};
use std::process::{Command, ExitCode};

use serde_json::{Value, json};

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../results/kernels.json");

/// By how many hundredths a count may grow. Counts of one thread repeat exactly; those of whole processes, with
/// their threads, were seen to differ by 0.6 %.
const LIMIT: u64 = 2;

type Counts = BTreeMap<String, u64>;

fn main() -> ExitCode {
    match run(std::env::args().nth(1).as_deref()) {
        Ok(regressed) => ExitCode::from(u8::from(regressed)),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Whether any count has grown too much.
fn run(what: Option<&str>) -> Result<bool, Box<dyn Error>> {
    let counts = stdin().lock().lines().map(|line| count(&line?)).collect::<Result<Counts, _>>()?;
    if counts.is_empty() {
        return Err(
            "no counts on standard input: pipe `cargo bench -p kernels -- --output-format=json` into this".into()
        );
    }
    match what {
        Some("write") => {
            let kept = json!({ "made_with": made_with()?, "instructions": counts });
            std::fs::write(KEPT, format!("{kept:#}\n"))?;
            Ok(false)
        }
        Some("compare") => {
            let kept: Value = serde_json::from_slice(&std::fs::read(KEPT)?)?;
            let now = made_with()?;
            if kept["made_with"] != now.as_str() {
                println!("kept with {}, this is {now}: expect differences", kept["made_with"]);
            }
            Ok(compare(&serde_json::from_value(kept["instructions"].clone())?, &counts))
        }
        _ => Err("`counts write` keeps the counts, `counts compare` compares with those kept".into()),
    }
}

/// A kernel's name and instructions, of the summary of its run.
fn count(summary: &str) -> Result<(String, u64), Box<dyn Error>> {
    let summary: Value = serde_json::from_str(summary)?;
    let text = |key: &str| summary[key].as_str().unwrap_or_default();
    let name = match text("id") {
        "" => text("function_name").to_owned(),
        id => format!("{} {id}", text("function_name")),
    };
    let values = &summary["profiles"][0]["data"]["total"]["metrics"]["Ir"]["values"];
    let new = values["new"].as_u64().ok_or_else(|| format!("no instructions were counted: {summary}"))?;
    Ok((name, new))
}

/// What the counts depend on besides the code.
fn made_with() -> Result<String, Box<dyn Error>> {
    let rustc = Command::new("rustc").arg("--version").output()?.stdout;
    Ok(format!("{} on {}", String::from_utf8(rustc)?.trim(), std::env::consts::ARCH))
}

/// Shows all counts beside those kept; whether any has grown too much.
fn compare(kept: &Counts, counts: &Counts) -> bool {
    let mut regressed = false;
    for (name, &new) in counts {
        let Some(&old) = kept.get(name) else {
            println!("{name:44} {new:>12}  new");
            continue;
        };
        // In whole numbers: 1020 of 1000 is no more than 2 %, whatever 1.02 - 1.0 rounds to.
        let more = new.saturating_sub(old) * 100 > old * LIMIT;
        let (growth, verdict) = (new as f64 / old as f64 - 1.0, if more { "  MORE" } else { "" });
        println!("{name:44} {new:>12} {old:>12} {:>+7.2} %{verdict}", 100.0 * growth);
        regressed |= more;
    }
    for name in kept.keys().filter(|name| !counts.contains_key(*name)) {
        println!("{name:44} is kept, and was not run");
    }
    regressed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_may_grow_by_the_limit_only() {
        let of = |n| Counts::from([("a".to_owned(), n)]);
        assert!(!compare(&of(1000), &of(1020)));
        assert!(compare(&of(1000), &of(1021)));
        assert!(!compare(&of(1000), &of(1)));
    }

    #[test]
    fn a_summary_without_a_count_is_an_error() {
        let values = json!({ "Ir": { "values": { "new": 5 } } });
        let summary =
            json!({ "function_name": "f", "id": "x", "profiles": [{ "data": { "total": { "metrics": values } } }] });
        assert_eq!(count(&summary.to_string()).unwrap(), ("f x".to_owned(), 5));
        assert!(count(r#"{"function_name": "f"}"#).is_err());
    }
}
