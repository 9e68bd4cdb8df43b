import Model

extension LibvirtDocument {
  /// A domain's XML with the display passwords of another one, where it has none of its own: those of the first
  /// VNC display go to the first VNC display. Without any the text stays as it is.
  public static func withDisplayPasswords(
    _ xml: String, from other: borrowing LibvirtDocument
  ) throws(XMLProblem) -> String {
    let names = ["passwd", "passwdValidTo", "connected"]
    var sources: [String: [Node]] = [:]
    for display in other.displays {
      sources[display.attribute("type") ?? "", default: []].append(display)
    }
    guard sources.values.joined().contains(where: { $0.attribute("passwd") != nil }) else {
      return xml
    }
    let document = try LibvirtDocument(parsing: xml)
    var counts: [String: Int] = [:]
    for display in document.displays {
      let type = display.attribute("type") ?? ""
      let number = counts[type, default: 0]
      counts[type] = number + 1
      guard let candidates = sources[type], candidates.indices.contains(number),
        display.attribute("passwd") == nil
      else { continue }
      for name in names {
        if let value = candidates[number].attribute(name) { display.setAttribute(name, value) }
      }
    }
    return document.serialized()
  }

  private var displays: [Node] {
    (root.descendant("devices")?.elements ?? []).filter {
      String(cString: $0.raw.pointee.name) == "graphics"
    }
  }
}
