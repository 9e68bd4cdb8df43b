extension Table {
  /// A network filter (https://libvirt.org/formatnwfilter.html).
  public static let networkFilter = Table(
    "NetworkFilter", doc: "Rules for the traffic of guests' interfaces.",
    placement + [
      external,
      Field(
        "chain", .text(.name), xml: .value("@chain"), change: .live(.filter),
        doc:
          "The chain that the rules stand in: root, a protocol (mac, vlan, stp, arp, rarp, ipv4, ipv6), or one with a name behind it, such as arp-web. Root without it."
      ),
      Field(
        "priority", .integer(-1000...1000), xml: .value("@priority"), change: .live(.filter),
        doc: "The chain's turn among the chains, lowest first; by its protocol without one."),
      Field(
        "filters", .list(.record(filterReference, shorthand: "name"), key: []),
        xml: .repeated("filterref"), change: .live(.filter), isWhole: true,
        doc: "Other filters whose rules apply too; the list is complete."),
      Field(
        "rules", .list(.record(filterRule, shorthand: nil), key: []), xml: .repeated("rule"),
        change: .live(.filter), isWhole: true,
        doc: "The rules, those of one priority in their order; the list is complete."),
      Field(
        "lifecycle", .record(lifecycle, shorthand: nil), change: .own,
        doc: "What virtspec may do to it."),
    ])

  static let filterReference = Table(
    "filter reference", doc: "A filter whose rules apply too.",
    [
      Field(
        "name", .text(.name), xml: .value("@filter"), required: true, doc: "The filter's name."),
      Field(
        "parameters", .list(.record(filterParameter, shorthand: nil), key: ["name", "value"]),
        xml: .repeated("parameter"), doc: "Values for the filter's variables."),
    ])

  static let filterParameter = Table(
    "filter parameter", doc: "A value for a variable of a network filter.",
    [
      Field(
        "name", .text(.line), xml: .value("@name"), required: true,
        doc: "The variable, such as IP; several of one name make a list."),
      Field(
        "value", .text(.line), xml: .value("@value"), required: true,
        doc: "The value."),
    ])

  static let filterRule = Table(
    "filter rule", doc: "What becomes of some traffic.",
    [
      Field(
        "action", .choice(["drop", "reject", "accept", "return", "continue"]),
        xml: .value("@action"), required: true,
        doc:
          "Dropped in silence or with an answer, let through, back to the chain before, or on to the next rule."
      ),
      Field(
        "direction", .choice(["in", "out", "inout"]), xml: .value("@direction"), required: true,
        doc: "To the guest, from the guest, or both."),
      Field(
        "priority", .integer(-1000...1000), xml: .value("@priority"), implied: 500,
        doc: "The rule's turn, lowest first."),
      Field(
        "stateMatch", .boolean,
        xml: .value("@statematch", .trueFalse, fallback: nil, absent: "true"), implied: true,
        doc: "Whether the connection's direction is looked at, so that answers come through."),
    ] + FilterProtocol.fields(isNegated: false) + [
      Field(
        "not", .record(filterNegations, shorthand: nil), xml: .nested(""),
        doc: "Values that the traffic must not have, of the rule's protocol.")
    ])

  static let filterNegations = Table(
    "negated matches", doc: "Values that the traffic must not have.",
    FilterProtocol.fields(isNegated: true))
}

/// What rules of network filters can look at, one table a protocol. Each is one element of a rule; what the
/// traffic must not have stands in a second one with `match='no'`.
public enum FilterProtocol {
  /// The protocols' fields in a rule.
  public static let names = protocols.map(\.name)

  static func fields(isNegated: Bool) -> [Field] {
    let condition = isNegated ? "[@match='no']" : "[@match!='no']"
    return protocols.map { name, element, table in
      Field(
        name, .record(table, shorthand: nil), xml: .nested(XMLPath(element + condition)),
        isWhole: true, doc: "Matches \(table.doc.prefix(1).lowercased())\(table.doc.dropFirst())")
    }
  }

  private static let protocols: [(name: String, element: String, table: Table)] = [
    ("mac", "mac", ethernet), ("vlan", "vlan", vlan), ("stp", "stp", stp), ("arp", "arp", arp),
    ("rarp", "rarp", rarp), ("ip", "ip", ip), ("ipv6", "ipv6", ipv6), ("tcp", "tcp", tcp),
    ("udp", "udp", udp), ("sctp", "sctp", sctp), ("icmp", "icmp", icmp), ("igmp", "igmp", igmp),
    ("esp", "esp", esp), ("ah", "ah", ah), ("udplite", "udplite", udplite), ("all", "all", all),
    ("tcpIPv6", "tcp-ipv6", tcp), ("udpIPv6", "udp-ipv6", udp), ("sctpIPv6", "sctp-ipv6", sctp),
    ("icmpv6", "icmpv6", icmp), ("espIPv6", "esp-ipv6", esp), ("ahIPv6", "ah-ipv6", ah),
    ("udpliteIPv6", "udplite-ipv6", udplite), ("allIPv6", "all-ipv6", all),
  ]

