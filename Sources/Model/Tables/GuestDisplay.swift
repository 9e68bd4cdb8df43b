extension Table {
  /// Graphics, video and sound.
  static let guestDisplay: [Field] = [
    Field(
      "graphics", .list(.record(guestGraphics, shorthand: "type"), key: ["type"]),
      xml: .repeated("devices/graphics"),
      doc: "How the screen is shown, each by its type; the list is complete."),
    Field(
      "videos", .list(.record(guestVideo, shorthand: "model"), key: []),
      xml: .repeated("devices/video"),
      doc: "The video cards, in order; libvirt adds one where there are graphics."),
    Field(
      "sounds", .list(.record(guestSound, shorthand: "model"), key: []),
      xml: .repeated("devices/sound"),
      doc: "The sound cards, in order."),
  ]

  private static let guestGraphics = Table(
    "graphics", doc: "A way of showing the guest's screen.",
    guestGraphicsServer + guestGraphicsSession)

  private static let guestGraphicsServer: [Field] = [
    Field(
      "type", .choice(["vnc", "spice", "sdl", "dbus", "egl-headless", "rdp", "desktop"]),
      xml: .value("@type"), required: true,
      doc: "The protocol, or what shows the screen on the host."),
    Field(
      "port", .integer(1...65535), xml: .value("@port"), when: [XMLCondition("@autoport", "no")],
      live: .resolved, doc: "A fixed port to listen on, instead of an automatic one."),
    Field(
      "tlsPort", .integer(1...65535), xml: .value("@tlsPort"),
      when: [XMLCondition("@autoport", "no")], live: .resolved,
      doc: "A fixed port for encrypted connections; SPICE only."),
    Field(
      "autoport", .boolean, xml: .value("@autoport", .yesNo), live: .resolved,
      doc: "Whether libvirt picks the port, as VNC does by default; SPICE needs this or a port."),
    Field(
      "websocket", .integer(-1...65535), xml: .value("@websocket"), equivalence: .automaticPort,
      live: .resolved,
      doc: "The port for VNC over WebSocket; -1 for an automatic one; by default none."),
    Field(
      "listen", .text(.host), xml: .value("listen/@address"),
      when: [XMLCondition("listen/@type", "address")], live: .resolved,
      excludes: ["listenNetwork", "socket"],
      doc: "The address to listen on; by default the host's setting, mostly 127.0.0.1."),
    Field(
      "listenNetwork", .text(.name), xml: .value("listen/@network"),
      when: [XMLCondition("listen/@type", "network")], excludes: ["listen", "socket"],
      doc: "The network on whose address to listen."),
    Field(
      "socket", .text(.path), xml: .value("listen/@socket"),
      when: [XMLCondition("listen/@type", "socket")], equivalence: .path, live: .resolved,
      excludes: ["listen", "listenNetwork"],
      doc: "The path of a socket on the host to listen on."),
    Field(
      "listenType", .choice(["address", "network", "socket", "none"]),
      xml: .value("listen/@type"), live: .resolved,
      doc: "What to listen on; socket alone lets libvirt name it; none is for clients on the host."),
  ]

  private static let guestGraphicsSession: [Field] = [
    Field(
      "keymap", .text(.line), xml: .value("@keymap"),
      doc: "The keyboard layout, such as en-us; by default the client's."),
    Field(
      "sharePolicy", .choice(["allow-exclusive", "force-shared", "ignore"]),
      xml: .value("@sharePolicy"),
      doc: "Whether a VNC client can have the screen for itself; it can by default."),
    Field(
      "powerControl", .boolean, xml: .value("@powerControl", .yesNo),
      doc: "Whether VNC clients can shut down, reboot and reset the guest."),
    Field(
      "defaultMode", .choice(["secure", "insecure"]), xml: .value("@defaultMode"),
      doc: "Whether SPICE channels must be encrypted or must not; either by default."),
    Field(
      "imageCompression", .choice(["auto_glz", "auto_lz", "glz", "lz", "quic", "off"]),
      xml: .value("image/@compression"),
      doc: "How SPICE compresses images."),
    Field(
      "jpegCompression", .choice(["auto", "always", "never"]), xml: .value("jpeg/@compression"),
      doc: "Whether SPICE compresses images with loss on slow links."),
    Field(
      "zlibCompression", .choice(["auto", "always", "never"]), xml: .value("zlib/@compression"),
      doc: "Whether SPICE compresses further on slow links."),
    Field(
      "playbackCompression", .boolean, xml: .value("playback/@compression", .onOff),
      doc: "Whether SPICE compresses sound."),
    Field(
      "streamingMode", .choice(["filter", "all", "off"]), xml: .value("streaming/@mode"),
      doc: "Which parts of the screen SPICE sends as video."),
    Field(
      "clipboard", .boolean, xml: .value("clipboard/@copypaste", .yesNo),
      doc: "Whether SPICE clients share their clipboard."),
    Field(
      "fileTransfer", .boolean, xml: .value("filetransfer/@enable", .yesNo),
      doc: "Whether SPICE clients can send files."),
    Field(
      "mouseMode", .choice(["client", "server"]), xml: .value("mouse/@mode"),
      doc: "Who moves the mouse with SPICE."),
    Field(
      "gl", .boolean, xml: .value("gl/@enable", .yesNo),
      doc: "Whether the host's OpenGL draws the screen; SPICE, SDL and D-Bus only."),
    Field(
      "renderNode", .text(.path), xml: .value("gl/@rendernode"), equivalence: .path,
      live: .resolved,
      doc: "The path of the host's device that OpenGL uses; by default the first."),
    Field(
      "display", .text(.line), xml: .value("@display"),
      doc: "The X display that SDL opens its window on, such as :0."),
  ]

  private static let guestVideo = Table(
    "video card", doc: "A video card of a guest.",
    [
      Field(
        "model",
        .choice([
          "virtio", "qxl", "vga", "cirrus", "bochs", "ramfb", "vmvga", "xen", "vbox", "gop", "none",
        ]),
        xml: .value("model/@type"),
        doc: "The model; by default libvirt's choice; none is for guests without one."),
      Field(
        "vram", .size, xml: .value("model/@vram", .bareKibibytes), equivalence: .kibibytes,
        doc: "The video memory."),
      Field(
        "ram", .size, xml: .value("model/@ram", .bareKibibytes), equivalence: .kibibytes,
        doc: "The size of the primary memory area; qxl only."),
      Field(
        "vram64", .size, xml: .value("model/@vram64", .bareKibibytes), equivalence: .kibibytes,
        doc: "The size of the 64-bit memory area; qxl only."),
      Field(
        "vgamem", .size, xml: .value("model/@vgamem", .bareKibibytes), equivalence: .kibibytes,
        doc: "The size of the memory for VGA modes; qxl only."),
      Field(
        "heads", .integer(1...16), xml: .value("model/@heads"),
        doc: "The number of screens; 1 by default."),
      Field(
        "primary", .boolean, xml: .value("model/@primary", .yesNo),
        doc: "Whether it is the card that the guest starts on; the first one by default."),
      Field(
        "accel3d", .boolean, xml: .value("model/acceleration/@accel3d", .yesNo),
        doc: "Whether the card draws in three dimensions; virtio only."),
      Field(
        "resolution", .record(guestResolution, shorthand: nil), xml: .nested("model/resolution"),
        doc: "The resolution that the guest starts with."),
      Field(
        "driver", .choice(["qemu", "vhostuser"]), xml: .value("driver/@name"),
        doc: "What serves the card on the host; qemu by default."),
    ])

  private static let guestResolution = Table(
    "video resolution", doc: "A resolution in pixels.",
    [
      Field(
        "width", .integer(1...65535), xml: .value("@x"), required: true,
        doc: "The width in pixels."),
      Field(
        "height", .integer(1...65535), xml: .value("@y"), required: true,
        doc: "The height in pixels."),
    ])

  private static let guestSound = Table(
    "sound card", doc: "A sound card of a guest.",
    [
      Field(
        "model",
        .choice(["ich9", "ich6", "ich7", "ac97", "es1370", "sb16", "usb", "pcspk", "virtio"]),
        xml: .value("@model"), required: true,
        doc: "The model."),
      Field(
        "codecs", .list(.choice(["duplex", "micro", "output"]), key: []),
        xml: .repeated("codec/@type"),
        doc: "The codecs of an ich6 or ich9 card; duplex by default."),
    ])
}
