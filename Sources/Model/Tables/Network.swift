extension Table {
  /// A virtual network (https://libvirt.org/formatnetwork.html).
  public static let network = Table(
    "Network", doc: "A virtual network of a host.",
    placement + [
      external,
      Field(
        "forward", .record(forward, shorthand: "mode"), xml: .nested("forward"),
        implied: ["mode": "isolated"],
        doc: "How guests reach the world outside: a mode, or a mode with its details."),
      Field(
        "bridge", .record(bridge, shorthand: "name"), xml: .nested("bridge"),
        doc: "The bridge device that carries the network."),
      Field(
        "mtu", .integer(68...65_521), xml: .value("mtu/@size"), doc: "Bytes of the largest packet."),
      Field(
        "domain", .record(domain, shorthand: "name"), xml: .nested("domain"),
        doc: "The DNS domain of the guests."),
      Field(
        "dns", .record(dns, shorthand: nil), xml: .nested("dns"),
        doc: "What the network's DNS server answers."),
      Field(
        "address", .text(.cidr), change: .own, excludes: ["addresses"],
        doc: "The host's own address with its prefix length; short for one entry of `addresses`."),
      Field(
        "dhcp", .record(dhcp, shorthand: nil), change: .own, excludes: ["addresses"],
        doc: "Address leases for `address`."),
      Field(
        "addresses", .list(.record(networkAddress, shorthand: "address"), key: ["address"]),
        xml: .repeated("ip"),
        doc: "The host's own addresses, IPv4 and IPv6."),
      Field(
        "routes", .list(.record(route, shorthand: nil), key: ["to"]), xml: .repeated("route"),
        doc: "Static routes into the network."),
      Field(
        "portGroups", .list(.record(portGroup, shorthand: nil), key: ["name"]),
        xml: .repeated("portgroup"),
        doc: "Named settings that an interface picks."),
      Field(
        "autostart", .boolean, change: .live(.autostart),
        doc: "Whether it starts with the host. New networks: true."),
      Field(
        "power", .choice(["running", "stopped", "unmanaged"]), change: .live(.power),
        doc: "Whether it runs. Default running."),
      Field(
        "lifecycle", .record(lifecycle, shorthand: nil), change: .own,
        doc: "What virtspec may do to it."),
      overlay("network"),
    ])

  static let forward = Table(
    "forward", doc: "How a network is connected.",
    [
      Field(
        "mode", .choice(["nat", "route", "open", "bridge", "hostdev", "isolated"]),
        xml: .value("@mode", .plain, fallback: nil, absent: "isolated"), required: true,
        doc:
          "Network address translation, routing, routing without firewall rules, an existing bridge, functions of a network card (SR-IOV), or nothing."
      ),
      Field(
        "device", .text(.device), xml: .value("@dev"),
        doc: "The only network device that traffic leaves through."),
      Field(
        "physicalFunction", .text(.device), xml: .value("pf/@dev"),
        when: [XMLCondition("@mode", "hostdev")], excludes: ["virtualFunctions"],
        doc: "The card's device on the host, whose virtual functions guests get; hostdev only."),
      Field(
        "virtualFunctions", .list(.record(virtualFunction, shorthand: "pci"), key: ["pci"]),
        xml: .repeated("address[@type='pci']"), when: [XMLCondition("@mode", "hostdev")],
        excludes: ["physicalFunction"],
        doc: "The virtual functions that guests get, instead of all of a card; hostdev only."),
      Field(
        "managed", .boolean, xml: .value("@managed", .yesNo),
        when: [XMLCondition("@mode", "hostdev")],
        doc: "Whether libvirt takes the functions from the host's driver; hostdev only."),
      Field(
        "driver", .choice(["vfio", "kvm"]), xml: .value("driver/@name"),
        when: [XMLCondition("@mode", "hostdev")],
        doc: "What passes the functions through; hostdev only."),
      Field(
        "natPorts", .record(portRange, shorthand: nil), xml: .nested("nat/port"),
        doc: "The ports that translated connections leave from."),
      Field(
        "natAddresses", .record(addressRange, shorthand: nil), xml: .nested("nat/address"),
        doc: "The addresses that translated connections leave from."),
      Field(
        "ipv6Nat", .boolean, xml: .value("nat/@ipv6", .yesNo),
        doc: "Whether IPv6 is translated too."),
    ])

  static let virtualFunction = Table(
    "virtual function", doc: "A virtual function of a network card.",
    [
      Field(
        "pci", .text(.pciAddress), xml: .codec("", .pciAddress), equivalence: .pciAddress,
        required: true, doc: "Its address, such as 0000:3b:02.1.")
    ])

  static let portRange = Table(
    "port range", doc: "A range of ports.",
    [
      Field(
        "start", .integer(1...65_535), xml: .value("@start"), required: true, doc: "The first port."
      ),
      Field(
        "end", .integer(1...65_535), xml: .value("@end"), required: true, doc: "The last port."),
    ])

  static let bridge = Table(
    "bridge", doc: "The bridge device of a network.",
    [
      Field(
        "name", .text(.device), xml: .value("@name"),
        doc: "The device's name; libvirt picks virbrN without one."),
      Field(
        "stp", .boolean, xml: .value("@stp", .onOff),
        doc: "Whether it speaks the spanning tree protocol."),
      Field(
        "delay", .integer(0...32), xml: .value("@delay"), doc: "Seconds until a new port forwards."),
      Field("zone", .text(.line), xml: .value("@zone"), doc: "The firewalld zone."),
    ])

  static let domain = Table(
    "domain", doc: "The DNS domain of a network.",
    [
      Field(
        "name", .text(.domain), xml: .value("@name"), required: true, doc: "The domain's name."),
      Field(
        "localOnly", .boolean, xml: .value("@localOnly", .yesNo),
        doc: "Whether queries for the domain are never forwarded."),
    ])

  /// The DNS server of a network.
  public static let dns = Table(
    "dns", doc: "The DNS server of a network.",
    [
      Field(
        "enabled", .boolean, xml: .value("@enable", .yesNo), doc: "Whether there is a DNS server."),
      Field(
        "forwardPlainNames", .boolean, xml: .value("@forwardPlainNames", .yesNo),
        doc: "Whether names without a dot are forwarded."),
      Field(
        "forwarders", .list(.record(forwarder, shorthand: "address"), key: ["address", "domain"]),
        xml: .repeated("forwarder"), doc: "Servers that queries are forwarded to."),
      Field(
        "hosts", .list(.record(dnsHost, shorthand: nil), key: ["address"]), xml: .repeated("host"),
        change: .live(.networkSection), doc: "Names of fixed addresses."),
      Field(
        "srv",
        .list(
          .record(dnsService, shorthand: nil),
          key: ["service", "protocol", "domain", "target", "port"]),
        xml: .repeated("srv"), change: .live(.networkSection), doc: "Service records."),
      Field(
        "txt", .list(.record(dnsText, shorthand: nil), key: ["name"]), xml: .repeated("txt"),
        change: .live(.networkSection), doc: "Text records."),
    ])

  static let forwarder = Table(
    "forwarder", doc: "A DNS server that queries go to.",
    [
      Field(
        "address", .text(.address), xml: .value("@addr"), equivalence: .address,
        doc: "The server's address."),
      Field("domain", .text(.domain), xml: .value("@domain"), doc: "Only queries for this domain."),
    ])

  /// A DNS host entry of a network.
  public static let dnsHost = Table(
    "DNS host", doc: "The names of an address.",
    [
      Field(
        "address", .text(.address), xml: .value("@ip"), equivalence: .address, required: true,
        doc: "The address."),
      Field(
        "names", .list(.text(.domain), key: []), xml: .repeated("hostname"),
        change: .live(.networkSection),
        required: true, doc: "Its names."),
    ])

  /// A DNS service record of a network.
  public static let dnsService = Table(
    "DNS service", doc: "A service record.",
    [
      Field(
        "service", .text(.line), xml: .value("@service"), required: true, doc: "The service's name."
      ),
      Field("protocol", .text(.line), xml: .value("@protocol"), required: true, doc: "tcp or udp."),
      Field(
        "domain", .text(.domain), xml: .value("@domain"),
        doc: "The domain; the network's own without one."),
      Field("target", .text(.line), xml: .value("@target"), doc: "The host that serves it."),
      Field("port", .integer(1...65_535), xml: .value("@port"), doc: "The port."),
      Field(
        "priority", .integer(0...65_535), xml: .value("@priority"), change: .live(.networkSection),
        doc: "Lower is tried first."),
      Field(
        "weight", .integer(0...65_535), xml: .value("@weight"), change: .live(.networkSection),
        doc: "The share among equals."),
    ])

  /// A DNS text record of a network.
  public static let dnsText = Table(
    "DNS text", doc: "A text record.",
    [
      Field("name", .text(.line), xml: .value("@name"), required: true, doc: "The record's name."),
      Field(
        "value", .text(.line), xml: .value("@value"), change: .live(.networkSection),
        required: true,
        doc: "The record's text."),
    ])

  static let networkAddress = Table(
    "network address", doc: "An address of the host in a network.",
    [
      Field(
        "address", .text(.cidr), xml: .codec("", .cidr), equivalence: .address, required: true,
        doc: "The address with its prefix length."),
      Field("dhcp", .record(dhcp, shorthand: nil), xml: .nested("dhcp"), doc: "Address leases."),
      Field(
        "tftpRoot", .text(.path), xml: .value("tftp/@root"), equivalence: .path,
        doc: "The folder that network boot files are served from."),
    ])

  static let dhcp = Table(
    "dhcp", doc: "Address leases of a network.",
    [
      Field(
        "start", .text(.address), change: .own, excludes: ["ranges"],
        doc: "The first address; short for one range."),
      Field(
        "end", .text(.address), change: .own, excludes: ["ranges"],
        doc: "The last address; short for one range."),
      Field(
        "ranges", .list(.record(addressRange, shorthand: nil), key: ["start", "end"]),
        xml: .repeated("range"),
        change: .live(.networkSection), doc: "Ranges of leased addresses."),
      Field(
        "reservations", .list(.record(reservation, shorthand: nil), key: ["address"]),
        xml: .repeated("host"),
        change: .live(.networkSection),
        doc: "Fixed leases. The `ip` of a guest's interface adds one of its own."),
      Field("bootFile", .text(.line), xml: .value("bootp/@file"), doc: "The network boot file."),
      Field(
        "bootServer", .text(.host), xml: .value("bootp/@server"), doc: "The network boot server."),
    ])

  /// A range of addresses that are leased.
  public static let addressRange = Table(
    "address range", doc: "A range of addresses.",
    [
      Field(
        "start", .text(.address), xml: .value("@start"), equivalence: .address, required: true,
        doc: "The first address."),
      Field(
        "end", .text(.address), xml: .value("@end"), equivalence: .address, required: true,
        doc: "The last address."),
    ])

  /// A fixed lease.
  public static let reservation = Table(
    "reservation", doc: "A fixed lease.", exactlyOne: [],
    [
      Field(
        "mac", .text(.mac), xml: .value("@mac"), change: .live(.networkSection),
        equivalence: .caseInsensitive,
        doc: "The interface that gets it."),
      Field(
        "clientId", .text(.line), xml: .value("@id"), change: .live(.networkSection),
        doc: "The DHCPv6 client identifier (DUID) that gets it."),
      Field(
        "name", .text(.domain), xml: .value("@name"), change: .live(.networkSection),
        doc: "The host name that goes with it."),
      Field(
        "address", .text(.address), xml: .value("@ip"), change: .live(.networkSection),
        equivalence: .address,
        required: true, doc: "The address."),
    ])

  static let route = Table(
    "route", doc: "A static route into a network.",
    [
      Field(
        "to", .text(.cidr), xml: .codec("", .cidr), equivalence: .address, required: true,
        doc: "The destination with its prefix length."),
      Field(
        "via", .text(.address), xml: .value("@gateway"), equivalence: .address, required: true,
        doc: "The gateway, an address in the network."),
      Field(
        "metric", .integer(1...4_294_967_295), xml: .value("@metric"),
        doc: "The cost; lower is preferred."),
    ])

  static let portGroup = Table(
    "port group", doc: "Settings that an interface picks by name.",
    [
      Field("name", .text(.line), xml: .value("@name"), required: true, doc: "The group's name."),
      Field(
        "default", .boolean, xml: .value("@default", .yesNo),
        doc: "Whether interfaces without a group use it."),
      Field(
        "trustGuestRxFilters", .boolean, xml: .value("@trustGuestRxFilters", .yesNo),
        doc: "Whether a guest may set its own receive filters."),
      Field(
        "vlans", .list(.integer(0...4_095), key: []), xml: .repeated("vlan/tag/@id"),
        doc: "VLAN tags."),
    ])
}
