//! A function of rows as a transformer.

use std::any::{TypeId, type_name};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use linfa::ParamGuard;
use serde::{Serialize, Serializer};

use crate::data::{Identified, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{PipelineStep, Stateless, TransformRows};

/// A transformer made of a function of rows, which learns nothing (scikit-learn's `FunctionTransformer`).
///
/// It is known by a name and a version, so that chunk caches, checkpoints and sinks know what it makes: raise the version
/// whenever the function changes. The function must not capture anything; values that it needs are its parameters
/// ([`with_params`](Self::with_params), scikit-learn's `kw_args`), which are serialized into its identity.
///
/// `R` are the rows that it takes and `S` those that it gives: [`Text`](crate::data::Text), an array,
/// [`Csr`](crate::data::Csr), in the same number, one for each. A fitted pipeline with it predicts, and cannot be saved: a
/// function has no form in a file. A transformer that is to be saved, or that learns, implements the
/// traits of the page [`estimator`](crate::estimator) itself.
///
/// ```
/// use chunkfit::prelude::*;
/// use chunkfit::preprocessing::FunctionTransformer;
/// use linfa::DatasetBase;
/// use ndarray::array;
///
/// fn first_words(&words: &usize, text: &Text) -> Result<Text, Error> {
///     let cut = |document: &str| document.split(' ').take(words).collect::<Vec<_>>().join(" ");
///     Ok(text.iter().map(cut).collect())
/// }
///
/// let text: Text = ["Oil is up again", "Tea is down again"].into_iter().collect();
/// let chunks = Chunks::from_memory([DatasetBase::new(text, array![true, false])]);
/// let lower = FunctionTransformer::new("lower case", 1, |text: &Text| text.iter().map(str::to_lowercase).collect::<Text>());
/// let first = FunctionTransformer::with_params("first words", 1, 2, first_words);
/// let words = HashingVectorizer::params().n_features(1 << 10);
/// let model = Chained::new(SgdClassifier::params()).epochs(3);
/// let fit = Pipeline::steps(lower).then(first).then(words).estimator(model).fit(&chunks);
/// assert_eq!(Runtime::new().compute(fit.score(&chunks))?, 1.0);
/// # Ok::<(), Error>(())
/// ```
pub struct FunctionTransformer<R, S> {
    name: &'static str,
    version: u32,
    /// The parameters, serialized.
    params: Vec<u8>,
    problem: Option<Error>,
    function: Arc<Function<R, S>>,
}

type Function<R, S> = dyn Fn(&R) -> Result<S> + Send + Sync;

impl<R: 'static, S: 'static> FunctionTransformer<R, S> {
    /// A function of rows without parameters. A closure that captures values is an error when the transformer is used
    /// (kind [`InvalidParameter`](ErrorKind::InvalidParameter)); so are two functions of one name and version
    /// ([`SameName`](ErrorKind::SameName)).
    pub fn new(name: &'static str, version: u32, function: impl Fn(&R) -> S + Shared) -> Self {
        let problem = check_function(name, version, &function, TypeId::of::<(R, S)>()).err();
        FunctionTransformer {
            name,
            version,
            params: Vec::new(),
            problem,
            function: Arc::new(move |rows| Ok(function(rows))),
        }
    }

    /// A function of its parameters and rows, which may fail. Parameters that do not serialize are an error when the
    /// transformer is used, as is what [`new`](Self::new) refuses.
    pub fn with_params<P: Serialize + Shared>(
        name: &'static str,
        version: u32,
        params: P,
        function: impl Fn(&P, &R) -> Result<S> + Shared,
    ) -> Self {
        let checked = check_function(name, version, &function, TypeId::of::<(R, S)>());
        let written = checked.and_then(|()| {
            let expected = |error: postcard::Error| {
                Error::parameter("params", name, format!("parameters that serialize: {error}"))
            };
            postcard::to_stdvec(&params).map_err(expected)
        });
        let function: Arc<Function<R, S>> = Arc::new(move |rows| function(&params, rows));
        let (params, problem) = match written {
            Ok(params) => (params, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        FunctionTransformer { name, version, params, problem, function }
    }
}

/// The functions of each name, version and type of rows: the type of each, and its name.
type Functions = HashMap<(&'static str, u32, TypeId), (TypeId, &'static str)>;

/// # Errors
/// The function captures something; another one of these rows has the name and version.
fn check_function<F: 'static>(name: &'static str, version: u32, _: &F, rows: TypeId) -> Result<()> {
    static FUNCTIONS: Mutex<Option<Functions>> = Mutex::new(None);
    if size_of::<F>() > 0 {
        let expected = "a function that captures nothing: give the values that it needs to `with_params`";
        return Err(Error::parameter("function", name, expected));
    }
    let mut functions = FUNCTIONS.lock().unwrap_or_else(PoisonError::into_inner);
    let own = (TypeId::of::<F>(), type_name::<F>());
    let first = *functions.get_or_insert_default().entry((name, version, rows)).or_insert(own);
    if first.0 == own.0 {
        Ok(())
    } else {
        Err(Error::new(ErrorKind::SameName { name, version, one: first.1, other: own.1 }))
    }
}

impl<R, S> Clone for FunctionTransformer<R, S> {
    fn clone(&self) -> Self {
        let FunctionTransformer { name, version, params, problem, function } = self;
        let (params, problem, function) = (params.clone(), problem.clone(), function.clone());
        FunctionTransformer { name, version: *version, params, problem, function }
    }
}

impl<R, S> fmt::Debug for FunctionTransformer<R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FunctionTransformer({:?}, version {})", self.name, self.version)
    }
}

