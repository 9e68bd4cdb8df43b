/// Puts to one constant what libarchive writes into an image of when and where it was made (ECMA-119, and the System
/// Use Sharing Protocol for Rock Ridge).
enum ISOConstants {
  private static let sector = 2048
  /// 1 January 2020 in Greenwich, as directories and Rock Ridge spell it.
  private static let date: [UInt8] = [120, 1, 1, 0, 0, 0, 0]
  /// The same as volume descriptors spell it.
  private static let longDate: [UInt8] = Array("2020010100000000".utf8) + [0]

  static func set(in image: inout [UInt8], label: String) {
    var position = 16 * sector
    while position + sector <= image.count {
      let type = image[position]
      if type == 1 || type == 2 { descriptor(position, label: label, &image) }
      position += sector
      if type == 255 { break }
    }
    // libarchive says there when it made the image, and with which options.
    if position + sector <= image.count, image[position...].starts(with: "INFO ".utf8) {
      write([UInt8](repeating: 0, count: sector), at: position, &image)
    }
  }

  /// A volume descriptor, and the directories that it leads to.
  private static func descriptor(_ position: Int, label: String, _ image: inout [UInt8]) {
    if image[position] == 1 {
      // libarchive puts it in capitals, which those who compare it need not know.
      var name = Array(label.utf8.prefix(32))
      name += [UInt8](repeating: 0x20, count: 32 - name.count)
      write(name, at: position + 40, &image)
    }
    for offset in [813, 830, 864] { write(longDate, at: position + offset, &image) }
    var seen: Set<Int> = []
    directory(record: position + 156, &seen, &image)
  }

  /// What a record of a directory leads to, and the date in the record itself.
  private static func directory(record: Int, _ seen: inout Set<Int>, _ image: inout [UInt8]) {
    write(date, at: record + 18, &image)
    let start = number(at: record + 2, image) * sector
    let end = min(start + number(at: record + 10, image), image.count)
    guard start < end, seen.insert(start).inserted else { return }
    var position = start
    while position < end {
      let length = Int(image[position])
      guard length >= 34, position + length <= end else {
        // Records do not cross sectors.
        position = (position / sector + 1) * sector
        continue
      }
      write(date, at: position + 18, &image)
      let name = Int(image[position + 32])
      systemUse(position + 33 + name + (name % 2 == 0 ? 1 : 0), position + length, &image)
      let isDirectory = image[position + 25] & 2 != 0
      let isItselfOrParent = name == 1 && image[position + 33] <= 1
      if isDirectory, !isItselfOrParent { directory(record: position, &seen, &image) }
      position += length
    }
  }

  /// Rock Ridge's dates among the entries of a record.
  private static func systemUse(_ start: Int, _ end: Int, _ image: inout [UInt8]) {
    var position = start
    while position + 4 <= end {
      let length = Int(image[position + 2])
      guard length >= 4, position + length <= end else { return }
      if image[position...].starts(with: "TF".utf8), length >= 5 {
        var place = position + 5
        while place + date.count <= position + length {
          write(date, at: place, &image)
          place += date.count
        }
      }
      position += length
    }
  }

  /// A number that is there in both orders, little-endian first.
  private static func number(at position: Int, _ image: [UInt8]) -> Int {
    (0..<4).reduce(0) { $0 | Int(image[position + $1]) << (8 * $1) }
  }

  private static func write(_ bytes: [UInt8], at position: Int, _ image: inout [UInt8]) {
    image.replaceSubrange(position..<position + bytes.count, with: bytes)
  }
}
