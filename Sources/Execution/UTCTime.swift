import Glibc

/// The time of day as files and locks have it.
public enum UTCTime {
  /// `2026-01-31T12:00:00Z`.
  public static func now() -> String { formatted("%Y-%m-%dT%H:%M:%SZ", time(nil)) }

  /// `20260131T120000.123Z`: names that sort as the moments do, also within a second.
  static func compact() -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let milliseconds = String(1000 + now.tv_nsec / 1_000_000).dropFirst()
    return formatted("%Y%m%dT%H%M%S", now.tv_sec) + ".\(milliseconds)Z"
  }

  private static func formatted(_ form: String, _ seconds: time_t) -> String {
    var seconds = seconds
    var parts = tm()
    gmtime_r(&seconds, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    let count = strftime(&buffer, 31, form, &parts)
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
