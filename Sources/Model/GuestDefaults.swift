/// What libvirt and virtspec fill in of a guest by themselves, and fill in again when it is left out (libvirt's
/// QEMU driver, `virDomainDefPostParse` and `qemuDomainDefPostParse`).
public struct GuestDefaults {
  private let capabilities: HostCapabilities
  private let volumeFormat: (_ pool: String, _ volume: String) -> String?

  /// - Parameter volumeFormat: the format of a volume, where a disk names one.
  public init(
    capabilities: HostCapabilities = HostCapabilities(),
    volumeFormat: @escaping (_ pool: String, _ volume: String) -> String? = { _, _ in nil }
  ) {
    self.capabilities = capabilities
    self.volumeFormat = volumeFormat
  }

  /// The guest without what it gets anyway.
  public func stripped(_ observed: Record) -> Record {
    var guest = observed
    let context = Context(observed)
    processors(&guest, context)
    guest.change("memory") { memory in
      if memory["max"] == memory["size"] { memory["max"] = nil }
    }
    firmware(&guest)
    for (name, value) in [
      ("onPoweroff", "destroy"), ("onReboot", "restart"), ("onCrash", "destroy"),
    ] { guest.drop(name, .string(value)) }
    disks(&guest, context)
    interfaces(&guest)
    characterDevices(&guest, context)
    display(&guest)
    otherDevices(&guest, context)
    // The balloon is there unless it is said that there is none.
    if guest["balloon"] == ["model": "virtio"] { guest["balloon"] = nil }
    let boots = ["disks", "interfaces", "filesystems"].flatMap { observed.records($0) }
    if boots.allSatisfy({ $0["bootOrder"] == nil }) { guest.drop("boot", ["hd"]) }
    let hasConsole = observed["serials"] != nil || observed["consoles"] != nil
    guest = Minimal.stripped(guest, .guest)
    buses(&guest, observed, context)
    // A new guest that is silent about them gets a serial port.
    if !hasConsole { guest["serials"] = .list([]) }
    machine(&guest)
    return guest
  }

  /// What decides on the defaults of other fields.
  private struct Context {
    let isX86: Bool
    let defaultModel: Value?
    let isQEMU: Bool
    let isEmulated: Bool
    let machine: String
    let firstSerial: Record?

    init(_ guest: Record) {
      isX86 = ["x86_64", "i686", nil].contains(guest.string("arch"))
      let models: [String: Value] = ["x86_64": "qemu64", "i686": "qemu32"]
      defaultModel = models[guest.string("arch") ?? "x86_64"]
      let type = guest.string("virtType") ?? "kvm"
      isQEMU = type == "kvm" || type == "qemu"
      isEmulated = type == "qemu"
      machine = guest.string("machine") ?? "q35"
      firstSerial = guest.records("serials").first
    }
  }

  // MARK: - Machine

  private func machine(_ guest: inout Record) {
    guest.drop("osType", "hvm")
    let arch = guest.string("arch") ?? capabilities.arch
    if let known = capabilities[arch] {
      guest.drop("emulator", .string(known.emulator))
      let alias = known.machines.filter { .string($0.value) == guest["machine"] }.keys.min()
      if let alias { guest["machine"] = .string(alias) }
      guest.drop("machine", "q35")
    }
    guest.drop("arch", .string(capabilities.arch))
  }

  private func processors(_ guest: inout Record, _ context: Context) {
    guest.change("cpus") { cpus in
      if cpus["max"] == cpus["count"] { cpus["max"] = nil }
      cpus.drop("placement", "static")
      cpus.change("topology") { $0.drop("dies", 1) }
      let mode = cpus.string("mode")
      // Only a model is matched.
      if [nil, "custom"].contains(mode) { cpus.drop("match", "exact") }
      switch mode {
      case "host-passthrough", "maximum": cpus.drop("check", "none")
      case "host-model": cpus.drop("check", "partial")
      default: break
      }
      if mode == "host-passthrough" { cpus.drop("migratable", true) }
      guard mode == "custom" else { return }
      let isDefault =
        cpus["model"] == context.defaultModel
        && cpus.string("modelFallback") == "forbid" && cpus.string("check") == "none"
        && cpus["features"] == nil && cpus["vendor"] == nil
      if isDefault {
        for name in ["mode", "model", "modelFallback", "check"] { cpus[name] = nil }
      } else if cpus["model"] != nil {
        cpus["mode"] = nil
        cpus.drop("modelFallback", "allow")
        cpus.drop("check", context.isEmulated ? "none" : "partial")
      }
    }
  }

