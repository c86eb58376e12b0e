//! What can be computed: a handle, or anything that holds handles.

use std::collections::HashMap;
use std::sync::Arc;

use super::key::Key;
use super::lazy::Lazy;
use super::node::{Node, Value};

/// Something whose handles can be computed together: a [`Lazy`], a tuple, a vector or an array of
/// such, and every fitted handle of the crate.
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
pub struct Targets(pub(super) Vec<Arc<Node>>);

/// The computed values of a run's targets.
pub struct Results {
    values: HashMap<Key, (Value, usize)>,
}

impl Results {
    /// The values by key, each with the number of targets that ask for it.
    pub(super) fn new(values: impl Iterator<Item = (Key, Value)>) -> Self {
        let mut counted = HashMap::<Key, (Value, usize)>::new();
        for (key, value) in values {
            counted.entry(key).or_insert((value, 0)).1 += 1;
        }
        Results { values: counted }
    }

    fn take<T: Clone + Send + Sync + 'static>(&mut self, key: Key) -> T {
        let (value, left) = self.values.get_mut(&key).expect("extract asks for what targets named");
        *left -= 1;
        let value = if *left == 0 { self.values.remove(&key).expect("it was there just now").0 } else { value.clone() };
        Arc::unwrap_or_clone(value.downcast::<T>().expect("a handle's type is that of its value"))
    }
}

impl<T: Clone + Send + Sync + 'static> Compute for Lazy<T> {
    type Output = T;

    fn targets(&self, targets: &mut Targets) {
        targets.0.push(self.node.clone());
    }

    fn extract(&self, results: &mut Results) -> T {
        results.take(self.node.task.key)
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
        self.iter().for_each(|part| part.targets(targets));
    }

    fn extract(&self, results: &mut Results) -> Self::Output {
        self.iter().map(|part| part.extract(results)).collect()
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
