import CLibXML2
import Glibc
import Model

/// libvirt's own RELAX NG schemas, where they are installed: what a daemon checks definitions against.
///
/// libxml2's schemas are for one thread at a time, so they are lent to one body at a time. Each is read once, and
/// only when it is asked for (`domain.rng` takes 30 ms).
public struct SchemaValidator: ~Copyable {
  /// Where libvirt's packages put them.
  public static let folders = ["/usr/share/libvirt/schemas", "/usr/local/share/libvirt/schemas"]

  private static let gate = Lock<Void>(())
  private var schemas: [Kind: xmlRelaxNGPtr] = [:]
  private let folder: String

  private init(folder: String) { self.folder = folder }

  deinit {
    for schema in schemas.values { xmlRelaxNGFree(schema) }
  }

  /// Lends the schemas; nil when none are installed.
  public static func with<Value: Sendable>(
    folders: [String] = Self.folders, _ body: (inout SchemaValidator) -> Value
  ) -> Value? {
    guard let folder = folders.first(where: { access($0 + "/domain.rng", R_OK) == 0 }) else {
      return nil
    }
    return gate.withLock { _ in
      var validator = SchemaValidator(folder: folder)
      return body(&validator)
    }
  }

  /// The file of a kind's schema.
  public func path(of kind: Kind) -> String {
    let name =
      switch kind {
      case .guest, .guestClass: "domain"
      case .pool: "storagepool"
      case .volume: "storagevol"
      default: kind.word
      }
    return folder + "/" + name + ".rng"
  }

  /// Whether a document satisfies its kind's schema; nil when the schema cannot be read.
  public mutating func accepts(_ document: borrowing LibvirtDocument, _ kind: Kind) -> Bool? {
    guard let schema = schema(of: kind), let context = xmlRelaxNGNewValidCtxt(schema) else {
      return nil
    }
    defer { xmlRelaxNGFreeValidCtxt(context) }
    xmlRelaxNGSetValidStructuredErrors(context, { _, _ in }, nil)
    let result = xmlRelaxNGValidateDoc(context, document.root.raw.pointee.doc)
    return result < 0 ? nil : result == 0
  }

  private mutating func schema(of kind: Kind) -> xmlRelaxNGPtr? {
    if let schema = schemas[kind] { return schema }
    guard let parser = xmlRelaxNGNewParserCtxt(path(of: kind)) else { return nil }
    defer { xmlRelaxNGFreeParserCtxt(parser) }
    xmlRelaxNGSetParserStructuredErrors(parser, { _, _ in }, nil)
    let schema = xmlRelaxNGParse(parser)
    if let schema { schemas[kind] = schema }
    return schema
  }
}

/// The part of an overlay without which a document would satisfy libvirt's schema.
public struct SchemaComplaint: Sendable {
  /// The byte of the overlay's text.
  public var offset: Int
  /// `<rng>`, or `attribute 'bytes' of <rate>`.
  public var part: String
}

extension SchemaValidator {
  /// What of an overlay is against the schema.
  public enum Verdict: Sendable {
    case accepted
    case refused(SchemaComplaint)
    /// The document is not as the schema wants it even without the overlay, or there is no schema.
    case unknown
  }

  /// Judges a document's overlay.
  ///
  /// - Parameter document: a new document without the overlay.
  public mutating func judge(
    _ overlay: Overlay, of kind: Kind, document: () throws(XMLProblem) -> LibvirtDocument
  ) throws(XMLProblem) -> Verdict {
    switch try accepts(overlay.root, kind, document) {
    case nil: return .unknown
    case true?: return .accepted
    case false?: break
    }
    guard try accepts(XMLElement(overlay.root.name), kind, document) == true else {
      return .unknown
    }
    return .refused(try blame(overlay.root, at: [], kind, document))
  }

  private mutating func accepts(
    _ root: XMLElement, _ kind: Kind, _ document: () throws(XMLProblem) -> LibvirtDocument
  ) throws(XMLProblem) -> Bool? {
    var copy = try document()
    copy.lay(Overlay(root: root))
    return accepts(copy, kind)
  }

  /// The smallest part whose absence makes the rest valid. libxml2 itself only names some element around it.
  private mutating func blame(
    _ root: XMLElement, at path: [Int], _ kind: Kind,
    _ document: () throws(XMLProblem) -> LibvirtDocument
  ) throws(XMLProblem) -> SchemaComplaint {
    let element = root.descendant(path)
    for (index, attribute) in element.attributes.enumerated() {
      var without = root
      without.change(path) { $0.attributes.remove(at: index) }
      if try accepts(without, kind, document) == true {
        return SchemaComplaint(
          offset: attribute.place,
          part: "attribute '\(attribute.name.local)' of <\(element.title)> with this value")
      }
    }
    for index in element.children.indices {
      var without = root
      without.change(path) { $0.children.remove(at: index) }
      if try accepts(without, kind, document) == true {
        return try blame(root, at: path + [index], kind, document)
      }
    }
    // More than one thing is wrong: the first that is wrong without the others.
    for index in element.children.indices where element.children.count > 1 {
      var alone = root
      alone.change(path) { $0.children = [$0.children[index]] }
      if try accepts(alone, kind, document) == false {
        return try blame(alone, at: path + [0], kind, document)
      }
    }
    return SchemaComplaint(offset: element.place, part: "<\(element.title)> as it stands here")
  }
}

extension XMLElement {
  fileprivate var title: String { prefix.isEmpty ? name.local : prefix + ":" + name.local }

  fileprivate func descendant(_ path: [Int]) -> XMLElement {
    path.reduce(self) { $0.children[$1] }
  }

  fileprivate mutating func change(_ path: [Int], _ body: (inout XMLElement) -> Void) {
    guard let first = path.first else { return body(&self) }
    children[first].change(Array(path.dropFirst()), body)
  }
}
