import Model

/// The model of interfaces that name none.
enum InterfaceDefault: ProfileRule {
  static func apply(to context: inout ProfileContext) {
    let name = context.question.osName
    switch context.choice.drivers {
    case .virtio:
      context.fill(
        "interfaces[].model", "virtio", because: "it is the fastest that \(name) can use")
    case .xen: context.fill("interfaces[].model", "netfront", because: "it is Xen's own")
    case .vmware:
      context.fill("interfaces[].model", "vmxnet3", because: "\(name) has a driver for it")
    case .emulated:
      context.fill(
        "interfaces[].model", .string(hardware(context)),
        because: "\(name) has a driver for it without anything more")
    case .native: break
    }
  }

  private static func hardware(_ context: ProfileContext) -> String {
    let models: [(DeviceID, String)] = [
      (.e1000e, "e1000e"), (.e1000, "e1000"), (.rtl8139, "rtl8139"), (.pcnet, "pcnet"),
      (.ne2000, "ne2k_pci"),
    ]
    // An e1000e is a device of PCI Express; Xen's emulator has none.
    let found = models.first { id, model in
      context.has(id) && (model != "e1000e" || !context.isXen && (!context.isQEMU || context.isQ35))
    }
    return found?.1 ?? "e1000"
  }
}

/// A console where there is no serial port.
enum ConsoleDefault: ProfileRule {
  static func apply(to context: inout ProfileContext) {
    guard context.isXen, context.choice.osType != "hvm", context.guest["serials"] == nil,
      context.guest["consoles"] == nil
    else { return }
    context.fill(
      "consoles", [["type": "pty", "targetType": "xen"]], because: "such a guest has no serial port"
    )
  }
}

/// The video card of a guest with a screen.
enum VideoDefault: ProfileRule {
  static func apply(to context: inout ProfileContext) {
    guard context.isQEMU, context.isX86, let os = context.os, context.guest["videos"] == nil
    else { return }
    let graphics = context.guest.records("graphics")
    if graphics.isEmpty { return }
    let isSPICE = graphics.contains { $0.string("type") == "spice" }
    var models: [(String, String)] = []
    if context.choice.drivers == .virtio, context.has(.virtioGPU) {
      models.append(("virtio", "\(os.name) has a driver for it"))
    }
    if isSPICE, context.has(.qxl) { models.append(("qxl", "SPICE shows it fastest")) }
    models.append(("vga", "every system can use it"))
    guard let (model, reason) = models.first(where: { context.offers("video", "modelType", $0.0) })
    else { return }
    context.fill("videos", [["model": .string(model)]], because: reason)
  }
}

/// A tablet, so that the pointer is where the client's is.
enum InputDefault: ProfileRule {
  static func apply(to context: inout ProfileContext) {
    guard context.isQEMU, context.isX86, context.has(.tablet), context.guest["inputs"] == nil,
      !context.guest.records("graphics").isEmpty
    else { return }
    context.fill(
      "inputs", [["type": "tablet", "bus": "usb"]],
      because: "the pointer is then where the client's is")
  }
}

/// A sound card, where somebody can hear it.
enum SoundDefault: ProfileRule {
  static func apply(to context: inout ProfileContext) {
    guard context.isQEMU, context.isX86, let os = context.os, context.guest["sounds"] == nil,
      context.guest.records("graphics").contains(where: { $0.string("type") == "spice" })
    else { return }
    let model: String
    if context.isQ35, context.has(.ich9) {
      model = "ich9"
    } else if context.has(.ich6) {
      model = "ich6"
    } else if context.has(.ac97) {
      model = "ac97"
    } else {
      return
    }
    context.fill("sounds", [["model": .string(model)]], because: "\(os.name) has a driver for it")
  }
}

/// Random numbers from the host, without which a fresh guest may wait for some.
enum RandomDefault: ProfileRule {
  static func apply(to context: inout ProfileContext) {
    guard context.isQEMU, let os = context.os, context.choice.drivers == .virtio,
      context.gets(.virtioRNG, .virtio1RNG), context.guest["rngs"] == nil,
      context.offers("rng", "model", "virtio")
    else { return }
    context.fill(
      "rngs", [["model": "virtio", "backend": "random", "source": "/dev/urandom"]],
      because: "\(os.name) takes random numbers from it when it starts")
  }
}

/// A channel for the guest agent.
enum AgentDefault: ProfileRule {
  static func apply(to context: inout ProfileContext) {
    guard context.isQEMU, let os = context.os, context.choice.drivers == .virtio,
      context.gets(.virtioConsole, .virtio1Console), context.guest["channels"] == nil
    else { return }
    context.fill(
      "channels", [["type": "unix", "targetType": "virtio", "name": "org.qemu.guest_agent.0"]],
      because: "an agent in \(os.name) can be asked through it")
  }
}
