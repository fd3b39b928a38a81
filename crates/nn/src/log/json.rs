//! A line of JSON for each epoch, with all that is known of it.

use crate::metrics::Epoch;

pub(super) fn record(epoch: &Epoch) -> String {
    // All of an epoch is numbers, and those that JSON has no word for are strings.
    serde_json::to_string(epoch).map(|line| line + "\n").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;

    #[test]
    fn a_line_reads_as_the_epoch() {
        let train = Metrics { loss: f64::NAN, accuracy: Some(0.1) };
        let test = Some(Metrics { loss: 1.0 / 3.0, accuracy: None });
        let epoch = Epoch { number: 7, steps: 70, learning_rate: 0.1, train, validation: None, test };
        let line = record(&epoch);
        let expected = "{\"number\":7,\"steps\":70,\"learning_rate\":0.1,\"train\":{\"loss\":\"NaN\",\"accuracy\":0.1},\
                        \"validation\":null,\"test\":{\"loss\":0.3333333333333333,\"accuracy\":null}}\n";
        assert_eq!(line, expected);
        assert_eq!(serde_json::from_str::<Epoch>(&line).unwrap().test, test);
    }
}
