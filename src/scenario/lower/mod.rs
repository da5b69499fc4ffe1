//! From the checked tree to a [`Draft`], by topic.
//!
//! Names stay words ([`Ref::named`]) except where AWS's kinds of thing must be told apart to choose
//! a variant: targets of routes, peers of rules, aliases, services.

mod account;
mod address;
mod balancer;
mod client_vpn;
mod dns;
mod endpoint;
mod expect;
mod filter;
mod interface;
mod join;
mod nat;
mod policy;
mod property;
mod resolver;
mod route;
mod switch;
mod target;
mod target_group;
mod transit;
mod vpc;

pub(super) use expect::expectations;
pub(super) use filter::{KNOWN_LISTS, everything, open_acl};
pub use property::selector;
pub(super) use property::{properties, property};
pub(super) use vpc::ACCOUNT;

use super::over;
use super::tree::{Node, Span};
use super::values::{self, Wrong};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Api, Down, Draft, Family, InternetHost, Os, PrefixList, Ref, ipv6_list, is_region, list_family,
};
use ipnet::IpNet;

/// A lowering under way: collects nouns and everything that is wrong.
struct Lower<'a> {
    root: &'a Node,
    draft: Draft,
    /// Whose it is, where a noun does not say.
    account: String,
    out: &'a mut Vec<Diagnostic>,
}

/// The VPC whose inside is being read.
#[derive(Clone, Copy)]
struct Inside<'a> {
    name: &'a str,
    node: &'a Node,
    region: &'a str,
    account: &'a str,
}

impl Inside<'_> {
    /// The name of something in this VPC, as every noun outside says it.
    fn full(&self, text: &str) -> String {
        if text.contains('/') {
            text.to_owned()
        } else {
            [self.name, "/", text].concat()
        }
    }

    /// A reference from inside this VPC.
    fn reference<T>(&self, text: &str, span: Span) -> Ref<T> {
        Ref::named(self.full(text), &span.origin())
    }

    /// The name within this VPC, if it is of this VPC.
    fn own<'t>(&self, text: &'t str) -> Option<&'t str> {
        match text.split_once('/') {
            None => Some(text),
            Some((vpc, name)) => (vpc == self.name).then_some(name),
        }
    }
}

/// Lowers the network of a tree that has been checked against the table of keys, onto the import
/// that it stands over.
pub(super) fn lower(root: &Node, import: Option<Draft>, out: &mut Vec<Diagnostic>) -> Draft {
    let own = over::own(root);
    let root = own.as_ref().unwrap_or(root);
    let stated = root.text_of("account").map(str::to_owned);
    let account = stated.or_else(|| over::account(root, import.as_ref()?, out));
    let import = import.unwrap_or_default();
    let stated = root.text_of("region").map(str::to_owned);
    let mut lower = Lower {
        root,
        draft: Draft {
            region: stated.unwrap_or_else(|| import.region.clone()),
            assume: root
                .under("assume")
                .iter()
                .filter_map(|(k, v)| v.text().map(|t| (k.text.clone(), t.to_owned())))
                .collect(),
            ..import
        },
        account: account.unwrap_or_else(|| vpc::ACCOUNT.to_owned()),
        out,
    };
    lower.switches();
    lower.accounts();
    lower.aws();
    lower.internet();
    lower.prefix_lists();
    lower.join();
    lower.transit_gateways();
    lower.down();
    for (name, node) in root.under("vpcs") {
        lower.vpc(&name.text, name.span, node);
    }
    lower.endpoint_services();
    lower.hosted_zones();
    lower.public_records();
    lower.policies();
    lower.resolver_rules();
    lower.profiles();
    lower.draft
}

