//! Products that are added to something: `w - rate * (a @ b)` becomes one product that accumulates into a copy of `w`, or
//! into `w` itself where it may be replaced, and neither the product nor its multiple is ever stored.

use super::form::{Form, Forms};
use wengert_expr::{Binary, Function, NodeId, Op, Unary, Users};

/// `base + factor * product`, or `base - ...`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Update {
    pub(crate) base: NodeId,
    pub(crate) product: NodeId,
    /// One number, seen in the product's shape.
    pub(crate) factor: Option<NodeId>,
    pub(crate) negative: bool,
    /// Nodes that are computed nowhere else.
    pub(crate) absorbed: Vec<NodeId>,
}

/// All updates of a function.
pub(super) fn find(function: &Function, forms: &Forms) -> Vec<(NodeId, Update)> {
    let graph = function.graph();
    if !graph.nodes().any(|n| forms.of(n) == Form::Product) {
        return Vec::new();
    }
    let mut outputs = vec![false; graph.len()];
    function.outputs().iter().for_each(|o| outputs[o.node.index()] = true);
    let search = Search { function, forms, users: graph.users(), outputs };
    let sums = graph.nodes().filter(|&n| matches!(forms.of(n), Form::Loop(_)));
    sums.filter_map(|node| Some((node, search.update(node)?))).collect()
}

struct Search<'f> {
    function: &'f Function,
    forms: &'f Forms,
    users: Users,
    outputs: Vec<bool>,
}

impl Search<'_> {
    fn update(&self, node: NodeId) -> Option<Update> {
        let graph = self.function.graph();
        let subtracts = match graph.op(node) {
            Op::Binary(Binary::Add) => false,
            Op::Binary(Binary::Sub) => true,
            _ => return None,
        };
        // Where a loop reads the sum, the loop had better take it.
        let read_by_loop = |u: &NodeId| matches!(self.forms.of(*u), Form::Loop(_));
        if self.users.of(node).iter().any(read_by_loop) {
            return None;
        }
        let (a, b) = (graph.operands(node)[0], graph.operands(node)[1]);
        let sides = if subtracts { vec![(a, b)] } else { vec![(a, b), (b, a)] };
        sides.into_iter().find_map(|(base, term)| {
            if !self.is_dense(base) {
                return None;
            }
            let mut update =
                Update { base, product: term, factor: None, negative: subtracts, absorbed: Vec::new() };
            self.term(term, &mut update).then_some(update)
        })
    }

    /// Looks through multiples and signs for a product that nobody else needs.
    fn term(&self, node: NodeId, update: &mut Update) -> bool {
        let graph = self.function.graph();
        if !self.is_private(node) || node == update.base {
            return false;
        }
        update.absorbed.push(node);
        match graph.op(node) {
            Op::Dot(_) => {
                update.product = node;
                self.forms.of(node) == Form::Product
            }
            Op::Unary(Unary::Neg) => {
                update.negative = !update.negative;
                self.term(graph.operands(node)[0], update)
            }
            Op::Binary(Binary::Mul) if update.factor.is_none() => {
                let (a, b) = (graph.operands(node)[0], graph.operands(node)[1]);
                let (factor, rest) = if self.is_one_number(a) { (a, b) } else { (b, a) };
                update.factor = Some(factor);
                self.is_one_number(factor) && self.term(rest, update)
            }
            _ => false,
        }
    }

    /// True if one node uses it, once, and it is no output.
    fn is_private(&self, node: NodeId) -> bool {
        let live = |u: &&NodeId| self.forms.of(**u) != Form::Dead;
        self.users.of(node).iter().filter(live).count() == 1 && !self.outputs[node.index()]
    }

    fn is_one_number(&self, node: NodeId) -> bool {
        let view = self.forms.view(self.function, node);
        let still = view.shape.iter().zip(&view.strides).all(|(&n, &s)| n == 1 || s == 0);
        still && matches!(self.forms.of(node), Form::View | Form::Leaf)
    }

    fn is_dense(&self, node: NodeId) -> bool {
        self.forms.view(self.function, node).is_row_major()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wengert_expr::text::parse;

    fn updates(program: &str) -> usize {
        let function = parse(program, &Default::default()).unwrap();
        let forms = Forms::new(&function);
        function.graph().nodes().filter(|&n| forms.update(n).is_some()).count()
    }

    #[test]
    fn products_are_added_where_nobody_else_needs_them() {
        let inputs = "input w: f32[3, 4]\ninput a: f32[5, 3]\ninput b: f32[5, 4]\ninput r: f32\n";
        let count = |body: &str| updates(&format!("{inputs}{body}"));
        assert_eq!(count("output y = w - r * (transpose(a) @ b)"), 1);
        assert_eq!(count("output y = w + transpose(a) @ b"), 1);
        assert_eq!(count("g = transpose(a) @ b\noutput y = w - r * g\noutput g"), 0);
        assert_eq!(count("output y = sin(w - r * (transpose(a) @ b))"), 0);
        assert_eq!(count("output y = w - w * (transpose(a) @ b)"), 0);
    }
}
