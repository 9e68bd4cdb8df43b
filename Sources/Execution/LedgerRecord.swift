import FoundationEssentials
import Model
import Planning

extension ObjectRecord {
  /// The stack's ledger on a host.
  public init(_ host: String, _ ledger: Ledger) throws(HypervisorError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data: Data
    do {
      data = try encoder.encode(ledger)
    } catch {
      throw HypervisorError(.unreadable, call: "JSONEncoder", message: "\(error)")
    }
    self.init(
      text: String(decoding: data, as: UTF8.self) + "\n",
      fingerprint: Sighting(host, ledger).fingerprint, isActive: true, autostart: false)
  }

  /// Reads what the other one wrote; nil for anything else.
  public static func ledger(_ text: String) -> Ledger? {
    try? JSONDecoder().decode(Ledger.self, from: Data(text.utf8))
  }
}
