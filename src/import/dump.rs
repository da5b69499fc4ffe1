//! The listings of every file, by top-level key.

use super::Given;
use super::bulk::{Bulk, KEY};
use super::json::{Json, Object};
use super::node::{Context, Node};
use super::place::Place;
use super::pointer::{Pointer, Step};
use crate::diagnostic::Diagnostic;
use crate::model::{Files, Listing, Origin, Why};
use smol_str::format_smolstr;
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
pub(super) struct Document<'t> {
    place: Place,
    value: Json<'t>,
    /// Where its rows are, if it does not hold them.
    bulk: Option<&'t Bulk>,
}

/// Parses every file; what is no JSON is reported.
pub(super) fn parse<'t>(
    given: impl IntoIterator<Item = Given<'t>>,
    files: &mut Files,
    context: &Context,
) -> Vec<Document<'t>> {
    let mut out = Vec::new();
    for given in given {
        let source = match given {
            Given::Text(source) => source,
            Given::Rows(bulk) => {
                out.push(Document {
                    place: Place::new(files.add(&bulk.path, ""), &bulk.path),
                    value: Json::Object(Object::of(KEY, Json::List(Vec::new()))),
                    bulk: Some(bulk),
                });
                continue;
            }
        };
        let text = source.text.trim_start_matches('\u{feff}');
        match serde_json::from_str::<Json<'t>>(text) {
            Ok(value) => out.push(Document {
                place: Place::new(files.add(&source.path, ""), &source.path),
                value,
                bulk: None,
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
                        pointer: "".into(),
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
    /// Where the rows are, if the list does not hold them.
    pub(super) bulk: Option<&'a Bulk>,
}

impl Page<'_> {
    /// A row that the list does not hold.
    pub(super) fn row<'r>(&'r self, place: u32, value: &'r Json<'r>) -> Node<'r> {
        Node {
            value,
            place: self.list.place,
            context: self.list.context,
            pointer: Pointer::default().to(Step::Key(KEY)).to(Step::At(place)),
        }
    }

    /// Where such a row stands.
    pub(super) fn origin(&self, place: u32) -> Origin {
        Origin::Json {
            file: self.list.place.file,
            pointer: format_smolstr!("/{KEY}/{place}"),
        }
    }

    /// Whether the answer says that it goes on elsewhere
    /// (`/cli/latest/userguide/cli-usage-pagination.html`).
    pub(super) fn goes_on(&self) -> bool {
        let more = ["NextToken", "NextMarker", "nextToken"];
        let truncated = self.root.value.get("IsTruncated");
        self.list.value.list().is_some()
            && (matches!(truncated, Some(Json::Flag(true)))
                || more.iter().any(|key| self.root.text(key).is_some()))
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
    pub(super) fn new(documents: &'a [Document<'a>], context: &'a Context) -> Self {
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
                pointer: Pointer::default(),
            };
            if root.value.list().is_some() {
                for node in root.elements() {
                    dump.collect(&node, None);
                }
            } else {
                dump.collect(&root, document.bulk);
            }
        }
        dump
    }

    fn collect(&mut self, root: &Node<'a>, bulk: Option<&'a Bulk>) {
        let Some(object) = root.value.object() else {
            root.wrong_self("an object with listings is expected here".to_owned());
            return;
        };
        for (key, _) in object.iter() {
            let Some(list) = root.child(key) else {
                continue;
            };
            let key = match key {
                "Routes" if of_client_vpn(root, &list) => "ClientVpnRoutes",
                key => key,
            };
            if WRAPPERS.contains(&key) {
                self.pages.entry(key).or_default();
                for node in list.elements() {
                    self.collect(&node, None);
                }
            } else {
                let root = root.clone();
                self.pages.entry(key).or_default().push(Page {
                    key,
                    root,
                    list,
                    bulk,
                });
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
            let lists = pages.iter().filter_map(|p| p.list.value.list());
            let objects = lists.flatten().filter(|row| row.object().is_some());
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
            let object = p.root.value.object();
            let beside = object.into_iter().flat_map(|o| o.iter());
            let list = p.list.value.list();
            let rows = list.into_iter().flatten();
            let within = rows.filter_map(Json::object).flat_map(|o| o.iter());
            let mut words = beside.chain(within).flat_map(|(_, value)| words(value));
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
        let mut seen: HashMap<&str, &Json<'_>> = HashMap::new();
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
                    Some(first) if *first != row.value => listed_twice(name, &row),
                    Some(_) => {}
                }
            }
        }
        out
    }
}

/// Reports a row whose id another has, that says something else.
pub(super) fn listed_twice(name: &str, row: &Node<'_>) {
    let message = format!("`{name}` is listed twice, and differently");
    let found = Diagnostic::warning("listed-twice", name, &row.origin(), message);
    row.context.say(found.help("the first is used"));
}

/// A text, or those of an object.
fn words<'a>(value: &'a Json<'_>) -> Vec<&'a str> {
    match value {
        Json::Text(text) => vec![text.as_str()],
        Json::Object(object) => object.iter().filter_map(|(_, v)| v.text()).collect(),
        _ => Vec::new(),
    }
}

/// Whether `Routes` are those of a Client VPN endpoint, and not of a transit gateway's table.
fn of_client_vpn(root: &Node<'_>, list: &Node<'_>) -> bool {
    let key = "ClientVpnEndpointId";
    let rows = list.value.list();
    let mut rows = rows.into_iter().flatten();
    let beside = root.has(key) || root.place.word("cvpn-endpoint-").is_some();
    beside || rows.any(|row| row.get(key).is_some())
}
