//! Saved and loaded models are the models.

use super::Law;
use crate::graph::Runtime;
use crate::testing::model::same_answers;
use crate::testing::outcome::{On, Outcome, ensure};
use crate::testing::subject::Subject;

pub(super) const LAW: Law = Law {
    name: "round trip",
    statement: "a model that was saved and loaded answers with the same bits, is saved as the same bytes, and goes on learning \
                as if nothing had happened; a file that was cut short is refused",
    hold,
};

fn hold(subject: &Subject) -> Outcome {
    let (runtime, blocks) = (Runtime::new().threads(1), subject.blocks());
    for way in subject.ways() {
        let model = way.fit(&runtime, blocks).on(way.name)?;
        let Some(file) = model.file().on(way.name)? else { continue };
        let loaded = file.load(&file.bytes).on(format!("{}, loaded", way.name))?;
        same_answers(&loaded, &model, blocks, 0.0).on(format!("{}, loaded", way.name))?;
        let again = loaded.file().on(way.name)?.map(|again| again.bytes);
        ensure!(again.as_ref() == Some(&file.bytes), "{}: saved again, it is another file", way.name);
        ensure!(file.load(&file.bytes[..file.bytes.len() - 1]).is_err(), "{}: a file cut short is loaded", way.name);
        if let (Some(one), Some(other)) =
            (model.learn_on(&runtime, &blocks[..1]), loaded.learn_on(&runtime, &blocks[..1]))
        {
            same_answers(&other.on(way.name)?, &one.on(way.name)?, blocks, 0.0)
                .on(format!("{}, learning on", way.name))?;
        }
    }
    Ok(())
}
