//! The order of decisions at each kind of node: the one piece of AWS behaviour outside the tables.
//!
//! Order: `/vpc/latest/reachability/getting-started-cli.html` (group, then ACL, then route table on
//! the way out of an interface; ACL, then group on the way in).

use crate::code::Code;
use crate::fabric::{Distance, FabricBuilder, Shape, Stage};

/// Slots of nodes that are interfaces.
pub(super) mod slot {
    pub(in crate::aws) const HOST_SERVICES: u8 = 0;
    pub(in crate::aws) const SERVICE: u8 = 0;
    pub(in crate::aws) const GROUP_OUT: u8 = 1;
    pub(in crate::aws) const GROUP_IN: u8 = 2;
    pub(in crate::aws) const ACL_OUT: u8 = 3;
    pub(in crate::aws) const ACL_IN: u8 = 4;
    pub(in crate::aws) const INSIDE: u8 = 4;
    pub(in crate::aws) const SUBNET: u8 = 5;
    pub(in crate::aws) const ROUTES: u8 = 6;
    pub(in crate::aws) const SPECIAL: u8 = 7;
    pub(in crate::aws) const TRACK: u8 = 8;
}

/// Kinds of tables that hold routes, of which one may win over another.
pub(super) mod what {
    pub(in crate::aws) const ROUTES: &str = "routes";
    pub(in crate::aws) const TRANSIT_ROUTES: &str = "transit gateway routes";
}

/// What a load balancer translates by.
pub(crate) const LISTENER: &str = "listener";

/// Entries of nodes that are interfaces.
pub(super) mod entry {
    /// From the host itself.
    pub(in crate::aws) const HOST: u8 = 0;
    /// From the same subnet.
    pub(in crate::aws) const NEAR: u8 = 1;
    /// From outside the subnet.
    pub(in crate::aws) const FAR: u8 = 2;
    /// To an interface, unfiltered: from its own host's services.
    pub(in crate::aws) const UNFILTERED: u8 = 3;
    /// To an interface that passes on what is not its own, by a route that names it.
    pub(in crate::aws) const FORWARD: u8 = 4;
    /// The same, from its own subnet.
    pub(in crate::aws) const FORWARD_NEAR: u8 = 5;
    /// A gateway's or load balancer's own service.
    pub(in crate::aws) const SERVE: u8 = 3;
    /// An internet gateway, from a subnet whose arriving traffic goes to an appliance.
    pub(in crate::aws) const REDIRECTED: u8 = 2;
    /// A gateway endpoint, for what an appliance passes on.
    pub(in crate::aws) const PASSED_ON: u8 = 2;
    /// A NAT gateway's service, from its own subnet.
    pub(in crate::aws) const SERVE_NEAR: u8 = 4;
    /// A load balancer's own health checks.
    pub(in crate::aws) const CHECK: u8 = 4;
    /// To a Client VPN endpoint's interface, unfiltered: from the VPC's resolver.
    pub(in crate::aws) const ANSWERED: u8 = 4;
    /// From outside into a site: to the host that has the address.
    pub(in crate::aws) const SITE: u8 = 2;
    /// From a site's own hosts to another of them: not past its firewall.
    pub(in crate::aws) const WITHIN_SITE: u8 = 3;
    /// Arrival at a host outside AWS, or at a service's edge.
    pub(in crate::aws) const ARRIVE: u8 = 1;
}

/// The shapes of every kind of node.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shapes {
    pub(super) interface: u32,
    /// An interface of an instance that forwards, and knows its connections.
    pub(super) tracking: u32,
    pub(super) endpoint: u32,
    pub(super) balancer: u32,
    pub(super) proxy: u32,
    pub(super) nat: u32,
    pub(super) regional_nat: u32,
    pub(super) stranger: u32,
    pub(super) internet_gateway: u32,
    pub(super) egress_only: u32,
    pub(super) router: u32,
    pub(super) host: u32,
    pub(super) host_service: u32,
    pub(super) wire: u32,
    pub(super) site: u32,
    /// A site whose firewall knows its connections.
    pub(super) tracking_site: u32,
    pub(super) isp: u32,
    pub(super) vpn_gateway: u32,
    pub(super) gateway_endpoint: u32,
    pub(super) unmodelled: u32,
    pub(super) public_interface: u32,
    pub(super) client_vpn: u32,
    pub(super) client_interface: u32,
    pub(super) transit_port: u32,
    pub(super) transit_gateway: u32,
}

