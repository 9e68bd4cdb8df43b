extension Table {
  /// Network interfaces and the socket to the host.
  static let guestNetworking: [Field] = [
    Field(
      "interfaces", .list(.record(guestInterface, shorthand: nil), key: ["mac"]),
      xml: .repeated("devices/interface"), change: .live(.attach),
      doc: "The network interfaces, each by its MAC or its place; the list is complete."),
    Field(
      "vsock", .record(guestVsock, shorthand: nil), xml: .nested("devices/vsock"),
      doc: "A socket between guest and host that needs no network."),
  ]

  private static let guestInterface = Table(
    "interface", doc: "A network interface of a guest.",
    guestInterfaceSource + guestInterfaceDevice + guestInterfaceTraffic)

  private static let guestInterfaceSource: [Field] = [
    Field(
      "type",
      .choice([
        "network", "bridge", "direct", "user", "ethernet", "internal", "hostdev", "vdpa",
        "vhostuser",
        "null", "vds", "client", "server", "mcast", "udp",
      ]),
      xml: .value("@type"),
      doc: "What the interface is connected to; network, bridge and direct say it by themselves."),
    Field(
      "network", .text(.name), xml: .value("source/@network"),
      when: [XMLCondition("@type", "network")], excludes: ["bridge", "direct", "pci"],
      doc: "The name of the libvirt network that the interface is connected to."),
    Field(
      "portGroup", .text(.line), xml: .value("source/@portgroup"),
      when: [XMLCondition("@type", "network")], excludes: ["bridge", "direct", "pci"],
      doc: "The port group of the network; by default the network's default one."),
    Field(
      "bridge", .text(.device), xml: .value("source/@bridge"),
      when: [XMLCondition("@type", "bridge")], excludes: ["network", "portGroup", "direct", "pci"],
      doc: "The host's bridge that the interface is connected to."),
    Field(
      "direct", .record(guestDirect, shorthand: "device"), xml: .nested("source"),
      when: [XMLCondition("@type", "direct")], excludes: ["network", "portGroup", "bridge", "pci"],
      doc: "A device of the host that the interface shares through macvtap."),
    Field(
      "pci", .record(guestVirtualFunction, shorthand: "address"), xml: .nested(""),
      when: [XMLCondition("@type", "hostdev")],
      excludes: ["network", "portGroup", "bridge", "direct"],
      doc: "A virtual function (SR-IOV) that the guest has for itself, by its PCI address."),
    Field(
      "virtualPort", .choice(["openvswitch", "802.1Qbg", "802.1Qbh", "midonet"]),
      xml: .value("virtualport/@type"),
      doc: "The kind of port on a switch that needs to know, such as Open vSwitch."),
    Field(
      "ip", .text(.address), change: .own, equivalence: .address,
      doc: "The interface's address, which becomes a DHCP reservation on its network."),
    Field(
      "hostname", .text(.domain), change: .own,
      doc: "The host name in the DHCP reservation; by default the guest's name."),
  ]

  private static let guestInterfaceDevice: [Field] = [
    Field(
      "mac", .text(.mac), xml: .value("mac/@address"), equivalence: .caseInsensitive,
      doc: "The MAC address; by default one derived from the guest's name and the place."),
    Field(
      "model", .text(.name), xml: .value("model/@type"), implied: "virtio",
      impliedWithout: ["pci"],
      doc: "The model that the guest sees, such as virtio, e1000e or rtl8139; virtio by default."),
    Field(
      "targetDevice", .text(.device), xml: .value("target/@dev"), live: .resolved,
      doc: "The name of the interface's device on the host; by default vnet and a number."),
    Field(
      "linkState", .choice(["up", "down"]), xml: .value("link/@state"), change: .live(.link),
      doc: "Whether the cable is plugged in; up by default."),
    Field(
      "bootOrder", .integer(1...Int64(Int32.max)), xml: .value("boot/@order"),
      doc: "The interface's turn to boot from, from 1; not beside the guest's boot list."),
    Field(
      "driver", .choice(["vhost", "qemu", "vfio"]), xml: .value("driver/@name"),
      doc: "What serves the interface on the host; vhost, in the kernel, where it can."),
    Field(
      "queues", .integer(1...256), xml: .value("driver/@queues"),
      doc: "The number of queues; virtio only; 1 by default."),
    Field(
      "receiveQueueSize", .integer(1...65535), xml: .value("driver/@rx_queue_size"),
      doc: "The number of packets in a queue to the guest, a power of two; virtio only."),
    Field(
      "transmitQueueSize", .integer(1...65535), xml: .value("driver/@tx_queue_size"),
      doc: "The number of packets in a queue from the guest, a power of two; virtio only."),
  ]

  private static let guestInterfaceTraffic: [Field] = [
    Field(
      "mtu", .integer(1...65535), xml: .value("mtu/@size"),
      doc: "The greatest size of a packet in bytes; by default the network's."),
    Field(
      "vlan", .record(guestVLAN, shorthand: nil), xml: .nested("vlan"),
      doc: "The VLANs, where the switch can tell them apart (Open vSwitch, SR-IOV)."),
    Field(
      "isolated", .boolean, xml: .value("port/@isolated", .yesNo),
      doc: "Whether the interface cannot reach other isolated ones on the same bridge."),
    Field(
      "trustGuestRxFilters", .boolean, xml: .value("@trustGuestRxFilters", .yesNo),
      doc: "Whether the host follows the guest's changes of its MAC and receive filters."),
    Field(
      "filter", .record(guestFilter, shorthand: "name"), xml: .nested("filterref"),
      doc: "The network filter that the traffic passes."),
    Field(
      "bandwidth", .record(guestBandwidth, shorthand: nil), xml: .nested("bandwidth"),
      doc: "Limits on the traffic."),
  ]

  private static let guestDirect = Table(
    "direct connection", doc: "A device of the host that an interface shares through macvtap.",
    [
      Field(
        "device", .text(.device), xml: .value("@dev"), required: true,
        doc: "The device of the host."),
      Field(
        "mode", .choice(["bridge", "vepa", "private", "passthrough"]), xml: .value("@mode"),
        implied: "bridge",
        doc: "Whether guests on the device reach each other; new interfaces get bridge."),
    ])

  private static let guestVirtualFunction = Table(
    "passed-through function", doc: "A function of a network card that a guest has for itself.",
    [
      Field(
        "address", .text(.pciAddress), xml: .codec("source/address[@type='pci']", .pciAddress),
        equivalence: .pciAddress, required: true,
        doc: "The function's address, as lspci -D shows it, such as 0000:3b:02.1."),
      Field(
        "managed", .boolean,
        xml: .value("@managed", .yesNo, fallback: nil, absent: "false"), implied: true,
        doc: "Whether libvirt takes the function from the host's driver and gives it back."),
    ])

  private static let guestVLAN = Table(
    "interface VLAN", doc: "The VLANs of an interface.",
    [
      Field(
        "tags", .list(.integer(0...4095), key: []), xml: .repeated("tag/@id"), required: true,
        doc: "The VLANs' numbers."),
      Field(
        "trunk", .boolean, xml: .value("@trunk", .yesNo, fallback: nil, absent: "false"),
        doc: "Whether packets keep their tags; always so with several tags."),
    ])

  private static let guestFilter = Table(
    "interface filter", doc: "The network filter that an interface's traffic passes.",
    [
      Field(
        "name", .text(.name), xml: .value("@filter"), required: true,
        doc: "The name of the network filter, such as clean-traffic."),
      Field(
        "parameters",
        .list(.record(filterParameter, shorthand: nil), key: ["name", "value"]),
        xml: .repeated("parameter"),
        doc: "Values for the filter's variables."),
    ])

  private static let guestBandwidth = Table(
    "interface bandwidth", doc: "Limits on the traffic of an interface.",
    [
      Field(
        "inbound", .record(guestInbound, shorthand: "average"), xml: .nested("inbound"),
        doc: "Limits on the traffic to the guest."),
      Field(
        "outbound", .record(guestOutbound, shorthand: "average"), xml: .nested("outbound"),
        doc: "Limits on the traffic from the guest."),
    ])

  private static let guestOutbound = Table(
    "outbound limits", doc: "Limits on the traffic from a guest.", guestRates)

  private static let guestInbound = Table(
    "inbound limits", doc: "Limits on the traffic to a guest.",
    guestRates + [
      Field(
        "floor", .integer(0...Int64(UInt32.max)), xml: .value("@floor"), change: .live(.bandwidth),
        doc: "The least rate that the network guarantees, in kilobytes per second.")
    ])

  private static let guestRates: [Field] = [
    Field(
      "average", .integer(0...Int64(UInt32.max)), xml: .value("@average"),
      change: .live(.bandwidth),
      doc: "The average rate in kilobytes per second."),
    Field(
      "peak", .integer(0...Int64(UInt32.max)), xml: .value("@peak"), change: .live(.bandwidth),
      doc: "The greatest rate in kilobytes per second."),
    Field(
      "burst", .integer(0...Int64(UInt32.max)), xml: .value("@burst"), change: .live(.bandwidth),
      doc: "How much may be sent at the peak rate at once, in KiB."),
  ]

  private static let guestVsock = Table(
    "vsock", doc: "A socket between guest and host.",
    [
      Field(
        "model", .choice(["virtio", "virtio-transitional", "virtio-non-transitional"]),
        xml: .value("@model"), implied: "virtio",
        doc: "The model: modern, or with legacy support (transitional)."),
      Field(
        "auto", .boolean, xml: .value("cid/@auto", .yesNo),
        doc: "Whether libvirt picks the guest's address."),
      Field(
        "cid", .integer(3...Int64(UInt32.max)), xml: .value("cid/@address"),
        when: [XMLCondition("cid/@auto", "no")], live: .resolved,
        doc: "The guest's address, from 3."),
    ])
}
