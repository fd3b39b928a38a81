//! Functions of elements: dtypes promoted, shapes broadcast.

use crate::expr::Expr;
use crate::op::{Binary, Comparison, Op, Unary};
use crate::row::Kernel;
use crate::ty::DType;

macro_rules! unary_methods {
    ($($(#[$doc:meta])* $method:ident => $op:ident),* $(,)?) => {
        impl<'b> Expr<'b> {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $method(self) -> Expr<'b> {
                self.unary(Unary::$op)
            }
        )*}
    };
}

unary_methods! {
    /// The absolute value.
    abs => Abs,
    /// -1, 0 or 1.
    sign => Sign,
    /// `e**x`.
    exp => Exp,
    /// `e**x - 1`, accurate near 0.
    expm1 => Expm1,
    /// `2**x`.
    exp2 => Exp2,
    /// The natural logarithm.
    log => Log,
    /// `log(1 + x)`, accurate near 0.
    log1p => Log1p,
    /// The logarithm to base 2.
    log2 => Log2,
    /// The logarithm to base 10.
    log10 => Log10,
    /// The square root.
    sqrt => Sqrt,
    /// One over the square root.
    rsqrt => Rsqrt,
    /// The cube root.
    cbrt => Cbrt,
    /// `1 / x`.
    reciprocal => Reciprocal,
    /// `x * x`.
    square => Square,
    /// The sine.
    sin => Sin,
    /// The cosine.
    cos => Cos,
    /// The tangent.
    tan => Tan,
    /// The inverse sine.
    asin => Asin,
    /// The inverse cosine.
    acos => Acos,
    /// The inverse tangent.
    atan => Atan,
    /// The hyperbolic sine.
    sinh => Sinh,
    /// The hyperbolic cosine.
    cosh => Cosh,
    /// The hyperbolic tangent.
    tanh => Tanh,
    /// The inverse hyperbolic sine.
    asinh => Asinh,
    /// The inverse hyperbolic cosine.
    acosh => Acosh,
    /// The inverse hyperbolic tangent.
    atanh => Atanh,
    /// `1 / (1 + e**-x)`.
    sigmoid => Sigmoid,
    /// `log(x / (1 - x))`, the inverse of the sigmoid.
    logit => Logit,
    /// `log(1 + e**x)`.
    softplus => Softplus,
    /// The error function.
    erf => Erf,
    /// `1 - erf(x)`, accurate in its tail.
    erfc => Erfc,
    /// The logarithm of the absolute value of the gamma function.
    lgamma => Lgamma,
    /// The derivative of `lgamma`.
    digamma => Digamma,
    /// The greatest integer not above.
    floor => Floor,
    /// The least integer not below.
    ceil => Ceil,
    /// The nearest integer, the even one of two.
    round => Round,
    /// The integer part.
    trunc => Trunc,
    /// Neither infinite nor NaN.
    is_finite => IsFinite,
    /// The other truth value.
    logical_not => Not,
}

