import Model

/// A text of a guest's spec, which may stand in a file of its own, and where each byte of it stands.
struct PlacedText {
  let text: String
  private let overlay: OverlayPlace?
  /// The file that it stands in, where that is one of its own.
  private let file: String?
  private let start: Place

  /// Nil where there is none, or where it cannot be read, which is said elsewhere.
  init?(_ guest: Placed, _ path: [PathPart], _ manifests: ManifestSet) {
    guard
      let source = path.reduce(
        Optional(Value.record(guest.spec)),
        { value, part in
          guard case .field(let name) = part else { return nil }
          return value?.record?[name]
        })?.record
    else { return nil }
    let document =
      guest.document.writes(path) ? guest.document : guest.classDocument ?? guest.document
    start = document.place(of: path)
    if let name = source.string("file") {
      guard case .text(let text) = TextFiles.read(name, from: document.file) else { return nil }
      self.text = text
      file = TextFiles.path(name, from: document.file)
      overlay = nil
      return
    }
    guard let text = source.string("text") else { return nil }
    self.text = text
    file = nil
    var node = document.node["spec"]
    for case .field(let name) in path { node = node?[name] }
    if let inner = node?["text"] { node = inner }
    overlay = node.map {
      OverlayPlace(text, $0, file: document.file, source: manifests.sources[document.file] ?? [])
    }
  }

  /// The place of a byte.
  func place(at offset: Int) -> Place {
    if let overlay { return overlay.place(at: offset) }
    guard let file else { return start }
    let before = Array(text.utf8.prefix(offset))
    let lineStart = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
    return Place(
      file: file, line: before.count { $0 == 0x0a } + 1,
      column: before[lineStart...].count { $0 & 0xc0 != 0x80 } + 1)
  }

  /// The place of a position that YAML tells of the text.
  func place(at mark: Mark) -> Place {
    var line = 1
    var column = 1
    for (offset, byte) in text.utf8.enumerated() {
      if line == mark.line, column >= mark.column, byte & 0xc0 != 0x80 { return place(at: offset) }
      // What is behind the end of a line is its end.
      if line > mark.line { return place(at: max(0, offset - 1)) }
      if byte == 0x0a {
        line += 1
        column = 1
      } else if byte & 0xc0 != 0x80 {
        column += 1
      }
    }
    return place(at: max(0, text.utf8.count - 1))
  }
}
