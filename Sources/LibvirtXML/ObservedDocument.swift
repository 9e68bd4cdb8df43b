import Model

/// A document that is only read: a scanned tree where it is plain, else libxml2's. It lives no longer than its
/// bytes.
public struct ObservedDocument: ~Copyable {
  let scanned: ScannedTree?
  let parsed: LibvirtDocument?

  /// Parses a document. Throws where libxml2 finds it malformed.
  public init(parsing text: UnsafeBufferPointer<UInt8>) throws(XMLProblem) {
    scanned = ScannedTree.scan(text)
    parsed = scanned == nil ? try LibvirtDocument(parsing: text) : nil
  }

  /// Whether the fast way was taken.
  public var isScanned: Bool { scanned != nil }

  /// The fields of a table as the document has them; see `LibvirtDocument.read`.
  public func read(_ table: Table, shape: Shape? = nil) -> Record {
    if let scanned { return scanned.withRoot { Reader.record(table, at: $0, shape: shape) } }
    return parsed?.read(table, shape: shape) ?? Record()
  }

  /// The text or attribute at a path; nil when there is none.
  public func text(at path: XMLPath) -> String? {
    if let scanned { return scanned.withRoot { Reader.text(at: path, from: $0) } }
    return parsed?.text(at: path)
  }

  /// virtspec's element in the metadata; nil when the object is not virtspec's.
  ///
  /// - Parameter known: what the definition says; it is given back where this document says the same, which spares
  ///   a copy of the applied spec for each guest that runs.
  public func ownership(like known: Ownership? = nil) -> Ownership? {
    if let scanned {
      return scanned.withRoot { root in
        guard let element = Ownership.find(in: root) else { return nil }
        if let known, known.isTold(by: element) { return known }
        return Ownership(element)
      }
    }
    return parsed?.ownership()
  }
}

extension Ownership {
  /// Parsed once, not for each guest.
  private static let metadataPath: XMLPath = "metadata"

  /// virtspec's element among the metadata of a scanned document. libvirt writes the namespace on the element
  /// itself; others may have it further out.
  fileprivate static func find(in root: ScannedElement) -> ScannedElement? {
    guard let metadata = root.descendant(metadataPath) else { return nil }
    for element in metadata.elements {
      let parts = element.localName.split(separator: ":")
      guard parts.count == 2, parts[1] == LibvirtDocument.ownershipName else { continue }
      let declaration = "xmlns:" + parts[0]
      let declared =
        element.attribute(declaration) ?? metadata.attribute(declaration)
        ?? root.attribute(declaration)
      if declared == namespace { return element }
    }
    return nil
  }

  /// Whether an element is of the same spec: the digest stands for it.
  fileprivate func isTold(by element: some ReadableElement) -> Bool {
    element.attribute("digest") == digest && element.attribute("stack") == stack
      && (element.attribute("overlay") ?? "") == overlay
  }

  /// What virtspec's element says.
  init(_ element: some ReadableElement) {
    self.init(
      stack: element.attribute("stack") ?? "", source: element.attribute("source") ?? "",
      digest: element.attribute("digest") ?? "", appliedSpec: element.text,
      onRemove: element.attribute("onRemove") ?? "keep",
      protected: element.attribute("protected") == "yes",
      overlay: element.attribute("overlay") ?? "",
      startIsOwed: element.attribute("start") == "owed" ? true : nil,
      reattachmentIsOwed: element.attribute("reattachment") == "owed" ? true : nil,
      readinessIsOwed: element.attribute("readiness") == "owed" ? true : nil)
    profile = element.attribute("profile")
    // A word that a later version has means that something is amiss.
    installation = element.attribute("installation").map { Installation(rawValue: $0) ?? .starting }
  }
}
