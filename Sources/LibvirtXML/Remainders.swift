import CLibXML2
import Model

/// Everything that a document says.
public struct FullReading: Sendable {
  /// The fields.
  public var spec: Record
  /// What no field tells.
  public var remainders: [Remainder]
  /// That as an overlay; nil when there is nothing to lay over the fields.
  public var leftover: LeftoverOverlay?
}

extension LibvirtDocument {
  /// Every field of a table that a manifest can have, and what is left of the document besides. What libvirt
  /// makes up by itself, such as addresses on a bus, is no remainder.
  ///
  /// - Parameter kind: the kind of the object that an overlay is made for; nil for none.
  public func readAll(_ table: Table, overlay kind: Kind? = nil) throws(XMLProblem) -> FullReading {
    let spec = table.expressible(read(table))
    var written = try LibvirtDocument(root: rootName)
    written.write(spec, table)
    // Devices are told one by one, also where there is no field for any.
    if let devices = root.descendant("devices"), let told = written.root.ensured("devices") {
      Remainders.align(told, with: devices)
    }
    var found: [Remainder] = []
    Remainders.collect(root, written.root, path: [rootName], into: &found)
    let leftover: LeftoverOverlay? =
      if let kind { try overlay(over: written, of: kind) } else { nil }
    return FullReading(
      spec: GeneratedControllers.removed(from: spec, of: root), remainders: found,
      leftover: leftover)
  }
}

/// Compares a document with what its fields write into a new one: the rest is what no field tells.
enum Remainders {
  static func collect(_ source: Node, _ told: Node, path: [String], into found: inout [Remainder]) {
    let here = path.count == 1 ? path[0] : path.dropFirst().joined(separator: "/")
    for (name, value) in source.localAttributes where told.attribute(name) == nil {
      if Generated.isAttribute(name, value, of: source, at: path) { continue }
      found.append(Remainder(path: here, xml: "\(name)=\(quoted(value))"))
    }
    var free = told.elements
    for element in source.elements {
      let name = element.localName
      if Generated.isElement(element, at: path) { continue }
      guard let index = match(element, among: free) else {
        found.append(
          Remainder(path: (path.dropFirst() + [name]).joined(separator: "/"), xml: bare(element)))
        continue
      }
      let other = free.remove(at: index)
      collect(element, other, path: path + [name + label(element)], into: &found)
    }
    if source.elements.isEmpty, !source.text.isEmpty, told.text.isEmpty {
      found.append(Remainder(path: here, xml: source.text))
    }
  }

  /// The told element that stands for one of the source: of the same name and, among several, the one with most
  /// attributes in common, then the first.
  private static func match(_ element: Node, among candidates: [Node]) -> Int? {
    var best: (index: Int, score: Int)?
    for (index, candidate) in candidates.enumerated() where candidate.localName == element.localName
    {
      // What tells one from the other must be the same: a feature is another feature under another name.
      guard label(candidate) == label(element) else { continue }
      let score = candidate.localAttributes.count { element.attribute($0.name) == $0.value }
      if best.map({ score > $0.score }) ?? true { best = (index, score) }
    }
    return best?.index
  }

  /// What tells a device from others of its kind.
  static func label(_ element: Node) -> String {
    // There is one, and its name may change.
    if element.localName == "bridge" { return "" }
    let key =
      Reader.text(at: "target/@dev", from: element) ?? Reader.text(
        at: "mac/@address", from: element)
      ?? Reader.text(at: "target/@name", from: element) ?? element.attribute("name")
    if let key { return "[\(key)]" }
    if let type = element.attribute("type"), let index = element.attribute("index") {
      return "[\(type),\(index)]"
    }
    return ""
  }

  /// The element on one line, without what libvirt makes up.
  private static func bare(_ element: Node) -> String {
    guard let copy = xmlCopyNode(element.raw, 1) else { return element.serialized }
    defer { xmlFreeNode(copy) }
    for child in Node(raw: copy).elements where Generated.isAddress(child) || Generated.isOwn(child)
    {
      child.remove()
    }
    return Node(raw: copy).serialized.split(separator: "\n")
      .map { line in line.drop { $0 == " " } }.joined()
  }

  private static func quoted(_ value: String) -> String {
    let escapes: [Character: String] = ["&": "&amp;", "<": "&lt;", "'": "&apos;"]
    return "'" + value.map { escapes[$0] ?? String($0) }.joined() + "'"
  }
}

