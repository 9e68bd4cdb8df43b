import Model

/// The drive of a disc that virtspec makes.
///
/// It stands on a bus that the guest has a driver for: where its first disk is paravirtual, so is the drive. Kernels
/// that are made for clouds lack drivers of emulated buses (Debian's has none for SATA).
struct DiscDrive {
  let name: String
  let bus: String
  private let guest: Record

  /// - Parameter applied: the name that it has, which it keeps where nothing declared took it.
  init(_ object: DesiredObject, bus given: String? = nil, name wanted: String?, applied: String?) {
    guest = object.spec
    let machine = guest.string("machine") ?? "q35"
    let disks = guest.records("disks")
    let first = disks.first { [nil, "disk"].contains($0.string("device")) }
    let isQEMU = ["kvm", "qemu"].contains(guest.string("virtType") ?? "kvm")
    let near =
      first.map {
        $0.string("bus")
          ?? DiskBus.implied(device: nil, name: $0.string("name") ?? "", machine: machine)
      } ?? DiskBus.implied(device: "cdrom", name: "", machine: machine)
    bus = given ?? ["virtio": isQEMU ? "scsi" : "ide", "nvme": "sata", "sd": "usb"][near] ?? near
    let taken = Set(disks.compactMap { $0.string("name") })
    let prefix = ["xen": "xvd", "ide": "hd"][bus] ?? "sd"
    let free = "abcdefghijklmnopqrstuvwxyz".lazy.map { prefix + String($0) }
      .first { !taken.contains($0) }
    let kept = applied.flatMap { taken.contains($0) || !$0.hasPrefix(prefix) ? nil : $0 }
    name = wanted ?? kept ?? free ?? prefix + "aa"
  }

  func item(pool: String, volume: String) -> Record {
    Record([
      ("name", .string(name)), ("device", "cdrom"), ("bus", .string(bus)),
      ("pool", .string(pool)), ("volume", .string(volume)), ("format", "raw"), ("readOnly", true),
    ])
  }

  /// The guest's spec with the drive, and with a controller for it where libvirt would pick one that guests have no
  /// driver for.
  func added(to spec: Record, pool: String, volume: String) -> Record {
    var result = spec
    result["disks"] = .list(
      (spec["disks"]?.list ?? []) + [.record(item(pool: pool, volume: volume))])
    guard bus == "scsi", ["kvm", "qemu"].contains(guest.string("virtType") ?? "kvm"),
      !spec.records("controllers").contains(where: { $0["type"] == "scsi" })
    else { return result }
    let controller: Value = ["type": "scsi", "index": 0, "model": "virtio-scsi"]
    result["controllers"] = .list((spec["controllers"]?.list ?? []) + [controller])
    return result
  }
}
