import Model

/// Where something stands in libvirt's XML, as text for people: `domain/devices/disk`.
struct XMLPlace {
  /// The path of the element; nil when libvirt's XML has no such element.
  let element: String?

  init(element: String?) { self.element = element }

  /// The root of a kind's XML.
  init(_ kind: Kind) {
    element =
      switch kind {
      case .guest, .guestClass: "domain"
      case .secret: "secret"
      case .networkFilter: "filter"
      case .network: "network"
      case .pool: "pool"
      case .volume: "volume"
      case .stack, .host, .image: nil
      }
  }

  /// The element that the records of a nested field are relative to.
  func nested(_ field: Field) -> XMLPlace {
    switch field.xml {
    case .nested(let path, _), .repeated(let path), .codec(let path, _):
      XMLPlace(element: element.map { join($0, path) })
    case .value, .none: XMLPlace(element: nil)
    }
  }

  /// Where a field stands: the path, and what else there is to say about it, one thing a line.
  func lines(of field: Field) -> [String] {
    guard let element else { return [] }
    let conditions = field.when.map { "where \(join(element, $0.path)) is \($0.value)" }
    switch field.xml {
    case .none: return []
    case .nested(let path, let fallback):
      let older = fallback.map { ["without it, \(join(element, $0))"] } ?? []
      return [join(element, path)] + older + conditions
    case .repeated(let path):
      return [join(element, path) + ", one for each item"] + conditions
    case .codec(let path, let codec):
      let place = join(element, path)
      let parts = codec.parts.map { "\(place)/\($0)" }
      return [parts.joined(separator: " and ") + (codec == .cidr ? ", or @netmask" : "")]
        + conditions
    case .value(let path, let spelling, let fallback, let absent):
      var lines = [join(element, path) + spelling.wording]
      if let fallback { lines.append("without it, \(join(element, fallback))") }
      if let absent { lines.append("nothing there stands for \(absent)") }
      return lines + conditions
    }
  }

  /// Where a field stands, relative to its record, for a column.
  static func column(_ field: Field) -> String? {
    switch field.xml {
    case .none: nil
    case .nested(let path, _), .repeated(let path), .value(let path, _, _, _): path.text
    case .codec(_, let codec): codec.parts.joined(separator: ", ")
    }
  }

  private func join(_ element: String, _ path: XMLPath) -> String {
    let rest = path.text
    return rest.isEmpty ? element : element + "/" + rest
  }
}

extension XMLCodec {
  /// The places that it spreads a value over.
  fileprivate var parts: [String] {
    switch self {
    case .cidr: ["@address", "@prefix"]
    case .pciAddress: ["@domain", "@bus", "@slot", "@function"]
    case .usbID: ["vendor/@id", "product/@id"]
    case .usbAddress: ["@bus", "@device"]
    case .scsiAddress: ["adapter/@name", "address"]
    case .freeRootPorts: ["controller[@model='pcie-root-port']"]
    }
  }
}

extension XMLPath {
  /// The path as the tables spell it.
  fileprivate var text: String {
    let elements = steps.map(\.text)
    return (elements + (attribute.map { ["@" + $0] } ?? [])).joined(separator: "/")
  }
}

extension Spelling {
  /// How the value is spelled, where it is not spelled as in the manifest.
  fileprivate var wording: String {
    switch self {
    case .plain: ""
    case .yesNo: ", as yes or no"
    case .onOff: ", as on or off"
    case .trueFalse: ", as true or false"
    case .presence: ", which is there or not"
    case .kibibytes, .bareKibibytes: ", in KiB"
    case .bytes, .bareBytes: ", in bytes"
    case .hexadecimal: ", in hexadecimal digits"
    case .words(let pairs):
      pairs.map { ", with \($0.libvirt) for \($0.manifest)" }.joined()
    }
  }
}