impl Lower<'_> {
    /// The value, or its diagnostic.
    fn take<T>(&mut self, value: Result<T, Wrong>, at: &str, span: Span) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err((code, message)) => {
                self.out
                    .push(Diagnostic::error(code, at, &span.origin(), message));
                None
            }
        }
    }

    /// The values of a list of scalars, without those that are wrong.
    fn list<T>(
        &mut self,
        node: &Node,
        key: &str,
        at: &str,
        read: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Vec<T> {
        let list = node.get(key);
        list.map_or_else(Vec::new, |list| self.each_text(list, at, read))
    }

    /// The same, of the list itself.
    fn each_text<T>(
        &mut self,
        list: &Node,
        at: &str,
        read: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Vec<T> {
        list.texts()
            .into_iter()
            .filter_map(|(text, span)| self.take(read(text), at, span))
            .collect()
    }

    /// The value of a scalar, if it is there and right.
    fn one<T>(
        &mut self,
        node: &Node,
        key: &str,
        at: &str,
        read: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        let value = node.get(key)?;
        self.take(read(value.text()?), at, value.span)
    }

    fn aws(&mut self) {
        let region = self.draft.region.clone();
        let root = self.root;
        let lists = root.path(&["aws", "prefix_lists"]);
        for (key, value) in lists.map(Node::pairs).unwrap_or_default() {
            let (region, service) = key
                .text
                .split_once('/')
                .unwrap_or((region.as_str(), &key.text));
            if !is_region(region) && key.text.contains('/') {
                let found = super::check::no_region(region, &key.text, &key.span.origin());
                self.out.push(found);
            }
            let name = (region.to_owned(), service.to_owned());
            let read = |text: &str| match list_family(service) {
                Family::Ipv6 => values::block6(text).map(IpNet::V6),
                Family::Ipv4 => values::block(text),
            };
            let blocks = self.each_text(value, &key.text, read);
            self.aws_list_given(name, blocks);
        }
        let addresses = root.path(&["aws", "addresses"]);
        for (key, value) in addresses.map(Node::pairs).unwrap_or_default() {
            let ips = self.each_text(value, &key.text, values::address);
            self.draft
                .aws_addresses
                .push((values::domain(&key.text), ips));
        }
        for (key, value) in root.under("apis") {
            self.draft.apis.push(Api {
                id: key.text.to_ascii_lowercase(),
                private: value.flag("private", false),
                origin: key.span.origin(),
            });
        }
    }

    /// AWS has a list for each family: `s3`, and for IPv6 `ipv6.s3`
    /// (`/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html`). Blocks of both may
    /// stand under the service's name.
    fn aws_list_given(&mut self, (region, service): (String, String), blocks: Vec<IpNet>) {
        let second = ipv6_list(&service);
        let (own, far): (Vec<IpNet>, Vec<IpNet>) = blocks
            .into_iter()
            .partition(|b| Family::of_net(*b) == list_family(&service));
        for (service, blocks) in [(service, own), (second, far)] {
            let name = (region.clone(), service);
            let mut known = self.draft.aws_lists.iter_mut();
            match known.find(|(n, _)| *n == name) {
                Some((_, known)) => known.extend(blocks),
                None if blocks.is_empty() => {}
                None => self.draft.aws_lists.push((name, blocks)),
            }
        }
    }

    fn internet(&mut self) {
        let hosts = self.root.path(&["internet", "hosts"]);
        for (key, node) in hosts.map(Node::pairs).unwrap_or_default() {
            let ip = self.one(node, "ip", &key.text, values::address4);
            let ipv6 = self.one(node, "ipv6", &key.text, values::address6);
            if node.get("ip").is_none() && node.get("ipv6").is_none() {
                let message = "a host of the internet has an address: `ip`, `ipv6` or both";
                let origin = key.span.origin();
                let found = Diagnostic::error("missing-key", &key.text, &origin, message);
                self.out.push(found.help("for example `ip: 198.51.100.7`"));
            }
            self.draft.internet_hosts.push(InternetHost {
                name: key.text.clone(),
                ip,
                ipv6,
                records: node
                    .texts_of("records")
                    .into_iter()
                    .map(|(t, _)| values::domain(t))
                    .collect(),
                os: os(node, Os::Any),
                origin: key.span.origin(),
            });
        }
    }

    /// What is down: zones by their ids, or their names in the scenario's own account; components.
    fn down(&mut self) {
        let down = self.root.get("down");
        for (text, span) in down.map(|d| d.texts_of("zones")).unwrap_or_default() {
            if over::is_over(self.root) && !text.contains("-az") {
                let message = format!("`{text}` is no zone id");
                self.out.push(
                    Diagnostic::error("bad-zone", "down", &span.origin(), message)
                        .help("over an import a zone is called by its id, such as `use1-az1`"),
                );
                continue;
            }
            let zone = self.zone_outside(text);
            self.draft.down_zones.push((zone, span.origin()));
        }
        let components = down.map(|d| d.texts_of("components"));
        for (text, span) in components.unwrap_or_default() {
            self.draft.down.push(Down {
                name: text.to_owned(),
                part: None,
                origin: span.origin(),
            });
        }
    }

    /// A zone by its id, or by its name in the scenario's own account.
    fn zone_outside(&self, text: &str) -> String {
        let stated = ["accounts", &self.account, "zones", text];
        let stated = self.root.path(&stated);
        let stated = stated.and_then(Node::text).unwrap_or(text);
        let zone = values::zone(stated, &self.draft.region);
        zone.unwrap_or_else(|| text.to_owned())
    }

    fn prefix_lists(&mut self) {
        for (key, node) in self.root.under("prefix_lists") {
            let entries = self.list(node, "entries", &key.text, values::block);
            let stated = node.text_of("max_entries").and_then(|t| t.parse().ok());
            self.draft.prefix_lists.push(PrefixList {
                name: key.text.clone(),
                id: id(node),
                max_entries: stated.unwrap_or(entries.len()),
                region: node
                    .text_of("region")
                    .unwrap_or(&self.draft.region)
                    .to_owned(),
                account: node.text_of("account").unwrap_or(&self.account).to_owned(),
                entries,
                origin: key.span.origin(),
            });
        }
    }
}

/// The AWS id, where one is stated.
fn id(node: &Node) -> Option<String> {
    node.text_of("id").map(str::to_owned)
}

/// The system that decides the client ports.
fn os(node: &Node, default: Os) -> Os {
    match node.text_of("os") {
        Some("linux") => Os::Linux,
        Some("windows") => Os::Windows,
        Some("any") => Os::Any,
        Some(_) | None => default,
    }
}
