//! The rows of all operations, by family.

pub(crate) mod binary;
pub(crate) mod compare;
pub(crate) mod custom;
pub(crate) mod dot;
pub(crate) mod gather;
pub(crate) mod index;
pub(crate) mod leaf;
pub(crate) mod patches;
pub(crate) mod reduce;
pub(crate) mod samples;
pub(crate) mod select;
pub(crate) mod shape;
pub(crate) mod unary;

mod elementwise;

/// Makes a family of operations from a list: the enum, its members and the row of each.
macro_rules! family {
    ($(#[$meta:meta])* $family:ident { $($(#[$doc:meta])* $variant:ident => $row:expr,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $family { $($(#[$doc])* $variant),* }

        impl $family {
            /// Every operation of the family.
            pub const ALL: &'static [$family] = &[$($family::$variant),*];

            /// All that is known about the operation.
            #[inline]
            pub fn row(self) -> &'static $crate::row::Row {
                match self {
                    $($family::$variant => {
                        static ROW: $crate::row::Row = $row;
                        &ROW
                    })*
                }
            }
        }
    };
}
pub(crate) use family;
