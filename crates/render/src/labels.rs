//! Labels of axes as letters, `ij,jk->ik`.

/// The letter of a label: i, j, k, ... z, a, ... h, then capitals.
fn letter(label: u8) -> char {
    match label {
        0..=25 => char::from(b'a' + (label + 8) % 26),
        26..=51 => char::from(b'A' + label - 26),
        _ => '?',
    }
}

/// Labels as letters; a scalar's as nothing.
fn letters(labels: &[u8]) -> String {
    labels.iter().copied().map(letter).collect()
}

/// An einsum of these operands, `ij,jk->ik`, letters given in the order in which labels first occur.
pub(crate) fn einsum(operands: &[&[u8]], result: &[u8]) -> String {
    let mut seen: Vec<u8> = Vec::new();
    for &label in operands.iter().copied().flatten().chain(result) {
        if !seen.contains(&label) {
            seen.push(label);
        }
    }
    let renamed = |labels: &[u8]| -> Vec<u8> {
        labels.iter().filter_map(|l| seen.iter().position(|s| s == l)).map(|i| i.min(255) as u8).collect()
    };
    let operands: Vec<String> = operands.iter().map(|labels| letters(&renamed(labels))).collect();
    format!("{}->{}", operands.join(","), letters(&renamed(result)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_by_first_occurrence() {
        assert_eq!(einsum(&[&[7, 3], &[3, 200]], &[7, 200]), "ij,jk->ik");
        assert_eq!(einsum(&[&[0], &[]], &[]), "i,->");
        assert_eq!(letters(&[17, 18, 25, 26, 51, 52]), "zahAZ?");
    }
}
