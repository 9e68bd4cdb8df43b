/// Who changes a host just now: two runs never interleave on one.
public struct HostLock: Sendable, Hashable {
  /// The stack of the run.
  public var stack: String
  /// Who runs it: `root@laptop`.
  public var holder: String
  /// The machine that it runs on.
  public var machine: String
  /// Its process there.
  public var process: Int32
  /// When it began, in UTC: `2026-01-31T12:00:00Z`.
  public var since: String

  public init(stack: String, holder: String, machine: String, process: Int32, since: String) {
    self.stack = stack
    self.holder = holder
    self.machine = machine
    self.process = process
    self.since = since
  }

  /// The lock on one line, as it is written on the host.
  public var line: String {
    "stack=\(stack) holder=\(holder) machine=\(machine) process=\(process) since=\(since)"
  }

  /// Reads such a line; what is missing is empty, since a lock that cannot be read is one all the same.
  public init(line: String) {
    var fields: [Substring: String] = [:]
    for part in line.split(separator: " ") {
      let pair = part.split(separator: "=", maxSplits: 1)
      if pair.count == 2 { fields[pair[0]] = String(pair[1]) }
    }
    self.init(
      stack: fields["stack"] ?? "", holder: fields["holder"] ?? "",
      machine: fields["machine"] ?? "",
      process: fields["process"].flatMap { Int32($0) } ?? 0, since: fields["since"] ?? "")
  }
}

extension HostLock: CustomStringConvertible {
  /// `root@laptop (process 4711) for stack shop since 2026-01-31T12:00:00Z`.
  public var description: String {
    "\(holder) (process \(process)) for stack \(stack) since \(since)"
  }
}
