//! `[learner]`: a classic learner and its settings, in place of `[model]` and `[train]`.

use super::check::{check, check_absent, check_present};
use super::learner_name::{KernelName, LearnerName, MethodName, TestName, WeakName};
use super::{ConfigError, DataConfig, parsed, text_of};
use crate::classic::{
    DeltaRule, Kernel, KernelPca, Labels, Logistic, Method, MistakeTest, Pca, Perceptron, PerceptronLoss,
    SoftmaxRegression,
};
use crate::optim::Allowed;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Data and a classic learner.
///
/// ```
/// use wengert_nn::{Study, StudyConfig};
/// let config = StudyConfig::from_toml("data.source = 'and'\n[learner]\nname = 'perceptron'")?;
/// let found = Study::new(&config)?.run()?;
/// assert_eq!(found.converged, Some(true));
/// assert_eq!(found.trace.rows.len(), 9);
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudyConfig {
    /// What to learn from.
    pub data: DataConfig,
    /// What learns.
    pub learner: LearnerConfig,
}

impl StudyConfig {
    /// The configuration in a text.
    ///
    /// # Errors
    /// Text that is no TOML, unknown or missing keys, and values that make no sense.
    pub fn from_toml(text: &str) -> Result<StudyConfig, ConfigError> {
        let config: StudyConfig = parsed(text)?;
        config.validate()?;
        Ok(config)
    }

    /// The configuration in a file if it has a table `[learner]`; paths in it are relative to the file.
    ///
    /// # Errors
    /// A file that cannot be read, and as [`StudyConfig::from_toml`].
    pub fn find(path: impl AsRef<Path>) -> Result<Option<StudyConfig>, ConfigError> {
        let path = path.as_ref();
        let text = text_of(path)?;
        if !toml::from_str::<toml::Table>(&text).is_ok_and(|table| table.contains_key("learner")) {
            return Ok(None);
        }
        let mut config = StudyConfig::from_toml(&text)?;
        config.data.resolve(path.parent().unwrap_or(Path::new("")));
        Ok(Some(config))
    }

    /// Whether every value makes sense.
    ///
    /// # Errors
    /// The first value that does not, with its key and what is allowed.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.data.validate()?;
        if self.data.stream {
            let because = format!("for learner {}, which needs all samples in memory", self.learner.name);
            return Err(ConfigError::Meaningless { key: "data.stream", because });
        }
        self.learner.validate()
    }
}

/// A learner with its settings; what is absent is as usual for the learner.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearnerConfig {
    /// Which learner.
    pub name: LearnerName,
    /// What a split and made-up samples are drawn from; 0 unless told.
    #[serde(default)]
    pub seed: u64,
    /// How often the online learners see every sample at most: 1000, of the delta rule 100.
    pub epochs: Option<usize>,
    /// How far a step goes: 1 of the perceptron and its loss, 0.1 of the delta rule and of gradient descent.
    pub learning_rate: Option<f64>,
    /// What counts as a mistake of the perceptron.
    pub test: Option<TestName>,
    /// Above which output the delta rule decides for class 1, labels being 0 and 1: 1/2.
    pub threshold: Option<f64>,
    /// The factor of `|w|**2 / 2` beside the summed loss of a regression: 0.
    pub ridge: Option<f64>,
    /// How the objective of a regression is made small: by Newton's method.
    pub method: Option<MethodName>,
    /// How many steps of it are made at most: 100.
    pub steps: Option<usize>,
    /// How near it must come: 1e-8.
    pub tolerance: Option<f64>,
    /// What learns in a round of boosting: stumps.
    pub weak: Option<WeakName>,
    /// How many rounds of boosting there are at most: 50.
    pub rounds: Option<usize>,
    /// How many principal components are kept: all.
    pub components: Option<usize>,
    /// Whether the mean is taken away before principal components are found: it is.
    pub centre: Option<bool>,
    /// The kernel of principal components: linear.
    pub kernel: Option<KernelName>,
    /// The kernel's `gamma`; needed by rbf, 1 of polynomial.
    pub gamma: Option<f64>,
    /// The degree of a polynomial kernel: 2.
    pub degree: Option<u32>,
    /// What a polynomial kernel adds: 1.
    pub offset: Option<f64>,
}

/// A learner ready to fit.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Learner {
    Perceptron(Perceptron),
    DeltaRule(DeltaRule),
    PerceptronLoss(PerceptronLoss),
    LeastSquares,
    Logistic(Logistic),
    Softmax(SoftmaxRegression),
    AdaBoost { weak: WeakName, rounds: usize },
    Pca(Pca),
    KernelPca(KernelPca),
}

impl LearnerConfig {
    /// A learner with all settings as usual.
    pub fn new(name: LearnerName) -> LearnerConfig {
        LearnerConfig {
            name,
            seed: 0,
            epochs: None,
            learning_rate: None,
            test: None,
            threshold: None,
            ridge: None,
            method: None,
            steps: None,
            tolerance: None,
            weak: None,
            rounds: None,
            components: None,
            centre: None,
            kernel: None,
            gamma: None,
            degree: None,
            offset: None,
        }
    }

