/// Which elements of one tree are which of another.
public enum ElementMatching {
  /// For each child of `left`, the place of the same one among `right`'s children; nil for one that is not there.
  public static func children<Left: IdentifiableElement, Right: IdentifiableElement>(
    of left: Left, in right: Right
  ) -> [Int?] {
    match(left.children, right.children, in: left.name)
  }

  static func match<Left: IdentifiableElement, Right: IdentifiableElement>(
    _ left: [Left], _ right: [Right], in parent: XMLName
  ) -> [Int?] {
    var result = [Int?](repeating: nil, count: left.count)
    var names: [XMLName] = []
    for element in left where !names.contains(element.name) { names.append(element.name) }
    for name in names {
      let wanted = left.indices.filter { left[$0].name == name }
      var free = right.indices.filter { right[$0].name == name }
      if ElementIdentity.of(name, in: parent) == .ordered {
        for (index, place) in longestCommon(wanted, free, { contains(right[$1], left[$0]) }) {
          result[index] = place
        }
        continue
      }
      // Who has an identity goes first, then who is there as declared, and the rest by place.
      for index in wanted {
        guard let identity = left[index].identity(in: parent) else { continue }
        let place = free.firstIndex { place in
          identity.allSatisfy { path, value in
            right[place].value(at: path).map { ValueEquality.same(value, $0) } ?? false
          }
        }
        if let place {
          result[index] = free.remove(at: place)
        } else if ElementIdentity.numberedByPlace.contains(name.local) {
          let all = right.indices.filter { right[$0].name == name }
          guard let number = identity.first.flatMap({ Int($0.value) }),
            all.indices.contains(number),
            right[all[number]].identity(in: parent) == nil,
            let place = free.firstIndex(of: all[number])
          else { continue }
          result[index] = free.remove(at: place)
        }
      }
      for index in wanted where left[index].identity(in: parent) == nil {
        if let place = free.firstIndex(where: { contains(right[$0], left[index]) }) {
          result[index] = free.remove(at: place)
        }
      }
      for index in wanted where result[index] == nil && left[index].identity(in: parent) == nil {
        if !free.isEmpty { result[index] = free.removeFirst() }
      }
    }
    return result
  }

  /// Whether an element has all that another declares.
  public static func contains<Left: IdentifiableElement, Right: IdentifiableElement>(
    _ element: Left, _ declared: Right
  ) -> Bool {
    guard element.name == declared.name else { return false }
    if !declared.missingValues(in: element).isEmpty { return false }
    let places = children(of: declared, in: element)
    let inner = element.children
    return zip(declared.children, places).allSatisfy { child, place in
      place.map { contains(inner[$0], child) } ?? false
    }
  }

  /// The longest sequence of pairs in the order of both.
  private static func longestCommon(
    _ left: [Int], _ right: [Int], _ same: (Int, Int) -> Bool
  ) -> [(Int, Int)] {
    var lengths = [[Int]](
      repeating: [Int](repeating: 0, count: right.count + 1), count: left.count + 1)
    for row in left.indices.reversed() {
      for column in right.indices.reversed() {
        lengths[row][column] =
          same(left[row], right[column])
          ? lengths[row + 1][column + 1] + 1
          : max(lengths[row + 1][column], lengths[row][column + 1])
      }
    }
    var pairs: [(Int, Int)] = []
    var (row, column) = (0, 0)
    while row < left.count, column < right.count {
      if same(left[row], right[column]), lengths[row][column] == lengths[row + 1][column + 1] + 1 {
        pairs.append((left[row], right[column]))
        (row, column) = (row + 1, column + 1)
      } else if lengths[row + 1][column] >= lengths[row][column + 1] {
        row += 1
      } else {
        column += 1
      }
    }
    return pairs
  }
}

/// An attribute of an element, or its text.
public enum ElementPart: Sendable, Hashable, Codable {
  case attribute(XMLName)
  case text
}

extension IdentifiableElement {
  /// The attributes, and the text where there is one, that another element has not or not with this value.
  public func missingValues(in other: some IdentifiableElement) -> [ElementPart] {
    let mine = measured
    let theirs = other.measured
    if let mine, let theirs, mine.bytes == theirs.bytes, mine.part == theirs.part {
      return parts.filter { part in
        part != mine.part && part != .attribute(XMLName("unit"))
          && !sameValue(of: part, in: other)
      }
    }
    return parts.filter { !sameValue(of: $0, in: other) }
  }

  private func sameValue(of part: ElementPart, in other: some IdentifiableElement) -> Bool {
    guard let mine = value(of: part) else { return false }
    guard let theirs = other.value(of: part) else { return isMask(part, sameIn: other) }
    return ValueEquality.same(mine, theirs)
  }

  /// Whether it is a network mask that another element has as a prefix, or the other way round.
  private func isMask(_ part: ElementPart, sameIn other: some IdentifiableElement) -> Bool {
    guard [.attribute(XMLName("netmask")), .attribute(XMLName("prefix"))].contains(part),
      let mine = subnet, let theirs = other.subnet
    else { return false }
    return mine.prefix == theirs.prefix
  }

  fileprivate var subnet: Subnet? {
    guard let address = attribute(XMLName("address")).flatMap(IPAddress.init) else { return nil }
    if let prefix = attribute(XMLName("prefix")).flatMap({ Int($0) }) {
      return Subnet(address: address, prefix: prefix)
    }
    return attribute(XMLName("netmask")).flatMap(IPAddress.init).flatMap {
      Subnet(address: address, netmask: $0)
    }
  }

  /// What stands in a part.
  public func value(of part: ElementPart) -> String? {
    switch part {
    case .attribute(let name): attribute(name)
    case .text: children.isEmpty && !text.isEmpty ? text : nil
    }
  }

  /// The attributes and the text.
  var parts: [ElementPart] {
    attributeNames.map(ElementPart.attribute) + (value(of: .text) == nil ? [] : [.text])
  }

  /// A size with its unit, in bytes, and where its number stands.
  private var measured: (bytes: Int64, part: ElementPart)? {
    let unit = attribute(XMLName("unit"))
    for part in [ElementPart.text, .attribute(XMLName("size")), .attribute(XMLName("memory"))] {
      guard let number = value(of: part) else { continue }
      guard let unit = unit ?? defaultUnit else { return nil }
      return LibvirtUnit.bytes(number, unit: unit, spelling: .plain).map { ($0, part) }
    }
    return nil
  }

  /// What libvirt takes for a size without a unit.
  private var defaultUnit: String? {
    switch name.local {
    case "memory", "currentMemory", "maxMemory", "hard_limit", "soft_limit", "swap_hard_limit",
      "min_guarantee":
      "KiB"
    case "capacity", "allocation", "available": "bytes"
    case "tseg": "MiB"
    default: nil
    }
  }
}

/// When libvirt means the same by two texts.
enum ValueEquality {
  static func same(_ left: String, _ right: String) -> Bool {
    if left == right { return true }
    if let left = number(left), let right = number(right) { return left == right }
    // MAC addresses and UUIDs.
    let isHexadecimal = { (text: String) in
      (text.utf8.count == 17 && text.contains(":")) || (text.utf8.count == 36 && text.contains("-"))
    }
    return isHexadecimal(left) && left.lowercased() == right.lowercased()
  }

  /// A number in any of libvirt's spellings: `5`, `0x05`, `0x0005`.
  private static func number(_ text: String) -> UInt64? {
    if text.hasPrefix("0x") || text.hasPrefix("0X") { return UInt64(text.dropFirst(2), radix: 16) }
    return UInt64(text)
  }
}
