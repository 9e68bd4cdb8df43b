import Model

/// Where a disk stands on its bus.
enum DriveAddress {
  /// Whether it is where libvirt puts a disk of its name (`virDomainDiskDefAssignAddress`).
  static func isUsual(_ address: Node) -> Bool {
    guard let disk = address.raw.pointee.parent.map({ Node(raw: $0) }), disk.localName == "disk",
      let bus = Reader.text(at: "target/@bus", from: disk),
      let index = Reader.text(at: "target/@dev", from: disk).flatMap(index),
      let usual = place(index, on: bus)
    else { return true }
    func number(_ name: String) -> Int { address.attribute(name).flatMap { Int($0) } ?? 0 }
    return [number("controller"), number("bus"), number("target"), number("unit")] == usual
  }

  /// Controller, bus, target and unit.
  private static func place(_ index: Int, on bus: String) -> [Int]? {
    switch bus {
    case "ide": return [index / 4, index % 4 / 2, 0, index % 2]
    case "sata": return [index / 6, 0, 0, index % 6]
    case "fdc": return [index / 2, 0, 0, index % 2]
    case "scsi":
      // Unit 7 is the controller itself.
      let unit = index % 15
      return [index / 15, 0, 0, unit < 7 ? unit : unit + 1]
    default: return nil
    }
  }

  /// `sda` is 0, `sdz` 25, `sdaa` 26.
  private static func index(_ name: String) -> Int? {
    guard let prefix = ["hd", "sd", "fd", "xvd", "ubd"].first(where: name.hasPrefix) else {
      return nil
    }
    var result = 0
    for byte in name.utf8.dropFirst(prefix.utf8.count) {
      guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte), result < 1 << 16 else {
        return nil
      }
      result = result * 26 + Int(byte - UInt8(ascii: "a")) + 1
    }
    return result > 0 ? result - 1 : nil
  }
}