  private func firmware(_ guest: inout Record) {
    let name = guest.string("name")
    guest.change("firmware") { firmware in
      firmware.drop("type", "bios")
      guard firmware["type"] == "uefi", firmware["nvramTemplate"] == nil else { return }
      // libvirt picks the files again by the kind and its features. A path of somebody's own stays.
      if let nvram = firmware.string("nvram"), nvram.hasPrefix("/var/lib/libvirt/qemu/nvram/"),
        nvram.hasSuffix("_VARS.fd"), name == nil || nvram.contains("/" + (name ?? ""))
      {
        firmware["nvram"] = nil
      }
    }
  }

  // MARK: - Devices

  private func disks(_ guest: inout Record, _ context: Context) {
    guest.changeItems("disks") { disk, _ in
      if context.isQEMU { disk.drop("driver", "qemu") }
      let isVolume = disk["pool"] != nil
      let format =
        isVolume
        ? volumeFormat(disk.string("pool") ?? "", disk.string("volume") ?? "")
        : context.isQEMU ? "raw" : nil
      if let format { disk.drop("format", .string(format)) }
      if disk.string("device") == "cdrom" { disk.drop("readOnly", true) }
      return true
    }
  }

  /// The table implies virtio, but the disk's name may imply another bus.
  private func buses(_ guest: inout Record, _ observed: Record, _ context: Context) {
    let disks = observed.records("disks")
    guest.changeItems("disks") { disk, index in
      let bus = disks[index].string("bus")
      let implied = DiskBus.implied(
        device: disk.string("device"), name: disk.string("name") ?? "", machine: context.machine)
      disk["bus"] = bus == implied ? nil : bus.map(Value.string)
      return true
    }
  }

  private func interfaces(_ guest: inout Record) {
    guest.changeItems("interfaces") { interface, _ in
      if ["network", "bridge", "direct"].contains(where: { interface[$0] != nil }) {
        interface["type"] = nil
      }
      return true
    }
  }

  private func characterDevices(_ guest: inout Record, _ context: Context) {
    guest.changeItems("consoles") { console, index in
      // libvirt adds one for the first serial port, with the same other end.
      guard index == 0, ["serial", nil].contains(console.string("targetType")),
        [0, nil].contains(console.integer("targetPort")), var serial = context.firstSerial
      else { return true }
      for name in ["targetType", "targetPort", "targetModel"] { serial[name] = nil }
      return console.without("targetType", "targetPort") != serial
    }
    guest.changeItems("serials") { serial, index in
      serial.drop("targetPort", .integer(Int64(index)))
      guard context.isX86 else { return true }
      serial.drop("targetModel", serial["targetType"] ?? "isa-serial")
      serial.drop("targetType", "isa-serial")
      return true
    }
    // The two sources of udp have a mode each.
    for list in ["serials", "consoles", "channels"] {
      guest.changeItems(list) { device, _ in
        if device["type"] == "udp" { device["mode"] = nil }
        return true
      }
    }
    if guest["serials"] == [["type": "pty"]], guest["consoles"] == nil { guest["serials"] = nil }
  }

  private func display(_ guest: inout Record) {
    guest.changeItems("graphics") { graphics, _ in
      if graphics["port"] != nil || graphics["tlsPort"] != nil { graphics.drop("autoport", false) }
      if graphics.string("type") == "vnc" { graphics.drop("autoport", true) }
      let listens = ["listen", "listenNetwork", "socket"].contains { graphics[$0] != nil }
      if listens { graphics["listenType"] = nil }
      graphics.drop("listenType", "address")
      return true
    }
    guest.changeItems("videos") { video, index in
      if index == 0 { video.drop("primary", true) }
      video.drop("heads", 1)
      let sizes: [String: Int64] =
        switch video.string("model") {
        case "qxl": ["ram": 64 << 20, "vram": 64 << 20, "vgamem": 16 << 20]
        case "vga", "cirrus", "bochs", "vmvga", "virtio": ["vram": 16 << 20]
        default: [:]
        }
      for (name, bytes) in sizes { video.drop(name, .integer(bytes)) }
      return true
    }
  }

  private func otherDevices(_ guest: inout Record, _ context: Context) {
    guest.changeItems("inputs") { input, _ in
      let type = input.string("type")
      if context.isX86, type != "tablet", input["bus"] == "ps2" { return false }
      if type == "tablet" { input.drop("bus", "usb") }
      return true
    }
    guest.changeItems("watchdogs") { watchdog, _ in
      watchdog.drop("action", "reset")
      return true
    }
  }
}
