//! The listings of every file, by top-level key.

use super::Source;
use super::node::{Context, Node};
use super::place::Place;
use crate::diagnostic::Diagnostic;
use crate::model::{Files, Listing, Origin, Why};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Keys whose elements are documents of their own, as collectors wrap them.
const WRAPPERS: [&str; 8] = [
    "LoadBalancerListeners",
    "LoadBalancerTargetHealth",
    "LoadBalancerAttributes",
    "TargetGroupAttributes",
    "VpcAttributes",
    "HostedZoneRecords",
    "TransitGatewayStaticRoutes",
    "TransitGatewayPropagations",
];

/// What a broken file may weigh and still be quoted.
const QUOTED: usize = 1 << 20;

/// A parsed file.
pub(super) struct Document {
    place: Place,
    value: Value,
}

/// Parses every file; what is no JSON is reported.
pub(super) fn parse(sources: &[Source], files: &mut Files, context: &Context) -> Vec<Document> {
    let mut out = Vec::new();
    for source in sources {
        let text = source.text.trim_start_matches('\u{feff}');
        match serde_json::from_str::<Value>(text) {
            Ok(value) => out.push(Document {
                place: Place::new(files.add(&source.path, ""), &source.path),
                value,
            }),
            Err(error) => {
                let start = text
                    .split_inclusive('\n')
                    .take(error.line().saturating_sub(1))
                    .map(str::len)
                    .sum::<usize>()
                    + error.column().saturating_sub(1);
                let quoted = text.len() <= QUOTED;
                let file = files.add(&source.path, if quoted { text } else { "" });
                let origin = if quoted && text.is_char_boundary(start) {
                    let start = u32::try_from(start).unwrap_or(0);
                    Origin::Text {
                        file,
                        start,
                        end: start.saturating_add(1),
                    }
                } else {
                    Origin::Json {
                        file,
                        pointer: String::new(),
                    }
                };
                let (message, help) = match text.trim().is_empty() {
                    true => (
                        format!("`{}` is empty", source.path),
                        "a command that fails writes nothing: was there an error?",
                    ),
                    false => (
                        format!("`{}` is not JSON: {error}", source.path),
                        "save what `aws … --output json` writes to standard output, and nothing else",
                    ),
                };
                let found = Diagnostic::error("bad-json", "", &origin, message);
                context.say(found.help(help));
            }
        }
    }
    out
}

/// One answer: what it lists, the document it stands in and the value of its key.
#[derive(Clone)]
pub(super) struct Page<'a> {
    key: &'a str,
    pub(super) root: Node<'a>,
    pub(super) list: Node<'a>,
}

impl Page<'_> {
    /// Whether the answer says that it goes on elsewhere
    /// (`/cli/latest/userguide/cli-usage-pagination.html`).
    pub(super) fn goes_on(&self) -> bool {
        let more = ["NextToken", "NextMarker", "nextToken"];
        let truncated = self.root.value.get("IsTruncated").and_then(Value::as_bool);
        self.list.value.is_array()
            && (truncated == Some(true) || more.iter().any(|key| self.root.text(key).is_some()))
    }
}

/// Every answer of every file.
pub(super) struct Dump<'a> {
    pub(super) context: &'a Context,
    pages: BTreeMap<&'a str, Vec<Page<'a>>>,
    regions: Vec<&'a str>,
    /// The keys that some topic has read.
    asked: RefCell<BTreeSet<String>>,
}

impl<'a> Dump<'a> {
    pub(super) fn new(documents: &'a [Document], context: &'a Context) -> Self {
        let mut dump = Dump {
            context,
            pages: BTreeMap::new(),
            regions: Vec::new(),
            asked: RefCell::default(),
        };
        for document in documents {
            dump.regions.extend(document.place.region.as_deref());
            let root = Node {
                value: &document.value,
                place: &document.place,
                context,
                pointer: String::new(),
            };
            if root.value.is_array() {
                for node in root.elements() {
                    dump.collect(&node);
                }
            } else {
                dump.collect(&root);
            }
        }
        dump
    }

    fn collect(&mut self, root: &Node<'a>) {
        let Some(object) = root.value.as_object() else {
            root.wrong_self("an object with listings is expected here".to_owned());
            return;
        };
        for key in object.keys() {
            let Some(list) = root.child(key) else {
                continue;
            };
            let key = match key.as_str() {
                "Routes" if of_client_vpn(root, &list) => "ClientVpnRoutes",
                key => key,
            };
            if WRAPPERS.contains(&key) {
                self.pages.entry(key).or_default();
                for node in list.elements() {
                    self.collect(&node);
                }
            } else {
                let root = root.clone();
                self.pages
                    .entry(key)
                    .or_default()
                    .push(Page { key, root, list });
            }
        }
    }

    /// The answers under a key.
    pub(super) fn pages(&self, key: &str) -> &[Page<'a>] {
        let Some((key, pages)) = self.pages.get_key_value(key) else {
            return &[];
        };
        if !self.asked.borrow().contains(*key) {
            self.asked.borrow_mut().insert((*key).to_owned());
        }
        pages
    }

