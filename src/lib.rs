//! `reachability`: does traffic reach S3, DynamoDB or a partner's service, over which path,
//! privately or over the internet, and if not, why not?
//!
//! # Bird's eye view
//!
//! ```text
//! text ─scenario/ import/─► Draft ─model::build─► Network ─aws::compile─► Fabric ─engine─► Walk ─answer─► Answer ─report─► cli
//! ```
//!
//! AWS is compiled into stages of first-match tables; one walker, generic over what travels, walks
//! them. Every decision is a row, and every row knows the text it came from.

pub mod answer;
pub mod aws;
pub mod cli;
pub mod code;
pub mod diagnostic;
pub mod engine;
pub mod expect;
pub mod fabric;
pub mod import;
pub mod model;
pub mod report;
pub mod scenario;
