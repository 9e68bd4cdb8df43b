import Model

extension Record: ExpressibleByDictionaryLiteral {
  /// Fields as a test writes them: `["name": "vda", "bus": "scsi"]`.
  public init(dictionaryLiteral elements: (String, Value)...) {
    self.init(elements.map { ($0.0, $0.1) })
  }
}
