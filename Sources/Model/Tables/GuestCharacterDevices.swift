extension Table {
  /// Serial ports, consoles and channels.
  static let guestCharacterDevices: [Field] = [
    Field(
      "serials", .list(.record(guestSerial, shorthand: nil), key: []),
      xml: .repeated("devices/serial"),
      doc: "The serial ports, in order."),
    Field(
      "consoles", .list(.record(guestConsole, shorthand: nil), key: ["targetType", "targetPort"]),
      xml: .repeated("devices/console"), complete: false,
      doc: "The consoles; libvirt adds one that stands for the first serial port."),
    Field(
      "channels", .list(.record(guestChannel, shorthand: nil), key: ["name"]),
      xml: .repeated("devices/channel"),
      doc: "Private channels between guest and host, such as the guest agent's."),
  ]

  private static let guestSerial = Table(
    "serial port", doc: "A serial port of a guest.",
    guestCharacterSource(implied: "pty") + [
      Field(
        "targetType",
        .choice([
          "isa-serial", "pci-serial", "usb-serial", "system-serial", "spapr-vio-serial",
          "sclp-serial",
          "isa-debug",
        ]),
        xml: .value("target/@type"),
        doc: "The kind of port; by default the machine's own, such as isa-serial."),
      Field(
        "targetPort", .integer(0...Int64(Int32.max)), xml: .value("target/@port"),
        doc: "The port's number, from 0; by default its place."),
      Field(
        "targetModel",
        .choice([
          "isa-serial", "pci-serial", "usb-serial", "pl011", "spapr-vty", "sclpconsole",
          "sclplmconsole", "16550a", "isa-debugcon",
        ]),
        xml: .value("target/model/@name"),
        doc: "The model of the port; by default the one that fits its type."),
    ])

  private static let guestConsole = Table(
    "console", doc: "A console of a guest.",
    [
      Field(
        "targetType",
        .choice(["serial", "virtio", "xen", "sclp", "sclplm", "lxc", "openvz", "uml"]),
        xml: .value("target/@type"), implied: "serial",
        doc: "The kind of console; serial, which stands for the first serial port, by default."),
      Field(
        "targetPort", .integer(0...Int64(Int32.max)), xml: .value("target/@port"),
        doc: "The console's number among those of its kind, from 0."),
    ] + guestCharacterSource(implied: "pty"))

  private static let guestChannel = Table(
    "channel", doc: "A private channel between guest and host.",
    [
      Field(
        "name", .text(.line), xml: .value("target/@name"),
        doc: "The name under which the guest finds the channel, such as org.qemu.guest_agent.0."),
      Field(
        "targetType", .choice(["virtio", "xen", "guestfwd"]), xml: .value("target/@type"),
        implied: "virtio",
        doc: "How the channel reaches the guest; virtio by default."),
      Field(
        "address", .text(.address), xml: .value("target/@address"),
        when: [XMLCondition("target/@type", "guestfwd")], equivalence: .address,
        doc: "The address that is forwarded; with the target type guestfwd."),
      Field(
        "addressPort", .integer(1...65535), xml: .value("target/@port"),
        when: [XMLCondition("target/@type", "guestfwd")],
        doc: "The port that is forwarded; with the target type guestfwd."),
    ] + guestCharacterSource(implied: "unix") + [
      Field(
        "clipboard", .boolean, xml: .value("source/clipboard/@copypaste", .yesNo),
        when: [XMLCondition("@type", "qemu-vdagent")],
        doc: "Whether the clipboard is shared; with the type qemu-vdagent."),
      Field(
        "mouseMode", .choice(["server", "client"]), xml: .value("source/mouse/@mode"),
        when: [XMLCondition("@type", "qemu-vdagent")],
        doc: "Who moves the mouse; with the type qemu-vdagent."),
    ])

  /// The host's side of a character device.
  static func guestCharacterSource(implied: Value) -> [Field] {
    [
      Field(
        "type",
        .choice([
          "pty", "unix", "tcp", "udp", "file", "dev", "pipe", "null", "stdio", "vc", "spicevmc",
          "spiceport", "dbus", "nmdm", "qemu-vdagent",
        ]),
        xml: .value("@type"), implied: implied,
        doc: "What it is connected to on the host; \(implied.string ?? "") by default."),
      Field(
        "path", .text(.path), xml: .value("source/@path"), equivalence: .path, live: .resolved,
        doc: "The path on the host; with the types unix, file, dev, pipe and pty."),
      Field(
        "append", .boolean, xml: .value("source/@append", .onOff),
        when: [XMLCondition("@type", "file")],
        doc: "Whether the file keeps what it had; with the type file."),
      Field(
        "mode", .choice(["bind", "connect"]), xml: .value("source/@mode"), live: .resolved,
        doc: "Whether the host listens (bind) or connects; with the types unix and tcp."),
      Field(
        "host", .text(.host), xml: .value("source/@host"), when: [XMLCondition("@type", "tcp")],
        doc: "The host to listen on or to connect to; with the type tcp."),
      Field(
        "port", .integer(1...65535), xml: .value("source/@service"),
        when: [XMLCondition("@type", "tcp")],
        doc: "The port to listen on or to connect to; with the type tcp."),
      udp("bindHost", "bind", .host, "The address to receive on; with the type udp."),
      udp("bindPort", "bind", nil, "The port to receive on; with the type udp."),
      udp("connectHost", "connect", .host, "The host to send to; with the type udp."),
      udp("connectPort", "connect", nil, "The port to send to; with the type udp."),
      Field(
        "protocol", .choice(["raw", "telnet", "telnets", "tls"]), xml: .value("protocol/@type"),
        when: [XMLCondition("@type", "tcp")],
        doc: "The protocol; with the type tcp; raw by default."),
      Field(
        "tls", .boolean, xml: .value("source/@tls", .yesNo), when: [XMLCondition("@type", "tcp")],
        live: .resolved,
        doc: "Whether the connection is encrypted; with the type tcp; by default as the host says."),
      Field(
        "spiceChannel", .text(.line), xml: .value("source/@channel"),
        when: [XMLCondition("@type", "spiceport")],
        doc: "The name of the SPICE channel; with the type spiceport."),
      Field(
        "logFile", .text(.path), xml: .value("log/@file"), equivalence: .path,
        doc: "The path of a file on the host that the output is also written to."),
      Field(
        "logAppend", .boolean, xml: .value("log/@append", .onOff),
        doc: "Whether the log keeps what it had when the guest starts."),
    ]
  }

  /// One end of a pair, of which each has a source of its own.
  private static func udp(_ name: String, _ mode: String, _ format: Format?, _ doc: String) -> Field
  {
    Field(
      name, format.map(FieldType.text) ?? .integer(1...65535),
      xml: .value(XMLPath("source[@mode='\(mode)']/" + (format == nil ? "@service" : "@host"))),
      when: [XMLCondition("@type", "udp")], doc: doc)
  }
}