macro_rules! binary_methods {
    ($($(#[$doc:meta])* $method:ident => $op:ident),* $(,)?) => {
        impl<'b> Expr<'b> {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $method(self, other: Expr<'b>) -> Expr<'b> {
                self.binary(Binary::$op, other)
            }
        )*}
    };
}

binary_methods! {
    /// `self ** other`, real exponents; an integer to an integer stays an integer.
    pow => Pow,
    /// The greater one; ties share the derivative, NaN propagates.
    maximum => Maximum,
    /// The lesser one; ties share the derivative, NaN propagates.
    minimum => Minimum,
    /// The angle of the point (other, self).
    atan2 => Atan2,
    /// `sqrt(self**2 + other**2)` without overflow.
    hypot => Hypot,
    /// A number in [0, 1) drawn from the stream of this key at this position, `other`; whole parts decide, and the same ones
    /// draw the same number. Its derivative is zero.
    random => Random,
    /// Both.
    logical_and => And,
    /// At least one.
    logical_or => Or,
    /// Just one.
    logical_xor => Xor,
}

macro_rules! comparison_methods {
    ($($(#[$doc:meta])* $method:ident => $op:ident),* $(,)?) => {
        impl<'b> Expr<'b> {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $method(self, other: Expr<'b>) -> Expr<'b> {
                self.compare(Comparison::$op, other)
            }
        )*}
    };
}

comparison_methods! {
    /// `self == other`, element by element.
    equal => Equal,
    /// `self != other`, element by element.
    not_equal => NotEqual,
    /// `self < other`, element by element.
    less => Less,
    /// `self <= other`, element by element.
    less_equal => LessEqual,
    /// `self > other`, element by element.
    greater => Greater,
    /// `self >= other`, element by element.
    greater_equal => GreaterEqual,
}

impl<'b> Expr<'b> {
    /// A function of one element; integers become `f64` where it has only values of floats.
    #[track_caller]
    pub fn unary(self, op: Unary) -> Expr<'b> {
        let x = match op.row().kernel {
            Kernel::Unary(_) | Kernel::Test(_) => self.floated(),
            Kernel::UnaryInt(..) if self.dtype() == DType::Bool => self.cast(DType::I64),
            _ => self,
        };
        self.builder().add(Op::Unary(op), &[x])
    }

    /// A function of two elements, dtypes promoted and shapes broadcast.
    #[track_caller]
    pub fn binary(self, op: Binary, other: Expr<'b>) -> Expr<'b> {
        let (a, b) = match op.row().kernel {
            Kernel::Binary(_) => self.floated().paired(other.floated()),
            Kernel::BinaryInt(..) => {
                let (a, b) = self.paired(other);
                if a.dtype() == DType::Bool { (a.cast(DType::I64), b.cast(DType::I64)) } else { (a, b) }
            }
            _ => self.paired(other),
        };
        self.builder().add(Op::Binary(op), &[a, b])
    }

    /// A comparison of two elements, dtypes promoted and shapes broadcast.
    #[track_caller]
    pub fn compare(self, op: Comparison, other: Expr<'b>) -> Expr<'b> {
        let (a, b) = self.paired(other);
        self.builder().add(Op::Compare(op), &[a, b])
    }

    /// `a` where this condition is true, else `b`; the branch not taken contributes exactly nothing to a derivative.
    #[track_caller]
    pub fn select(self, a: Expr<'b>, b: Expr<'b>) -> Expr<'b> {
        let (a, b) = a.paired(b);
        let (condition, a) = self.broadcast_together(a);
        let (condition, b) = condition.broadcast_together(b);
        self.builder().add(Op::Select, &[condition, a.broadcast_like(b), b])
    }

    /// The same elements in another dtype, as NumPy's `astype`.
    #[track_caller]
    pub fn cast(self, dtype: DType) -> Expr<'b> {
        if self.is_dead() || self.dtype() == dtype {
            return self;
        }
        if let Some(value) = self.as_constant()
            && value.len() == 1
        {
            // A literal is rounded once, to the dtype it meets.
            return self.builder().constant(value.cast(dtype)).reshape_to(&[]).broadcast_like(self);
        }
        self.builder().add(Op::Cast(dtype), &[self])
    }

    /// The derivative of this order of the digamma function.
    #[track_caller]
    pub fn polygamma(self, order: u32) -> Expr<'b> {
        if order == 0 { self.digamma() } else { self.builder().add(Op::Polygamma(order), &[self.floated()]) }
    }

    /// The same, as floats.
    #[track_caller]
    pub(crate) fn floated(self) -> Expr<'b> {
        if self.dtype().is_float() { self } else { self.cast(DType::F64) }
    }

    /// Both operands in one dtype and one shape: truth < integer < float, and of two floats the wider.
    #[track_caller]
    pub fn paired(self, other: Expr<'b>) -> (Expr<'b>, Expr<'b>) {
        if self.is_dead() || other.is_dead() || !std::ptr::eq(self.builder(), other.builder()) {
            return (self, other);
        }
        if self.type_id() == other.type_id() {
            return (self, other);
        }
        let dtype = self.dtype().max(other.dtype());
        self.cast(dtype).broadcast_together(other.cast(dtype))
    }
}
