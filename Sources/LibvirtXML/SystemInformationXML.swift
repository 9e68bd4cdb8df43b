import Model

extension ObservedDocument {
  /// What `virConnectGetSysinfo` tells: `manufacturer`, `product`, and `firmwareVendor`, `firmwareVersion` and
  /// `firmwareDate`.
  public func systemInformation() -> [String: String] {
    let record = read(.systemInformation)
    return Dictionary(
      record.entries.compactMap { entry in entry.value.string.map { (entry.name, $0) } }
    ) { first, _ in first }
  }

  /// The names of the features of a `cpu` element.
  public func processorFeatures() -> Set<String> {
    Set(read(.processorFeatures)["features"]?.list?.compactMap(\.string) ?? [])
  }
}

extension Table {
  fileprivate static let systemInformation = Table(
    "system information", doc: "What SMBIOS says of a host.",
    [
      entry("manufacturer", "system", "manufacturer"), entry("product", "system", "product"),
      entry("firmwareVendor", "bios", "vendor"), entry("firmwareVersion", "bios", "version"),
      entry("firmwareDate", "bios", "date"),
    ])

  private static func entry(_ name: String, _ section: String, _ key: String) -> Field {
    Field(
      name, .text(.line), xml: .value(XMLPath("\(section)/entry[@name='\(key)']")),
      doc: "The \(section)'s \(key).")
  }

  fileprivate static let processorFeatures = Table(
    "processor features", doc: "What a processor can do.",
    [
      Field(
        "features", .list(.text(.line), key: []), xml: .repeated("feature/@name"),
        doc: "Its features.")
    ])
}
