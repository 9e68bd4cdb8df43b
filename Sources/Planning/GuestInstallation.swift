import Model

/// The first start of a guest from an installer: what runs then is the guest's definition with the installer's media,
/// and ends when the installer restarts the guest. The definition itself never has the media, so that every later start
/// is without them.
public struct GuestInstallation: Sendable, Hashable, Codable {
  /// Laid over the guest's definition for this one start.
  public var spec: Record
  /// Fields that the definition has, and this start does not.
  public var cleared: [FieldPath]
  /// What the guest's metadata says; the stages are added.
  public var ownership: Ownership

  public init(spec: Record, cleared: [FieldPath], ownership: Ownership) {
    self.spec = spec
    self.cleared = cleared
    self.ownership = ownership
  }
}

/// What an installation makes of a guest's definition.
struct InstallerStart {
  let view: HostView
  let object: DesiredObject
  /// The guest as it is defined, complete.
  let definition: Record
  /// The answers' disc, where there is one.
  let answers: (pool: String, volume: String)?

  /// The steps that start the installer, and with a deadline wait for its end and start what it installed.
  func steps(_ ownership: Ownership, blocked: Blockage?) -> [Step] {
    let reason = Reason.power(from: "stopped", to: "running")
    func step(_ action: Action, _ operation: Operation, _ reason: Reason) -> Step {
      Step(
        object: object.id, action: action, operation: operation, reason: reason, blocked: blocked)
    }
    var steps = [
      step(
        .start,
        .installGuest(GuestInstallation(spec: spec(), cleared: cleared, ownership: ownership)),
        reason)
    ]
    let deadline = install.integer("timeout") ?? 0
    if deadline > 0 {
      steps += [
        step(.start, .awaitGuestOff(deadlineSeconds: deadline), reason),
        step(.start, .startGuest, reason),
        step(.record, .recordGuest(ownership), .ownership),
      ]
    }
    return steps
  }

  private var install: Record { object.spec.record("install") ?? Record() }

  func spec() -> Record {
    var spec = Record([("onReboot", "destroy")])
    if install["kernel"] != nil {
      var kernel = Record([("path", install["kernel"] ?? "")])
      kernel["initrd"] = install["initrd"]
      kernel["args"] = arguments
      spec["kernel"] = .record(kernel)
    }
    spec["disks"] = .list(disks().map(Value.record))
    if spec["kernel"] == nil, let interfaces = definition["interfaces"]?.list {
      spec["interfaces"] = .list(interfaces.map { $0.record.map { .record(later($0)) } ?? $0 })
    }
    return spec
  }

  /// Ubuntu's installer asks before it erases a disk, unless its command line says that this is meant.
  private var arguments: Value? {
    let given = install.string("args")
    guard install.record("answers")?["autoinstall"] != nil,
      given?.split(separator: " ").contains("autoinstall") != true
    else { return given.map(Value.string) }
    return .string((given.map { $0 + " " } ?? "") + "autoinstall")
  }

  /// The installer's disc is the first to start from, and the first disk the next.
  private func disks() -> [Record] {
    var disks = definition.records("disks")
    let hasOrder = (disks + definition.records("interfaces")).contains { $0["bootOrder"] != nil }
    let startsFromDisc = install["iso"] != nil
    if startsFromDisc {
      disks = disks.map(later)
      if !hasOrder,
        let first = disks.firstIndex(where: { [nil, "disk"].contains($0.string("device")) })
      {
        disks[first]["bootOrder"] = 2
      }
    }
    for (index, medium) in media().enumerated() {
      let taken = object.replacing(disks: disks)
      let drive = DiscDrive(taken, bus: bus, name: nil, applied: nil)
      var item = medium
      item["name"] = .string(drive.name)
      item["device"] = "cdrom"
      item["bus"] = .string(bus)
      item["readOnly"] = true
      item["format"] = "raw"
      if index == 0, startsFromDisc { item["bootOrder"] = 1 }
      let spec = GuestSpec(object, view, observed: nil)
      disks.append(spec.newItem(GuestSpec.located(item, view), in: "disks"))
    }
    return disks
  }

  private func later(_ device: Record) -> Record {
    guard let order = device.integer("bootOrder") else { return device }
    var device = device
    device["bootOrder"] = .integer(order + 1)
    return device
  }

  /// The installer's own first.
  private func media() -> [Record] {
    var media = ["iso", "drivers"].compactMap { install.record($0) }
    if let answers {
      media.append(Record([("pool", .string(answers.pool)), ("volume", .string(answers.volume))]))
    }
    return media
  }

  /// Firmware and installers know the buses that machines have always had.
  private var bus: String {
    if let bus = install.string("bus") { return bus }
    let bus = DiskBus.implied(
      device: "cdrom", name: "", machine: object.spec.string("machine") ?? "q35")
    let arch = object.spec.string("arch") ?? "x86_64"
    return ["x86_64", "i686"].contains(arch) ? bus : "scsi"
  }

  /// Fields that would stand against the boot order of single devices.
  var cleared: [FieldPath] { install["iso"] == nil ? [] : [FieldPath("boot")] }
}

extension DesiredObject {
  fileprivate func replacing(disks: [Record]) -> DesiredObject {
    var copy = self
    copy.spec["disks"] = .list(disks.map(Value.record))
    return copy
  }
}

extension GeneratedDisc {
  /// The disc with an installer's answers, under the label that the installer looks for; nil without any.
  static func answers(_ install: Record) -> GeneratedDisc? {
    guard let answers = install.record("answers") else { return nil }
    if let text = answers.text("autoinstall") {
      return GeneratedDisc(
        label: "cidata", files: [File("meta-data", ""), File("user-data", text)])
    }
    if let text = answers.text("kickstart") {
      return GeneratedDisc(label: "OEMDRV", files: [File("ks.cfg", text)])
    }
    if let text = answers.text("unattend") {
      return GeneratedDisc(label: "UNATTEND", files: [File("autounattend.xml", text)])
    }
    return nil
  }
}
