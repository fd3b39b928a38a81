//! Nodes whose derivative the user gives.

use crate::builder::Builder;
use crate::expr::Expr;
use crate::graph::NodeId;
use crate::map::{Kind, Local};
use crate::op::Op;

/// A derivative that the user gives: a linear map whose coefficients are nodes of the graph, or the reason why there is none.
pub type CustomMap = Local<NodeId>;

impl Builder {
    /// The value of an expression, with derivatives of one's own: one map for each of the operands. What JAX's
    /// `custom_jvp` and `custom_vjp` are for, except that a derivative is a linear map, so both modes follow from it.
    ///
    /// ```
    /// use wengert_expr::{Builder, DType, Kind, Local, Type};
    /// let b = Builder::new();
    /// let x = b.input("x", Type::scalar(DType::F64));
    /// // A step whose derivative is taken as one, the straight-through estimator.
    /// let y = b.custom(x.round(), &[x], vec![Local::Map(Kind::identity())]);
    /// b.output("y", y);
    /// # b.finish()?; Ok::<(), wengert_expr::GraphError>(())
    /// ```
    #[track_caller]
    pub fn custom<'b>(&'b self, value: Expr<'b>, operands: &[Expr<'b>], maps: Vec<CustomMap>) -> Expr<'b> {
        let mut nodes = vec![value];
        nodes.extend_from_slice(operands);
        let mut position = |&node: &NodeId| {
            nodes.push(self.node(node));
            nodes.len() as u32 - 1
        };
        let maps: Vec<Local<u32>> = maps.iter().map(|m| m.map_coefficients(&mut position)).collect();
        if maps.len() != operands.len() {
            let found = maps.len();
            let error = crate::error::OpError::Attribute(format!(
                "{} operands need as many maps, found {found}",
                operands.len()
            ));
            return self.fail("custom", error, operands);
        }
        self.add(Op::Custom(maps.into()), &nodes)
    }
}

impl<'b> Expr<'b> {
    /// The same value, with derivative zero.
    #[track_caller]
    pub fn stop_gradient(self) -> Expr<'b> {
        self.builder().add(Op::StopGradient, &[self])
    }

    /// The map that multiplies element by element by this expression, for [`Builder::custom`].
    pub fn diagonal_map(self) -> CustomMap {
        Local::Map(Kind::diagonal(self.id()))
    }
}
