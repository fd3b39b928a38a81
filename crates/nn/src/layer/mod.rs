//! Layers: functions that write graphs, from a batch and weights of their own to a batch.
//!
//! A layer is one file, with its numbers in a struct and its mathematics in `Rule`, and one line in the list below: its
//! name in configurations is that of its type in small letters. The first axis of every array is that of the samples.
//! A layer states no shape but those of its weights: what comes out has the shape that its graph gives it.

mod misfit;
mod own;
mod window;

pub use misfit::Misfit;
pub use own::{Own, Phase, Start, Weight};
pub use window::Padding;

use serde::{Deserialize, Serialize};
use wengert_expr::Expr;

/// The mathematics of a layer.
trait Rule {
    /// Whether it has weights: then it has a number, which is in their names.
    const WEIGHTED: bool = false;
    /// Whether it is a single step, which needs no frame in a picture.
    const SINGLE: bool = false;

    /// The batch that comes out of this one.
    ///
    /// # Errors
    /// A shape or a number with which it cannot work.
    fn apply<'b>(&self, x: Expr<'b>, own: &mut Own<'_, 'b>) -> Result<Expr<'b>, Misfit>;
}

/// Makes the enum of all layers and their modules from a list of files, each with its types and their names in
/// configurations.
///
/// `cargo fmt` does not follow modules that a macro declares: format them with `rustfmt crates/nn/src/layer/*.rs`.
macro_rules! layers {
    ($($file:ident: $($Layer:ident $name:literal),*;)*) => {
        $(mod $file; pub use $file::*;)*

        /// A layer of a model.
        ///
        /// ```
        /// use wengert_nn::layer::{Conv2d, Layer};
        /// let line = "layer = { conv2d = { channels = 16, kernel = 3 } }";
        /// let read: std::collections::HashMap<String, Layer> = toml::from_str(line)?;
        /// assert_eq!(read["layer"], Conv2d::new(16, 3).into());
        /// # Ok::<(), toml::de::Error>(())
        /// ```
        #[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
        pub enum Layer {
            $($(#[doc = concat!("[`", stringify!($Layer), "`].")] #[serde(rename = $name)] $Layer($Layer),)*)*
        }

        $($(impl From<$Layer> for Layer {
            fn from(layer: $Layer) -> Layer {
                Layer::$Layer(layer)
            }
        })*)*

        impl Layer {
            /// Its name in configurations.
            pub fn name(&self) -> &'static str {
                match self { $($(Layer::$Layer(_) => $name,)*)* }
            }

            /// Whether it has weights of its own.
            pub fn has_weights(&self) -> bool {
                match self { $($(Layer::$Layer(_) => <$Layer as Rule>::WEIGHTED,)*)* }
            }

            fn is_single(&self) -> bool {
                match self { $($(Layer::$Layer(_) => <$Layer as Rule>::SINGLE,)*)* }
            }

            #[track_caller]
            fn apply<'b>(&self, x: Expr<'b>, own: &mut Own<'_, 'b>) -> Result<Expr<'b>, Misfit> {
                match self { $($(Layer::$Layer(layer) => layer.apply(x, own),)*)* }
            }
        }
    };
}

layers! {
    dense: Dense "dense";
    activation: Activate "activation";
    reshape: Reshape "reshape";
    flatten: Flatten "flatten";
    conv: Conv1d "conv1d", Conv2d "conv2d";
    pool: MaxPool1d "max_pool1d", MaxPool2d "max_pool2d", AveragePool1d "average_pool1d", AveragePool2d "average_pool2d";
    global_average_pool: GlobalAveragePool "global_average_pool";
    batch_norm: BatchNorm "batch_norm";
    layer_norm: LayerNorm "layer_norm";
    rms_norm: RmsNorm "rms_norm";
    dropout: Dropout "dropout";
    embedding: Embedding "embedding";
    positions: Positions "positions";
    attention: Attention "attention";
    residual: Residual "residual";
}

#[cfg(test)]
mod tests;
