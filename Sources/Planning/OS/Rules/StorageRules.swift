import Model

/// The bus of disks that name none.
enum DiskDefault: ProfileRule {
  static func apply(to context: inout ProfileContext) {
    if context.isXen { return xen(&context) }
    guard let (buses, reason) = buses(context) else { return }
    guard let bus = context.first(buses, of: "disk", "bus") else { return }
    context.fill("disks[].bus", .string(bus), because: reason)
  }

  private static func buses(_ context: ProfileContext) -> ([String], String)? {
    let name = context.question.osName
    let hardware = context.isX86 && !context.isQ35 ? ["ide", "sata"] : ["sata", "scsi", "ide"]
    switch context.choice.drivers {
    case .virtio: return (["virtio"] + hardware, "it is the fastest that \(name) can use")
    case .emulated where context.isQEMU:
      return (hardware, "\(name) has a driver for it without anything more")
    case .emulated, .vmware: return (["scsi"], "VMware's disks stand on it")
    case .xen, .native: return nil
    }
  }

  /// libxl knows disks by the names that Linux has for them on Xen.
  private static func xen(_ context: inout ProfileContext) {
    let wrong = context.guest.records("disks").first { disk in
      disk["bus"] == nil && disk.string("name")?.hasPrefix("vd") == true
    }
    if let name = wrong?.string("name") {
      context.refusal = GuestProfile.Refusal(
        "disk \(name) has a name that Xen does not know",
        remedy:
          "call it xvd\(name.dropFirst(2)), or hd\(name.dropFirst(2)) where it is to be emulated")
    }
  }
}

/// A fast controller for disks on SCSI.
enum SCSIControllerDefault: ProfileRule {
  static func apply(to context: inout ProfileContext) {
    let hasDisk = context.filled.records("disks").contains { disk in
      (disk.string("bus")
        ?? DiskBus.implied(
          device: disk.string("device"), name: disk.string("name") ?? "", machine: context.machine))
        == "scsi"
    }
    guard hasDisk, context.guest["controllers"] == nil else { return }
    let name = context.question.osName
    switch context.choice.drivers {
    case .virtio where context.gets(.virtioSCSI, .virtio1SCSI):
      context.fill(
        "controllers", [["type": "scsi", "index": 0, "model": "virtio-scsi"]],
        because: "it is the fastest for SCSI disks that \(name) can use")
    case .vmware:
      context.fill(
        "controllers", [["type": "scsi", "index": 0, "model": "vmpvscsi"]],
        because: "\(name) has a driver for it")
    case .emulated where !context.isQEMU:
      context.fill(
        "controllers", [["type": "scsi", "index": 0, "model": "lsisas1068"]],
        because: "\(name) has a driver for it")
    default: break
    }
  }
}