    pub(crate) fn learner(&self) -> Learner {
        match self.name {
            LearnerName::Perceptron => {
                let test = match self.test {
                    Some(TestName::Prediction) => MistakeTest::Prediction,
                    Some(TestName::NotStrictlyRight) | None => MistakeTest::NotStrictlyRight,
                };
                let (learning_rate, epochs) = self.steps_of(1.0, 1000);
                Learner::Perceptron(Perceptron { test, learning_rate, epochs })
            }
            LearnerName::DeltaRule => {
                let (learning_rate, epochs) = self.steps_of(0.1, 100);
                let rule = DeltaRule::new(Labels::ZeroOne, learning_rate, epochs);
                Learner::DeltaRule(DeltaRule { threshold: self.threshold.unwrap_or(rule.threshold), ..rule })
            }
            LearnerName::PerceptronLoss => {
                let (learning_rate, epochs) = self.steps_of(1.0, 1000);
                Learner::PerceptronLoss(PerceptronLoss { learning_rate, epochs })
            }
            LearnerName::LeastSquares => Learner::LeastSquares,
            LearnerName::Logistic => {
                let usual = Logistic::default();
                Learner::Logistic(Logistic {
                    ridge: self.ridge.unwrap_or(usual.ridge),
                    method: self.descent(),
                    max_steps: self.steps.unwrap_or(usual.max_steps),
                    tolerance: self.tolerance.unwrap_or(usual.tolerance),
                    ..usual
                })
            }
            LearnerName::Softmax => {
                let usual = SoftmaxRegression::default();
                Learner::Softmax(SoftmaxRegression {
                    ridge: self.ridge.unwrap_or(usual.ridge),
                    method: self.descent(),
                    max_steps: self.steps.unwrap_or(usual.max_steps),
                    tolerance: self.tolerance.unwrap_or(usual.tolerance),
                    ..usual
                })
            }
            LearnerName::Adaboost => {
                Learner::AdaBoost { weak: self.weak.unwrap_or_default(), rounds: self.rounds.unwrap_or(50) }
            }
            LearnerName::Pca => {
                Learner::Pca(Pca { components: self.components, centre: self.centre.unwrap_or(true) })
            }
            LearnerName::KernelPca => {
                Learner::KernelPca(KernelPca { kernel: self.kernel(), components: self.components })
            }
        }
    }

    fn steps_of(&self, rate: f64, epochs: usize) -> (f64, usize) {
        (self.learning_rate.unwrap_or(rate), self.epochs.unwrap_or(epochs))
    }

    fn descent(&self) -> Method {
        match self.method {
            Some(MethodName::GradientDescent) => {
                Method::GradientDescent { learning_rate: self.learning_rate.unwrap_or(0.1) }
            }
            Some(MethodName::Newton) | None => Method::Newton,
        }
    }

    fn kernel(&self) -> Kernel {
        let gamma = self.gamma.unwrap_or(1.0);
        match self.kernel.unwrap_or_default() {
            KernelName::Linear => Kernel::Linear,
            KernelName::Rbf => Kernel::Rbf { gamma },
            KernelName::Polynomial => {
                let (degree, offset) = (self.degree.unwrap_or(2), self.offset.unwrap_or(1.0));
                Kernel::Polynomial { degree, gamma, offset }
            }
        }
    }

