//! Keys inside `vpcs.<v>`.

use super::{Key, Type::*, keys};

/// The rows: name, type, default, example, meaning.
pub(super) const KEYS: &[Key] = keys! {
    "vpc" {
        id: Text, "none", "vpc-0abc", "AWS id, usable as a name";
        account: Text, "the top level's", "\"111111111111\"", "account that owns it";
        region: Region, "the top level's", "us-east-1", "Region";
        cidr: Texts, "required", "[10.0.0.0/16, 100.64.0.0/16]", "IPv4 blocks, the primary first";
        ipv6: Texts, "none", "\"2001:db8::/56\"", "IPv6 blocks";
        dns: Map("dns"), "{ support: true, hostnames: false }", "{ hostnames: true }", "DNS attributes";
        dhcp_dns: Texts, "amazon", "10.0.0.53", "`amazon`, `none`, or the addresses of name servers";
        internet_gateway: Text, "none", "igw", "name of the attached internet gateway";
        egress_only_gateway: Text, "none", "eigw", "name of the attached egress-only internet gateway";
        vpn_gateway: Text, "none", "vgw", "name of the attached virtual private gateway";
        encryption_controls: Map("encryption_controls"), "none", "{ mode: enforce, exclude: internet-gateway }", "VPC encryption controls";
        subnets: Named("subnet"), "none", "", "subnets";
        route_tables: Named("route_table"), "an implied main table with local routes only", "", "route tables";
        security_groups: Named("security_group"), "group `default`", "", "security groups";
        network_acls: Named("network_acl"), "ACL `default`, which allows everything", "", "network ACLs";
        interfaces: Named("interface"), "none", "", "network interfaces";
        instances: Named("instance"), "none", "", "instances";
        nat_gateways: Named("nat_gateway"), "none", "", "NAT gateways";
        endpoints: Named("endpoint"), "none", "", "VPC endpoints";
        load_balancers: Named("load_balancer"), "none", "", "load balancers";
        target_groups: Named("target_group"), "none", "", "target groups";
        client_vpns: Named("client_vpn"), "none", "", "Client VPN endpoints";
        block_public_access: Choice(&["bidirectional", "egress"]), "none", "bidirectional", "exclusion from VPC Block Public Access";
        resolver_endpoints: Named("resolver_endpoint"), "none", "", "Resolver endpoints";
    }
    "encryption_controls" {
        mode: Choice(&["monitor", "enforce"]), "required", "enforce", "whether what may carry clear text is refused, or only told";
        exclude: Texts, "none", "[internet-gateway, nat-gateway]", "what is exempt: egress-only-internet-gateway, elastic-file-system, internet-gateway, lambda, nat-gateway, virtual-private-gateway, vpc-lattice, vpc-peering";
    }
    "dns" {
        support: Bool, "true", "true", "the VPC's resolver answers";
        hostnames: Bool, "false", "true", "public host names; private DNS of endpoints needs both";
    }
    "subnet" {
        id: Text, "none", "subnet-0abc", "AWS id, usable as a name";
        zone: Text, "required", "use1-az1", "zone id, or the account's zone name";
        cidr: Text, "none: IPv6-only, with `ipv6`", "10.0.1.0/24", "IPv4 block";
        ipv6: Text, "none", "\"2001:db8:0:1::/64\"", "IPv6 block";
        dns64: Bool, "false", "true", "the resolver makes AAAA answers, in 64:ff9b::/96, for names that have none";
        route_table: Text, "the main table", "private-a", "route table";
        network_acl: Text, "default", "tight", "network ACL";
        block_public_access: Choice(&["bidirectional", "egress"]), "none", "egress", "exclusion from VPC Block Public Access";
    }
    "route_table" {
        id: Text, "none", "rtb-0abc", "AWS id, usable as a name";
        main: Bool, "false", "true", "the table of subnets that name none";
        routes: TextMapOr("route"), "local routes only", "{ 0.0.0.0/0: igw }", "destination (block or prefix list) to target; local routes are implied";
        propagated: KeyedOrList("propagated_route"), "none", "{ 192.168.0.0/16: { via: vgw, kind: dx-bgp } }", "propagated routes, one by one; several to one block as a list";
        propagate_from: Texts, "none", "vgw", "gateways whose connections' prefixes are propagated";
        edge_of: Text, "none: a subnet's table", "igw", "gateway whose arriving traffic this table routes";
    }
    "route" {
        via: Text, "required", "pcx-ab", "target";
        state: Choice(&["active", "blackhole"]), "active", "blackhole", "state of the route";
    }
    "propagated_route" {
        via: Text, "required", "vgw", "target";
        kind: Choice(&["dx-bgp", "vpn-static", "vpn-bgp", "tgw"]), "required", "dx-bgp", "who propagates it, which decides between equals";
        as_path: Whole, "not said", "2", "length of the AS path: among equals of one kind the shortest wins";
        med: Whole, "not said", "100", "multi-exit discriminator: among equally long paths the lowest wins";
    }
    "security_group" {
        id: Text, "none", "sg-0abc", "AWS id, usable as a name";
        ingress: List("ingress_rule"), "none", "[{ protocol: tcp, port: 443, from: app }]", "what may reach members";
        egress: List("egress_rule"), "everything", "[]", "what members may send";
        vpcs: Texts, "none", "[shop-two]", "other VPCs of the Region that the group is associated with";
    }
    "ingress_rule" {
        protocol: Text, "any", "tcp", "tcp, udp, icmp, icmpv6, any, or a number";
        port: Text, "any", "8000-8010", "destination ports; needs tcp or udp";
        icmp: Map("icmp"), "any", "{ type: 8 }", "ICMP type and code";
        from: Texts, "required", "[10.0.0.0/8, app]", "blocks, groups, prefix lists";
    }
    "egress_rule" {
        protocol: Text, "any", "tcp", "tcp, udp, icmp, icmpv6, any, or a number";
        port: Text, "any", "443", "destination ports; needs tcp or udp";
        icmp: Map("icmp"), "any", "{ type: 8 }", "ICMP type and code";
        to: Texts, "required", "pl-s3", "blocks, groups, prefix lists";
    }
    "icmp" {
        type: Whole, "any", "8", "ICMP type";
        code: Whole, "any", "0", "ICMP code";
    }
    "network_acl" {
        id: Text, "none", "acl-0abc", "AWS id, usable as a name";
        ingress: Keyed("acl_ingress_rule"), "deny all", "{ 100: { action: allow, from: 0.0.0.0/0 } }", "what may enter the subnet, by number";
        egress: Keyed("acl_egress_rule"), "deny all", "{ 100: { action: allow, to: 0.0.0.0/0 } }", "what may leave the subnet, by number";
    }
    "acl_ingress_rule" {
        action: Choice(&["allow", "deny"]), "required", "deny", "what happens to what matches";
        protocol: Text, "any", "tcp", "tcp, udp, icmp, icmpv6, any, or a number";
        port: Text, "any", "1024-65535", "destination ports; needs tcp or udp";
        icmp: Map("icmp"), "any", "{ type: 8 }", "ICMP type and code";
        from: Text, "required", "0.0.0.0/0", "a block";
    }
    "acl_egress_rule" {
        action: Choice(&["allow", "deny"]), "required", "deny", "what happens to what matches";
        protocol: Text, "any", "tcp", "tcp, udp, icmp, icmpv6, any, or a number";
        port: Text, "any", "1024-65535", "destination ports; needs tcp or udp";
        icmp: Map("icmp"), "any", "{ type: 8 }", "ICMP type and code";
        to: Text, "required", "0.0.0.0/0", "a block";
    }
    "interface" {
        id: Text, "none", "eni-0abc", "AWS id, usable as a name";
        subnet: Text, "required", "app-a", "subnet";
        ip: Texts, "the lowest free address", "10.0.1.10", "private IPv4 addresses, the primary first";
        ipv6: Texts, "none; the lowest free one in an IPv6-only subnet", "auto", "IPv6 addresses, the primary first, or `auto`";
        prefixes: Texts, "none", "10.0.1.16/28", "delegated prefixes, of either family";
        security_groups: Texts, "default", "app", "security groups";
        public_ip: TextOrTextMap, "none", "203.0.113.10", "public address of the primary, or `{private: public}`";
        source_dest_check: Bool, "true", "false", "drops what is neither from nor to it";
        deny_all_igw_traffic: Bool, "false", "true", "internet gateways refuse its IPv6 addresses, as AWS sets it for private databases of both families";
        attached_to: Text, "none", "web", "instance it is a further interface of";
        tags: TextMap, "none", "{ tier: app }", "tags";
    }
    "instance" {
        id: Text, "none", "i-0abc", "AWS id, usable as a name";
        subnet: Text, "required", "app-a", "subnet of its primary interface";
        ip: Texts, "the lowest free address", "10.0.1.10", "private IPv4 addresses, the primary first";
        ipv6: Texts, "none; the lowest free one in an IPv6-only subnet", "auto", "IPv6 addresses, the primary first, or `auto`";
        prefixes: Texts, "none", "10.0.1.16/28", "delegated prefixes, of either family";
        security_groups: Texts, "default", "app", "security groups";
        public_ip: TextOrTextMap, "none", "203.0.113.10", "public address of the primary, or `{private: public}`";
        source_dest_check: Bool, "true", "false", "drops what is neither from nor to it";
        tags: TextMap, "none", "{ tier: app }", "tags";
        state: Choice(&["running", "pending", "stopping", "stopped", "terminated"]), "running", "stopped", "state of the instance";
        os: Choice(&["linux", "windows", "any"]), "linux", "windows", "decides the client ports";
        forwards: Choice(&["no", "stateful", "stateless"]), "no", "stateful", "whether it passes on packets that are not its own; stateful: replies only of what it passed on";
        runs: Texts, "none", "[web-7d9f]", "names of pods and tasks that run on it";
        name_server: Map("name_server"), "it is none", "{ forward: { \".\": 10.0.0.2 } }", "what it answers as a DNS server";
    }
    "client_vpn" {
        clients: Text, "required", "172.20.0.0/22", "block that clients get their addresses from";
        subnets: Any, "none", "[prv-a]", "subnets it is associated with, an interface in each: a list, or subnet to address";
        security_groups: Texts, "default", "vpn", "security groups of its interfaces";
        authorize: Texts, "none", "[10.0.0.0/16]", "blocks that clients may reach";
        routes: TextsMap, "the VPC's own blocks", "{ 0.0.0.0/0: [prv-a, prv-b] }", "further blocks, and the subnets they lead through: a client has the routes of the one it is connected to";
        split_tunnel: Bool, "false", "true", "clients send only what the endpoint has a route for";
    }
    "nat_gateway" {
        subnet: Text, "none: required if zonal", "pub-a", "subnet";
        ip: Text, "the lowest free address", "10.0.0.5", "private address";
        public_ip: TextOrTextMap, "none", "203.0.113.5", "public address; of a regional gateway also zone to public address";
        type: Choice(&["public", "private"]), "public", "private", "kind";
        state: Choice(&["available", "pending", "failed", "deleting", "deleted"]), "available", "failed", "state";
        mode: Choice(&["zonal", "regional"]), "zonal", "regional", "in a subnet, or of the whole VPC";
        zones: Texts, "every zone, by itself", "[use1-az1]", "zones that a regional gateway serves";
        route_table: Text, "one of its own: to the internet gateway", "nat", "route table of a regional gateway";
        id: Text, "none", "nat-0abc", "AWS id, usable as a name";
    }
    "endpoint" {
        id: Text, "none", "vpce-0abc", "AWS id, usable as a name";
        type: Choice(&["interface", "gateway", "gateway-load-balancer", "resource"]), "interface", "gateway", "kind; what is behind the last two is not modelled, and an answer that hangs on it is unknown";
        service: Text, "required", "s3", "AWS service, or `service:` and an endpoint service; of a resource endpoint the resource configuration";
        service_region: Region, "the VPC's", "eu-west-1", "Region of the service";
        ip_type: Choice(&["ipv4", "ipv6", "dualstack"]), "ipv4", "dualstack", "families of its addresses, or of a gateway's prefix lists";
        dns_type: Choice(&["ipv4", "ipv6", "dualstack", "service-defined"]), "its ip_type; service-defined for a gateway", "dualstack", "families that its names answer";
        subnets: TextMapOr("node"), "none", "{ app-a: 10.0.1.50 }", "subnet to address, `auto` or `{ip, ipv6}`";
        route_tables: Texts, "none", "private-a", "tables a gateway endpoint adds its route to";
        security_groups: Texts, "default", "endpoint", "security groups of its interfaces";
        private_dns: Bool, "false", "true", "private DNS names";
        state: Choice(&["available", "pending-acceptance", "rejected", "failed", "pending", "deleting", "deleted", "expired", "partial"]), "computed", "rejected", "state";
        existing: Bool, "false", "true", "made before a rule that would refuse it now";
        policy: TextOrAny, "full access", "only-receipts", "endpoint policy: a name of `policies`, or a document";
        private_dns_for: Choice(&["all", "inbound-resolver"]), "inbound-resolver (S3; everybody for other services)", "all", "whom S3's private DNS answers: the VPC too, or inbound Resolver endpoints only";
    }
    "resolver_endpoint" {
        direction: Choice(&["inbound", "inbound-delegation", "outbound"]), "required", "inbound", "inbound: others ask the VPC's resolver; inbound-delegation: they delegate domains of its private zones to it; outbound: rules send queries";
        subnets: TextMapOr("node"), "required", "{ app-a: 10.0.1.53 }", "subnet to address, `auto` or `{ip, ipv6}`";
        security_groups: Texts, "default", "dns", "security groups of its interfaces";
    }
    "name_server" {
        records: TextsMapMap, "none", "{ db.corp.example: { a: 10.0.1.30 } }", "its own records: name to type (a, aaaa, cname, ns) to values";
        forward: TextsMap, "none", "{ corp.example: 192.168.0.53, \".\": 10.0.0.2 }", "domain to the servers it asks; `.` is every name";
        recursive: Bool, "true", "false", "it asks the public DNS for what is left";
    }
    "load_balancer" {
        id: Text, "none", "arn:aws:…", "ARN, usable as a name";
        type: Choice(&["network", "application", "gateway"]), "network", "network", "kind; an Application Load Balancer is modelled as far as its listeners, and what the appliances of a Gateway Load Balancer let through is unknown";
        scheme: Choice(&["internal", "internet-facing"]), "internal", "internet-facing", "scheme";
        deny_all_igw_traffic: Bool, "true, unless internet-facing", "false", "internet gateways refuse its IPv6 addresses";
        ip_type: Choice(&["ipv4", "dualstack"]), "ipv4", "dualstack", "families of its addresses";
        subnets: TextMapOr("load_balancer_node"), "none", "{ app-a: auto }", "subnet to `auto`, address, or `{ip, public_ip, ipv6}`";
        security_groups: Texts, "none, ever", "lb", "security groups of its nodes";
        enforce_on_private_link: Bool, "true", "false", "its groups also filter PrivateLink traffic";
        cross_zone: Bool, "false", "true", "cross-zone load balancing";
        idle_timeout: Whole, "350", "900", "idle timeout of its TCP listeners, in seconds";
        listeners: List("listener"), "none", "[{ protocol: tcp, port: 443, forward: web }]", "listeners";
        client_routing: Choice(&["any_availability_zone", "partial_availability_zone_affinity", "availability_zone_affinity"]), "any_availability_zone", "availability_zone_affinity", "whether its name sends clients of the VPC's resolver to their own zone";
        zone_shift: Texts, "none", "use1-az1", "zone that traffic is shifted away from";
    }
    "node" {
        ip: Text, "auto, if its type has IPv4", "10.0.1.50", "private IPv4 address, or `auto`";
        ipv6: Text, "auto, if its type has IPv6", "\"2001:db8:0:1::50\"", "IPv6 address, or `auto`";
    }
    "load_balancer_node" {
        ip: Text, "auto", "10.0.1.20", "private IPv4 address, or `auto`";
        public_ip: Text, "none", "203.0.113.20", "public address";
        ipv6: Text, "auto, if dualstack", "\"2001:db8:0:1::20\"", "IPv6 address, or `auto`";
    }
    "listener" {
        protocol: Choice(&["tcp", "tls", "udp", "tcp_udp", "quic", "tcp_quic", "http", "https", "geneve"]), "required", "tcp", "protocol";
        port: Whole, "required", "443", "port";
        forward: TextOrList("forward"), "none: for a Network Load Balancer it must be said", "web", "target group, or weighted target groups";
    }
    "forward" {
        target_group: Text, "required", "web", "target group";
        weight: Whole, "1", "80", "weight";
    }
    "target_group" {
        id: Text, "none", "arn:aws:…", "ARN, usable as a name";
        type: Choice(&["instance", "ip", "alb"]), "instance", "ip", "what it registers";
        protocol: Choice(&["tcp", "tls", "udp", "tcp_udp", "quic", "tcp_quic", "geneve"]), "tcp", "tcp", "protocol";
        ip_type: Choice(&["ipv4", "ipv6"]), "ipv4", "ipv6", "family of its targets' addresses";
        port: Whole, "required", "8443", "port of targets that state none";
        targets: List("target"), "none", "[{ instance: web-a }]", "targets";
        preserve_client_ip: Bool, "AWS's default by type", "false", "targets see the client's address";
        cross_zone: Choice(&["inherit", "true", "false"]), "inherit", "true", "cross-zone load balancing";
        proxy_protocol: Bool, "false", "true", "proxy protocol v2: targets read who the client is";
        min_healthy: Map("min_healthy"), "1 and 1", "{ dns: 50%, routing: 50% }", "how many targets must be healthy";
        health_check: Map("health_check"), "tcp, on the traffic's port", "{ port: 8080 }", "how targets are checked";
    }
    "min_healthy" {
        dns: Texts, "1", "50%", "below it a zone leaves DNS: a count, a share, both, or `off`";
        routing: Texts, "1", "[2, 50%]", "below it unhealthy targets are used too: a count, a share, or both";
    }
    "health_check" {
        protocol: Choice(&["tcp", "http", "https"]), "tcp", "http", "protocol";
        port: Whole, "the port that traffic goes to", "8080", "port";
    }
    "target" {
        instance: Text, "none", "web-a", "an instance";
        ip: Text, "none", "10.0.2.30", "an address";
        load_balancer: Text, "none", "provider/alb", "an Application Load Balancer";
        port: Whole, "the target group's", "8443", "port";
        zone: Text, "the address's, or all", "use1-az1", "zone that an address outside the VPC is registered for, or `all`";
        health: Choice(&["healthy", "unhealthy", "initial", "draining", "unused"]), "healthy, with an assumption", "unhealthy", "health";
    }
};
