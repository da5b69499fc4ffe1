//! What `probe` found as JUnit XML: one test case a target.

use super::{block, decides, undecided, words};
use crate::probe::{Attempt, Health, Probed};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::time::Duration;

/// What was found, for test runners. What nobody can say is skipped, with the reason.
#[must_use]
pub fn junit(probed: &[Probed]) -> String {
    let mut suite = TestSuite::new("probe");
    for one in probed {
        let mut case = TestCase::new(one.observation.target.as_str(), status(one));
        case.set_classname("probe");
        case.set_time(took(one));
        suite.add_test_case(case);
    }
    let mut report = Report::new("reachability probe");
    report.add_test_suite(suite);
    report.to_string().unwrap_or_default()
}

fn status(probed: &Probed) -> TestCaseStatus {
    let mut status = match probed.health() {
        Health::Well => return TestCaseStatus::success(),
        Health::Amiss => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Health::NotPermitted | Health::Open => TestCaseStatus::skipped(),
    };
    let (code, says) = reason(probed);
    status.set_type(code);
    status.set_message(says);
    status.set_description(block::block(probed));
    status
}

/// The code and the sentence that decide; where there is none, the headline's words.
fn reason(probed: &Probed) -> (String, String) {
    let words = words(probed).to_ascii_lowercase();
    let beside = probed.comparison.as_ref();
    if let Some(why) = beside.and_then(undecided) {
        return ("undecided".to_owned(), format!("{words}: {why}"));
    }
    match decides(probed) {
        Some(finding) => (finding.code.to_string(), finding.says.clone()),
        None => (words.replace(' ', "-"), words),
    }
}

/// Targets are probed side by side: what one took is its names, then its slowest address.
fn took(probed: &Probed) -> Duration {
    let seen = &probed.observation;
    let names: u64 = seen.lookups.iter().map(|l| l.took).sum();
    let spoken = |a: &Attempt| a.took + a.tls.as_ref().map_or(0, |t| t.took);
    let slowest = seen.attempts.iter().map(spoken).max();
    Duration::from_micros(names.saturating_add(slowest.unwrap_or(0)))
}