/// What libvirt adds to every document by itself, and adds again when it is left out.
enum Generated {
  /// An element that is made up. `path` leads to its parent.
  static func isElement(_ element: Node, at path: [String]) -> Bool {
    let name = element.localName
    let isBare = element.localAttributes.isEmpty && element.elements.isEmpty && element.text.isEmpty
    if isBare, name == "source" { return true }
    switch path.count {
    case 1:
      if ["name", "uuid"].contains(name) { return true }
      if name == "metadata" { return element.elements.allSatisfy(isOwn) }
      switch path[0] {
      case "pool": return ["capacity", "allocation", "available"].contains(name)
      case "volume": return ["key", "physical"].contains(name)
      case "network": return name == "mac"
      default: return false
      }
    case 2 where path[1] == "metadata": return isOwn(element)
    case 2 where path == ["domain", "devices"]:
      return name == "audio" && isDefaultAudio(element)
    case 2 where path[0] == "volume":
      return ["path", "timestamps"].contains(name)
        || path[1] == "backingStore" && name == "permissions"
    case 3 where path[1] == "devices": return isAddress(element)
    default: return false
    }
  }

  /// An attribute that is made up.
  static func isAttribute(_ name: String, _ value: String, of element: Node, at path: [String])
    -> Bool
  {
    switch path.count {
    case 1:
      path == ["domain"] && name == "id" || path == ["volume"] && name == "type"
        || path == ["filter"] && name == "name"
    // Both follow from the address and its prefix.
    case 2 where path[0] == "network": ["netmask", "family"].contains(name)
    // Numbers that libvirt gives to the ports of a PCI bus, which are of no meaning without addresses.
    // An automatic port, and the old spelling of what the element below says.
    case 3 where path[2].hasPrefix("graphics"):
      ["port", "tlsPort"].contains(name) && value == "-1"
        || name == "listen" && Reader.text(at: "listen/@address", from: element) == value
    // The cells are numbered in their order.
    case 4 where path == ["domain", "cpu", "numa", "cell"]:
      name == "id" && isPlace(value, of: element)
    case 4: path[2].hasPrefix("controller[pci") && path[3] == "target" && name == "port"
    default: false
    }
  }

  private static func isPlace(_ number: String, of element: Node) -> Bool {
    guard let parent = element.raw.pointee.parent.map({ Node(raw: $0) }) else { return false }
    let equals = parent.elements.filter { $0.localName == element.localName }
    return equals.firstIndex { $0.raw == element.raw }.map { String($0) } == number
  }

  /// A place on a bus of the guest that libvirt assigns. Where it would assign another one, it is somebody's.
  static func isAddress(_ element: Node) -> Bool {
    guard element.localName == "address", let type = element.attribute("type") else { return false }
    if type == "drive" { return DriveAddress.isUsual(element) }
    if type == "virtio-serial", element.attribute("controller") != "0" { return false }
    return [
      "pci", "usb", "virtio-serial", "ccid", "isa", "spapr-vio", "virtio-mmio", "ccw",
      "unassigned",
    ].contains(type)
  }

  /// libvirt adds one audio backend where there is none.
  static func isDefaultAudio(_ element: Node) -> Bool {
    element.elements.isEmpty && element.attribute("id") == "1"
      && element.localAttributes.allSatisfy { ["id", "type"].contains($0.name) }
      && element.attribute("type") == defaultAudio(element)
  }

  private static func defaultAudio(_ element: Node) -> String {
    guard let devices = element.raw.pointee.parent.map({ Node(raw: $0) }) else { return "none" }
    let shown = Reader.elements(at: "graphics", from: devices).map { $0.attribute("type") }
    return ["spice", "sdl"].first { shown.contains($0) } ?? "none"
  }

  /// virtspec's own metadata.
  static func isOwn(_ element: Node) -> Bool {
    guard let uri = element.raw.pointee.ns?.pointee.href else { return false }
    return xmlStrEqual(uri, Ownership.namespace) != 0
  }
}

extension Node {
  /// Its attributes in their order, without those of other namespaces.
  var localAttributes: [(name: String, value: String)] {
    var result: [(String, String)] = []
    var next = raw.pointee.properties
    while let current = next {
      if current.pointee.ns == nil {
        let name = String(cString: current.pointee.name)
        result.append((name, attribute(name) ?? ""))
      }
      next = current.pointee.next
    }
    return result
  }
}