impl<R: 'static, S: 'static> Identified for FunctionTransformer<R, S> {
    const NAME: &'static str = "FunctionTransformer";
}

impl<R, S> Serialize for FunctionTransformer<R, S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        (self.name, self.version, &self.params).serialize(serializer)
    }
}

impl<R, S> ParamGuard for FunctionTransformer<R, S> {
    type Checked = Self;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self> {
        self.problem.clone().map_or(Ok(self), Err)
    }

    fn check(self) -> Result<Self> {
        self.problem.clone().map_or(Ok(self), Err)
    }
}

impl<R: 'static, S: 'static> PipelineStep for FunctionTransformer<R, S> {
    type Learning = Stateless;
}

impl<R: 'static, S: 'static> TransformRows<R> for FunctionTransformer<R, S> {
    type Output = S;
    const NAME: &'static str = "transform";

    fn transform_rows(&self, rows: &R) -> Result<S> {
        (self.function)(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captured_values_and_a_second_function_of_one_name_are_refused() {
        let factor = std::hint::black_box(2.0);
        let captures = FunctionTransformer::new("captures", 1, move |x: &Vec<f64>| vec![x[0] * factor]);
        let error = captures.check_ref().unwrap_err();
        assert!(error.to_string().contains("with_params"), "{error}");
        let one = FunctionTransformer::new("same", 1, |x: &Vec<f64>| x.clone());
        let other = FunctionTransformer::new("same", 1, |x: &Vec<f64>| vec![x[0]]);
        assert!(one.check().is_ok());
        assert!(matches!(other.check().unwrap_err().kind(), ErrorKind::SameName { name: "same", .. }));
    }

    #[test]
    fn parameters_are_part_of_the_identity() {
        let bytes = |factor: f64| {
            let scale = FunctionTransformer::with_params("scale", 1, factor, |factor: &f64, rows: &Vec<f64>| {
                Ok(rows.iter().map(|x| x * factor).collect::<Vec<f64>>())
            });
            assert_eq!(scale.check_ref().unwrap().transform_rows(&vec![1.5]).unwrap(), [1.5 * factor]);
            postcard::to_stdvec(&scale).unwrap()
        };
        assert!(bytes(2.0) == bytes(2.0) && bytes(2.0) != bytes(3.0));
    }
}
