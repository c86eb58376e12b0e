//! `Compute`: a handle, or anything that holds handles, as the targets of a run.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::key::{Key, KeyMap};
use super::lazy::Lazy;
use super::node::{Node, Value};
use super::panics;
use super::panics::caught;
use crate::data::Shared;
use crate::error::Result;

/// Something whose handles can be computed together: a [`Lazy`], a tuple, a vector or an array of
/// such, and every fitted handle of the crate.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something that a runtime computes",
    note = "a runtime computes handles: what `fit`, `score`, `confusion`, `predict` return, and tuples and vectors \
            of them; an estimator is fitted first, `estimator.fit(&chunks)`",
    note = "a `Result` is no handle: take the handle out of it by `?`"
)]
pub trait Compute {
    /// The same with values in place of handles.
    type Output;

    /// Adds the handles to the targets of a run.
    fn targets(&self, targets: &mut Targets);

    /// Takes the values of the handles out of a run's results, in the order of
    /// [`targets`](Compute::targets).
    fn extract(&self, results: &mut Results) -> Self::Output;
}

/// The handles that a run has to compute.
#[derive(Default)]
pub struct Targets(pub(super) Vec<Target>);

/// A handle that a run has to compute.
pub(super) struct Target {
    pub(super) node: Arc<Node>,
    /// A copy of its value.
    copy: fn(&Value) -> Option<Value>,
}

impl Targets {
    pub(super) fn nodes(&self) -> Vec<&Arc<Node>> {
        self.0.iter().map(|target| &target.node).collect()
    }

    fn add(&mut self, node: &Arc<Node>, copy: fn(&Value) -> Option<Value>) {
        self.0.push(Target { node: node.clone(), copy });
    }
}

/// The computed values of a run's targets.
pub struct Results {
    /// By key, one for every target that asks for it.
    values: KeyMap<(Value, Vec<Value>)>,
}

impl Results {
    /// The values of these targets, in their order. Values that others hold, too, are copied here, so that nothing
    /// is left to fail when they are taken.
    ///
    /// # Errors
    /// The `clone` of one panicked.
    pub(super) fn new(targets: &Targets, values: Vec<Value>) -> Result<Self> {
        let mut results = Results { values: KeyMap::with_capacity_and_hasher(values.len(), Default::default()) };
        let mut failure = Ok(());
        for (target, value) in targets.0.iter().zip(values) {
            let Target { node, copy } = target;
            let own = if failure.is_ok() && Arc::strong_count(&value) > 1 {
                let own = caught(|| Ok(copy(&value)));
                let own = own.map(|own| own.unwrap_or_else(|| value.clone()));
                own.and_then(|own| panics::discard(value).map(|()| own))
            } else {
                Ok(value)
            };
            match own {
                Ok(value) => results.add(node.task.key, value),
                Err(error) => failure = failure.and(Err(node.task.place(error))),
            }
        }
        match failure {
            Ok(()) => Ok(results),
            Err(error) => results.discard().and(Err(error)),
        }
    }

    fn add(&mut self, key: Key, value: Value) {
        match self.values.entry(key) {
            Entry::Occupied(mut entry) => entry.get_mut().1.push(value),
            Entry::Vacant(entry) => {
                entry.insert((value, Vec::new()));
            }
        }
    }

    /// Drops what was not taken.
    ///
    /// # Errors
    /// The `Drop` of a value panicked.
    pub(super) fn discard(self) -> Result<()> {
        let values = self.values.into_values().flat_map(|(value, further)| further.into_iter().chain([value]));
        panics::discard_all(values)
    }

    fn take<T: Clone + Shared>(&mut self, key: Key) -> T {
        let value = self.take_value(key).downcast::<T>().ok();
        Arc::unwrap_or_clone(value.expect("a handle's type is that of its value"))
    }

    fn take_value(&mut self, key: Key) -> Value {
        let (_, further) = self.values.get_mut(&key).expect("extract asks for what targets named");
        let value = further.pop();
        value.or_else(|| Some(self.values.remove(&key)?.0)).expect("it was there just now")
    }
}

/// The targets of a run and the values that are made of its results, whatever their types.
pub(super) trait Asked {
    /// Adds the handles to the targets of a run.
    fn name_targets(&self, targets: &mut Targets);

