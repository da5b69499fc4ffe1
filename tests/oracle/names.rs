//! What a destination dials.

use super::{From, Hit, ICMP, Packet, Passed, Question, Reader, Spot, TCP, To, UDP};
use std::net::Ipv4Addr;

impl Reader<'_> {
    /// Finds the addresses, and sends a packet to each.
    pub(super) fn dial(&mut self, question: &Question) -> Hit {
        let addresses = match &question.to {
            To::Address(ip) => vec![*ip],
            To::Interface(id) => {
                self.accept = Some(vec![Passed::Interface(*id)]);
                vec![self.network.interfaces[*id].ips[0]]
            }
            _ => return Err("DNS_NO_ANSWER"),
        };
        self.each(addresses, |r, ip| r.send(question, ip))
    }

    fn send(&mut self, question: &Question, dst: Ipv4Addr) -> Hit {
        let src = match question.from {
            From::Interface(id) => self.network.interfaces[id].ips[0],
            From::Site(_, ip) | From::Internet(ip) => ip,
        };
        let (ports, dport) = match question.protocol {
            TCP | UDP => (self.ports(question.client_ports), question.port),
            ICMP => (vec![0], 8),
            _ => (vec![0], 0),
        };
        self.each(ports, |r, sport| {
            r.trip.packet = Packet {
                src,
                dst,
                protocol: question.protocol,
                sport,
                dport,
            };
            match question.from {
                From::Interface(id) => r.from_interface(id),
                From::Site(site, _) => {
                    r.remember(Spot::Site(site), None, r.trip.packet, false)?;
                    r.from_site(site)
                }
                From::Internet(_) => {
                    let mut all = r.network.interfaces.iter();
                    if !all.any(|(_, i)| i.public.iter().any(|(_, p)| *p == dst)) {
                        return Err("NO_POSSIBLE_DESTINATION");
                    }
                    r.remember(Spot::World, None, r.trip.packet, false)?;
                    r.world()
                }
            }
        })
    }
}
