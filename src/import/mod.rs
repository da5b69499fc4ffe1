//! `describe-*` JSON to [`Draft`](crate::model::Draft).
