//! AdaBoost.

use super::{Cell, Findings, Study, Table, counted, labels};
use crate::classic::{AdaBoost, HalfPlanes, Labels, Stumps, WeakLearner};
use crate::config::WeakName;
use crate::error::NnError;
use std::fmt::Display;

impl Study {
    pub(super) fn boosting(&self, weak: WeakName, rounds: usize) -> Result<Findings, NnError> {
        match weak {
            WeakName::Stumps => self.boosted(AdaBoost::new(Stumps, rounds)),
            WeakName::HalfPlanes => {
                self.boosted(AdaBoost::new(HalfPlanes::of(self.train.features())?, rounds))
            }
        }
    }

    fn boosted<L>(&self, learner: AdaBoost<L>) -> Result<Findings, NnError>
    where
        L: WeakLearner<Hypothesis: Display>,
    {
        let fit = learner.fit(self.train.features(), &labels(&self.train, Labels::PlusMinusOne)?)?;
        let mut trace = Table::new(&["round", "hypothesis", "error", "alpha", "mistakes", "bound"], &[]);
        trace.rows.extend(fit.rounds.iter().map(|r| {
            vec![
                Cell::Count(r.number),
                Cell::Text(r.hypothesis.to_string()),
                Cell::Number(r.error),
                Cell::Number(r.alpha),
                Cell::Count(r.mistakes),
                Cell::Number(r.bound),
            ]
        }));
        let (train, test) = self.judged(|data| {
            let truth = labels(data, Labels::PlusMinusOne)?.to_f64s();
            Ok(counted(&fit.predict(data.features())?, &truth))
        })?;
        Ok(Findings {
            trace,
            converged: None,
            end: fit.end.to_string(),
            parameters: Vec::new(),
            train,
            test,
            coordinates: None,
        })
    }
}
