import Execution
import Model

/// How far a transfer has come, in words.
public enum TransferText {
  /// `downloading image debian-12`.
  public static func title(_ transfer: Transfer) -> String {
    switch transfer.direction {
    case .download: "downloading \(transfer.subject)"
    case .unpack: "unpacking \(transfer.subject)"
    case .upload: "uploading \(transfer.subject)"
    }
  }

  /// `412.0 MiB of 2.1 GiB, 19%, 84.2 MiB/s, 0:21 left`.
  ///
  /// - Parameters:
  ///   - moved: how many of the bytes this run has transferred.
  ///   - seconds: how long that took.
  public static func progress(_ transfer: Transfer, moved: Int64, seconds: Double) -> String {
    var parts: [String] = []
    if let total = transfer.total, total > 0 {
      parts.append("\(size(transfer.done)) of \(size(total))")
      parts.append("\(transfer.done * 100 / total)%")
    } else {
      parts.append(size(transfer.done))
    }
    guard seconds > 0.2, moved > 0 else { return parts.joined(separator: ", ") }
    let rate = Double(moved) / seconds
    parts.append("\(size(Int64(rate)))/s")
    if let total = transfer.total, total > transfer.done {
      parts.append("\(time(Double(total - transfer.done) / rate)) left")
    }
    return parts.joined(separator: ", ")
  }

  /// `downloaded image debian-12: 2.1 GiB in 0:25 (84.2 MiB/s)`.
  public static func end(_ transfer: Transfer, moved: Int64, seconds: Double) -> String {
    let verb =
      switch transfer.direction {
      case .download: "downloaded"
      case .unpack: "unpacked"
      case .upload: "uploaded"
      }
    let rate = seconds > 0.2 ? " (\(size(Int64(Double(moved) / seconds)))/s)" : ""
    return "\(verb) \(transfer.subject): \(size(transfer.done)) in \(time(seconds))\(rate)"
  }

  /// With one decimal, in the largest unit of which there is one.
  static func size(_ bytes: Int64) -> String {
    var value = Double(bytes)
    var unit = "B"
    for next in ["KiB", "MiB", "GiB", "TiB"] where value >= 1024 {
      value /= 1024
      unit = next
    }
    if unit == "B" { return "\(bytes) B" }
    let tenths = Int64((value * 10).rounded(.down))
    return "\(tenths / 10).\(tenths % 10) \(unit)"
  }

  /// `0:21`, `1:02:03`.
  static func time(_ seconds: Double) -> String {
    let whole = Int64(seconds.rounded(.up))
    func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if whole >= 3600 {
      return "\(whole / 3600):\(padded(whole / 60 % 60)):\(padded(whole % 60))"
    }
    return "\(whole / 60):\(padded(whole % 60))"
  }
}
