//! What little linear algebra the learners and minimisers need, on small dense symmetric matrices.

pub(crate) mod cholesky;
mod eigen;

pub(crate) use eigen::{Eigen, NoEigenvalues, solve_positive, symmetric_eigen};
