import Execution
import FoundationEssentials
import LibvirtXML
import Model

/// What a simulated host answers when it is asked what it can do: recorded documents of libvirt's.
///
/// Without any it tells nothing, like a driver that does not have the calls.
public struct RecordedCapabilities: Sendable {
  /// What `virConnectGetCapabilities` gave.
  public var host: String?
  /// What `virConnectGetDomainCapabilities` gave. A platform that none of them is of is refused, if there are any.
  public var domains: [String]
  /// What cannot be recorded as a document.
  public var facts: HostFacts

  public init(
    host: String? = nil, domains: [String] = [], facts: HostFacts = HostFacts()
  ) {
    self.host = host
    self.domains = domains
    self.facts = facts
  }

  /// Recorded documents of a folder: `host-NAME.xml` and `domain-NAME.xml`.
  public init(
    host name: String, domains names: [String] = [], in folder: String,
    facts: HostFacts = HostFacts()
  ) {
    func text(_ file: String) -> String? {
      FileManager.default.contents(atPath: "\(folder)/\(file).xml")
        .map { String(decoding: $0, as: UTF8.self) }
    }
    self.init(
      host: text("host-" + name), domains: names.compactMap { text("domain-" + $0) }, facts: facts)
  }

  /// Reads the documents by the readers under test.
  func answer(
    _ platforms: Set<GuestPlatform>
  ) throws(HypervisorError) -> HostCapabilities {
    var result = HostCapabilities()
    if let host { result = try Self.hosts.value(host) { $0.capabilities() } }
    if domains.isEmpty { return result }
    var known: [DomainCapabilities] = []
    for text in domains {
      known.append(try Self.domains.value(text) { $0.domainCapabilities() })
    }
    for platform in platforms {
      let found = known.first { $0.isAnswer(to: platform, result) }
      result.platforms[platform] =
        found.map(PlatformAnswer.known) ?? .refused(Self.refusal(platform))
    }
    return result
  }

  /// In libvirt's words.
  private static func refusal(_ platform: GuestPlatform) -> String {
    if let emulator = platform.emulator {
      return "internal error: Cannot check QEMU binary \(emulator): No such file or directory"
    }
    return platform.virtType == "kvm"
      ? "invalid argument: KVM is not supported by '/usr/bin/qemu-system-x86_64' on this host"
      : "invalid argument: unknown emulator binary"
  }

  private static let hosts = ReadDocuments<HostCapabilities>()
  private static let domains = ReadDocuments<DomainCapabilities>()
}

/// What documents say, each of which is read once: they are long, few, and asked for by every plan with something new.
private final class ReadDocuments<Value: Sendable>: Sendable {
  private let values = Lock<[String: Value]>([:])

  func value(
    _ text: String, _ body: (borrowing ObservedDocument) -> Value
  ) throws(HypervisorError) -> Value {
    if let known = values.withLock({ $0[text] }) { return known }
    var bytes = text
    let result = bytes.withUTF8 { bytes -> Result<Value, XMLProblem> in
      do throws(XMLProblem) {
        return .success(body(try ObservedDocument(parsing: bytes)))
      } catch {
        return .failure(error)
      }
    }
    do throws(XMLProblem) {
      let value = try result.get()
      values.withLock { $0[text] = value }
      return value
    } catch {
      throw HypervisorError(.unreadable, call: "xmlReadMemory", message: error.message)
    }
  }
}

extension DomainCapabilities {
  /// Whether a platform that was asked for is this one.
  fileprivate func isAnswer(to platform: GuestPlatform, _ host: HostCapabilities) -> Bool {
    func agrees(_ asked: String?, _ own: String?) -> Bool { asked == nil || asked == own }
    let aliases = host.guests.filter { $0.arch == arch }.map(\.machines)
    let asked = platform.machine.map { name in aliases.compactMap { $0[name] }.first ?? name }
    return agrees(platform.virtType, virtType) && agrees(platform.arch, arch)
      && agrees(asked, machine) && agrees(platform.emulator, emulator)
  }
}

extension SimulatedHypervisor {
  /// What the host has recorded.
  public func capabilities(
    of platforms: Set<GuestPlatform>
  ) async throws(HypervisorError) -> HostCapabilities {
    try checkOpen("capabilities")
    return try host.capabilities.answer(platforms)
  }

  /// What the host has recorded. Guests and pools are those that it has.
  public func facts(_ parts: Set<HostFacts.Part>) async throws(HypervisorError) -> HostFacts {
    try checkOpen("facts")
    var facts = host.capabilities.facts
    if !parts.contains(.system) { facts.system = [:] }
    if !parts.contains(.processorFlags) { facts.processorFlags = nil }
    if !parts.contains(.pools) { facts.pools = nil }
    if !parts.contains(.guests) { facts.guests = nil }
    if !parts.contains(.memory) { (facts.availableMemory, facts.freePages) = (nil, [:]) }
    return facts
  }
}
