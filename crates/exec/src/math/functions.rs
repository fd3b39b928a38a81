//! Which function computes which operation.

use super::loops::{Element, Map, Zip};
use super::{Real, error, exp, hyperbolic, inverse, log, logistic, power, simple, trigonometric};
use wengert_expr::{Binary, Unary};

/// An operation of one number that has a body without branches.
pub(crate) trait OfOne {
    const OPERATION: Unary;

    fn at<R: Real>(x: R) -> R;
}

/// An operation of two numbers that has a body without branches.
pub(crate) trait OfTwo {
    fn at<R: Real>(x: R, y: R) -> R;
}

/// From one list: the body of each operation, and its loops.
macro_rules! table {
    (unary { $($unary:ident => $one:path,)* } narrow { $($narrow:ident => $half:path,)* } scalar { $($lone:ident)|* } other { $($rest:ident)|* }
     binary { $($binary:ident => $two:path,)* } scalar { $($lone_two:ident)|* } other { $($rest_two:ident)|* }) => {
        mod one {
            $(pub(super) struct $unary;)*
            $(pub(super) struct $narrow;)*
        }

        mod two {
            $(pub(super) struct $binary;)*
        }

        $(impl OfOne for one::$unary {
            const OPERATION: Unary = Unary::$unary;

            #[inline(always)]
            fn at<R: Real>(x: R) -> R {
                $one(x)
            }
        })*

        $(impl OfOne for one::$narrow {
            const OPERATION: Unary = Unary::$narrow;

            #[inline(always)]
            fn at<R: Real>(x: R) -> R {
                $half(x)
            }
        })*

        $(impl OfTwo for two::$binary {
            #[inline(always)]
            fn at<R: Real>(x: R, y: R) -> R {
                $two(x, y)
            }
        })*

        /// The operation's body without branches, if it has one.
        pub(crate) fn unary<R: Real>(f: Unary, x: R) -> Option<R> {
            Some(match f {
                $(Unary::$unary => $one(x),)*
                $(Unary::$narrow if R::WIDTH == 32 => $half(x),)*
                $(Unary::$narrow)|* => return None,
                $(Unary::$lone)|* | $(Unary::$rest)|* => return None,
            })
        }

        /// The operation's body without branches, if it has one.
        pub(crate) fn binary<R: Real>(f: Binary, x: R, y: R) -> Option<R> {
            Some(match f {
                $(Binary::$binary => $two(x, y),)*
                $(Binary::$lone_two)|* | $(Binary::$rest_two)|* => return None,
            })
        }

        /// The loop over a slice; none for what is not from float to float.
        pub(super) fn unary_loop<T: Element>(f: Unary) -> Option<Map<T>> {
            Some(match f {
                $(Unary::$unary => T::map::<one::$unary>,)*
                $(Unary::$narrow if T::WIDTH == 32 => T::map::<one::$narrow>,)*
                $(Unary::$narrow => |x, y| super::loops::each(Unary::$narrow, x, y),)*
                $(Unary::$lone => |x, y| super::loops::each(Unary::$lone, x, y),)*
                $(Unary::$rest)|* => return None,
            })
        }

        /// The loop over two slices; none for what is not from floats to float.
        pub(super) fn binary_loop<T: Element>(f: Binary) -> Option<Zip<T>> {
            Some(match f {
                $(Binary::$binary => T::zip::<two::$binary>,)*
                $(Binary::$lone_two => |x, y, z| super::loops::each_pair(Binary::$lone_two, x, y, z),)*
                $(Binary::$rest_two)|* => return None,
            })
        }
    };
}

table! {
    unary {
        Neg => simple::neg,
        Abs => simple::abs,
        Sign => simple::sign,
        Exp => exp::exp,
        Expm1 => exp::expm1,
        Exp2 => exp::exp2,
        Log => log::log,
        Log1p => log::log1p,
        Log2 => log::log2,
        Log10 => log::log10,
        Sqrt => simple::sqrt,
        Rsqrt => simple::rsqrt,
        Reciprocal => simple::reciprocal,
        Square => simple::square,
        Sin => trigonometric::sin,
        Cos => trigonometric::cos,
        Tan => trigonometric::tan,
        Asin => inverse::asin,
        Acos => inverse::acos,
        Atan => inverse::atan,
        Sinh => hyperbolic::sinh,
        Cosh => hyperbolic::cosh,
        Asinh => hyperbolic::asinh,
        Acosh => hyperbolic::acosh,
        Atanh => hyperbolic::atanh,
        Cbrt => power::cbrt,
        Tanh => hyperbolic::tanh,
        Sigmoid => logistic::sigmoid,
        Logit => logistic::logit,
        Softplus => logistic::softplus,
        Floor => simple::floor,
        Ceil => simple::ceil,
        Round => simple::round,
        Trunc => simple::trunc,
    }
    narrow { Erf => error::erf, }
    scalar { Erfc | Lgamma | Digamma }
    other { IsFinite | Not }
    binary {
        Add => simple::add,
        Sub => simple::sub,
        Mul => simple::mul,
        Div => simple::div,
        Atan2 => inverse::atan2,
        Hypot => power::hypot,
        Maximum => simple::maximum,
        Minimum => simple::minimum,
    }
    scalar { Pow | Remainder | Random }
    other { And | Or | Xor }
}

/// Where the body without branches is right for `|x|` up to a limit only: that limit. Larger elements are redone by
/// [`super::reference`].
pub(crate) fn range(f: Unary) -> Option<f64> {
    match f {
        Unary::Sin | Unary::Cos | Unary::Tan => Some(trigonometric::LIMIT),
        _ => None,
    }
}
