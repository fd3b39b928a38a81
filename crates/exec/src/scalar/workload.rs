//! Random straight-line functions and their gradients, as scalar programs.

use crate::lane::{Access, Op, Program};
use wengert_expr::{Binary, DType, Unary};

/// How many inputs a function has.
pub(super) const INPUTS: usize = 100;

/// What a node computes, and from which older ones. Nodes before [`INPUTS`] are the inputs.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node {
    Add(u32, u32),
    Mul(u32, u32),
    Sin(u32),
    Exp(u32),
    Tanh(u32),
}

/// Numbers that look random (Steele, Lea and Flood's SplitMix).
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    /// One of `n`: as often as not one of the last `reach` ones.
    fn pick(&mut self, n: usize, reach: usize) -> usize {
        if self.unit() < 0.5 { n - 1 - self.below(reach.min(n)) } else { self.below(n) }
    }
}

/// A function of so many nodes. Half of all operands are among the last `reach` ones, the others anywhere before; all are, if
/// `deep`.
pub(super) fn random(nodes: usize, reach: usize, deep: bool, seed: u64) -> Vec<Node> {
    let mut random = Random(seed);
    // Nodes whose values are between -1 and 1.
    let mut bounded: Vec<u32> = Vec::new();
    let mut out = Vec::with_capacity(nodes);
    for i in 0..nodes {
        let all = INPUTS + i;
        let any = |random: &mut Random| {
            let from = if deep { all - reach + random.below(reach) } else { random.pick(all, reach) };
            from as u32
        };
        let kind = random.unit();
        let a = any(&mut random);
        let node = match kind {
            k if k < 0.3 => Node::Add(a, any(&mut random)),
            k if k < 0.6 && !bounded.is_empty() => Node::Mul(a, bounded[random.pick(bounded.len(), reach)]),
            k if k < 0.7 && !bounded.is_empty() => Node::Exp(bounded[random.below(bounded.len())]),
            k if k < 0.85 => Node::Tanh(a),
            _ => Node::Sin(a),
        };
        if matches!(node, Node::Sin(_) | Node::Tanh(_)) {
            bounded.push(all as u32);
        }
        out.push(node);
    }
    out
}

/// The mean of the nodes that nobody uses, and its derivative with respect to every input.
pub(super) fn gradient(nodes: &[Node]) -> Program {
    let mut tape = Tape { program: Program::default() };
    let mut values: Vec<u32> = (0..INPUTS).map(|_| tape.input()).collect();
    let mut used = vec![false; INPUTS + nodes.len()];
    for node in nodes {
        let value = match *node {
            Node::Add(a, b) | Node::Mul(a, b) => {
                used[a as usize] = true;
                used[b as usize] = true;
                let f = if matches!(node, Node::Add(..)) { Binary::Add } else { Binary::Mul };
                tape.binary(f, values[a as usize], values[b as usize])
            }
            Node::Sin(a) | Node::Exp(a) | Node::Tanh(a) => {
                used[a as usize] = true;
                let f = match node {
                    Node::Sin(_) => Unary::Sin,
                    Node::Exp(_) => Unary::Exp,
                    _ => Unary::Tanh,
                };
                tape.unary(f, values[a as usize])
            }
        };
        values.push(value);
    }
    let sinks: Vec<usize> = (INPUTS..values.len()).filter(|&i| !used[i]).collect();
    let terms = tape.number(sinks.len() as f64);
    let mut sum = values[sinks[0]];
    for &i in &sinks[1..] {
        sum = tape.binary(Binary::Add, sum, values[i]);
    }
    let mean = tape.binary(Binary::Div, sum, terms);
    tape.output(mean);
    let one = tape.number(1.0);
    let seed = tape.binary(Binary::Div, one, terms);
    let mut adjoints: Vec<Option<u32>> = vec![None; values.len()];
    for i in sinks {
        adjoints[i] = Some(seed);
    }
    for (i, node) in nodes.iter().enumerate().rev() {
        if let Some(g) = adjoints[INPUTS + i] {
            tape.pull(*node, g, values[INPUTS + i], &values, &mut adjoints);
        }
    }
    for &adjoint in &adjoints[..INPUTS] {
        let zero = tape.number(0.0);
        tape.output(adjoint.unwrap_or(zero));
    }
    tape.program
}

struct Tape {
    program: Program,
}

impl Tape {
    fn input(&mut self) -> u32 {
        let stream = self.program.stream(DType::F64, Access::Uniform);
        self.program.push(Op::Load, DType::F64, &[stream])
    }

    fn output(&mut self, value: u32) {
        let stream = self.program.stream(DType::F64, Access::Uniform);
        self.program.push(Op::Store, DType::F64, &[value, stream]);
    }

    fn number(&mut self, x: f64) -> u32 {
        self.program.constant(DType::F64, x.to_bits())
    }

    fn unary(&mut self, f: Unary, a: u32) -> u32 {
        self.program.push(Op::Unary(f), DType::F64, &[a])
    }

    fn binary(&mut self, f: Binary, a: u32, b: u32) -> u32 {
        self.program.push(Op::Binary(f), DType::F64, &[a, b])
    }

    /// Adds what a node passes on to its operands.
    fn pull(&mut self, node: Node, g: u32, y: u32, values: &[u32], adjoints: &mut [Option<u32>]) {
        let mut give = |tape: &mut Tape, to: u32, term: u32| {
            let to = &mut adjoints[to as usize];
            *to = Some(to.map_or(term, |sum| tape.binary(Binary::Add, sum, term)));
        };
        match node {
            Node::Add(a, b) => {
                give(self, a, g);
                give(self, b, g);
            }
            Node::Mul(a, b) => {
                let left = self.binary(Binary::Mul, g, values[b as usize]);
                let right = self.binary(Binary::Mul, g, values[a as usize]);
                give(self, a, left);
                give(self, b, right);
            }
            Node::Sin(a) => {
                let slope = self.unary(Unary::Cos, values[a as usize]);
                let term = self.binary(Binary::Mul, g, slope);
                give(self, a, term);
            }
            Node::Exp(a) => {
                let term = self.binary(Binary::Mul, g, y);
                give(self, a, term);
            }
            Node::Tanh(a) => {
                let (two, four) = (self.number(2.0), self.number(4.0));
                let twice = self.binary(Binary::Mul, values[a as usize], two);
                let opposite = self.unary(Unary::Neg, twice);
                let (s, t) = (self.unary(Unary::Sigmoid, twice), self.unary(Unary::Sigmoid, opposite));
                let both = self.binary(Binary::Mul, s, t);
                let slope = self.binary(Binary::Mul, both, four);
                let term = self.binary(Binary::Mul, g, slope);
                give(self, a, term);
            }
        }
    }
}
