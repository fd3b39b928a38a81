//! Runs in a frame that one caller keeps.

#![expect(unsafe_code, reason = "state is copied where it is to be replaced, by address")]

use super::argument::{ArrayMut, ArrayRef};
use super::executable::{Executable, pointer_of};
use super::frame::Frame;
use crate::error::ExecError;
use crate::plan::Origin;
use smallvec::SmallVec;
use wengert_expr::{Type, Value};

/// A caller's own frame of an executable.
#[derive(Debug)]
pub struct Session<'e> {
    executable: &'e Executable,
    /// Given back when the session ends.
    frame: Option<Frame>,
}

/// Where the arrays of one run begin.
#[derive(Default)]
struct Pointers {
    inputs: SmallVec<[*mut u8; 16]>,
    outputs: SmallVec<[*mut u8; 16]>,
    /// Copies of arguments that are not in standard layout.
    copies: Vec<Value>,
}

impl<'e> Session<'e> {
    pub(super) fn new(executable: &'e Executable, frame: Frame) -> Session<'e> {
        Session { executable, frame: Some(frame) }
    }

    /// Runs on the caller's arrays and writes into the caller's arrays. Nothing is allocated, but for arguments that are not
    /// in standard layout, which are copied, and operations that run by their reference values (integer powers,
    /// remainders and products).
    ///
    /// ```
    /// use ndarray::{Array1, arr1};
    /// use wengert_exec::{CompileOptions, compile};
    /// use wengert_expr::text::parse;
    /// let f = parse("input x: f64[3]\noutput y = x * x", &Default::default())?;
    /// let executable = compile(&f, &CompileOptions::default())?;
    /// let mut session = executable.session();
    /// let (x, mut y) = (arr1(&[1.0, 2.0, 3.0]), Array1::<f64>::zeros(3));
    /// session.run_into(&[(&x).into()], &mut [(&mut y).into()])?;
    /// assert_eq!(y, arr1(&[1.0, 4.0, 9.0]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Executable::run`], and a result that is not in standard layout. What results hold after an error is not said.
    pub fn run_into(
        &mut self,
        inputs: &[ArrayRef<'_>],
        outputs: &mut [ArrayMut<'_>],
    ) -> Result<(), ExecError> {
        let pointers = self.pointers(inputs, outputs)?;
        self.run(&pointers, 1)
    }

    /// As [`Session::run_into`], telling when the steps begin and when each is done.
    pub(super) fn run_watched(
        &mut self,
        inputs: &[ArrayRef<'_>],
        outputs: &mut [ArrayMut<'_>],
        watch: &mut dyn FnMut(Option<usize>),
    ) -> Result<(), ExecError> {
        let pointers = self.pointers(inputs, outputs)?;
        let (executable, Some(frame)) = (self.executable, self.frame.as_mut()) else { return Ok(()) };
        place(executable, frame, &pointers);
        watch(None);
        executable.run_watched(frame, watch)
    }

    fn pointers(&self, inputs: &[ArrayRef<'_>], outputs: &mut [ArrayMut<'_>]) -> Result<Pointers, ExecError> {
        let mut pointers = Pointers::default();
        self.check_counts(inputs.len(), outputs.len())?;
        self.arguments(0, inputs, &mut pointers)?;
        self.results(0, outputs, &mut pointers)?;
        for i in 0..self.executable.carry() {
            let bytes = self.input_type(i).bytes();
            let (from, to) = (pointers.inputs[i], pointers.outputs[i]);
            // Both arrays have the input's type, and one is borrowed exclusively.
            unsafe { std::ptr::copy_nonoverlapping(from, to, bytes) }
            pointers.inputs[i] = to;
        }
        Ok(pointers)
    }

    /// Runs once and replaces the state, which is the first inputs and the first outputs, as many as were said when the
    /// function was compiled. `inputs` and `outputs` are the others. Nothing is copied and nothing allocated.
    ///
    /// ```
    /// use ndarray::arr1;
    /// use wengert_exec::{CompileOptions, compile};
    /// use wengert_expr::text::parse;
    /// let f = parse("param w: f64[2]\ninput g: f64[2]\noutput w2 = w - 0.5 * g\noutput s = sum(w)", &Default::default())?;
    /// let executable = compile(&f, &CompileOptions::default().carry(1))?;
    /// let (mut w, g, mut s) = (arr1(&[1.0, 2.0]), arr1(&[2.0, 0.0]), 0.0);
    /// executable.session().steps(3, &mut [(&mut w).into()], &[(&g).into()], &mut [(&mut s).into()])?;
    /// assert_eq!((w, s), (arr1(&[-2.0, 2.0]), 1.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Session::run_into`]. What the state holds after an operation had no value is not said.
    pub fn step(
        &mut self,
        state: &mut [ArrayMut<'_>],
        inputs: &[ArrayRef<'_>],
        outputs: &mut [ArrayMut<'_>],
    ) -> Result<(), ExecError> {
        self.steps(1, state, inputs, outputs)
    }

    /// As [`Session::step`], so many times with the same inputs.
    ///
    /// # Errors
    /// As [`Session::step`].
    pub fn steps(
        &mut self,
        count: usize,
        state: &mut [ArrayMut<'_>],
        inputs: &[ArrayRef<'_>],
        outputs: &mut [ArrayMut<'_>],
    ) -> Result<(), ExecError> {
        let carry = self.executable.carry();
        if state.len() != carry {
            return Err(ExecError::State { expected: carry, found: state.len() });
        }
        self.check_counts(carry + inputs.len(), carry + outputs.len())?;
        let mut pointers = Pointers::default();
        self.results(0, state, &mut pointers)?;
        pointers.inputs.clone_from(&pointers.outputs);
        self.arguments(carry, inputs, &mut pointers)?;
        self.results(carry, outputs, &mut pointers)?;
        self.run(&pointers, count)
    }

    fn check_counts(&self, inputs: usize, outputs: usize) -> Result<(), ExecError> {
        let function = self.executable.function();
        let expected = function.inputs().len();
        if inputs != expected {
            return Err(ExecError::Count { expected, found: inputs });
        }
        let expected = function.outputs().len();
        if outputs != expected {
            return Err(ExecError::Results { expected, found: outputs });
        }
        Ok(())
    }

    fn input_type(&self, i: usize) -> &Type {
        &self.executable.function().inputs()[i].ty
    }

    fn arguments(
        &self,
        first: usize,
        arrays: &[ArrayRef<'_>],
        pointers: &mut Pointers,
    ) -> Result<(), ExecError> {
        for (i, array) in arrays.iter().enumerate() {
            let expected = self.input_type(first + i);
            if expected.dtype != array.dtype() || *expected.shape != *array.shape() {
                let name = self.executable.function().inputs()[first + i].name.clone();
                return Err(ExecError::Type { name, expected: expected.clone(), found: array.ty() });
            }
            let pointer = array.pointer().map(<*const u8>::cast_mut);
            pointers.inputs.push(pointer.unwrap_or_else(|| {
                pointers.copies.push(array.to_value());
                pointer_of(&pointers.copies[pointers.copies.len() - 1])
            }));
        }
        Ok(())
    }

    fn results(
        &self,
        first: usize,
        arrays: &mut [ArrayMut<'_>],
        pointers: &mut Pointers,
    ) -> Result<(), ExecError> {
        let function = self.executable.function();
        for (i, array) in arrays.iter_mut().enumerate() {
            let expected = function.graph().ty(function.outputs()[first + i].node);
            let fits = expected.dtype == array.dtype() && *expected.shape == *array.shape();
            match array.pointer().filter(|_| fits) {
                Some(pointer) => pointers.outputs.push(pointer),
                None => {
                    let (name, expected) = (function.output_name(first + i), expected.clone());
                    let layout = if fits { " that is not in standard layout" } else { "" };
                    return Err(ExecError::Result {
                        name,
                        expected,
                        found: format!("{}{layout}", array.ty()),
                    });
                }
            }
        }
        Ok(())
    }

    fn run(&mut self, pointers: &Pointers, count: usize) -> Result<(), ExecError> {
        let (executable, Some(frame)) = (self.executable, self.frame.as_mut()) else { return Ok(()) };
        place(executable, frame, pointers);
        (0..count).try_for_each(|_| executable.run_in(frame))
    }
}

/// Tells a frame where the caller's arrays begin.
fn place(executable: &Executable, frame: &mut Frame, pointers: &Pointers) {
    for (base, buffer) in frame.bases.0.iter_mut().zip(&executable.plan().buffers) {
        match buffer.origin {
            Origin::Input(i) => *base = pointers.inputs[i],
            Origin::Output(i) => *base = pointers.outputs[i],
            Origin::Constant(_) | Origin::Temporary => {}
        }
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        if let Some(frame) = self.frame.take() {
            self.executable.keep(frame);
        }
    }
}
