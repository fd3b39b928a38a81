//! How far each node is on its way into final form.

use wengert_expr::NodeId;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum State {
    /// Not looked at.
    New,
    /// Replaced by a node that is to get its final form.
    Waiting(NodeId),
    /// Its final form.
    Settled(NodeId),
}

/// The state of each node: of those that were not looked at it takes no room, of others four bytes.
pub(super) struct States(Vec<u32>);

const WAITING: u32 = 1 << 31;

impl States {
    pub(super) fn new(nodes: usize) -> States {
        States(vec![0; nodes])
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    pub(super) fn of(&self, node: NodeId) -> State {
        match self.0.get(node.index()).copied() {
            None | Some(0) => State::New,
            Some(n) if n & WAITING != 0 => State::Waiting(NodeId::from_index((n & !WAITING) as usize - 1)),
            Some(n) => State::Settled(NodeId::from_index(n as usize - 1)),
        }
    }

    #[inline]
    pub(super) fn set(&mut self, node: NodeId, state: State) {
        if node.index() >= self.0.len() {
            self.0.resize(node.index() + 1, 0);
        }
        let number = |n: NodeId| n.index() as u32 + 1;
        self.0[node.index()] = match state {
            State::New => 0,
            State::Waiting(n) => number(n) | WAITING,
            State::Settled(n) => number(n),
        };
    }
}
