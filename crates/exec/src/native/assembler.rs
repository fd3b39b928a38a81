//! Instructions into bytes, with jumps and addresses filled in once their targets are known.
//!
//! Always holds: what can't be encoded is remembered, and then there is no code.

use iced_x86::{Code, Encoder, Instruction, OpKind, Register};

/// An operand.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operand {
    Register(Register),
    Memory(Address),
    Immediate(u8),
}

impl From<Register> for Operand {
    fn from(register: Register) -> Operand {
        Operand::Register(register)
    }
}

/// `base + index * scale + displacement`; one element for all of a vector if `broadcast`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Address {
    pub(super) base: Register,
    pub(super) index: Register,
    pub(super) scale: u32,
    pub(super) displacement: i64,
    pub(super) broadcast: bool,
}

impl Address {
    pub(super) fn new(base: Register, displacement: i64) -> Address {
        Address { base, index: Register::None, scale: 1, displacement, broadcast: false }
    }

    pub(super) fn broadcast(self) -> Address {
        Address { broadcast: true, ..self }
    }
}

impl From<Address> for Operand {
    fn from(address: Address) -> Operand {
        Operand::Memory(address)
    }
}

/// How an instruction's result is masked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Masking {
    All,
    /// What is masked out keeps what it was.
    Merge(Register),
    /// What is masked out becomes 0.
    Zero(Register),
}

/// A place that jumps can go to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Label(usize);

/// Where code starts; any address will do, for nothing in it is absolute.
const START: u64 = 1 << 20;

pub(super) struct Assembler {
    encoder: Encoder,
    at: u64,
    labels: Vec<u64>,
    /// Where a 32-bit distance to a label is, counted from its own end.
    jumps: Vec<(u64, Label)>,
    failed: bool,
}

impl Assembler {
    pub(super) fn new(capacity: usize) -> Option<Assembler> {
        let encoder = Encoder::try_with_capacity(64, capacity).ok()?;
        Some(Assembler { encoder, at: START, labels: Vec::new(), jumps: Vec::new(), failed: false })
    }

    pub(super) fn label(&mut self) -> Label {
        self.labels.push(0);
        Label(self.labels.len() - 1)
    }

    /// A label's place is here.
    pub(super) fn bind(&mut self, label: Label) {
        self.labels[label.0] = self.at;
    }

    /// A label's place is this far from here.
    pub(super) fn bind_after(&mut self, label: Label, distance: i64) {
        self.labels[label.0] = self.at.wrapping_add_signed(distance);
    }

    fn raw(&mut self, instruction: &Instruction) {
        match self.encoder.encode(instruction, self.at) {
            Ok(bytes) => self.at += bytes as u64,
            Err(error) => {
                debug_assert!(false, "{error}: {instruction:?}");
                self.failed = true;
            }
        }
    }

    /// An instruction whose last operand may be an immediate byte.
    pub(super) fn emit(&mut self, code: Code, masking: Masking, operands: &[Operand]) {
        let mut instruction = Instruction::default();
        instruction.set_code(code);
        for (i, operand) in (0_u32..).zip(operands) {
            match *operand {
                Operand::Register(register) => {
                    instruction.set_op_kind(i, OpKind::Register);
                    instruction.set_op_register(i, register);
                }
                Operand::Memory(address) => {
                    instruction.set_op_kind(i, OpKind::Memory);
                    instruction.set_memory_base(address.base);
                    instruction.set_memory_index(address.index);
                    instruction.set_memory_index_scale(address.scale);
                    instruction.set_memory_displacement64(address.displacement as u64);
                    instruction.set_memory_displ_size(u32::from(address.displacement != 0));
                    instruction.set_is_broadcast(address.broadcast);
                }
                Operand::Immediate(value) => {
                    instruction.set_op_kind(i, OpKind::Immediate8);
                    instruction.set_immediate8(value);
                }
            }
        }
        match masking {
            Masking::All => {}
            Masking::Merge(mask) => instruction.set_op_mask(mask),
            Masking::Zero(mask) => {
                instruction.set_op_mask(mask);
                instruction.set_zeroing_masking(true);
            }
        }
        self.raw(&instruction);
    }

    /// An unmasked instruction.
    pub(super) fn plain(&mut self, code: Code, operands: &[Operand]) {
        self.emit(code, Masking::All, operands);
    }

    /// An instruction of a register and an immediate of 32 bits.
    pub(super) fn immediate(&mut self, code: Code, register: Register, value: i32) {
        match Instruction::with2(code, register, value) {
            Ok(instruction) => self.raw(&instruction),
            Err(_) => self.failed = true,
        }
    }

    /// A jump or a call.
    pub(super) fn jump(&mut self, code: Code, label: Label) {
        match Instruction::with_branch(code, START) {
            Ok(instruction) => self.raw(&instruction),
            Err(_) => self.failed = true,
        }
        self.jumps.push((self.at, label));
    }

    /// The address of a label.
    pub(super) fn address(&mut self, register: Register, label: Label) {
        let target = Address::new(Register::RIP, START as i64);
        self.plain(Code::Lea_r64_m, &[register.into(), target.into()]);
        self.jumps.push((self.at, label));
    }

    /// Bytes of data, here.
    pub(super) fn data(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&b| self.encoder.write_u8(b));
        self.at += bytes.len() as u64;
    }

    pub(super) fn align(&mut self, bytes: u64) {
        while !self.at.is_multiple_of(bytes) {
            self.data(&[0xcc]);
        }
    }

    pub(super) fn finish(mut self) -> Option<Vec<u8>> {
        let mut bytes = self.encoder.take_buffer();
        for &(end, label) in &self.jumps {
            let distance = i32::try_from(self.labels[label.0] as i64 - end as i64).ok()?;
            let at = (end - START) as usize;
            bytes[at - 4..at].copy_from_slice(&distance.to_le_bytes());
        }
        (!self.failed).then_some(bytes)
    }
}
