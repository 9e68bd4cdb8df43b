import Model

extension Importer {
  /// Lays over the fields what none of them can say, as far as an overlay can and may, and gives the rest.
  ///
  /// - Parameter omitted: sections that must not be declared; see `sections`.
  func lay(
    _ leftover: LeftoverOverlay?, _ remainders: [Remainder], over spec: inout Record, of kind: Kind,
    without omitted: Set<String> = []
  ) -> [Remainder] {
    guard let leftover, var root = try? Overlay(leftover.text, of: kind).root else {
      return remainders
    }
    let said = DeclaredXML(
      OverlayCheck.long(spec), Table.spec(of: kind), root: Overlay.rootName(of: kind)
    ).root
    root.complete(from: leftover.fields, beyond: said)
    var left = omitted
    root.removeSections(omitted)
    // What contradicts a field goes with all that stands beside it.
    while !root.isEmpty, let overlay = try? Overlay(root.indented, of: kind) {
      let conflicts = OverlayCheck.conflicts(of: overlay, with: spec, kind)
      if conflicts.isEmpty { break }
      let sections = Set(overlay.root.sections.filter { $0.holds(conflicts) }.map(\.name))
      guard !sections.isEmpty else { return remainders }
      left.formUnion(sections)
      root.removeSections(sections)
    }
    if !root.isEmpty { spec["xml"] = .string(root.indented) }
    let isLeft = { (remainder: Remainder) in left.contains { remainder.isOf($0) } }
    return leftover.rest.filter { !isLeft($0) } + remainders.filter(isLeft)
  }
}

/// A part of a document that is declared or left out as a whole: `clock`, `devices/disk`.
private struct Section {
  var name: String
  var element: XMLElement

  /// Whether one of the conflicts is inside.
  func holds(_ conflicts: [OverlayConflict]) -> Bool {
    let places = Set(element.preorder.flatMap { [$0.place] + $0.attributes.map(\.place) })
    return conflicts.contains { places.contains($0.offset) }
  }
}

extension XMLElement {
  fileprivate var isEmpty: Bool { children.isEmpty && attributes.isEmpty }

  fileprivate var sections: [Section] {
    children.flatMap { child -> [Section] in
      child.name.local == "devices"
        ? child.children.map { Section(name: "devices/" + $0.name.local, element: $0) }
        : [Section(name: child.name.local, element: child)]
    }
  }

  fileprivate mutating func removeSections(_ names: Set<String>) {
    for index in children.indices where children[index].name.local == "devices" {
      children[index].children.removeAll { names.contains("devices/" + $0.name.local) }
    }
    children.removeAll {
      names.contains($0.name.local) || $0.name.local == "devices" && $0.isEmpty
    }
  }

  /// Devices whose fields the manifest leaves out, because libvirt gives them by itself, are declared whole: part
  /// of a device is none.
  fileprivate mutating func complete(from fields: XMLElement, beyond said: XMLElement) {
    let name = XMLName("devices")
    guard let index = children.firstIndex(where: { $0.name == name }),
      let all = fields.child(name)
    else { return }
    let own = ElementMatching.children(of: children[index], in: all)
    let told =
      said.child(name).map { ElementMatching.children(of: children[index], in: $0) }
      ?? own.map { _ in nil }
    for (device, place) in own.enumerated() {
      guard let place, told[device] == nil else { continue }
      children[index].children[device] = all.children[place].merged(
        with: children[index].children[device])
    }
  }
}

extension Remainder {
  /// Whether it is of an element, or of something inside.
  fileprivate func isOf(_ element: String) -> Bool {
    path == element || path.hasPrefix(element + "[") || path.hasPrefix(element + "/")
  }
}
