import Model

/// A file of digests, as `sha256sum` and `sha512sum` write and read them: `DIGEST  NAME`, or `SHA256 (NAME) = DIGEST`.
public struct ChecksumFile: Sendable {
  private var digests: [(name: String, digest: ContentDigest)] = []

  /// Lines of other forms, such as those of a signature around them, are passed over.
  public init(_ text: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      if let found = Self.tagged(line) ?? Self.plain(line) { digests.append(found) }
    }
  }

  /// The names in it.
  public var names: [String] { digests.map(\.name) }

  /// The digest of a file by its name, whatever folder the list has it in; the longest where there are several. A
  /// list of a single digest without a name is of whatever it lies beside.
  public func digest(of name: String) -> ContentDigest? {
    if digests.count == 1, digests[0].name.isEmpty { return digests[0].digest }
    return digests.filter { Self.last($0.name) == name }
      .map(\.digest).max { $0.algorithm.digits < $1.algorithm.digits }
  }

  private static func last(_ path: String) -> Substring {
    path.split(separator: "/").last ?? ""
  }

  private static func digest(_ text: some StringProtocol) -> ContentDigest? {
    ContentDigest.Algorithm.allCases.first {
      ContentDigest.isHexadecimal(text, digits: $0.digits)
    }.map { ContentDigest($0, String(text)) }
  }

  private static func plain(_ line: Substring) -> (String, ContentDigest)? {
    let word = line.prefix { !$0.isWhitespace }
    guard let digest = digest(word) else { return nil }
    var name = line.dropFirst(word.count).drop { $0.isWhitespace }
    // What was read as binary.
    if name.first == "*" { name = name.dropFirst() }
    while name.last?.isWhitespace == true { name = name.dropLast() }
    return (String(name), digest)
  }

  private static func tagged(_ line: Substring) -> (String, ContentDigest)? {
    guard let opening = line.firstIndex(of: "("), let closing = line.lastIndex(of: ")"),
      opening < closing,
      let algorithm = ContentDigest.Algorithm(
        rawValue: line[..<opening].filter { !$0.isWhitespace && $0 != "-" }.lowercased())
    else { return nil }
    let rest = line[closing...].dropFirst().drop { $0 == " " || $0 == "=" }
    let text = rest.prefix { !$0.isWhitespace }
    guard ContentDigest.isHexadecimal(text, digits: algorithm.digits) else { return nil }
    return (
      String(line[line.index(after: opening)..<closing]), ContentDigest(algorithm, String(text))
    )
  }
}
