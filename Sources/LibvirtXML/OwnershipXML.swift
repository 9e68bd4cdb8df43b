import CLibXML2
import Model

extension LibvirtDocument {
  /// The namespace prefix of virtspec's element.
  public static let ownershipPrefix = "virtspec"
  /// The name of virtspec's element.
  static let ownershipName = "object"

  /// virtspec's element in the metadata; nil when the object is not virtspec's.
  public func ownership() -> Ownership? {
    guard let node = Self.find(in: root) else { return nil }
    return Ownership(node)
  }

  /// Writes or removes virtspec's element; the metadata of others stays.
  public mutating func setOwnership(_ ownership: Ownership?) {
    Self.find(in: root)?.remove()
    guard let ownership, let metadata = root.ensured("metadata"),
      let made = xmlNewChild(metadata.raw, nil, Self.ownershipName, nil)
    else { return }
    made.pointee.ns = xmlNewNs(made, Ownership.namespace, Self.ownershipPrefix)
    Self.describe(ownership, on: Node(raw: made))
  }

  /// Strikes off that a reattachment is owed. Gives whether one was.
  public mutating func settleReattachment() -> Bool {
    guard let ownership = ownership(), ownership.reattachmentIsOwed == true else { return false }
    setOwnership(ownership.owingReattachment(false))
    return true
  }

  /// virtspec's element as XML without a namespace, which `virDomainSetMetadata` adds itself.
  public static func ownershipElement(_ ownership: Ownership) throws(XMLProblem) -> String {
    let document = try LibvirtDocument(root: ownershipName)
    describe(ownership, on: document.root)
    return document.serialized()
  }

  private static func describe(_ ownership: Ownership, on node: Node) {
    node.setAttribute("stack", ownership.stack)
    node.setAttribute("source", ownership.source)
    node.setAttribute("digest", ownership.digest)
    node.setAttribute("onRemove", ownership.onRemove)
    if ownership.protected { node.setAttribute("protected", "yes") }
    if !ownership.overlay.isEmpty { node.setAttribute("overlay", ownership.overlay) }
    if ownership.startIsOwed == true { node.setAttribute("start", "owed") }
    if ownership.reattachmentIsOwed == true { node.setAttribute("reattachment", "owed") }
    if ownership.readinessIsOwed == true { node.setAttribute("readiness", "owed") }
    if let profile = ownership.profile { node.setAttribute("profile", profile) }
    if let stage = ownership.installation { node.setAttribute("installation", stage.rawValue) }
    node.setText(ownership.appliedSpec)
  }

  private static func find(in root: Node) -> Node? {
    root.descendant("metadata")?.elements.first { node in
      guard let uri = node.raw.pointee.ns?.pointee.href else { return false }
      return xmlStrEqual(uri, Ownership.namespace) != 0
        && xmlStrEqual(node.raw.pointee.name, ownershipName) != 0
    }
  }
}
