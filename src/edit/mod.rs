//! What a person would change to mend a network: typed edits, one file each.
//!
//! An edit names what it changes by ids of the draft, whose arenas only grow: an edit that was made
//! for one state of a network means the same in every later one. It is applied to a
//! [`Draft`], which [`build`](crate::model::build) then judges as it judges any other. It
//! is also said in words, as commands of the AWS CLI and as Terraform; the patch of a scenario is
//! the difference of two printed networks, and so nobody's own work.
//!
//! Each is as narrow as what it is for: this sender, this port.

mod say;
mod terraform;

pub use allow_request::Asks;
pub use create_interface_endpoint::{Leads, free_address};
pub use enable_cross_zone::Crosses;
pub use extend_attachment::Extension;
pub use say::Say;

use crate::model::{
    Draft, EndpointService, GroupRule, Id, Meaning, Noun, Origin, Ref, SecurityGroup, Vpc,
};

macro_rules! edits {
    ($($module:ident $name:ident $text:literal,)*) => {
        $(mod $module;)*
        $(pub use $module::$name;)*

        /// One change of a network.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Edit { $(#[doc = $text] $name($name),)* }

        impl Edit {
            fn change(&self) -> &dyn Change {
                match self { $(Edit::$name(edit) => edit,)* }
            }

            /// The stable word for its kind.
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self { $(Edit::$name(_) => stringify!($module),)* }
            }
        }

        $(impl From<$name> for Edit {
            fn from(edit: $name) -> Self {
                Edit::$name(edit)
            }
        })*
    };
}

edits! {
    add_group_rule AddGroupRule "A rule of a security group.",
    remove_group_rule RemoveGroupRule "A rule of a security group, taken away.",
    add_acl_entry AddAclEntry "An entry of a network ACL.",
    set_route SetRoute "A route, new or with another target.",
    remove_route RemoveRoute "A route that is closer than the one that is meant.",
    associate_table AssociateTable "A gateway endpoint's routes in one more table.",
    create_gateway_endpoint CreateGatewayEndpoint "A gateway endpoint.",
    create_interface_endpoint CreateInterfaceEndpoint "An interface endpoint, with a group of its own.",
    enable_private_dns EnablePrivateDns "Private DNS of an interface endpoint.",
    enable_vpc_dns EnableVpcDns "DNS support and DNS host names of a VPC.",
    accept_connection AcceptConnection "A connection of an endpoint, accepted by the provider.",
    allow_principal AllowPrincipal "An account that may connect to an endpoint service.",
    add_listener AddListener "A listener of a load balancer.",
    register_target RegisterTarget "A target of a target group.",
    enable_cross_zone EnableCrossZone "Cross-zone load balancing.",
    end_zonal_shift EndZonalShift "The end of a zonal shift.",
    translate_clients TranslateClients "Targets that see the load balancer's address.",
    add_transit_route AddTransitRoute "A route of a transit gateway.",
    associate_attachment AssociateAttachment "The table of an attachment of a transit gateway.",
    extend_attachment ExtendAttachment "A subnet, or IPv6, for an attachment of a transit gateway.",
    disable_source_dest_check DisableSourceDestCheck "An interface that may pass on what is not its own.",
    authorize_clients AuthorizeClients "An authorization rule of a Client VPN endpoint.",
    exclude_subnet ExcludeSubnet "An exclusion of a subnet from VPC Block Public Access.",
    enable_dns64 EnableDns64 "DNS64 of a subnet.",
    start_instance StartInstance "A stopped instance, started.",
    launch_instance LaunchInstance "A new instance.",
    terminate_instance TerminateInstance "An instance, terminated.",
    set_groups SetGroups "The groups of an interface.",
    associate_subnet AssociateSubnet "The route table of a subnet.",
    delete_endpoint DeleteEndpoint "An endpoint, deleted.",
    allow_request AllowRequest "A statement of a policy.",
}

