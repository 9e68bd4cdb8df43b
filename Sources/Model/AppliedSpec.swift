import FoundationEssentials

extension Record {
  /// Reads what `canonicalJSON` wrote; nil for anything that is no JSON object of texts, whole numbers, flags,
  /// lists and objects.
  public init?(canonicalJSON text: String) {
    guard let record = try? JSONDecoder().decode(Record.self, from: Data(text.utf8)) else {
      return nil
    }
    self = record
  }
}
