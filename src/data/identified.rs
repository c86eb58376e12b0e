//! Stable names of types: what a checkpoint knows the type of an estimator's parameters by.

use std::any::{TypeId, type_name};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::type_name::{arguments, constructor};
use crate::error::{Error, ErrorKind, Result};

/// A stable name and a version for the type of an estimator's, transformer's or split's parameters.
///
/// Checkpoints, chunk caches and the receipts of output files outlive the process that wrote them. They know an
/// estimator by this name, its version, its generic arguments and the serialized parameters; the module in which the
/// type lies is no part of it. So a type may move, or be renamed, and what was kept of it still counts. Raise the version
/// when the same parameters would make another model: what was kept before does then no longer count.
///
/// ```
/// use chunkfit::data::Identified;
/// use chunkfit::graph::Key;
///
/// /// The parameters of an estimator.
/// #[derive(serde::Serialize)]
/// struct NearestCentroid {
///     shrink: f64,
/// }
///
/// impl Identified for NearestCentroid {
///     const NAME: &'static str = "NearestCentroid";
///     const VERSION: u32 = 2; // the first one did not shrink
/// }
///
/// let key = |shrink| Ok::<_, chunkfit::Error>(Key::of("estimator").identified(&NearestCentroid { shrink })?.finish());
/// assert_eq!(key(0.5)?, key(0.5)?);
/// assert_ne!(key(0.5)?, key(0.1)?);
/// assert_eq!(NearestCentroid::identity(), "NearestCentroid 2");
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// Two types of a program that state one name and version are an error
/// ([`SameName`](crate::ErrorKind::SameName)) when anything made from the second one is computed. Instances of one generic
/// type are told apart by their arguments, and share the name. Put the name of your crate into the name of a public type
/// (`"my_crate::NearestCentroid"`), so that no other crate can have chosen it.
///
/// The parameters of an estimator that is to be known by its handle only need no name: they go into
/// [`opaque`](crate::combine::Chained::opaque).
#[diagnostic::on_unimplemented(
    message = "`{Self}` states no name by which a checkpoint would know it",
    label = "`Identified` is not implemented for `{Self}`",
    note = "write `impl chunkfit::data::Identified for …` with a `NAME`; or give an estimator to `opaque` in place of `new`",
    note = "the parameters of an estimator go into a combinator, and that into a pipeline, not the other way round: \
            `Pipeline::new(HashingVectorizer::params(), Chained::new(SgdClassifier::params()))`"
)]
pub trait Identified: Sized + 'static {
    /// The name, the same in every later version of the program.
    const NAME: &'static str;

    /// The version of what the parameters mean. Default 1.
    const VERSION: u32 = 1;

    /// The arguments of a generic type, which tell its instances apart by the names that they have in Rust, without their
    /// modules; nothing for a type without arguments.
    ///
    /// A type that wraps another one states that one's name in place of Rust's:
    ///
    /// ```
    /// use chunkfit::data::Identified;
    ///
    /// struct Doubled<P>(P);
    ///
    /// impl<P: Identified> Identified for Doubled<P> {
    ///     const NAME: &'static str = "Doubled";
    ///
    ///     fn arguments() -> String {
    ///         format!("<{}>", P::identity())
    ///     }
    /// }
    ///
    /// type Inner = chunkfit::linear::SgdClassifierParams<bool>;
    /// assert_eq!(Doubled::<Inner>::identity(), "Doubled<SgdClassifier<bool> 1> 1");
    /// ```
    fn arguments() -> String {
        arguments(type_name::<Self>())
    }

    /// Name, arguments and version, as text.
    fn identity() -> String {
        format!("{}{} {}", Self::NAME, Self::arguments(), Self::VERSION)
    }
}

/// The types that have stated each name and version.
type Claims = HashMap<(&'static str, u32), Vec<Claim>>;

/// A type that has stated a name.
struct Claim {
    id: TypeId,
    type_name: &'static str,
}

/// Notes that a type states its name and version in this process.
///
/// # Errors
/// Another type has done so before ([`ErrorKind::SameName`]), unless both are instances of one generic type.
pub(crate) fn claim<P: Identified>() -> Result<()> {
    claim_as(P::NAME, P::VERSION, TypeId::of::<P>(), type_name::<P>())
}

fn claim_as(name: &'static str, version: u32, id: TypeId, own: &'static str) -> Result<()> {
    /// None is ever taken back.
    static CLAIMS: Mutex<Option<Claims>> = Mutex::new(None);
    let mut claims = CLAIMS.lock().unwrap_or_else(PoisonError::into_inner);
    let claims = claims.get_or_insert_default().entry((name, version)).or_default();
    if claims.iter().any(|claim| claim.id == id) {
        return Ok(());
    }
    let rivals = |claim: &&Claim| claim.type_name == own || constructor(claim.type_name) != constructor(own);
    if let Some(Claim { type_name: other, .. }) = claims.iter().find(rivals) {
        return Err(Error::new(ErrorKind::SameName { name, version, one: other, other: own }));
    }
    claims.push(Claim { id, type_name: own });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct One;
    struct Generic<T>(std::marker::PhantomData<T>);

    impl Identified for One {
        const NAME: &'static str = "identified tests";
    }

    impl<T: 'static> Identified for Generic<T> {
        const NAME: &'static str = "generic of identified tests";
    }

    fn refused<P: Identified>() -> bool {
        matches!(claim::<P>().map_err(|error| error.kind().clone()), Err(ErrorKind::SameName { .. }))
    }

    #[test]
    fn the_first_type_of_a_name_keeps_it() {
        mod elsewhere {
            pub(super) struct One;
            pub(super) struct Generic<T>(std::marker::PhantomData<T>);
            pub(super) struct Newer;
        }
        impl Identified for elsewhere::One {
            const NAME: &'static str = "identified tests";
        }
        impl<T: 'static> Identified for elsewhere::Generic<T> {
            const NAME: &'static str = "generic of identified tests";
        }
        impl Identified for elsewhere::Newer {
            const NAME: &'static str = "identified tests";
            const VERSION: u32 = 2;
        }
        assert!(!refused::<One>() && refused::<elsewhere::One>() && !refused::<One>() && refused::<elsewhere::One>());
        assert!(!refused::<elsewhere::Newer>(), "another version is another name");
        // The instances of one generic type have one name; those of another are refused whatever their arguments are.
        assert!(!refused::<Generic<u8>>() && !refused::<Generic<u16>>());
        assert!(refused::<elsewhere::Generic<u8>>() && refused::<elsewhere::Generic<u32>>());
    }

    #[test]
    fn types_of_one_path_are_told_apart() {
        fn first() -> bool {
            struct Same;
            impl Identified for Same {
                const NAME: &'static str = "one path";
            }
            refused::<Same>()
        }
        macro_rules! local {
            () => {{
                struct Same;
                impl Identified for Same {
                    const NAME: &'static str = "same block";
                }
                refused::<Same>()
            }};
        }
        assert!(!first() && !first());
        let both = (local!(), local!());
        assert_eq!(both, (false, true));
    }

    #[test]
    fn an_identity_has_name_arguments_and_version() {
        assert_eq!(One::identity(), "identified tests 1");
        assert_eq!(Generic::<Vec<One>>::identity(), "generic of identified tests<Vec<One>> 1");
    }
}
