//! Hyper-parameters: the numbers that shape a rule, with their names, usual values and what is allowed.
//!
//! [`rule`] makes them from the one list that a rule's own file holds, so configurations and help need no other.

/// What a hyper-parameter may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Allowed {
    /// At least 0 and less than 1.
    Share,
    /// Above 0.
    Positive,
    /// 0 or above.
    NonNegative,
}

impl Allowed {
    /// Whether a number is in it; NaN and infinities never are.
    pub fn contains(self, x: f64) -> bool {
        match self {
            Allowed::Share => (0.0..1.0).contains(&x),
            Allowed::Positive => x.is_finite() && x > 0.0,
            Allowed::NonNegative => x.is_finite() && x >= 0.0,
        }
    }

    /// In words.
    pub fn expected(self) -> &'static str {
        match self {
            Allowed::Share => "at least 0 and less than 1",
            Allowed::Positive => "a positive number",
            Allowed::NonNegative => "0 or a positive number",
        }
    }
}

/// One number that shapes a rule.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Hyper {
    /// Its name.
    pub name: &'static str,
    /// Its key in a configuration, with its tables.
    pub key: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Its value.
    pub value: f64,
    /// What it may be.
    pub allowed: Allowed,
}

/// What is known about every rule's numbers; made by [`rule`].
pub(super) trait Hypers: Default {
    /// What the rule is, and where it comes from.
    fn about(&self) -> &'static str;
    /// Its numbers.
    fn hypers(&self) -> Vec<Hyper>;
    /// Sets the number of this name; false if there is none.
    fn set(&mut self, name: &str, value: f64) -> bool;
}

/// Makes a rule's struct from its numbers: each with what it is, its [`Allowed`] and its usual value.
macro_rules! rule {
    ($(#[doc = $about:literal])+ pub struct $Rule:ident {
        $($(#[doc = $doc:literal])+ $field:ident: $allowed:ident = $usual:literal,)*
    }) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, PartialEq, Debug)]
        pub struct $Rule { $($(#[doc = $doc])+ pub $field: f64,)* }

        impl Default for $Rule {
            fn default() -> $Rule {
                $Rule { $($field: $usual),* }
            }
        }

        impl $crate::optim::hyper::Hypers for $Rule {
            fn about(&self) -> &'static str {
                concat!($($about),+).trim()
            }

            fn hypers(&self) -> Vec<$crate::optim::Hyper> {
                vec![$($crate::optim::Hyper {
                    name: stringify!($field),
                    key: concat!("train.optimizer.", stringify!($field)),
                    about: concat!($($doc),+).trim(),
                    value: self.$field,
                    allowed: $crate::optim::Allowed::$allowed,
                }),*]
            }

            fn set(&mut self, name: &str, value: f64) -> bool {
                $(if name == stringify!($field) {
                    self.$field = value;
                    return true;
                })*
                false
            }
        }
    };
}
pub(super) use rule;
