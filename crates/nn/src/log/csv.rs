//! The loss curve as a table: blank where there is nothing to tell.

use crate::metrics::{Epoch, Metrics};

pub(super) fn head(validation: bool) -> String {
    let more = if validation { "validation_loss,validation_accuracy," } else { "" };
    format!("epoch,train_loss,train_accuracy,{more}test_loss,test_accuracy\n")
}

pub(super) fn record(epoch: &Epoch, validation: bool) -> String {
    let both = |m: Option<Metrics>| {
        let number = |x: Option<f64>| x.map(|x| x.to_string()).unwrap_or_default();
        format!("{},{}", number(m.map(|m| m.loss)), number(m.and_then(|m| m.accuracy)))
    };
    let more = if validation { format!("{},", both(epoch.validation)) } else { String::new() };
    format!("{},{},{more}{}\n", epoch.number, both(Some(epoch.train)), both(epoch.test))
}

/// The loss curve of some epochs as a table.
pub fn curve(history: &[Epoch], validation: bool) -> String {
    let records = history.iter().map(|epoch| record(epoch, validation));
    std::iter::once(head(validation)).chain(records).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_leaves_blank_what_is_not_known() {
        let train = Metrics { loss: 0.25, accuracy: None };
        let test = Some(Metrics { loss: 0.5, accuracy: Some(0.75) });
        let first = Epoch { number: 1, steps: 4, learning_rate: 0.1, train, validation: None, test: None };
        let history = [first, Epoch { number: 2, test, validation: Some(train), ..first }];
        let lines = "epoch,train_loss,train_accuracy,test_loss,test_accuracy\n1,0.25,,,\n2,0.25,,0.5,0.75\n";
        assert_eq!(curve(&history, false), lines);
        let more = "epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,test_loss,test_accuracy\n\
                    1,0.25,,,,,\n2,0.25,,0.25,,0.5,0.75\n";
        assert_eq!(curve(&history, true), more);
    }
}
