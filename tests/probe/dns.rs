//! Name servers that answer as they are told, and count what they are asked.

use hickory_proto::op::{Metadata, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use hickory_server::net::runtime::Time;
use hickory_server::net::xfer::Protocol;
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo, Server};
use hickory_server::zone_handler::MessageResponseBuilder;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, UdpSocket};

/// What a server says of a name.
#[derive(Clone, Debug)]
pub enum Says {
    /// Aliases, and the addresses of the last of them.
    Addresses(Vec<String>, Vec<IpAddr>),
    NoData,
    Code(ResponseCode),
    Nothing,
}

/// What a server knows; of other names it says NXDOMAIN.
#[derive(Clone, Debug, Default)]
pub struct Zone(BTreeMap<String, Says>);

impl Zone {
    pub fn with(mut self, name: &str, says: Says) -> Self {
        self.0.insert(name.to_owned(), says);
        self
    }

    pub fn addresses(self, name: &str, addresses: &[&str]) -> Self {
        self.chain(name, &[], addresses)
    }

    pub fn chain(self, name: &str, aliases: &[&str], addresses: &[&str]) -> Self {
        let aliases = aliases.iter().map(|a| (*a).to_owned()).collect();
        let addresses = addresses.iter().map(|a| a.parse().unwrap()).collect();
        self.with(name, Says::Addresses(aliases, addresses))
    }

    /// What the resolver of a VPC says of S3 and STS in us-east-1: with private DNS the addresses
    /// of the endpoint's interfaces, without it public ones.
    pub fn of_vpc(private_dns: bool) -> Self {
        let zone = Self::default()
            .addresses("s3.us-east-1.amazonaws.com", &["52.216.1.1"])
            .addresses(
                "vpce-0a-1b.sts.us-east-1.vpce.amazonaws.com",
                &["10.0.1.50", "10.0.2.50"],
            );
        let sts = if private_dns {
            ["10.0.1.50", "10.0.2.50"].as_slice()
        } else {
            &["52.94.241.129"]
        };
        zone.addresses("sts.us-east-1.amazonaws.com", sts)
    }
}

/// A question that a server was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub when: Instant,
    pub name: String,
    pub kind: RecordType,
    pub tcp: bool,
}

/// A server.
pub struct Dns {
    pub at: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Dns {
    pub fn start(runtime: &tokio::runtime::Runtime, at: SocketAddr, zone: Zone) -> Self {
        let asked = Arc::default();
        let handler = Handler {
            zone,
            asked: Arc::clone(&asked),
        };
        runtime.block_on(async {
            let mut server = Server::new(handler);
            server.register_socket(UdpSocket::bind(at).await.unwrap());
            let listener = TcpListener::bind(at).await.unwrap();
            server.register_listener(listener, Duration::from_secs(5), 4096);
            tokio::spawn(async move { server.block_until_done().await });
        });
        Self { at, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The questions, e.g. `a.b A udp`, sorted: A and AAAA are asked for at the same time.
    pub fn questions(&self) -> Vec<String> {
        let over = |tcp| if tcp { "tcp" } else { "udp" };
        let all = self.asked().into_iter();
        let all = all.map(|a| format!("{} {} {}", a.name, a.kind, over(a.tcp)));
        let mut all: Vec<String> = all.collect();
        all.sort();
        all
    }
}

struct Handler {
    zone: Zone,
    asked: Arc<Mutex<Vec<Asked>>>,
}

#[async_trait::async_trait]
impl RequestHandler for Handler {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut response: R,
    ) -> ResponseInfo {
        let info = request.request_info().unwrap();
        let (name, kind) = (Name::from(info.query.name()), info.query.query_type());
        let text = name.to_ascii().trim_end_matches('.').to_owned();
        self.asked.lock().unwrap().push(Asked {
            when: Instant::now(),
            name: text.clone(),
            kind,
            tcp: info.protocol == Protocol::Tcp,
        });
        let mut header = Metadata::response_from_request(info.metadata);
        header.recursion_available = true;
        let mut records = Vec::new();
        match self.zone.0.get(&text) {
            None => header.response_code = ResponseCode::NXDomain,
            Some(Says::Code(code)) => header.response_code = *code,
            Some(Says::NoData) => {}
            Some(Says::Nothing) => return header.into_info(),
            Some(Says::Addresses(aliases, addresses)) => {
                let mut owner = name;
                for alias in aliases {
                    let to = Name::from_ascii(format!("{alias}.")).unwrap();
                    records.push(Record::from_rdata(
                        owner,
                        300,
                        RData::CNAME(CNAME(to.clone())),
                    ));
                    owner = to;
                }
                for address in addresses {
                    let data = match (address, kind) {
                        (IpAddr::V4(a), RecordType::A) => RData::A(A(*a)),
                        (IpAddr::V6(a), RecordType::AAAA) => RData::AAAA(AAAA(*a)),
                        _ => continue,
                    };
                    records.push(Record::from_rdata(owner.clone(), 60, data));
                }
            }
        }
        let built = MessageResponseBuilder::from_message_request(request).build(
            header,
            records.iter(),
            [],
            [],
            [],
        );
        response.send_response(built).await.unwrap()
    }
}

trait IntoInfo {
    fn into_info(self) -> ResponseInfo;
}

impl IntoInfo for Metadata {
    fn into_info(self) -> ResponseInfo {
        hickory_proto::op::Header {
            metadata: self,
            counts: Default::default(),
        }
        .into()
    }
}
