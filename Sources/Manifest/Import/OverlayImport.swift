import Model

extension Importer {
  /// Lays over the fields what none of them can say, as far as an overlay can and may, and gives the rest.
  ///
  /// - Parameter omitted: devices, by the name of their elements, that must not be declared.
  func lay(
    _ leftover: LeftoverOverlay?, _ remainders: [Remainder], over spec: inout Record, of kind: Kind,
    without omitted: Set<String> = []
  ) -> [Remainder] {
    guard let leftover, var root = try? Overlay(leftover.text, of: kind).root else {
      return remainders
    }
    var rest = leftover.rest
    for name in omitted.sorted() {
      guard let devices = root.children.firstIndex(where: { $0.name == XMLName("devices") }) else {
        continue
      }
      root.children[devices].children.removeAll { $0.name == XMLName(name) }
      if root.children[devices].children.isEmpty { root.children.remove(at: devices) }
      rest += remainders.filter { $0.isOf("devices/" + name) && !rest.contains($0) }
    }
    if root.children.isEmpty, root.attributes.isEmpty { return rest }
    let text = root.indented
    guard let overlay = try? Overlay(text, of: kind),
      OverlayCheck.conflicts(of: overlay, with: spec, kind).isEmpty
    else { return remainders }
    spec["xml"] = .string(text)
    return rest
  }
}

extension Remainder {
  /// Whether it is of an element, or of something inside.
  fileprivate func isOf(_ element: String) -> Bool {
    path == element || path.hasPrefix(element + "[") || path.hasPrefix(element + "/")
  }
}
