//! Keys of the top level and of everything that is not inside a VPC.

use super::{Key, Type::*, keys};

/// The rows: name, type, default, example, meaning.
pub(super) const KEYS: &[Key] = keys! {
    "scenario" {
        name: Text, "required", "S3 over NAT", "what the scenario is called";
        about: Text, "none", "Why the NAT gateway is paid for", "what it is for";
        base: Text, "none", "base-a.yaml", "file this one is merged over (RFC 7396)";
        network: Text, "none", "./dump", "folder or file of `aws … describe-*` JSON, instead of `vpcs` and what joins them; relative to the file that says it";
        region: Region, "required", "us-east-1", "Region; over an import, its own if none is said";
        account: Text, "\"111111111111\"", "\"111111111111\"", "account";
        accounts: Keyed("account"), "none", "", "what is particular to accounts";
        aws: Map("aws"), "symbolic", "", "addresses of AWS that the scenario depends on";
        internet: Map("internet"), "none", "", "the internet";
        public_records: TextsMapMap, "none", "{ www.example.com: { a: 198.51.100.7 } }", "public DNS: name to type (a, aaaa, cname) to values";
        prefix_lists: Named("prefix_list"), "none", "", "customer-managed prefix lists";
        vpcs: Named("vpc"), "none", "", "VPCs";
        peerings: Named("peering"), "none", "", "peering connections";
        transit_gateways: Named("transit_gateway"), "none", "", "transit gateways";
        on_premises: Named("site"), "none", "", "on-premises networks";
        vpn_connections: Named("vpn_connection"), "none", "", "Site-to-Site VPN connections";
        virtual_interfaces: Named("virtual_interface"), "none", "", "Direct Connect virtual interfaces";
        hosted_zones: Named("hosted_zone"), "none", "", "hosted zones";
        resolver_rules: Named("resolver_rule"), "none", "", "Resolver rules";
        profiles: Named("profile"), "none", "", "Route 53 Profiles";
        endpoint_services: Named("endpoint_service"), "none", "", "endpoint services";
        buckets: Keyed("bucket"), "none", "{ receipts: { region: us-east-1 } }", "S3 buckets";
        access_points: Named("access_point"), "none", "{ reports: { bucket: receipts, vpc: shop } }", "access points of S3 buckets";
        apis: Keyed("api"), "none", "{ a1b2c3: { private: true } }", "APIs of API Gateway, by the first label of their default names";
        tables: Keyed("table"), "none", "{ orders: {} }", "DynamoDB tables";
        principals: Named("principal"), "none", "{ app: { policy: reader } }", "IAM principals";
        policies: NamedAny, "none", "", "IAM policy documents by name, to attach by `policy`";
        down: Map("down"), "nothing", "", "what is out of service";
        assume: TextMap, "stated defaults", "{ nat-uses-gateway-endpoint: false }", "positions of switches";
        expect: List("expect"), "none", "", "expectations";
        properties: List("property"), "none", "", "properties over many flows";
        cases: List("case"), "none", "", "the same network with edits";
    }
    "down" {
        zones: Texts, "none", "[use1-az1]", "zones: nothing in them sends or receives";
        components: Texts, "none", "[a/nat-a, vpn-hq]", "what neither sends nor receives: `vpc/name` of an instance, interface, NAT gateway, endpoint, load balancer, Resolver or Client VPN endpoint; a connection; `transit gateway/attachment`";
    }
    "account" {
        zones: TextMap, "a→1, b→2 …", "{ us-east-1a: use1-az4 }", "zone name to zone id";
        organization: Text, "unknown", "o-example", "its organization";
        block_public_access: TextMap, "off", "{ us-east-1: bidirectional }", "VPC Block Public Access by Region: off, ingress or bidirectional";
    }
    "aws" {
        prefix_lists: TextsMap, "symbolic", "{ s3: 52.216.0.0/15 }", "service, or `region/service`, to blocks of either family";
        addresses: TextsMap, "symbolic", "{ s3.us-east-1.amazonaws.com: 52.216.8.10 }", "public name to addresses";
    }
    "internet" {
        hosts: Named("internet_host"), "none", "{ x: { ip: 198.51.100.7 } }", "hosts of the internet";
    }
    "internet_host" {
        ip: Text, "none, with `ipv6`", "198.51.100.7", "IPv4 address";
        ipv6: Text, "none", "\"2001:db8:f::7\"", "IPv6 address";
        os: Choice(&["linux", "windows", "any"]), "any", "linux", "decides the client ports";
        records: Texts, "none", "www.example.com", "its public names";
    }
    "prefix_list" {
        id: Text, "none", "pl-0abc", "AWS id, usable as a name";
        entries: Texts, "none", "[172.31.0.0/16]", "blocks";
        max_entries: Whole, "the count of entries", "10", "what it counts for in quotas";
        region: Region, "the top level's", "us-east-1", "Region: nothing of another Region names it";
        account: Text, "the top level's", "\"222222222222\"", "account that owns it; another account that names it shares it";
    }
    "peering" {
        between: Texts, "required", "[a, b]", "requester and accepter";
        state: Choice(&["active", "pending-acceptance", "provisioning", "expired", "rejected", "failed", "deleted"]), "active", "deleted", "state";
        remote_dns: TextMap, "false", "{ b: true }", "VPCs whose instances' public names mean private addresses to the other side";
        id: Text, "none", "pcx-0abc", "AWS id, usable as a name";
    }
    "site" {
        cidrs: Texts, "none", "192.168.0.0/16", "its private blocks";
        hosts: TextMap, "none", "{ o: 192.168.5.5 }", "its hosts";
        public_ip: Text, "none: no internet", "203.0.113.200", "what its own internet connection translates to";
        resolver: Texts, "isp if it has a public_ip", "192.168.0.53", "who answers its DNS queries: `isp`, `none`, or the addresses of name servers";
        forward: TextsMap, "none", "{ amazonaws.com: 10.0.1.53 }", "what its name servers forward: domain to servers; `.` is every name";
        records: TextsMapMap, "none", "{ db.corp.example: { a: 192.168.5.6 } }", "what its name servers know: name to type (a, aaaa, cname, ns) to values";
        routes: TextMap, "what its connections advertise, the rest to the isp", "{ 0.0.0.0/0: vpn-hq }", "its own routes: block to a connection or `isp`";
        rules: Map("site_rules"), "none: everything passes", "", "its firewall, between its hosts and everything outside";
    }
    "site_rules" {
        ingress: Keyed("acl_ingress_rule"), "deny all", "{ 100: { action: allow, from: 10.0.0.0/16 } }", "what may enter the site, by number";
        egress: Keyed("acl_egress_rule"), "deny all", "{ 100: { action: allow, to: 0.0.0.0/0 } }", "what may leave the site, by number";
        stateful: Bool, "false, as an ACL", "true", "it lets replies pass to what it let through";
    }
    "vpn_connection" {
        site: Text, "required", "hq", "site";
        to: Text, "required", "hub/vgw", "virtual private gateway, as `vpc/gateway`, or `transit gateway/attachment`";
        routing: Choice(&["static", "bgp"]), "bgp", "static", "how routes are exchanged";
        prefixes: Texts, "the site's cidrs", "192.168.0.0/16", "what the site advertises";
        ip_type: Choice(&["ipv4", "ipv6"]), "ipv4", "ipv6", "the one family that its tunnels carry; `ipv6` to a transit gateway only";
        asn: Text, "unknown", "65001", "BGP number of the customer gateway: sites of one virtual private gateway reach each other if each has its own";
        tunnels: Texts, "[up, up]", "[up, down]", "state of the tunnels";
        state: Choice(&["available", "pending", "deleting", "deleted"]), "available", "deleted", "state";
    }
    "virtual_interface" {
        type: Choice(&["private", "transit", "public"]), "required", "private", "kind";
        site: Text, "required", "hq", "site";
        to: Text, "none (public)", "hub/vgw", "private: virtual private gateway, as `vpc/gateway`; transit: `transit gateway/attachment`";
        prefixes: Texts, "the site's cidrs; required if public", "192.168.0.0/16", "what the site advertises";
        allowed_prefixes: Texts, "none", "[10.0.0.0/8]", "what AWS advertises over a transit virtual interface";
        asn: Text, "unknown", "65001", "BGP number of the site's router";
        state: Choice(&["available", "pending", "down", "deleting", "deleted"]), "available", "down", "state";
    }
    "hosted_zone" {
        domain: Text, "required", "example.internal", "domain";
        private: Bool, "true", "false", "private, else public";
        vpcs: Texts, "none", "[a, b]", "VPCs it is associated with";
        records: List("record"), "none", "", "records";
    }
    "resolver_rule" {
        domain: Text, "required", "corp.example", "domain; `.` is every name; of `delegate`, the domain of the name servers";
        type: Choice(&["forward", "system", "delegate"]), "forward", "system", "forward: other servers answer; system: the resolver does, whatever a wider rule says; delegate: `through` asks the name servers of `domain` that a zone delegates to";
        vpcs: Texts, "none", "[a, b]", "VPCs it is associated with";
        to: Texts, "none", "192.168.0.53", "servers that `forward` asks";
        through: Text, "none", "hub/outbound", "outbound Resolver endpoint, as `vpc/name`";
    }
    "profile" {
        vpcs: Texts, "none", "[a, b]", "VPCs it is associated with";
        zones: Texts, "none", "internal", "private hosted zones";
        rules: Texts, "none", "corp", "Resolver rules";
        endpoints: Texts, "none", "hub/ssm", "interface endpoints whose private names answer";
    }
    "record" {
        name: Text, "required", "db.example.internal", "full name; quote a wildcard";
        type: Choice(&["a", "aaaa", "cname", "alias", "ns"]), "required", "alias", "type; `ns` delegates the name and all below it";
        value: Texts, "required", "hub/s3", "addresses, a name, for an alias a component, for `ns` the names of the name servers";
    }
    "endpoint_service" {
        load_balancers: Texts, "none", "provider/orders-nlb", "load balancers behind it";
        acceptance_required: Bool, "true", "false", "the provider must accept connections";
        allowed_principals: Texts, "[]", "\"arn:aws:iam::111111111111:root\"", "who may connect; `any` is everybody";
        connections: TextMapOr("service_connection"), "computed", "{ consumer/orders: accepted }", "state of connections";
        ip_types: Texts, "ipv4", "[ipv4, ipv6]", "families that consumers may use";
        private_dns_name: Map("private_dns_name"), "none", "{ name: orders.example.com, verified: true }", "private DNS name";
        supported_regions: Regions, "its own", "[eu-west-1]", "other Regions that endpoints may be in";
        zones: Texts, "those of its load balancers", "[use1-az1]", "zones that it is offered in";
    }
    "service_connection" {
        state: Choice(&["accepted", "pending", "rejected"]), "required", "accepted", "state";
        load_balancer: Texts, "one of its zone, nobody knows which", "provider/orders-nlb", "the load balancer that its interfaces are bound to";
    }
    "private_dns_name" {
        name: Text, "required", "orders.example.com", "name";
        verified: Bool, "false", "true", "its owner proved it";
    }
    "bucket" {
        region: Region, "the top level's", "us-east-1", "Region";
        account: Text, "the top level's", "\"222222222222\"", "account that owns it";
        policy: TextOrAny, "none", "closed", "bucket policy: a name of `policies`, or a document";
    }
    "access_point" {
        bucket: Text, "required", "receipts", "one of `buckets`";
        account: Text, "the top level's", "\"222222222222\"", "account that owns it, as its name says";
        vpc: Text, "none: from anywhere", "shop", "the VPC from whose endpoints alone it takes requests";
        policy: TextOrAny, "none", "readers", "its own policy: a name of `policies`, or a document";
    }
    "api" {
        private: Bool, "false", "true", "reached by endpoints for APIs only, else public";
    }
    "table" {
        region: Region, "the top level's", "us-east-1", "Region";
        account: Text, "the top level's", "\"222222222222\"", "account that owns it";
        policy: TextOrAny, "none", "closed", "resource policy: a name of `policies`, or a document";
    }
    "principal" {
        arn: Text, "a role of its name", "\"arn:aws:iam::111111111111:role/app\"", "ARN; of a session, its role's";
        account: Text, "the ARN's, else the top level's", "\"222222222222\"", "account";
        policy: TextOrAny, "not given: allows, as an assumption", "reader", "its own policy: a name of `policies`, or a document";
        organization: Text, "its account's, else none", "o-example", "organization";
    }
    "expect" {
        from: TextOr("source"), "required", "hub/app", "where the traffic starts";
        to: Text, "required", "s3://receipts", "what it is for";
        protocol: Text, "the destination's", "tcp", "tcp, udp, icmp, or a number";
        port: Text, "the destination's", "443", "destination port";
        client_ports: Text, "the source system's", "49152-65535", "source ports";
        cite: Texts, "none", "vpc-forwarding#22", "what says so";
        why: Text, "none", "", "why it matters";
        verdict: Choice(&["private", "internet", "mixed", "denied", "unreachable", "unknown"]), "not checked", "private", "the verdict";
        code: Text, "not checked", "NO_ROUTE_TO_DESTINATION", "code of the deciding obstacle";
        leg: Choice(&["dns", "out", "arrival", "back", "gate"]), "not checked", "back", "its part";
        at: Text, "not checked", "a/web", "its component";
        by: Text, "not checked", "a/tight egress otherwise", "its row";
        need: Text, "not checked", "ecr.dkr", "the need that decides, of a `needs://` destination";
        also: Texts, "not checked", "[SUBNET_ACL_RESTRICTION]", "codes among the further obstacles";
        notes: Texts, "not checked", "[MTU_8500]", "codes among the notes";
        not_notes: Texts, "not checked", "[MTU_1500]", "codes that no note has";
        assumes: Texts, "not checked", "[HOST_ASSUMED]", "assumptions that fired";
        via: Texts, "not checked", "[igw, a/web]", "a subsequence of the out leg";
        not_via: Texts, "not checked", "[igw]", "on no leg of any alternative";
        mechanism: Text, "not checked", "interface-endpoint", "primary mechanism";
        leaves_aws: Choice(&["no", "yes", "cannot-tell"]), "not checked", "\"no\"", "whether it leaves AWS";
        answers: Texts, "not checked", "[10.0.1.50]", "addresses the name resolves to";
        dns: Choice(&["private", "public", "nxdomain", "no-answer", "refused"]), "not checked", "private", "kind of the DNS answer";
        answered_by: Text, "not checked", "s3", "zone, rule, endpoint or `public`";
        sees: Map("sees"), "not checked", "{ source: 198.51.100.7 }", "what the destination sees";
        failing_ports: Texts, "not checked", "61001-65535", "client ports that fail";
        some: List("check"), "not checked", "", "each matches at least one alternative";
        all_listed: Bool, "false", "true", "every alternative matches one of `some`";
        action: Text, "the service's usual: s3:GetObject, dynamodb:GetItem", "s3:PutObject", "what is asked of the AWS service";
        principal: Text, "somebody of the source's account", "app", "who asks: one of `principals`, an ARN, an account, `anonymous`";
    }
    "check" {
        verdict: Choice(&["private", "internet", "mixed", "denied", "unreachable", "unknown"]), "not checked", "private", "the verdict";
        code: Text, "not checked", "NO_ROUTE_TO_DESTINATION", "code of the deciding obstacle";
        leg: Choice(&["dns", "out", "arrival", "back", "gate"]), "not checked", "back", "its part";
        at: Text, "not checked", "a/web", "its component";
        by: Text, "not checked", "a/tight egress otherwise", "its row";
        also: Texts, "not checked", "[SUBNET_ACL_RESTRICTION]", "codes among the further obstacles";
        notes: Texts, "not checked", "[MTU_8500]", "codes among the notes";
        not_notes: Texts, "not checked", "[MTU_1500]", "codes that no note has";
        assumes: Texts, "not checked", "[HOST_ASSUMED]", "assumptions that fired";
        via: Texts, "not checked", "[igw, a/web]", "a subsequence of the out leg";
        not_via: Texts, "not checked", "[igw]", "on no leg";
        mechanism: Text, "not checked", "interface-endpoint", "primary mechanism";
        leaves_aws: Choice(&["no", "yes", "cannot-tell"]), "not checked", "\"no\"", "whether it leaves AWS";
        answers: Texts, "not checked", "[10.0.1.50]", "addresses the name resolves to";
        dns: Choice(&["private", "public", "nxdomain", "no-answer", "refused"]), "not checked", "private", "kind of the DNS answer";
        answered_by: Text, "not checked", "s3", "zone, rule, endpoint or `public`";
        sees: Map("sees"), "not checked", "{ source: 198.51.100.7 }", "what the destination sees";
        failing_ports: Texts, "not checked", "61001-65535", "client ports that fail";
    }
    "source" {
        internet: Text, "none", "198.51.100.7", "an address of the internet";
        site: Text, "none", "hq", "a site, with `ip`";
        vpc: Text, "none", "hub", "a VPC, with `ip`: a host without an interface";
        ip: Text, "none", "192.168.5.5", "the address";
    }
    "sees" {
        source: Text, "not checked", "198.51.100.7", "source address";
        vpce: Text, "not checked", "hub/s3", "VPC endpoint";
    }
    "property" {
        never: Text, "none", "internet", "`internet` or `reachable`";
        always: Text, "none", "private", "`private` or `reachable`";
        only_via: Texts, "none", "consumer/orders", "what every alternative crosses";
        only_ports: Texts, "none", "[443]", "ports that arrive";
        isolated: Any, "none", "true", "nothing passes between";
        survives: Any, "none", "{ zones: [use1-az1] }", "what may be down";
        from: Any, "any", "hub/*", "selector of sources";
        to: Any, "any", "s3", "selector of destinations";
        ports: Texts, "any", "443", "ports";
        replies: Text, "not needed", "needed", "whether a reply is needed";
        why: Text, "none", "", "why it matters";
    }
    "case" {
        name: Text, "required", "out rules admit 443 only", "what the case is called";
        cite: Texts, "none", "vpc-forwarding#68", "what says so";
        why: Text, "none", "", "why it matters";
        edit: Any, "nothing", "", "merge patch; `null` deletes";
        after: Choice(&["base", "previous"]), "base", "previous", "what is edited";
        expect: List("expect"), "none", "", "expectations";
        properties: List("property"), "none", "", "properties";
        refuse: List("refusal"), "none", "[{ code: unknown-name, at: a/web }]", "errors that loading must give";
        lints: List("warned"), "none", "[{ code: endpoint-in-one-zone, at: a/s3 }]", "what `lint` must find, exactly";
    }
    "warned" {
        code: Text, "required", "endpoint-in-one-zone", "name of the warning";
        at: Text, "any", "a/s3", "component";
    }
    "refusal" {
        code: Text, "required", "unknown-name", "code of the error";
        at: Text, "any", "a/private-a", "component";
    }
};
