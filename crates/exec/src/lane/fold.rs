//! What folds start with.

use wengert_expr::{DType, Reduction};

/// The bits of what a fold starts with.
pub(crate) fn identity(fold: Reduction, dtype: DType) -> u64 {
    let float = match fold {
        Reduction::Sum => 0.0,
        Reduction::Prod => 1.0,
        Reduction::Max => f64::NEG_INFINITY,
        Reduction::Min => f64::INFINITY,
    };
    match (dtype, fold) {
        (DType::F64, _) => float.to_bits(),
        (DType::F32, _) => u64::from((float as f32).to_bits()),
        (DType::Bool | DType::I64, Reduction::Sum) => 0,
        (DType::Bool | DType::I64, Reduction::Prod) => 1,
        (DType::Bool | DType::I64, Reduction::Max) => i64::MIN as u64,
        (DType::Bool | DType::I64, Reduction::Min) => i64::MAX as u64,
    }
}
