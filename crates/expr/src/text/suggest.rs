//! Near names for a name that nobody knows.

/// The candidate that `name` most likely stands for, if one is near enough. Of equally near ones the first that `name` begins with
/// wins, else the first.
///
/// Near means at most one slip (insertion, deletion, substitution or swap) in three characters, capitals aside;
/// a name of one or two characters allows one slip, as long as a character is shared. A prefix of three or more
/// characters, as in `sum` for `summarize`, is near too.
pub fn suggest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    if length > LONGEST {
        return None;
    }
    let lower = name.to_lowercase();
    let limit = (length / 3).clamp(1, 4);
    let mut best: Option<((usize, bool), &str)> = None;
    for candidate in candidates {
        let Some(distance) = distance(&lower, candidate, limit) else { continue };
        // Of equally near ones, what the name begins with is likelier: `sin` for `sine`, not `sinh`.
        let rank = (distance, !lower.starts_with(candidate));
        if candidate != name && best.is_none_or(|(least, _)| rank < least) {
            best = Some((rank, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Beyond this many characters a name is data rather than a slip of the keyboard.
const LONGEST: usize = 64;

/// How far `candidate` is from `lower`, when it is near; a prefix counts one more than any slip.
fn distance(lower: &str, candidate: &str, limit: usize) -> Option<usize> {
    // No near candidate is longer in bytes than this; it spares most of the work on long ones.
    if candidate.len() > 4 * (LONGEST + limit) {
        return None;
    }
    let candidate = candidate.to_lowercase();
    let slips = strsim::damerau_levenshtein(lower, &candidate);
    if slips <= limit && candidate.chars().any(|character| lower.contains(character)) {
        return Some(slips);
    }
    let (short, long) =
        if lower.len() < candidate.len() { (lower, &*candidate) } else { (&*candidate, lower) };
    (short.len() >= 3 && long.starts_with(short)).then_some(limit + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 14] = [
        "sin",
        "sinh",
        "sign",
        "cos",
        "x",
        "y",
        "softmax",
        "sum",
        "reshape",
        "transpose",
        "arcsin",
        "Weight",
        "log1p",
        "maximum",
    ];

    #[test]
    fn near_names_are_found() {
        for (name, expected) in [
            ("sine", "sin"),
            ("yy", "y"),
            ("X", "x"),
            ("sofmax", "softmax"),
            ("reshpae", "reshape"),
            ("transp", "transpose"),
            ("weight", "Weight"),
            ("loglp", "log1p"),
            ("max", "maximum"),
            ("summarize", "sum"),
        ] {
            assert_eq!(suggest(name, KNOWN), Some(expected), "{name}");
        }
    }

    #[test]
    fn far_names_are_not() {
        for name in ["q", "z", "convolution", "", "lstm", &"s".repeat(1_000_000)] {
            assert_eq!(suggest(name, KNOWN), None, "{}", &name[..name.len().min(20)]);
        }
    }

    #[test]
    fn the_nearest_wins_and_the_name_itself_never() {
        assert_eq!(suggest("sime", ["sine", "size"]), Some("sine"));
        assert_eq!(suggest("sine", ["sinh", "sin"]), Some("sin"));
        assert_eq!(suggest("sin", ["sin", "sinh"]), Some("sinh"));
    }
}
