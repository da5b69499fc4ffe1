//! The price table. Small, dated, of one Region; a file replaces it.

use std::collections::BTreeMap;

/// By what it is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Every hour that it exists.
    Hour,
    /// Every gigabyte that passes.
    Gb,
    /// In its own way, which no table of single prices holds.
    Other,
}

macro_rules! charges {
    ($($name:ident $key:literal $per:ident $text:literal,)*) => {
        /// What AWS charges for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Charge { $(#[doc = $text] $name,)* }

        impl Charge {
            /// Every charge.
            pub const ALL: &[Charge] = &[$(Charge::$name,)*];

            /// Its key in a price file.
            #[must_use]
            pub fn key(self) -> &'static str {
                match self { $(Charge::$name => $key,)* }
            }

            /// What is charged, for people.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self { $(Charge::$name => $text,)* }
            }

            /// What one of several is.
            #[must_use]
            pub fn each(self) -> &'static str {
                match self {
                    Charge::InterfaceEndpointHour => "zones",
                    Charge::TransitAttachmentHour => "attachments",
                    _ => "directions",
                }
            }

            /// By what.
            #[must_use]
            pub fn per(self) -> Per {
                match self { $(Charge::$name => Per::$per,)* }
            }
        }
    };
}

charges! {
    GatewayEndpoint "gateway-endpoint" Gb "gateway endpoint",
    InterfaceEndpointHour "interface-endpoint-hour" Hour "interface endpoint",
    InterfaceEndpointGb "interface-endpoint-gb" Gb "interface endpoint",
    NatGatewayHour "nat-gateway-hour" Hour "NAT gateway",
    NatGatewayGb "nat-gateway-gb" Gb "NAT gateway",
    RegionalNat "regional-nat-gateway" Other "regional NAT gateway",
    PublicAddressHour "public-ipv4-hour" Hour "public IPv4 address",
    CrossZone "cross-zone-gb" Gb "data transfer between zones to",
    CrossRegion "cross-region-gb" Gb "data transfer between Regions to",
    InternetOut "internet-out-gb" Gb "data transfer out to the",
    TransitAttachmentHour "transit-gateway-attachment-hour" Hour "transit gateway attachment",
    TransitGb "transit-gateway-gb" Gb "transit gateway",
    VpnHour "vpn-connection-hour" Hour "VPN connection",
    LoadBalancerHour "load-balancer-hour" Hour "load balancer",
    LoadBalancerUnits "load-balancer-capacity" Other "capacity units of load balancer",
    DirectConnect "direct-connect" Other "Direct Connect",
    ClientVpn "client-vpn" Other "Client VPN",
    GatewayLoadBalancerEndpoint "gateway-load-balancer-endpoint" Other "Gateway Load Balancer endpoint",
}

/// Prices of one Region on one day.
#[derive(Clone, Debug, PartialEq)]
pub struct Prices {
    /// The day, e.g. `2026-11-23`.
    pub date: String,
    /// The Region.
    pub region: String,
    /// The currency.
    pub currency: String,
    /// By charge; what is not here is not known.
    pub prices: BTreeMap<Charge, f64>,
    /// Where a month's volume makes what follows cheaper, by charge.
    pub tiers: BTreeMap<Charge, Vec<Tier>>,
}

/// The price of what goes beyond a volume in a month. Volumes are not in the input, so it is told beside
/// the first price and goes into no total.
#[derive(Clone, Debug, PartialEq)]
pub struct Tier {
    /// The volume, e.g. `1 PB`.
    pub above: String,
    /// None: the table does not know it.
    pub price: Option<f64>,
}

/// us-east-1, the first tier of each
/// (`aws.amazon.com/privatelink/pricing`, `aws.amazon.com/vpc/pricing`,
/// `aws.amazon.com/transit-gateway/pricing`, `aws.amazon.com/vpn/pricing`,
/// `aws.amazon.com/elasticloadbalancing/pricing`). How many capacity units a load balancer uses depends on
/// its connections too, and by what a regional NAT gateway is charged was on no page: both are not known.
const BUILT_IN: &[(Charge, f64)] = &[
    (Charge::GatewayEndpoint, 0.0),
    (Charge::InterfaceEndpointHour, 0.01),
    (Charge::InterfaceEndpointGb, 0.01),
    (Charge::NatGatewayHour, 0.045),
    (Charge::NatGatewayGb, 0.045),
    (Charge::PublicAddressHour, 0.005),
    (Charge::CrossZone, 0.01),
    (Charge::InternetOut, 0.09),
    (Charge::TransitAttachmentHour, 0.05),
    (Charge::TransitGb, 0.02),
    (Charge::VpnHour, 0.05),
    (Charge::LoadBalancerHour, 0.0225),
];

/// What follows the first tier: of endpoints the data of all in the Region counts
/// (`aws.amazon.com/privatelink/pricing`); of the internet only where the first one ends is known.
const TIERS: &[(Charge, &str, Option<f64>)] = &[
    (Charge::InterfaceEndpointGb, "1 PB", Some(0.006)),
    (Charge::InterfaceEndpointGb, "5 PB", Some(0.004)),
    (Charge::InternetOut, "10 TB", None),
];

impl Default for Prices {
    fn default() -> Self {
        let mut tiers: BTreeMap<Charge, Vec<Tier>> = BTreeMap::new();
        for (charge, above, price) in TIERS {
            let (above, price) = ((*above).to_owned(), *price);
            tiers
                .entry(*charge)
                .or_default()
                .push(Tier { above, price });
        }
        Self {
            date: "2026-11-23".to_owned(),
            region: "us-east-1".to_owned(),
            currency: "USD".to_owned(),
            prices: BUILT_IN.iter().copied().collect(),
            tiers,
        }
    }
}

impl Prices {
    /// The price in a Region, if the table knows it. Gateway endpoints are free everywhere
    /// (`/vpc/latest/privatelink/gateway-endpoints.html`).
    #[must_use]
    pub fn of(&self, region: &str, charge: Charge) -> Option<f64> {
        if charge == Charge::GatewayEndpoint {
            return Some(0.0);
        }
        let known = self.prices.get(&charge).copied();
        known.filter(|_| region == self.region)
    }

    /// What follows the first price of a charge.
    #[must_use]
    pub fn beyond(&self, charge: Charge) -> &[Tier] {
        self.tiers.get(&charge).map_or(&[], Vec::as_slice)
    }
}