    /// Whether every value makes sense, and belongs to the learner.
    ///
    /// # Errors
    /// The first value that does not.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.check_owners()?;
        let (positive, from_0) = (Allowed::Positive, Allowed::NonNegative);
        for (key, value, allowed) in [
            ("learner.learning_rate", self.learning_rate, positive),
            ("learner.tolerance", self.tolerance, positive),
            ("learner.gamma", self.gamma, positive),
            ("learner.ridge", self.ridge, from_0),
        ] {
            let value = value.unwrap_or(1.0);
            check(allowed.contains(value), key, value, allowed.expected())?;
        }
        for (key, value) in [("learner.threshold", self.threshold), ("learner.offset", self.offset)] {
            let value = value.unwrap_or(0.0);
            check(value.is_finite(), key, value, "a finite number")?;
        }
        for (key, count) in [
            ("learner.epochs", self.epochs),
            ("learner.steps", self.steps),
            ("learner.rounds", self.rounds),
            ("learner.components", self.components),
        ] {
            let count = count.unwrap_or(1);
            check(count > 0, key, count, "1 or more")?;
        }
        let degree = self.degree.unwrap_or(1);
        check((1..=64).contains(&degree), "learner.degree", degree, "1 to 64")
    }

    /// Every key that is there has a meaning for the learner.
    fn check_owners(&self) -> Result<(), ConfigError> {
        use LearnerName::{
            Adaboost, DeltaRule, KernelPca, Logistic, Pca, Perceptron, PerceptronLoss, Softmax,
        };
        let because = format!("for {}", self.name);
        let online = [Perceptron, DeltaRule, PerceptronLoss].contains(&self.name);
        let regression = [Logistic, Softmax].contains(&self.name);
        let descends = regression && self.method == Some(MethodName::GradientDescent);
        let kernel = self.kernel.unwrap_or_default();
        let polynomial = kernel == KernelName::Polynomial;
        absent_unless(online, &self.epochs, "learner.epochs", &because)?;
        absent_unless(self.name == Perceptron, &self.test, "learner.test", &because)?;
        absent_unless(self.name == DeltaRule, &self.threshold, "learner.threshold", &because)?;
        absent_unless(regression, &self.ridge, "learner.ridge", &because)?;
        absent_unless(regression, &self.method, "learner.method", &because)?;
        absent_unless(regression, &self.steps, "learner.steps", &because)?;
        absent_unless(regression, &self.tolerance, "learner.tolerance", &because)?;
        absent_unless(self.name == Adaboost, &self.weak, "learner.weak", &because)?;
        absent_unless(self.name == Adaboost, &self.rounds, "learner.rounds", &because)?;
        absent_unless(
            [Pca, KernelPca].contains(&self.name),
            &self.components,
            "learner.components",
            &because,
        )?;
        absent_unless(self.name == Pca, &self.centre, "learner.centre", &because)?;
        absent_unless(self.name == KernelPca, &self.kernel, "learner.kernel", &because)?;
        let because = if regression { "for Newton's method" } else { &*because };
        absent_unless(online || descends, &self.learning_rate, "learner.learning_rate", because)?;
        let because =
            if self.name == KernelPca { format!("for kernel {kernel}") } else { because.to_owned() };
        absent_unless(kernel != KernelName::Linear, &self.gamma, "learner.gamma", &because)?;
        absent_unless(polynomial, &self.degree, "learner.degree", &because)?;
        absent_unless(polynomial, &self.offset, "learner.offset", &because)?;
        match kernel {
            KernelName::Rbf => check_present(&self.gamma, "learner.gamma", "kernel rbf needs it"),
            KernelName::Linear | KernelName::Polynomial => Ok(()),
        }
    }
}

fn absent_unless<T>(
    belongs: bool,
    value: &Option<T>,
    key: &'static str,
    because: &str,
) -> Result<(), ConfigError> {
    if belongs { Ok(()) } else { check_absent(value, key, because) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(learner: &str) -> String {
        let text = format!("data.source = 'xor'\n[learner]\n{learner}\n");
        StudyConfig::from_toml(&text).unwrap_err().to_string()
    }

    #[test]
    fn mistakes_have_their_place_or_their_key() {
        let unknown = message("name = 'perceptron'\nepoch = 3");
        assert!(
            unknown.starts_with("line 4, column 1: unknown field `epoch`, expected one of `name`"),
            "{unknown}"
        );
        assert!(message("name = 'perceptrn'").starts_with("line 3, column 8: unknown variant `perceptrn`"));
        let table = StudyConfig::from_toml("data.source = 'xor'\nlearner.name = 'pca'\n[model]").unwrap_err();
        assert!(table.to_string().starts_with("line 3, column 2: unknown field `model`"), "{table}");
        for (learner, expected) in [
            ("name = 'perceptron'\nridge = 1", "`learner.ridge` has no meaning for perceptron"),
            (
                "name = 'logistic'\nlearning_rate = 1",
                "`learner.learning_rate` has no meaning for Newton's method",
            ),
            ("name = 'pca'\ngamma = 1", "`learner.gamma` has no meaning for pca"),
            ("name = 'kernel_pca'\nkernel = 'rbf'", "`learner.gamma` is missing: kernel rbf needs it"),
            ("name = 'kernel_pca'\ngamma = 1", "`learner.gamma` has no meaning for kernel linear"),
            (
                "name = 'delta_rule'\nlearning_rate = 0",
                "`learner.learning_rate` = 0: expected a positive number",
            ),
            ("name = 'adaboost'\nrounds = 0", "`learner.rounds` = 0: expected 1 or more"),
            ("name = 'softmax'\nridge = -1", "`learner.ridge` = -1: expected 0 or a positive number"),
        ] {
            assert_eq!(message(learner), expected);
        }
    }

    #[test]
    fn a_network_is_no_study() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        let find = |text: &str| {
            std::fs::write(&path, text).unwrap();
            StudyConfig::find(&path)
        };
        assert_eq!(find("data.source = 'xor'\n[model]\nhidden = []").unwrap(), None);
        assert_eq!(find("what is this").unwrap(), None);
        let found = find("data = { source = 'csv', path = 'b.csv' }\nlearner.name = 'pca'").unwrap().unwrap();
        assert_eq!(found.data.path, Some(folder.path().join("b.csv")));
        let text = toml::to_string(&found).unwrap();
        assert_eq!(StudyConfig::from_toml(&text).unwrap(), found);
    }
}