  private static func field(
    _ name: String, _ attribute: String, _ doc: String
  ) -> Field {
    field(name, attribute, .filterNumber, doc)
  }

  private static func field(
    _ name: String, _ attribute: String, _ format: Format, _ doc: String
  ) -> Field {
    Field(
      name, .text(format), xml: .value(XMLPath("@" + attribute)), equivalence: .filterValue,
      doc: doc)
  }

  private static let comment = Field(
    "comment", .text(.line), xml: .value("@comment"), doc: "A remark for people.")
  private static let sourceMAC = field(
    "sourceMac", "srcmacaddr", .filterMAC, "The sender's MAC address.")
  private static let ethernetHeader: [Field] = [
    sourceMAC,
    field("sourceMacMask", "srcmacmask", .filterMAC, "The bits of it that count."),
    field("destinationMac", "dstmacaddr", .filterMAC, "The receiver's MAC address."),
    field("destinationMacMask", "dstmacmask", .filterMAC, "The bits of it that count."),
  ]
  private static let addresses: [Field] = [
    field("sourceAddress", "srcipaddr", .filterAddress, "The sender's IP address."),
    field("sourceMask", "srcipmask", .filterMask, "Its prefix length or network mask."),
    field("destinationAddress", "dstipaddr", .filterAddress, "The receiver's IP address."),
    field("destinationMask", "dstipmask", .filterMask, "Its prefix length or network mask."),
  ]
  private static let ports: [Field] = [
    field("sourcePort", "srcportstart", "The sender's port, or the first of a range."),
    field("sourcePortEnd", "srcportend", "The last of the sender's ports."),
    field("destinationPort", "dstportstart", "The receiver's port, or the first of a range."),
    field("destinationPortEnd", "dstportend", "The last of the receiver's ports."),
  ]
  private static let dscp = field("dscp", "dscp", "The class of service (DSCP), 0 to 63.")
  /// What connection tracking can look at.
  private static let tracked: [Field] =
    [sourceMAC] + addresses + [
      field("sourceFrom", "srcipfrom", .filterAddress, "The first of the sender's IP addresses."),
      field("sourceTo", "srcipto", .filterAddress, "The last of the sender's IP addresses."),
      field(
        "destinationFrom", "dstipfrom", .filterAddress, "The first of the receiver's IP addresses."),
      field("destinationTo", "dstipto", .filterAddress, "The last of the receiver's IP addresses."),
      dscp,
      field("connectionLimit", "connlimit-above", "More connections at once than this many."),
      field(
        "state", "state", .line,
        "The connection's states with commas: NEW, ESTABLISHED, RELATED, INVALID; or NONE."),
      field("ipset", "ipset", .line, "A set of addresses of the host (ipset)."),
      field(
        "ipsetFlags", "ipsetflags", .line, "What the set has, with commas: src or dst, up to six."),
    ]

