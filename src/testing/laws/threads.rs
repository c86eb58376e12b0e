//! The same bits on any number of threads and within any memory limit.

use super::Law;
use crate::graph::Runtime;
use crate::testing::model::same_answers;
use crate::testing::outcome::{On, Outcome, ensure};
use crate::testing::subject::Subject;

pub(super) const LAW: Law = Law {
    name: "threads",
    statement: "a fit has the same bits on 1, 2 and 4 threads, and within a small memory limit",
    hold,
};

/// Room for one chunk of the examples at a time.
const SMALL: usize = 4096;

fn hold(subject: &Subject) -> Outcome {
    let blocks = subject.blocks();
    for way in subject.ways() {
        let expected = way.fit(&Runtime::new().threads(1), blocks).on(way.name)?;
        let others = [
            ("2 threads", Runtime::new().threads(2)),
            ("4 threads", Runtime::new().threads(4)),
            ("a memory limit", Runtime::new().threads(2).memory_limit(SMALL)),
        ];
        for (name, runtime) in others {
            let found = way.fit(&runtime, blocks).on(format!("{} on {name}", way.name))?;
            same_answers(&found, &expected, blocks, 0.0).on(format!("{} on {name}, and on 1 thread", way.name))?;
            if let (Some(found), Some(expected)) = (found.file()?, expected.file()?) {
                ensure!(found.bytes == expected.bytes, "{} on {name}: another file than on 1 thread", way.name);
            }
        }
    }
    Ok(())
}
