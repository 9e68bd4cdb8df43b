import Glibc

/// The time of day as files and locks have it.
public enum UTCTime {
  /// `2026-01-31T12:00:00Z`.
  public static func now() -> String { formatted("%Y-%m-%dT%H:%M:%SZ") }

  /// `20260131T120000Z`, which sorts as a name.
  static func compact() -> String { formatted("%Y%m%dT%H%M%SZ") }

  private static func formatted(_ form: String) -> String {
    var seconds = time(nil)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    let count = strftime(&buffer, 31, form, &parts)
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
