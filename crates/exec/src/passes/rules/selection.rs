//! Truth values and choices.

use crate::passes::rule::Numbers::Floats;
use crate::passes::rule::Rule;

const UNORDERED: &str = "comparisons with NaN";

pub(super) static RULES: &[Rule] = &[
    Rule::exact("where-equal", "where(c, x, x)", "x"),
    Rule::exact("where-true", "where(true, x, y)", "x"),
    Rule::exact("where-false", "where(false, x, y)", "y"),
    Rule::exact("where-not", "where(logical_not(c), x, y)", "where(c, y, x)"),
    Rule::exact("where-where", "where(c, where(c, x, y), z)", "where(c, x, z)"),
    Rule::exact("where-else-where", "where(c, x, where(c, y, z))", "where(c, x, z)"),
    Rule::exact("where-truth", "where(c, true, false)", "c"),
    Rule::exact("not-not", "logical_not(logical_not(c))", "c"),
    Rule::exact("and-itself", "logical_and(c, c)", "c"),
    Rule::exact("or-itself", "logical_or(c, c)", "c"),
    Rule::exact("and-true", "logical_and(c, true)", "c"),
    Rule::exact("true-and", "logical_and(true, c)", "c"),
    Rule::exact("and-false", "logical_and(c, false)", "false"),
    Rule::exact("false-and", "logical_and(false, c)", "false"),
    Rule::exact("or-false", "logical_or(c, false)", "c"),
    Rule::exact("false-or", "logical_or(false, c)", "c"),
    Rule::exact("or-true", "logical_or(c, true)", "true"),
    Rule::exact("true-or", "logical_or(true, c)", "true"),
    Rule::exact("not-equal", "logical_not(x == y)", "x != y"),
    Rule::exact("not-unequal", "logical_not(x != y)", "x == y"),
    Rule::relaxed("not-less", "logical_not(x < y)", "x >= y", UNORDERED).on(Floats).once(),
    Rule::relaxed("not-less-equal", "logical_not(x <= y)", "x > y", UNORDERED).on(Floats).once(),
    Rule::relaxed("not-greater", "logical_not(x > y)", "x <= y", UNORDERED).on(Floats).once(),
    Rule::relaxed("not-greater-equal", "logical_not(x >= y)", "x < y", UNORDERED).on(Floats).once(),
];