const fn filter(what: &'static str, table: u8) -> Stage {
    Stage::Filter {
        what,
        table,
        state: None,
    }
}

/// Groups are stateful: one memory for both directions.
const fn group(table: u8) -> Stage {
    Stage::Filter {
        what: "sg",
        table,
        state: Some(0),
    }
}

const fn route(what: &'static str, table: u8) -> Stage {
    Stage::Route { what, table }
}

const ACL_OUT: Stage = filter("acl", slot::ACL_OUT);
const ACL_IN: Stage = filter("acl", slot::ACL_IN);
/// Inside a subnet: no route table, no ACL (`/vpc/latest/userguide/vpc-network-acls.html`).
const SUBNET: Stage = route("same subnet", slot::SUBNET);
const ROUTES: Stage = route(what::ROUTES, slot::ROUTES);

/// A reply that a link without an ACL on the way asked back.
const NEAR: Stage = Stage::Return {
    asked: Distance::Near,
    through: None,
};
/// A reply that a link asked back, once the ACL has let it out.
const FAR: Stage = Stage::Return {
    asked: Distance::Far,
    through: None,
};

/// An endpoint passes on what asks; a reply that comes in by its door, as to another interface with its
/// address in an overlapping VPC, answers nothing that it knows. What it asked itself is pulled home.
const ASKED: Stage = Stage::Translate {
    what: "connection",
    table: slot::TRACK,
    remember: true,
};

pub(super) fn shapes(b: &mut FabricBuilder) -> Shapes {
    Shapes {
        interface: b.shape(interface(false)),
        tracking: b.shape(interface(true)),
        endpoint: b.shape(lists(&[
            &[group(slot::GROUP_OUT), SUBNET, ACL_OUT, FAR, ROUTES],
            &[
                group(slot::GROUP_IN),
                filter("endpoint", slot::SPECIAL),
                ASKED,
                route("service", slot::SERVICE),
                Stage::Arrive,
            ],
            &[
                ACL_IN,
                group(slot::GROUP_IN),
                filter("endpoint", slot::SPECIAL),
                ASKED,
                route("service", slot::SERVICE),
                Stage::Arrive,
            ],
        ])),
        balancer: b.shape(balancer()),
        proxy: b.shape(proxy()),
        nat: b.shape(nat()),
        regional_nat: b.shape(regional_nat()),
        stranger: b.shape(stranger()),
        internet_gateway: b.shape(internet_gateway()),
        egress_only: b.shape(lists(&[
            &[
                filter("egress-only internet gateway", 0),
                filter("block public access", 1),
                Stage::Translate {
                    what: "connection",
                    table: 2,
                    remember: true,
                },
                route("internet", 3),
            ],
            &[route("local", 4)],
            &[filter("egress-only internet gateway", 5)],
        ])),
        router: b.shape(lists(&[
            &[route("local", 0)],
            &[filter("peering", 1), route("local", 0)],
            &[filter("virtual private gateway", 2), route("local", 0)],
            &[route("local", 3)],
        ])),
        host: b.shape(lists(&[&[route(what::ROUTES, 0)], &[Stage::Arrive]])),
        host_service: b.shape(lists(&[&[NEAR, Stage::Arrive]])),
        wire: b.shape(lists(&[
            &[route("connection", 0)],
            &[route("connection", 1)],
        ])),
        site: b.shape(site(None)),
        tracking_site: b.shape(site(Some(0))),
        isp: b.shape(lists(&[
            &[
                Stage::Translate {
                    what: "NAT",
                    table: 0,
                    remember: true,
                },
                route("internet", 1),
            ],
            &[
                Stage::Recall {
                    of: 0,
                    otherwise: Some(Code::REPLY_WITHOUT_SESSION),
                },
                route("site", 2),
            ],
        ])),
        vpn_gateway: b.shape(lists(&[
            &[
                route("other sites", 4),
                filter("virtual private gateway", 3),
                route("local", 0),
            ],
            &[
                filter("virtual private gateway", 1),
                route("connections", 2),
            ],
        ])),
        gateway_endpoint: b.shape(Shape {
            reply: 1,
            ..lists(&[
                &[filter("gateway endpoint", 0), Stage::Arrive],
                &[route("local", 1)],
                &[
                    filter("gateway endpoint", 2),
                    filter("gateway endpoint", 0),
                    Stage::Arrive,
                ],
            ])
        }),
        client_vpn: b.shape(lists(&[
            &[route("client routes", 0)],
            &[Stage::Arrive],
            &[filter("authorization", 1), route("client VPN routes", 2)],
        ])),
        client_interface: b.shape(client_interface()),
        public_interface: b.shape(lists(&[
            &[
                route("advertised", 3),
                Stage::Translate {
                    what: "NAT",
                    table: 0,
                    remember: true,
                },
                route("connection", 1),
            ],
            &[
                Stage::Recall {
                    of: 1,
                    otherwise: None,
                },
                route("connection", 2),
            ],
            &[route("connection", 1)],
        ])),
        transit_port: b.shape(lists(&[
            &[ACL_IN, route("attachment", slot::SPECIAL)],
            &[SUBNET, ACL_OUT, ROUTES],
        ])),
        transit_gateway: b.shape(lists(&[&[route(what::TRANSIT_ROUTES, 0)]])),
        unmodelled: b.shape(lists(&[
            &[Stage::Mark, group(slot::GROUP_OUT), SUBNET, ACL_OUT, ROUTES],
            &[group(slot::GROUP_IN), route("component", slot::SPECIAL)],
            &[
                ACL_IN,
                group(slot::GROUP_IN),
                route("component", slot::SPECIAL),
            ],
            &[route("component", slot::SPECIAL)],
        ])),
    }
}

