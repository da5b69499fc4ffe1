//! `reachability`: does traffic reach S3, DynamoDB or a partner's service, over which path,
//! privately or over the internet, and if not, why not?
//!
//! # Bird's eye view
//!
//! ```text
//! text ─scenario/ import/─► Draft ─model::build─► Network ─aws::compile─► Fabric ─engine::walk─► Walk ─answer─► Answer ─report─► cli
//!                           nouns, names          nouns, ids,             nodes, stages,         every path     verdict          text,
//!                           not looked up         checked                 tables of rows         and its rows   and reasons      JSON
//! ```
//!
//! AWS is compiled into *stages of first-match tables*; one walker, generic over what travels, walks
//! them, out and back. Every decision is a row, and every row knows the text it came from. So there
//! is one reading of AWS, and nothing to explain that was not decided.
//!
//! # Code map
//!
//! | module | holds | start at |
//! |---|---|---|
//! | [`code`] | the stable reasons, and what each means | the list itself |
//! | [`diagnostic`] | one shape for what is wrong with an input | [`diagnostic::Diagnostic`] |
//! | [`model`] | AWS's nouns; `build`, the only way to a [`model::Network`], with every check | `model/vpc.rs` |
//! | [`scenario`] | YAML (or JSON) for people: keys, spans, `base`, `cases`; and back to text | `scenario/keys/` |
//! | [`import`] | `aws … describe-*` JSON; what it lacks stays *unseen*, never absent | `import/mod.rs` |
//! | [`snapshot`] | a network with what it compiles to, as bytes that are soon read back | [`snapshot::Snapshot`] |
//! | [`kept`] | lists whose elements are made when somebody asks, once they are read back | [`kept::Kept`] |
//! | `repeated` | whether any of many keys is there twice | |
//! | [`fixed`] | long lists of numbers, as a snapshot has them | [`fixed::Fixed`] |
//! | [`word`] | what the program says itself, as a snapshot has it | [`word::Word`] |
//! | [`fabric`] | nodes, stages, tables, rows; the three kinds of traffic | `fabric/mod.rs` |
//! | [`engine`] | the walker | `engine/walk.rs` |
//! | [`aws`] | what AWS does: each noun into rows, the order of stages, DNS | `aws/stages.rs` |
//! | [`answer`] | a question into walks; alternatives folded into a verdict | `answer/fold.rs` |
//! | [`analysis`] | lints of a whole network, one file a rule; what a path costs; all who send, and where to; the smallest edits that mend a flow | `analysis/mod.rs` |
//! | [`edit`] | what a person would change: typed edits, applied, and said for the CLI and Terraform | `edit/mod.rs` |
//! | `arbitrary` | networks, flows, edits and failures for `proptest`; the feature of that name | `arbitrary/mod.rs` |
//! | [`expect`] | what somebody expects of an answer | [`expect::Checks`] |
//! | [`property`] | what must hold of every flow between some and others | [`property::Who`] |
//! | [`probe`] | what a host sees of the network, and whether a prediction allows it; `probe::socket` sends | `probe/observation.rs` |
//! | [`report`] | answers, and what a probe found, as text, JSON and JUnit | `report/text.rs` |
//! | [`cli`] | the commands; the only place that reads files and prints | `cli.rs` |
//!
//! Where is …? How a load balancer picks targets: `aws/balance/targets.rs`, its listeners
//! `aws/balance.rs`. What a NAT gateway translates: `aws/gateway.rs`, a regional one
//! `aws/regional_nat.rs`. What an appliance passes on: `aws/appliance.rs`. Who has which public
//! address: `aws/internet.rs`. What PrivateLink carries between Regions: `aws/across_regions.rs`.
//! Which route wins: `aws/route.rs`, where it leads: `aws/route/target.rs`, which lost to it:
//! `aws/route/beaten.rs`. Group references: `aws/filter.rs`. What a transit gateway does: `aws/transit.rs`, its tables `aws/transit/table.rs`,
//! its appliance mode `aws/transit/appliance_mode.rs`, whose groups it carries
//! `aws/transit/references.rs`. Block Public Access: `aws/public_access.rs`. Who sees which name:
//! `aws/names/`. What a destination's words dial: `answer/dial.rs`; what is said of
//! words that dial nothing: `answer/unmeant.rs`. Who may ask a service for what:
//! `aws/policy.rs`. What a task needs: `aws/bundles.rs`. What may fail, one thing at a time:
//! `analysis/failures.rs`. Rows of both families: `fabric/row.rs`.
//! Who may send, and what a selector means: `analysis/senders.rs`. Every source × every service:
//! `analysis/matrix.rs`. What an edit changes: `analysis/diff/mod.rs`. Which families an answer has:
//! `answer/families.rs`. Which states cannot be: `model/build/`. Where a name without a Region leads:
//! `model/global_name.rs`. A key
//! of the scenario file: `scenario/keys/`, then `scenario/lower/` to read it and `scenario/print/` to
//! write it. What a scenario over an import may say: `scenario/over.rs`, whose files `cli/beside.rs`
//! reads. How a step is told: `answer/wording.rs`. What a probe saw amounts to: `probe/judge.rs`; whose
//! an address is: `probe/known.rs`; how a predicted failure shows at a host:
//! `probe/compare/shows.rs`; what is sent, and when: `probe/socket/reach.rs`;
//! who is asked for a name: `probe/socket/resolve.rs`. Which interfaces nothing tells apart:
//! `analysis/classes.rs`; which nothing tells apart that one looks at: `analysis/classes/looked.rs`, and
//! what an answer looked at: `answer/footprint.rs`. Which of them reaches which, at which ports: `analysis/pairs.rs`.
//! Of many senders, whom a proof follows: `analysis/prove/crowd.rs`.
//! Whose flows an edit cannot touch: `analysis/diff/touched.rs`.
//! What an edit changes of all that: `analysis/session.rs`, and of whom filters let through
//! `analysis/pairs/rewritten.rs`, which rows that makes others `analysis/pairs/changed.rs`, what those
//! are made of then `analysis/pairs/factors.rs`, which classes it tells apart `analysis/pairs/split.rs`;
//! how a group's tables are written anew, and taken back: `analysis/edited.rs`, `aws/regroup.rs`.
//! Why AWS's own codes that no answer has cannot arise: `code/elsewhere.rs`.
//! Which edits could mend a code: `analysis/fix/propose/`. What counts as a
//! hop's answer: `probe/socket/traceroute/packet.rs`. What `probe --serve` answers:
//! `probe/socket/serve/words.rs`.
//!
//! # Life of a flow
//!
//! 1. `answer::dial` reads the destination: a name to resolve, a port, and the *arrival nodes* that
//!    count as having got there.
//! 2. `answer::names` asks whom the source asks: a VPC's resolver, a name server of the user's own,
//!    the public DNS (`aws::names`). A query that travels to a server is a flow of its own, walked as
//!    any other. Each address of the answer is a way of its own.
//! 3. [`engine::walk`] starts at the source's node. A node runs the stages of its *shape*: filters
//!    pass or drop, routes lead over a *link* to an *entry* of another node, translations change
//!    headers and remember. A choice visits every alternative; nothing is picked.
//! 4. Where the traffic arrives the reply starts, by the tables of that side. A stateful filter or
//!    a translation knows it by what it remembers; everything else judges it anew. It is home when
//!    the asking node receives the mirror of what it sent.
//! 5. `answer::evidence` reads each path: links crossed say how exposed it was, the last row says
//!    what stopped it. `answer::fold` makes one verdict of all alternatives; if something stopped
//!    it, the walk is pressed on to find what else would. Paths stay numbers of rows and nodes until
//!    somebody reads them: `answer::wording` puts them into words.
//! 6. What was delivered to an AWS service is a request: `answer::gate` puts it to the policies on
//!    the way ([`aws::policy`]), which may still refuse it.
//!
//! # Rules that hold everywhere
//!
//! - *Unknown is an answer.* What an input does not show is a `MAYBE` row or an opaque node: it
//!   makes `unknown` the flows it could change, and no others.
//! - *An address knows its family.* IPv4 is written as IPv6 embeds it; a table has rows of each
//!   family, and traffic looks at those of its own. A packet that changes family is a rewrite.
//! - *An address is not an identity.* Traffic carries a mark, set at its source, cleared by what
//!   hides it; group references look at marks.
//! - *A wider walk contains every narrower walk*: [`fabric::Packet`] ⊂ [`fabric::Flow`] ⊂
//!   [`fabric::PacketSet`], step for step (`tests/laws.rs`).
//! - *Layers know only what is below them*, and `engine` and `fabric` know no word of AWS
//!   (`tests/layering.rs`).
//! - *No I/O outside [`cli`] and [`probe::socket`]*, no panic on input, the same bytes for the same input.

pub mod analysis;
pub mod answer;
#[cfg(feature = "arbitrary")]
pub mod arbitrary;
pub mod aws;
pub mod cli;
pub mod code;
pub mod diagnostic;
pub mod edit;
pub mod engine;
pub mod expect;
pub mod fabric;
pub mod fixed;
pub mod import;
pub mod kept;
pub mod model;
pub mod probe;
pub mod property;
mod repeated;
pub mod report;
pub mod scenario;
pub mod snapshot;
pub mod word;
