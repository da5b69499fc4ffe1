//! Scenario files: YAML to [`Draft`](crate::model::Draft).
