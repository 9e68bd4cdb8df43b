import Model
import Planning

/// What `doctor` says of hosts.
public struct DoctorReport: Sendable {
  /// One host.
  public struct Host: Sendable {
    public var name: String
    public var uri: String
    public var findings: [Finding]

    public init(name: String, uri: String, findings: [Finding]) {
      self.name = name
      self.uri = uri
      self.findings = findings
    }

    /// Whether guests can run well on it.
    public var isFit: Bool { !findings.contains { $0.level == .failure } }
  }

  public var hosts: [Host]

  public init(_ hosts: [Host]) { self.hosts = hosts }

  /// Whether every host is fit.
  public var isFit: Bool { hosts.allSatisfy(\.isFit) }

  /// The version of the JSON form.
  static let formatVersion: Int64 = 1

  /// As people read it.
  public func text(color: Bool = false) -> String {
    let paint = Paint(isOn: color)
    let all = hosts.flatMap(\.findings)
    let levels = all.map(\.level.rawValue.count).max() ?? 0
    let checks = all.map { Self.label($0).count }.max() ?? 0
    var text = ""
    for host in hosts {
      text += paint("host/\(host.name)", .bold) + "  " + paint(host.uri, .dim) + "\n"
      for finding in host.findings {
        let level = finding.level.rawValue
        text += "  " + paint(level, Self.color(finding.level)) + Self.padding(level, levels + 2)
        let label = Self.label(finding)
        text += label + Self.padding(label, checks + 2) + finding.message + "\n"
        if let remedy = finding.remedy {
          text +=
            String(repeating: " ", count: levels + checks + 6) + paint("→ " + remedy, .dim) + "\n"
        }
      }
      text += "  " + paint(Self.summary(host), host.isFit ? .green : .red) + "\n\n"
    }
    if hosts.count > 1 {
      let unfit = hosts.filter { !$0.isFit }.map(\.name)
      text +=
        unfit.isEmpty
        ? "All \(hosts.count) hosts are fit.\n"
        : "Not fit: \(unfit.joined(separator: ", ")) (\(unfit.count) of \(hosts.count) hosts).\n"
    } else if text.hasSuffix("\n\n") {
      text.removeLast()
    }
    return text
  }

  private static func summary(_ host: Host) -> String {
    let parts = [(Finding.Level.failure, "failure"), (.warning, "warning"), (.unknown, "unknown")]
      .compactMap { level, word -> String? in
        let count = host.findings.count { $0.level == level }
        if count == 0 { return nil }
        return "\(count) \(word)" + (count == 1 || level == .unknown ? "" : "s")
      }
    let counts = parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
    return (host.isFit ? "fit" : "not fit") + counts
  }

  private static func label(_ finding: Finding) -> String {
    finding.subject.map { "\(finding.check)/\($0)" } ?? finding.check
  }

  private static func padding(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count))
  }

  private static func color(_ level: Finding.Level) -> Paint.Color {
    switch level {
    case .ok: .green
    case .warning: .yellow
    case .failure: .red
    case .unknown: .dim
    }
  }

  /// As a versioned document; `schemas/doctor.json` describes it.
  public var json: JSON {
    .object([
      ("formatVersion", .integer(Self.formatVersion)), ("fit", .boolean(isFit)),
      (
        "hosts",
        .array(
          hosts.map { host in
            .object([
              ("name", .string(host.name)), ("uri", .string(host.uri)),
              ("fit", .boolean(host.isFit)),
              ("findings", .array(host.findings.map(Self.json))),
            ])
          })
      ),
    ])
  }

  private static func json(_ finding: Finding) -> JSON {
    var fields: [(String, JSON)] = [("check", .string(finding.check))]
    if let subject = finding.subject { fields.append(("subject", .string(subject))) }
    fields += [
      ("level", .string(finding.level.rawValue)), ("message", .string(finding.message)),
    ]
    if let remedy = finding.remedy { fields.append(("remedy", .string(remedy))) }
    return .object(fields)
  }
}
