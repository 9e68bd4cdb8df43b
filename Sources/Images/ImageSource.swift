import Model

/// Where an image or a list of digests comes from.
public enum ImageSource: Sendable, Hashable {
  case url(String)
  /// On the machine that virtspec runs on.
  case file(String)

  /// - Parameters:
  ///   - text: a URL of http, https or file, or a path.
  ///   - folder: what a relative path begins at.
  /// - Returns: nil for a URL of another kind.
  public init?(_ text: String, folder: String = ".") {
    guard let scheme = text.urlScheme else {
      self = .file(text.hasPrefix("/") || folder == "." ? text : folder + "/" + text)
      return
    }
    switch scheme {
    case "http", "https": self = .url(text)
    case "file":
      var path = text.dropFirst("file://".count)
      if path.hasPrefix("localhost/") { path = path.dropFirst("localhost".count) }
      guard path.hasPrefix("/") else { return nil }
      self = .file(Self.decoded(path))
    default: return nil
    }
  }

  /// How messages and plans call it.
  public var text: String {
    switch self {
    case .url(let text), .file(let text): text
    }
  }

  /// The name of the file, without what stands behind it in a URL.
  public var fileName: String {
    let path = text.prefix {
      if case .url = self { $0 != "?" && $0 != "#" } else { true }
    }
    return String(path.split(separator: "/").last ?? "")
  }

  /// Percent escapes resolved.
  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), rest.count >= 2, let value = UInt8(digits, radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