  private static let ethernet = Table(
    "mac match", doc: "Ethernet frames.",
    ethernetHeader + [
      field(
        "protocol", "protocolid", .line,
        "The EtherType: arp, rarp, ipv4, ipv6, vlan, or a number from 0x600."), comment,
    ])
  private static let vlan = Table(
    "vlan match", doc: "Frames with a VLAN tag.",
    ethernetHeader + [
      field("id", "vlanid", "The VLAN's number."),
      field(
        "protocol", "encap-protocol", .line,
        "The EtherType inside: arp, rarp, ipv4, ipv6, vlan, or a number from 0x600."), comment,
    ])
  private static let stp = Table(
    "stp match", doc: "Messages of the spanning tree protocol.",
    ethernetHeader.prefix(2) + [
      field("type", "type", "The message's type."),
      field("flags", "flags", "Its flags."),
      field("rootPriority", "root-priority", "The root's priority, or the lowest."),
      field("rootPriorityEnd", "root-priority-hi", "The highest priority of the root."),
      field("rootAddress", "root-address", .filterMAC, "The root's MAC address."),
      field("rootAddressMask", "root-address-mask", .filterMAC, "The bits of it that count."),
      field("rootCost", "root-cost", "The cost of the way to the root, or the lowest."),
      field("rootCostEnd", "root-cost-hi", "The highest cost of the way to the root."),
      field("senderPriority", "sender-priority", "The sender's priority, or the lowest."),
      field("senderPriorityEnd", "sender-priority-hi", "The highest priority of the sender."),
      field("senderAddress", "sender-address", .filterMAC, "The sender's MAC address."),
      field("senderAddressMask", "sender-address-mask", .filterMAC, "The bits of it that count."),
      field("port", "port", "The port, or the first of a range."),
      field("portEnd", "port-hi", "The last port."),
      field("age", "age", "The message's age, or the lowest."),
      field("ageEnd", "age-hi", "The highest age."),
      field("maxAge", "max-age", "The age that it may reach, or the lowest."),
      field("maxAgeEnd", "max-age-hi", "The highest age that it may reach."),
      field("helloTime", "hello-time", "The hello time, or the lowest."),
      field("helloTimeEnd", "hello-time-hi", "The highest hello time."),
      field("forwardDelay", "forward-delay", "The forward delay, or the lowest."),
      field("forwardDelayEnd", "forward-delay-hi", "The highest forward delay."),
      comment,
    ])
  private static let arpHeader: [Field] =
    ethernetHeader + [
      field("hardwareType", "hwtype", "The hardware's type."),
      field("protocolType", "protocoltype", "The protocol's type."),
      field(
        "opcode", "opcode", .line,
        "What is asked: a number, Request, Reply, Request_Reverse, Reply_Reverse, DRARP_Request, DRARP_Reply, DRARP_Error, InARP_Request or ARP_NAK."
      ),
      field("senderMac", "arpsrcmacaddr", .filterMAC, "The sender's MAC address in the message."),
      field("senderAddress", "arpsrcipaddr", .filterAddress, "The sender's IP address."),
      field("senderMask", "arpsrcipmask", .filterMask, "Its prefix length or network mask."),
      field("targetMac", "arpdstmacaddr", .filterMAC, "The target's MAC address in the message."),
      field("targetAddress", "arpdstipaddr", .filterAddress, "The target's IP address."),
      field("targetMask", "arpdstipmask", .filterMask, "Its prefix length or network mask."),
      Field(
        "gratuitous", .boolean, xml: .value("@gratuitous", .trueFalse),
        doc: "Whether it was sent without a question."), comment,
    ]
  private static let arp = Table("arp match", doc: "ARP messages.", arpHeader)
  private static let rarp = Table("rarp match", doc: "RARP messages.", arpHeader)
  private static let packetProtocol = field(
    "protocol", "protocol", .line,
    "The protocol inside: tcp, udp, udplite, esp, ah, icmp, icmpv6, igmp, sctp, or a number.")
  private static let ip = Table(
    "ip match", doc: "IPv4 packets, without connection tracking.",
    ethernetHeader + addresses + [packetProtocol] + ports + [dscp, comment])
  private static let ipv6 = Table(
    "ipv6 match", doc: "IPv6 packets, without connection tracking.",
    ethernetHeader + addresses + [packetProtocol] + ports + [
      field("type", "type", "The ICMPv6 type, or the first of a range."),
      field("typeEnd", "typeend", "The last ICMPv6 type."),
      field("code", "code", "The ICMPv6 code, or the first of a range."),
      field("codeEnd", "codeend", "The last ICMPv6 code."), comment,
    ])
  private static let tcp = Table(
    "tcp match", doc: "TCP packets.",
    tracked + ports + [
      field(
        "flags", "flags", .line,
        "The flags that are looked at, and those of them that are set: SYN,ACK/SYN."),
      field("option", "option", "A TCP option's number."), comment,
    ])
  private static let udp = Table("udp match", doc: "UDP packets.", tracked + ports + [comment])
  private static let sctp = Table("sctp match", doc: "SCTP packets.", tracked + ports + [comment])
  private static let icmp = Table(
    "icmp match", doc: "ICMP messages.",
    tracked + [
      field("type", "type", "The message's type."), field("code", "code", "The message's code."),
      comment,
    ])
  private static let igmp = Table("igmp match", doc: "IGMP messages.", tracked + [comment])
  private static let esp = Table("esp match", doc: "IPsec ESP packets.", tracked + [comment])
  private static let ah = Table("ah match", doc: "IPsec AH packets.", tracked + [comment])
  private static let udplite = Table(
    "udplite match", doc: "UDP-Lite packets.", tracked + [comment])
  private static let all = Table("all match", doc: "Packets of any protocol.", tracked + [comment])
}
