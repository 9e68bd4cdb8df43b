/// The bus of a disk that says none, by its device and name, as libvirt's own naming has it.
public enum DiskBus {
  /// - Parameter machine: an alias or a versioned type.
  public static func implied(device: String?, name: String, machine: String) -> String {
    let optical = machine.contains("q35") || machine == "virt" ? "sata" : "ide"
    switch device {
    case "floppy": return "fdc"
    case "cdrom": return optical
    default: break
    }
    if name.hasPrefix("sd") { return "scsi" }
    if name.hasPrefix("hd") { return optical }
    if name.hasPrefix("xvd") { return "xen" }
    return "virtio"
  }
}

extension DiskBus {
  /// Whether a disk of this name may stand on a bus that it does not name itself: `vda` on any, `sda` on those that
  /// number their disks so.
  public static func isOpen(name: String, to bus: String) -> Bool {
    if name.hasPrefix("sd") { return ["scsi", "sata", "usb"].contains(bus) }
    if name.hasPrefix("hd") { return ["ide", "sata"].contains(bus) }
    if name.hasPrefix("xvd") { return bus == "xen" }
    return true
  }
}