    /// Takes the values out of a run's results.
    fn take_values(&mut self, results: &mut Results);

    /// Drops the targets.
    fn drop_targets(&mut self);

    /// Drops the values.
    fn drop_values(&mut self);
}

/// The targets, and later their values.
pub(super) struct Asking<C: Compute> {
    targets: Option<C>,
    pub(super) values: Option<C::Output>,
}

impl<C: Compute> Asking<C> {
    pub(super) fn new(targets: C) -> Self {
        Asking { targets: Some(targets), values: None }
    }
}

impl<C: Compute> Asked for Asking<C> {
    fn name_targets(&self, targets: &mut Targets) {
        if let Some(asked) = &self.targets {
            asked.targets(targets);
        }
    }

    fn take_values(&mut self, results: &mut Results) {
        if let Some(asked) = &self.targets {
            self.values = Some(asked.extract(results));
        }
    }

    fn drop_targets(&mut self) {
        self.targets = None;
    }

    fn drop_values(&mut self) {
        self.values = None;
    }
}

impl<T: Clone + Shared> Compute for Lazy<T> {
    type Output = T;

    fn targets(&self, targets: &mut Targets) {
        targets.add(&self.node, copy::<T>);
    }

    fn extract(&self, results: &mut Results) -> T {
        results.take(self.node.task.key)
    }
}

fn copy<T: Clone + Shared>(value: &Value) -> Option<Value> {
    match value.downcast_ref::<T>() {
        Some(value) => Some(Arc::new(value.clone())),
        None => None,
    }
}

impl<C: Compute + ?Sized> Compute for &C {
    type Output = C::Output;

    fn targets(&self, targets: &mut Targets) {
        (**self).targets(targets);
    }

    fn extract(&self, results: &mut Results) -> C::Output {
        (**self).extract(results)
    }
}

impl<C: Compute> Compute for [C] {
    type Output = Vec<C::Output>;

    fn targets(&self, targets: &mut Targets) {
        for part in self {
            part.targets(targets);
        }
    }

    fn extract(&self, results: &mut Results) -> Self::Output {
        let mut values = Vec::with_capacity(self.len());
        for part in self {
            values.push(part.extract(results));
        }
        values
    }
}

impl<C: Compute> Compute for Vec<C> {
    type Output = Vec<C::Output>;

    fn targets(&self, targets: &mut Targets) {
        self.as_slice().targets(targets);
    }

    fn extract(&self, results: &mut Results) -> Self::Output {
        self.as_slice().extract(results)
    }
}

impl<C: Compute> Compute for Option<C> {
    type Output = Option<C::Output>;

    fn targets(&self, targets: &mut Targets) {
        if let Some(part) = self {
            part.targets(targets);
        }
    }

    fn extract(&self, results: &mut Results) -> Self::Output {
        self.as_ref().map(|part| part.extract(results))
    }
}

impl<C: Compute, const N: usize> Compute for [C; N] {
    type Output = [C::Output; N];

    fn targets(&self, targets: &mut Targets) {
        self.as_slice().targets(targets);
    }

    fn extract(&self, results: &mut Results) -> Self::Output {
        std::array::from_fn(|i| self[i].extract(results))
    }
}

macro_rules! compute_tuple {
    ($($name:ident),*) => {
        impl<$($name: Compute),*> Compute for ($($name,)*) {
            type Output = ($($name::Output,)*);

            #[allow(non_snake_case, unused_variables)]
            fn targets(&self, targets: &mut Targets) {
                let ($($name,)*) = self;
                $($name.targets(targets);)*
            }

            #[allow(non_snake_case, unused_variables, clippy::unused_unit)]
            fn extract(&self, results: &mut Results) -> Self::Output {
                let ($($name,)*) = self;
                ($($name.extract(results),)*)
            }
        }
    };
}

compute_tuple!();
compute_tuple!(A);
compute_tuple!(A, B);
compute_tuple!(A, B, C);
compute_tuple!(A, B, C, D);
compute_tuple!(A, B, C, D, E);
compute_tuple!(A, B, C, D, E, F);
compute_tuple!(A, B, C, D, E, F, G);
compute_tuple!(A, B, C, D, E, F, G, H);
