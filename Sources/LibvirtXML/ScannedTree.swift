import Glibc
import Model

/// A read-only tree over the bytes of a document, without a copy of them: what a plan reads a thousand of.
///
/// libvirt writes plain XML, and this reads no more than that: ASCII, elements, attributes, text, comments and
/// the predefined entities. Anything else, well-formed or not, is left to libxml2, whose word is final. Reading
/// is a sixth of the work (33 ms to 6 ms for 1,000 guests of 3 KB), and `Tests/Fuzzing` holds the two against
/// each other.
final class ScannedTree {
  /// A stretch of the document's bytes.
  struct Span {
    var start: Int32
    var end: Int32
    /// Whether entities stand in it.
    var isEscaped = false
  }
  struct Attribute {
    var name: Span
    var value: Span
  }
  struct Node {
    var name: Span
    /// Places in `attributes`.
    var attributes: Range<Int32>
    /// Places in `nodes`; -1 for none.
    var firstChild: Int32 = -1
    var nextSibling: Int32 = -1
    /// The text inside; empty where there are children.
    var text: Span
  }

  private let nodes: UnsafeMutableBufferPointer<Node>
  private let attributes: UnsafeMutableBufferPointer<Attribute>
  private let bytes: UnsafeBufferPointer<UInt8>

  private init(_ bytes: UnsafeBufferPointer<UInt8>, _ scanner: borrowing Scanner) {
    self.bytes = bytes
    // Plain memory: an element is looked at many times, and an array in a class is guarded each time.
    nodes = .allocate(capacity: scanner.nodes.count)
    _ = nodes.initialize(from: scanner.nodes)
    attributes = .allocate(capacity: scanner.attributes.count)
    _ = attributes.initialize(from: scanner.attributes)
  }

  deinit {
    nodes.deallocate()
    attributes.deallocate()
  }

  /// What is larger is not what libvirt writes, and libxml2 has limits of its own.
  private static let maximumSize = 1 << 20

  /// The tree; nil when the document is not of the plain kind. The bytes must outlive it.
  static func scan(_ bytes: UnsafeBufferPointer<UInt8>) -> ScannedTree? {
    guard !bytes.isEmpty, bytes.count <= maximumSize else { return nil }
    var scanner = Scanner(bytes)
    return scanner.run() ? ScannedTree(bytes, scanner) : nil
  }

  /// Lends the root element, whose pointers lead into the tree: it must not leave the body.
  func withRoot<Result>(_ body: (ScannedElement) -> Result) -> Result {
    withExtendedLifetime(self) {
      body(
        ScannedElement(
          bytes: bytes, nodes: UnsafeBufferPointer(nodes),
          attributes: UnsafeBufferPointer(attributes), index: 0))
    }
  }
}

/// An element of a scanned tree. It lives no longer than the tree and its bytes.
struct ScannedElement: ReadableElement {
  fileprivate let bytes: UnsafeBufferPointer<UInt8>
  fileprivate let nodes: UnsafeBufferPointer<ScannedTree.Node>
  fileprivate let attributes: UnsafeBufferPointer<ScannedTree.Attribute>
  fileprivate let index: Int

  private func at(_ index: Int32) -> ScannedElement {
    ScannedElement(bytes: bytes, nodes: nodes, attributes: attributes, index: Int(index))
  }

  func child(_ step: XMLPath.Step) -> ScannedElement? {
    var next = nodes[index].firstChild
    while next >= 0 {
      let element = at(next)
      if element.matches(step) { return element }
      next = nodes[Int(next)].nextSibling
    }
    return nil
  }

  func children(_ step: XMLPath.Step) -> [ScannedElement] { elements.filter { $0.matches(step) } }

  /// Every child element, whatever its name.
  var elements: [ScannedElement] {
    var result: [ScannedElement] = []
    var next = nodes[index].firstChild
    while next >= 0 {
      result.append(at(next))
      next = nodes[Int(next)].nextSibling
    }
    return result
  }

  func forEachElement(_ body: (ScannedElement) -> Void) {
    var next = nodes[index].firstChild
    while next >= 0 {
      body(at(next))
      next = nodes[Int(next)].nextSibling
    }
  }

  func isNamed(_ name: String) -> Bool { equal(nodes[index].name, name) }

  func hasAttribute(_ name: String, _ value: String) -> Bool {
    guard let span = span(of: name) else { return false }
    return span.isEscaped || value.isEmpty ? string(span) == value : equal(span, value)
  }

  func number(_ name: String) -> Int? {
    guard let span = span(of: name) else { return nil }
    if span.isEscaped { return pciNumber(string(span).utf8) }
    return pciNumber(bytes[Int(span.start)..<Int(span.end)])
  }

  private func span(of name: String) -> ScannedTree.Span? {
    for place in nodes[index].attributes where equal(attributes[Int(place)].name, name) {
      return attributes[Int(place)].value
    }
    return nil
  }

  private func matches(_ step: XMLPath.Step) -> Bool {
    equal(nodes[index].name, step.name)
      && step.attributes.allSatisfy { hasAttribute($0.name, $0.value) }
      && step.excluded.allSatisfy { !hasAttribute($0.name, $0.value) }
  }

  func attribute(_ name: String) -> String? {
    span(of: name).map(string)
  }

  /// The element's name, with its prefix.
  var localName: String { string(nodes[index].name) }

  /// White space between elements is no content.
  var content: String {
    if nodes[index].firstChild < 0 { return string(nodes[index].text) }
    return elements.map(\.content).joined()
  }

  /// Whether a span is this text. Length and first byte decide most comparisons.
  private func equal(_ span: ScannedTree.Span, _ text: String) -> Bool {
    let utf8 = text.utf8
    let count = Int(span.end - span.start)
    guard utf8.count == count, utf8.first == bytes[Int(span.start)] else { return false }
    let part = UnsafeBufferPointer(rebasing: bytes[Int(span.start)..<Int(span.end)])
    let same = utf8.withContiguousStorageIfAvailable { buffer in
      guard let left = buffer.baseAddress, let right = part.baseAddress else { return count == 0 }
      return memcmp(left, right, count) == 0
    }
    return same ?? part.elementsEqual(utf8)
  }

  /// The text of a span, its entities resolved.
  private func string(_ span: ScannedTree.Span) -> String {
    let part = UnsafeBufferPointer(rebasing: bytes[Int(span.start)..<Int(span.end)])
    if !span.isEscaped { return String(decoding: part, as: UTF8.self) }
    var result: [UInt8] = []
    result.reserveCapacity(part.count)
    var index = 0
    while index < part.count {
      if part[index] == UInt8(ascii: "&"), let (byte, length) = Scanner.entity(part[index...]) {
        result.append(byte)
        index += length
      } else {
        result.append(part[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
