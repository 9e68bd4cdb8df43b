import Model

extension Document {
  /// Where a field stands that a plan names: `disks[vda].bus`, `videos[0].model`. The nearest enclosing one where
  /// it is not written itself.
  public func place(ofField path: String) -> Place {
    place(of: parts(path))
  }

  /// Whether the document itself writes the field that a plan names, or one in its list.
  public func writes(field path: String) -> Bool {
    let first = String(path.prefix { $0 != "." && $0 != "[" })
    return writes([.field(first)])
  }

  private func parts(_ path: String) -> [PathPart] {
    var result: [PathPart] = []
    var current = node["spec"]
    for part in Self.split(path) {
      switch part {
      case .name(let name):
        result.append(.field(name))
        current = current?[name]
      case .item(let key):
        guard let items = current?.items, let index = Self.index(of: key, in: items) else {
          return result
        }
        result.append(.index(index))
        current = items[index]
      }
    }
    return result
  }

  private enum Part {
    case name(String)
    case item(String)
  }

  /// A key may have dots itself, as an address has.
  private static func split(_ path: String) -> [Part] {
    var parts: [Part] = []
    var rest = Substring(path)
    while let first = rest.first {
      if first == "[" {
        let key = rest.dropFirst().prefix { $0 != "]" }
        parts.append(.item(String(key)))
        rest = rest.dropFirst(key.count + 2)
      } else if first == "." {
        rest = rest.dropFirst()
      } else {
        let name = rest.prefix { $0 != "." && $0 != "[" }
        parts.append(.name(String(name)))
        rest = rest.dropFirst(name.count)
      }
    }
    return parts
  }

  /// The item that a key belongs to: one of its fields has that value, it is that value itself, or it stands there.
  private static func index(of key: String, in items: [YAMLNode]) -> Int? {
    let named = items.firstIndex { item in
      if item.text == key { return true }
      return ["name", "target", "type", "model", "mac", "pci", "usb", "usbAddress", "scsi"]
        .contains { item[$0]?.text == key }
    }
    return named ?? Int(key).flatMap { items.indices.contains($0) ? $0 : nil }
  }
}