/// What every edit can do.
trait Change {
    /// Makes the change in a draft, whose names `network` has looked up.
    fn apply(&self, network: &Draft, draft: &mut Draft);
    /// What it does, in words that stand alone.
    fn words(&self, say: Say<'_>) -> String;
    /// How much more it admits: addresses times ports, of each host that has a group whose rules change.
    /// Zero: it opens nothing by itself.
    fn opens(&self, say: Say<'_>) -> u128;
    /// Commands of the AWS CLI.
    fn cli(&self, say: Say<'_>) -> Vec<String>;
    /// The change in Terraform.
    fn terraform(&self, say: Say<'_>) -> String;
    /// The VPC whose account and Region it is made in; none: the commands do not say.
    fn place(&self, draft: &Draft) -> Option<Id<Vpc>>;
}

/// In what follows, the network is one in which the edit has been made.
impl Edit {
    /// Makes the change in a draft, whose names `network` has looked up.
    pub fn apply(&self, network: &Draft, draft: &mut Draft) {
        self.change().apply(network, draft);
    }

    /// What it does, in words that stand alone.
    #[must_use]
    pub fn words(&self, network: &Draft) -> String {
        self.change().words(Say(network))
    }

    /// How much more it admits: addresses times ports, of each host that has a group whose rules change.
    /// Zero: it opens nothing by itself.
    #[must_use]
    pub fn opens(&self, network: &Draft) -> u128 {
        self.change().opens(Say(network))
    }

    /// Commands of the AWS CLI.
    #[must_use]
    pub fn cli(&self, network: &Draft) -> Vec<String> {
        self.change().cli(Say(network))
    }

    /// The change in Terraform.
    #[must_use]
    pub fn terraform(&self, network: &Draft) -> String {
        self.change().terraform(Say(network))
    }

    /// The VPC whose account and Region it is made in.
    #[must_use]
    pub fn place(&self, network: &Draft) -> Option<Id<Vpc>> {
        self.change().place(network)
    }
}

/// Which way a rule looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// At what comes in.
    In,
    /// At what goes out.
    Out,
}

impl Way {
    /// AWS's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Way::In => "ingress",
            Way::Out => "egress",
        }
    }

    /// The rules of a group that look this way.
    pub(crate) fn rules(self, group: &mut SecurityGroup) -> &mut Vec<GroupRule> {
        match self {
            Way::In => &mut group.ingress,
            Way::Out => &mut group.egress,
        }
    }

    /// What stands before the other side.
    fn peer(self) -> &'static str {
        match self {
            Way::In => "from",
            Way::Out => "to",
        }
    }
}

/// A reference to a noun of the draft, by its full name.
fn known<T: Noun>(network: &Draft, id: Id<T>) -> Ref<T> {
    made(&T::arena(network)[id].label(network), id)
}

/// A reference to what has just been made, by the name that it was given.
fn made<T>(text: &str, id: Id<T>) -> Ref<T> {
    Ref {
        text: text.into(),
        origin: Origin::Unknown,
        to: Meaning::Known(id),
    }
}

/// A name that no component and no group of the VPC has, like this one.
fn unused(draft: &Draft, vpc: Id<Vpc>, like: &str) -> String {
    let own = |of: Option<Id<Vpc>>| of == Some(vpc);
    let taken = |name: &str| {
        let mut instances = draft.instances.iter();
        let mut interfaces = draft.interfaces.iter();
        let mut endpoints = draft.endpoints.iter();
        let mut balancers = draft.load_balancers.iter();
        let mut gateways = draft.nat_gateways.iter();
        let mut groups = draft.groups.iter();
        instances.any(|(_, n)| own(n.vpc.id()) && n.name == name)
            || interfaces.any(|(_, n)| own(n.vpc(draft)) && n.name == name)
            || endpoints.any(|(_, n)| own(n.vpc.id()) && n.name == name)
            || balancers.any(|(_, n)| own(n.vpc.id()) && n.name == name)
            || gateways.any(|(_, n)| own(n.vpc(draft)) && n.name == name)
            || groups.any(|(_, n)| own(n.vpc.id()) && n.name == name)
    };
    let mut names = (1..).map(|n| match n {
        1 => like.to_owned(),
        n => format!("{like}-{n}"),
    });
    names.find(|name| !taken(name)).unwrap_or_default()
}

/// The VPC of a service's provider.
fn provider(draft: &Draft, service: Id<EndpointService>) -> Option<Id<Vpc>> {
    let balancers = draft.services[service].load_balancers.iter();
    let mut known = balancers.filter_map(Ref::id);
    known.find_map(|b| draft.load_balancers[b].vpc.id())
}