/// An internet gateway: from inside, from outside, and from subnets whose arriving traffic goes to
/// an appliance first.
fn internet_gateway() -> Shape {
    let translate = |what, table| Stage::Translate {
        what,
        table,
        remember: false,
    };
    let blocked = |table| Stage::Filter {
        what: "block public access",
        table,
        state: Some(0),
    };
    let stages = vec![
        filter("internet gateway", 6),
        blocked(7),
        filter("internet gateway", 0),
        translate("public address", 1),
        route("internet", 2),
        filter("internet gateway", 3),
        translate("private address", 4),
        blocked(8),
        route("local", 5),
    ];
    Shape {
        stages,
        entries: vec![1, 5, 0],
        reply: 0,
    }
}

/// What an interface sends, by stages that begin at this one. A reply that a load balancer in another
/// subnet asked back leaves by the subnet's ACL.
fn sending(first: u8) -> [Stage; 7] {
    let through = Stage::Return {
        asked: Distance::Far,
        through: Some(first + 4),
    };
    [
        group(slot::GROUP_OUT),
        NEAR,
        through,
        SUBNET,
        ACL_OUT,
        FAR,
        ROUTES,
    ]
}

/// An interface. A reply that a load balancer asked back goes there, whoever it is addressed to:
/// through the subnet's ACL if the load balancer is in another subnet.
fn interface(tracking: bool) -> Shape {
    let mut forward = vec![
        ACL_IN,
        group(slot::GROUP_IN),
        route("source/dest check", slot::SPECIAL),
    ];
    if tracking {
        forward.push(Stage::Translate {
            what: "connection",
            table: slot::TRACK,
            remember: true,
        });
    }
    forward.extend([group(slot::GROUP_OUT), SUBNET, ACL_OUT, ROUTES]);
    let mut shape = lists(&[
        &[
            &[Stage::Mark, route("host services", slot::HOST_SERVICES)][..],
            &sending(2),
        ]
        .concat(),
        &[group(slot::GROUP_IN), Stage::Arrive],
        &[ACL_IN, group(slot::GROUP_IN), Stage::Arrive],
        &[Stage::Arrive],
        &forward,
    ]);
    // What comes from beside it crosses no border, where ACLs filter.
    shape
        .entries
        .extend(shape.entries.last().map(|first| first + 1));
    shape
}

/// An on-premises network: what stays inside, its firewall, if it has one, then its routes, or its hosts.
fn site(state: Option<u8>) -> Shape {
    let firewall = |table| Stage::Filter {
        what: "firewall",
        table,
        state,
    };
    lists(&[
        &[
            route("inside", slot::INSIDE),
            firewall(2),
            route(what::ROUTES, 0),
        ],
        &[Stage::Arrive],
        &[firewall(3), route("hosts", 1)],
        &[route("hosts", 1)],
    ])
}