    /// The rows of another key of an answer, which is then no listing of its own.
    pub(super) fn beside(&self, page: &Page<'a>, key: &str) -> Vec<Node<'a>> {
        let _ = self.pages(key);
        page.root.items(key)
    }

    /// Listings that no topic has read, with how many things they list.
    pub(super) fn unread(&self) -> Vec<(&'a str, usize)> {
        let asked = self.asked.borrow();
        let rows = |pages: &[Page<'a>]| {
            let lists = pages.iter().filter_map(|p| p.list.value.as_array());
            let objects = lists.flatten().filter(|row| row.is_object());
            objects.count()
        };
        let unread = self
            .pages
            .iter()
            .filter(|(key, _)| !asked.contains::<str>(key));
        unread.map(|(key, pages)| (*key, rows(pages))).collect()
    }

    /// The last answer of every listing that says it goes on and does not, here: whoever collects
    /// page by page may have lost some.
    pub(super) fn cut_off(&self) -> Vec<&Page<'a>> {
        let pages = self.pages.values().flatten();
        let cut = pages.filter(|page| page.goes_on());
        cut.filter(|page| !self.ends(page)).collect()
    }

    /// Whether the listing that a page is of has a last page.
    fn ends(&self, page: &Page<'a>) -> bool {
        let of = |p: &Page<'a>| {
            let place = p.root.place;
            (place.account.as_deref(), place.region.as_deref())
        };
        let pages = self.pages.get(page.key).into_iter().flatten();
        let own = of(page);
        pages.filter(|p| of(p) == own).any(|p| !p.goes_on())
    }

    /// Whether some file has the key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.pages.contains_key(key)
    }

    /// Whether the provider's side of an endpoint service is here.
    pub(super) fn has_service(&self, id: &str) -> bool {
        let services = self.all("ServiceConfigurations");
        services.iter().any(|s| s.is("ServiceId", &[id]))
    }

    /// Whether some file has a listing, to its end.
    pub(super) fn lists(&self, listing: Listing) -> bool {
        let pages = |key: &&str| self.pages.get(*key);
        let keys = listing.keys().iter();
        keys.filter_map(pages)
            .any(|pages| pages.is_empty() || pages.iter().all(|p| self.ends(p)))
    }

    /// Whether some file has a listing for an account and Region.
    pub(super) fn lists_for(&self, listing: Listing, account: &str, region: &str) -> bool {
        let same = |said: &Option<String>, own: &str| {
            own.is_empty() || said.as_deref().is_none_or(|s| s == own)
        };
        let keys = listing.keys().iter();
        let pages = keys.filter_map(|key| self.pages.get(*key)).flatten();
        let whole = pages.filter(|p| self.ends(p));
        whole.map(|p| p.root.place).any(|p| {
            let everywhere = listing == Listing::HostedZones;
            same(&p.account, account) && (everywhere || same(&p.region, region))
        })
    }

    /// Whether a listing that answers about one thing has answered about this: a row names it, or it
    /// is said beside the list or in the file's name.
    pub(super) fn tells(&self, listing: Listing, about: &str) -> bool {
        let keys = listing.keys().iter();
        let pages = keys.flat_map(|key| self.pages(key));
        pages.filter(|p| self.ends(p)).any(|p| {
            let object = p.root.value.as_object();
            let beside = object.into_iter().flat_map(|o| o.values());
            let list = p.list.value.as_array();
            let rows = list.into_iter().flatten();
            let within = rows.filter_map(Value::as_object).flat_map(|o| o.values());
            let mut words = beside.chain(within).flat_map(words);
            p.root.place.carries(about) || words.any(|word| word == about)
        })
    }

    /// Why something is not in the draft.
    pub(super) fn why(&self, listing: Listing) -> Why {
        if self.lists(listing) {
            Why::NotAmong(listing)
        } else {
            Why::NotListed(listing)
        }
    }

    /// A region that some folder names.
    pub(super) fn any_region(&self) -> Option<String> {
        self.regions.first().map(|r| (*r).to_owned())
    }

    /// Every row of a listing.
    pub(super) fn all(&self, key: &str) -> Vec<Node<'a>> {
        let pages = self.pages(key).iter();
        pages.flat_map(|p| p.list.elements()).collect()
    }

    /// Every row of a listing with its id; a row that is there twice is given once.
    pub(super) fn rows(&self, key: &str, id: &str) -> Vec<(&'a str, Node<'a>)> {
        self.rows_of(key, id, |_| true)
    }

    /// Those of them whose id is one that is wanted.
    pub(super) fn rows_of(
        &self,
        key: &str,
        id: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Vec<(&'a str, Node<'a>)> {
        let mut seen: HashMap<&str, &Value> = HashMap::new();
        let mut out = Vec::new();
        for page in self.pages(key) {
            for row in page.list.elements() {
                let Some(name) = row.need(id).filter(|name| wanted(name)) else {
                    continue;
                };
                match seen.get(name) {
                    None => {
                        seen.insert(name, row.value);
                        out.push((name, row));
                    }
                    Some(first) if *first != row.value => {
                        let message = format!("`{name}` is listed twice, and differently");
                        self.context.say(
                            Diagnostic::warning("listed-twice", name, &row.origin(), message)
                                .help("the first is used"),
                        );
                    }
                    Some(_) => {}
                }
            }
        }
        out
    }
}

/// A text, or those of an object.
fn words(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Object(object) => object.values().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether `Routes` are those of a Client VPN endpoint, and not of a transit gateway's table.
fn of_client_vpn(root: &Node<'_>, list: &Node<'_>) -> bool {
    let key = "ClientVpnEndpointId";
    let rows = list.value.as_array();
    let mut rows = rows.into_iter().flatten();
    let beside = root.has(key) || root.place.word("cvpn-endpoint-").is_some();
    beside || rows.any(|row| row.get(key).is_some())
}
