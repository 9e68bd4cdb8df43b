extension String {
  /// The scheme of a URL in lower case; nil for a path.
  public var urlScheme: String? {
    guard let colon = firstIndex(of: ":"), self[colon...].hasPrefix("://") else { return nil }
    return self[..<colon].lowercased()
  }

  /// A URL without what stands for a login in it, and anything else as it is.
  public var withoutLogin: String {
    guard urlScheme != nil, let colon = firstIndex(of: ":") else { return self }
    let start = index(colon, offsetBy: 3)
    let authority = self[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let at = authority.lastIndex(of: "@") else { return self }
    return String(self[..<start]) + String(self[index(after: at)...])
  }
}
