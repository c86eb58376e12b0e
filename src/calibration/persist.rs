//! Saving and loading of calibrated and thresholded models.

use linfa::Label;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Calibrated, Thresholded};
use crate::error::Result;
use crate::persist::{Persist, Training, WrittenOut};

/// A model around another one is checked, described and written out as that one.
macro_rules! persist_around {
    ($around:ident) => {
        impl<M: Persist, L: Label + Serialize + DeserializeOwned> Persist for $around<M, L> {
            fn kind() -> String {
                format!(concat!(stringify!($around), "<{}>"), M::kind())
            }

            fn training(&self) -> Training {
                self.model().training()
            }

            fn check(&self) -> Result<()> {
                self.model().check()
            }

            fn columns_in(&self) -> Option<usize> {
                self.model().columns_in()
            }

            fn write_out(&self, written_out: &mut WrittenOut<'_>) -> Result<()> {
                self.model().write_out(written_out)
            }
        }
    };
}

persist_around!(Calibrated);
persist_around!(Thresholded);
