import Model
import Planning

/// What an upload brings, in words.
enum UploadText {
  static func title(_ step: Step, _ upload: VolumeUpload) -> String {
    if case .disc(let disc) = upload.content {
      return "make the disc '\(disc.label)'" + (upload.existing == .replace ? " anew" : "")
    }
    let verb =
      switch upload.existing {
      case .refuse: "create"
      case .keep: "create unless there"
      case .replace: "make anew what an upload left unfinished"
      }
    return verb + " with " + what(upload.content)
  }

  private static func what(_ content: VolumeContent) -> String {
    let size = content.size.map { " (\(Quantity.sizeText($0)))" } ?? ""
    switch content {
    case .bytes(let content): return "\(content.bytes.count) bytes of its own"
    case .disc(let disc): return "the disc '\(disc.label)'"
    case .image(let image): return "what is at \(image.source.withoutPassword)\(size)"
    }
  }
}

extension String {
  /// A URL without what stands for a login in it.
  public var withoutPassword: String {
    guard let scheme = range(ofText: "://") else { return self }
    let rest = self[scheme...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let at = authority.lastIndex(of: "@") else { return self }
    return String(self[..<scheme]) + String(self[index(after: at)...])
  }

  /// The place behind the first occurrence of a text.
  private func range(ofText text: String) -> String.Index? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