/// Hosts of a subnet without an interface: they may ask, and get replies; nobody else finds anybody.
fn stranger() -> Shape {
    let host = |table| Stage::Filter {
        what: "host",
        table,
        state: Some(0),
    };
    let home = route("host", slot::SPECIAL);
    lists(&[
        &[
            route("host services", slot::HOST_SERVICES),
            host(slot::GROUP_OUT),
            SUBNET,
            ACL_OUT,
            ROUTES,
        ],
        &[host(slot::GROUP_IN), home],
        &[host(slot::GROUP_IN), ACL_IN, home],
        &[home],
    ])
}

/// A load balancer node: one list, entered at the ACL (far), at the group (near, and PrivateLink
/// where the group is enforced) or at the listeners (PrivateLink where it is not). Replies to
/// PrivateLink go before the group, which where it is not enforced has never seen the request. The
/// node's own health checks leave by a list of their own.
fn balancer() -> Shape {
    let stages = vec![
        ACL_IN,
        group(slot::GROUP_IN),
        Stage::Translate {
            what: LISTENER,
            table: slot::SPECIAL,
            remember: true,
        },
        NEAR,
        group(slot::GROUP_OUT),
        SUBNET,
        ACL_OUT,
        FAR,
        ROUTES,
        Stage::Mark,
        group(slot::GROUP_OUT),
        SUBNET,
        ACL_OUT,
        ROUTES,
    ];
    Shape {
        stages,
        entries: vec![0, 1, 0, 2, 9],
        reply: 0,
    }
}

/// A node of an Application Load Balancer, where a connection ends: an interface, and its listeners.
fn proxy() -> Shape {
    let listeners = filter("listener", slot::SPECIAL);
    lists(&[
        &sending(0),
        &[group(slot::GROUP_IN), listeners, Stage::Arrive],
        &[ACL_IN, group(slot::GROUP_IN), listeners, Stage::Arrive],
    ])
}

/// An interface of a Client VPN endpoint: it gives clients its address, and takes back only what it
/// remembers.
fn client_interface() -> Shape {
    let stages = vec![
        ACL_IN,
        group(slot::GROUP_IN),
        Stage::Recall {
            of: 4,
            otherwise: Some(Code::REPLY_WITHOUT_SESSION),
        },
        route("clients", slot::SERVICE),
        Stage::Translate {
            what: "NAT",
            table: slot::SPECIAL,
            remember: true,
        },
        route("host services", slot::TRACK),
        Stage::Mark,
        group(slot::GROUP_OUT),
        SUBNET,
        ACL_OUT,
        ROUTES,
    ];
    Shape {
        stages,
        entries: vec![4, 1, 0, 4, 2],
        reply: 4,
    }
}

/// A NAT gateway: it serves what routes send it, and takes back only what it remembers
/// (`/vpc/latest/userguide/nat-gateway-basics.html`).
fn nat() -> Shape {
    let stages = vec![
        ACL_IN,
        filter("NAT gateway", slot::GROUP_OUT),
        filter("NAT gateway", slot::GROUP_IN),
        Stage::Translate {
            what: "NAT",
            table: slot::SPECIAL,
            remember: true,
        },
        SUBNET,
        ACL_OUT,
        ROUTES,
        ACL_IN,
        Stage::Recall {
            of: 3,
            otherwise: Some(Code::REPLY_WITHOUT_SESSION),
        },
        // Whose reply it was is lost with it (`/vpc/latest/userguide/security-group-rules.html`).
        Stage::Mark,
        SUBNET,
        ACL_OUT,
        ROUTES,
    ];
    Shape {
        stages,
        entries: vec![0, 8, 7, 0, 1],
        reply: 0,
    }
}

/// A regional NAT gateway is in no subnet: its own table decides, away and back.
fn regional_nat() -> Shape {
    let stages = vec![
        filter("NAT gateway", slot::GROUP_OUT),
        filter("NAT gateway", slot::GROUP_IN),
        Stage::Translate {
            what: "NAT",
            table: slot::SPECIAL,
            remember: true,
        },
        ROUTES,
        Stage::Recall {
            of: 2,
            otherwise: Some(Code::REPLY_WITHOUT_SESSION),
        },
        Stage::Mark,
        route(what::ROUTES, slot::TRACK),
    ];
    Shape {
        stages,
        entries: vec![0, 0, 4],
        reply: 0,
    }
}

fn lists(lists: &[&[Stage]]) -> Shape {
    let mut shape = Shape::default();
    for list in lists {
        shape.entries.push(shape.stages.len() as u8);
        shape.stages.extend_from_slice(list);
    }
    shape
}
