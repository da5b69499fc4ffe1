//! Counts the SYNs that leave by a link, looking at the frames.

use pnet::datalink::{self, Channel, Config};
use pnet::packet::Packet as _;
use pnet::packet::ethernet::{EtherTypes, EthernetPacket};
use pnet::packet::ip::IpNextHeaderProtocols::Tcp;
use pnet::packet::ipv4::Ipv4Packet;
use pnet::packet::ipv6::Ipv6Packet;
use pnet::packet::tcp::{TcpFlags, TcpPacket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A SYN that was let go few hops: no program sends one but a traceroute.
#[derive(Debug)]
pub(crate) struct Syn {
    pub(crate) ttl: u8,
    pub(crate) port: u16,
}

pub(crate) struct Counter {
    stop: Arc<AtomicBool>,
    counted: JoinHandle<Vec<Syn>>,
}

impl Counter {
    pub(crate) fn new(link: &str) -> Self {
        let link = datalink::interfaces().into_iter().find(|i| i.name == link);
        let config = Config {
            read_timeout: Some(Duration::from_millis(20)),
            read_buffer_size: 1 << 20,
            ..Config::default()
        };
        let channel = datalink::channel(&link.unwrap(), config).unwrap();
        let Channel::Ethernet(_, mut frames) = channel else {
            panic!("no frames")
        };
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, (ready, listening)) = (Arc::clone(&stop), mpsc::channel());
        let counted = thread::spawn(move || {
            let mut seen = Vec::new();
            ready.send(()).unwrap();
            loop {
                match frames.next() {
                    Ok(frame) => seen.extend(syn(frame)),
                    Err(_) if stopped.load(Ordering::Relaxed) => return seen,
                    Err(_) => {}
                }
            }
        });
        listening.recv().unwrap();
        Self { stop, counted }
    }

    /// What was sent until now.
    pub(crate) fn syns(self) -> Vec<Syn> {
        thread::sleep(Duration::from_millis(100));
        self.stop.store(true, Ordering::Relaxed);
        self.counted.join().unwrap()
    }
}

fn syn(frame: &[u8]) -> Option<Syn> {
    let frame = EthernetPacket::new(frame)?;
    let (ttl, segment) = match frame.get_ethertype() {
        EtherTypes::Ipv4 => {
            let ip = Ipv4Packet::new(frame.payload())?;
            (ip.get_next_level_protocol() == Tcp).then(|| (ip.get_ttl(), ip.payload().to_vec()))?
        }
        EtherTypes::Ipv6 => {
            let ip = Ipv6Packet::new(frame.payload())?;
            (ip.get_next_header() == Tcp).then(|| (ip.get_hop_limit(), ip.payload().to_vec()))?
        }
        _ => return None,
    };
    let tcp = TcpPacket::new(&segment)?;
    let few = tcp.get_flags() == TcpFlags::SYN && ttl < 32;
    few.then(|| Syn {
        ttl,
        port: tcp.get_source(),
    })
}
