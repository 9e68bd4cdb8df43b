import Model

/// An element that the table's rows can be read off, whichever parser made it.
protocol ReadableElement {
  /// The first child element of this name (no namespace) with these attributes.
  func child(_ step: XMLPath.Step) -> Self?
  /// Every child element of this name with these attributes.
  func children(_ step: XMLPath.Step) -> [Self]
  /// The element's name, as libvirt's own elements have it: those of others may carry a prefix in a scanned tree.
  var localName: String { get }
  /// Every child element.
  var elements: [Self] { get }
  /// An attribute's value.
  func attribute(_ name: String) -> String?
  /// The text inside, as it is.
  var content: String { get }
  /// Every child element, without a list of them.
  func forEachElement(_ body: (Self) -> Void)
  /// Whether this is the element's name.
  func isNamed(_ name: String) -> Bool
  /// Whether an attribute has this value.
  func hasAttribute(_ name: String, _ value: String) -> Bool
  /// An attribute's number, decimal or `0x…`.
  func number(_ name: String) -> Int?
}

extension ReadableElement {
  func forEachElement(_ body: (Self) -> Void) { for element in elements { body(element) } }
  func isNamed(_ name: String) -> Bool { localName == name }
  func hasAttribute(_ name: String, _ value: String) -> Bool { attribute(name) == value }
  func number(_ name: String) -> Int? {
    attribute(name).flatMap { pciNumber($0.utf8) }
  }
}

/// A number as libvirt writes it in addresses: in decimal, or in hexadecimal with `0x`. None has more digits than
/// eight.
func pciNumber(_ text: some Collection<UInt8>) -> Int? {
  var digits = text[...]
  var base = 10
  if digits.count > 2, digits.first == UInt8(ascii: "0"),
    digits.dropFirst().first == UInt8(ascii: "x")
  {
    digits = digits.dropFirst(2)
    base = 16
  }
  if digits.isEmpty || digits.count > 8 { return nil }
  var number = 0
  for byte in digits {
    let digit: Int
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = Int(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = Int(byte - UInt8(ascii: "A")) + 10
    default: return nil
    }
    if digit >= base { return nil }
    number = number * base + digit
  }
  return number
}

extension ReadableElement {
  /// The element at the end of the path's steps.
  func descendant(_ path: XMLPath) -> Self? {
    var node = self
    for step in path.steps {
      guard let next = node.child(step) else { return nil }
      node = next
    }
    return node
  }

  /// The element of a nested record; without it, that at the older place.
  func nested(_ path: XMLPath, _ fallback: XMLPath?) -> Self? {
    descendant(path) ?? fallback.flatMap { descendant($0) }
  }

  /// The text inside without surrounding white space.
  var text: String { trimmed(content) }
}

private func trimmed(_ text: String) -> String {
  func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
  guard let first = text.utf8.first, let last = text.utf8.last, isSpace(first) || isSpace(last)
  else {
    return text
  }
  var rest = Substring(text).utf8
  while let byte = rest.first, isSpace(byte) { rest.removeFirst() }
  while let byte = rest.last, isSpace(byte) { rest.removeLast() }
  return String(Substring(rest))
}
