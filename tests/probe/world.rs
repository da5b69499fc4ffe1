//! A world on the loopback of a namespace of its own (`netns::alone`): addresses public and private,
//! servers that behave and servers that do not. Nothing leaves it.

use crate::dns::{Dns, Zone};
use crate::netns::{addressed, ip};
use crate::tls::Ca;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// The world; its servers end with it.
pub struct World {
    pub ca: Ca,
    pub folder: PathBuf,
    runtime: tokio::runtime::Runtime,
    addresses: std::cell::RefCell<BTreeSet<IpAddr>>,
    hole: Cell<bool>,
}

/// How many connections a server has, had at most at a time, and had at all.
#[derive(Clone, Default)]
pub struct Count {
    now: Arc<AtomicUsize>,
    pub most: Arc<AtomicUsize>,
    pub all: Arc<AtomicUsize>,
}

impl Count {
    fn open(&self) {
        self.all.fetch_add(1, Ordering::SeqCst);
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
    }

    fn close(&self) {
        self.now.fetch_sub(1, Ordering::SeqCst);
    }

    pub fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    pub fn all(&self) -> usize {
        self.all.load(Ordering::SeqCst)
    }
}

impl World {
    pub fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("probe-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        Self {
            ca: Ca::new(&folder),
            folder,
            runtime: runtime.unwrap(),
            addresses: std::cell::RefCell::default(),
            hole: Cell::new(false),
        }
    }

    /// A file of the world's.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Puts an address on the loopback; connections to its ports are refused.
    pub fn address(&self, address: &str) -> IpAddr {
        let read: IpAddr = address.parse().unwrap();
        let new = self.addresses.borrow_mut().insert(read);
        if new && !read.is_loopback() && !read.is_unspecified() {
            let bits = if read.is_ipv4() { 32 } else { 128 };
            ip(&addressed("lo", &format!("{address}/{bits}")));
        }
        read
    }

    /// Makes every address of a range this machine's own.
    pub fn range(&self, range: &str) {
        ip(&format!("route add local {range} dev lo"));
    }

    fn at(&self, at: &str) -> SocketAddr {
        let read: SocketAddr = at.parse().unwrap();
        self.address(&read.ip().to_string());
        read
    }

    /// A name server.
    pub fn dns(&self, at: &str, zone: Zone) -> Dns {
        Dns::start(&self.runtime, self.at(at), zone)
    }

    /// Packets to this address vanish.
    pub fn vanishes(&self, address: &str) {
        if !self.hole.replace(true) {
            ip("link add hole type veth peer name nowhere");
            ip("link set hole up");
            ip("link set nowhere up");
            ip(&addressed("hole", "10.255.255.1/32"));
            ip(&addressed("hole", "fd00:255::1/128"));
        }
        ip(&format!("route add {address} dev hole"));
        ip(&format!(
            "neigh add {address} lladdr 02:00:00:00:00:01 dev hole nud permanent"
        ));
    }

    /// There is no way to this address, by a route of a kind: `unreachable`, `prohibit`, `blackhole`.
    pub fn no_way(&self, kind: &str, address: &str) {
        ip(&format!("route add {kind} {address}"));
    }

    fn listen<F>(&self, at: &str, talk: impl Fn(TcpStream) -> F + Send + Sync + 'static) -> Count
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let at = self.at(at);
        let count = Count::default();
        let counted = count.clone();
        let listener = self.runtime.block_on(TcpListener::bind(at)).unwrap();
        let talk = Arc::new(talk);
        self.runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.open();
                let (talk, counted) = (Arc::clone(&talk), counted.clone());
                tokio::spawn(async move {
                    talk(stream).await;
                    counted.close();
                });
            }
        });
        count
    }

    /// Accepts, and says these bytes; then waits until the caller closes.
    pub fn says(&self, at: &str, bytes: &'static [u8]) -> Count {
        self.listen(at, move |mut stream| async move {
            let _ = stream.write_all(bytes).await;
            until_closed(&mut stream).await;
        })
    }

    /// Accepts, waits so long, and closes.
    pub fn closes_after(&self, at: &str, time: Duration) -> Count {
        self.listen(at, move |stream| async move {
            tokio::time::sleep(time).await;
            drop(stream);
        })
    }

    /// Answers whatever is said with these bytes, and closes.
    pub fn answers(&self, at: &str, bytes: &'static [u8]) -> Count {
        self.listen(at, move |mut stream| async move {
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(bytes).await;
        })
    }

    /// Shakes hands as `config` says, and answers whatever is said with these bytes.
    pub fn tls(&self, at: &str, config: Arc<rustls::ServerConfig>, bytes: &'static [u8]) -> Count {
        let acceptor = tokio_rustls::TlsAcceptor::from(config);
        self.listen(at, move |stream| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                let _ = stream.write_all(bytes).await;
                let _ = stream.shutdown().await;
            }
        })
    }

    /// Answers every datagram with these bytes.
    pub fn answers_datagrams(&self, at: &str, bytes: &'static [u8]) {
        let at = self.at(at);
        let socket = self.runtime.block_on(UdpSocket::bind(at)).unwrap();
        self.runtime.spawn(async move {
            let mut buffer = [0; 2048];
            while let Ok((_, from)) = socket.recv_from(&mut buffer).await {
                let _ = socket.send_to(bytes, from).await;
            }
        });
    }

    /// Sends every datagram back, after dropping as many as told; counts all.
    pub fn echo(&self, at: &str, drops: usize) -> Count {
        let at = self.at(at);
        let count = Count::default();
        let counted = count.clone();
        let socket = self.runtime.block_on(UdpSocket::bind(at)).unwrap();
        self.runtime.spawn(async move {
            let mut buffer = [0; 2048];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                counted.open();
                counted.close();
                if counted.all() > drops {
                    let _ = socket.send_to(&buffer[..length], from).await;
                }
            }
        });
        count
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn until_closed(stream: &mut TcpStream) {
    let mut buffer = [0; 4096];
    while matches!(stream.read(&mut buffer).await, Ok(length) if length > 0) {}
}
