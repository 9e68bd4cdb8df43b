import Model

/// Takes out of a file's text what may be the value of a secret that somebody wrote into a manifest: the lines under
/// diagnostics are shown, logged and kept by CI.
struct SecretMask {
  /// By line, the column from which on nothing is shown.
  private var columns: [Int: Int] = [:]

  var isEmpty: Bool { columns.isEmpty }

  /// Adds what stands in a document where no value may stand.
  mutating func add(_ document: YAMLNode) {
    addPasswords(document)
    // No other kind is a misspelt secret.
    guard let kind = document["kind"]?.text,
      Kind(rawValue: kind).map({ $0 == .secret })
        ?? (Nearest.word(to: kind, among: ["Secret"]) != nil)
    else { return }
    for entry in document.entries ?? [] {
      switch entry.key {
      case "apiVersion", "kind", "metadata": break
      case "spec": add(entry.value, .secret)
      default: hide(from: entry.value.start, to: entry.value.end)
      }
    }
  }

  /// A password where only its hash may stand.
  private mutating func addPasswords(_ document: YAMLNode) {
    for user in document["spec"]?["cloudInit"]?["users"]?.items ?? [] {
      guard let node = user["passwordHash"], node.text.map(FirstBootCheck.isHash) != true else {
        continue
      }
      hide(from: node.start, to: node.end)
    }
  }

  private mutating func add(_ node: YAMLNode, _ table: Table) {
    guard let entries = node.entries else { return hide(from: node.start, to: node.end) }
    for entry in entries {
      guard let field = table[entry.key] else {
        // `{my-password}` is a key.
        let start = table === Table.secretSource ? entry.keyStart : entry.value.start
        hide(from: start, to: entry.value.end)
        continue
      }
      switch field.type {
      case .record(let inner, _): add(entry.value, inner)
      case .text(let format) where table === Table.secretSource:
        if entry.value.text.map(format.accepts) != true {
          hide(from: entry.value.start, to: entry.value.end)
        }
      default: break
      }
    }
  }

  /// Adds the line of a YAML problem in a document that looks like a secret's: what stands where is not known.
  mutating func add(_ problem: Mark, in lines: SourceLines, _ bytes: [UInt8]) {
    func text(_ number: Int) -> Substring? {
      lines[number].map { String(decoding: bytes[$0], as: UTF8.self)[...] }
    }
    let line = Int(problem.line)
    func isSecret(_ numbers: some Sequence<Int>) -> Bool {
      for number in numbers {
        guard let text = text(number), !text.hasPrefix("---") else { return false }
        if text.contains("kind"), text.contains("Secret") { return true }
      }
      return false
    }
    guard let own = text(line),
      isSecret(stride(from: line, through: 1, by: -1)) || isSecret(line + 1...line + 1_000_000)
    else { return }
    let colon = own.firstIndex(of: ":").map { own[...$0].unicodeScalars.count + 2 }
    columns[line] = min(columns[line] ?? .max, colon ?? 1)
  }

  /// Everything behind the first place goes, as far as the lines reach.
  private mutating func hide(from start: Mark, to end: Mark) {
    let first = Int(start.line)
    columns[first] = min(columns[first] ?? .max, Int(start.column))
    for line in stride(from: first + 1, through: Int(end.line), by: 1) { columns[line] = 1 }
  }

  /// The text with a word in the place of what is hidden; its lines keep their numbers.
  func masked(_ bytes: [UInt8]) -> [UInt8] {
    let lines = SourceLines(bytes)
    var result: [UInt8] = []
    var position = 0
    for (line, column) in columns.sorted(by: { $0.key < $1.key }) {
      guard let range = lines[line] else { continue }
      let text = String(decoding: bytes[range], as: UTF8.self).unicodeScalars
      result += bytes[position..<range.lowerBound]
      result += String(String.UnicodeScalarView(text.prefix(column - 1))).utf8
      result += SecretValue.placeholder.utf8
      position = range.upperBound
    }
    return result + bytes[position...]
  }
}
