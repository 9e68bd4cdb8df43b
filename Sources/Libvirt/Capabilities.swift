import CLibvirt
import Execution
import LibvirtXML
import Model

// What a host can do. A plan reads it only for hosts where guests are new or change in what it decides on.

extension LibvirtHypervisor {
  /// What the hypervisor can do, and what guests of these platforms can have, with a call each.
  public func capabilities(
    of platforms: Set<GuestPlatform>
  ) async throws(HypervisorError) -> HostCapabilities {
    try checkCancellation("virConnectGetCapabilities")
    return try await CapabilitiesReading().run(platforms.sorted(), on: connection)
  }
}

/// One reading of what a host can do, a platform beside the other.
private final class CapabilitiesReading: Sendable {
  private let host = Lock(HostCapabilities())
  private let answers = Lock([GuestPlatform: PlatformAnswer]())

  func run(
    _ platforms: [GuestPlatform], on connection: Connection
  ) async throws(HypervisorError) -> HostCapabilities {
    try await Batch.run(on: connection) { batch in
      batch.add { connection throws(HypervisorError) in
        let read = try HostCapabilities.read(connection)
        self.host.withLock { $0 = read }
      }
      batch.add(count: platforms.count) { connection, index throws(HypervisorError) in
        let answer = try PlatformAnswer.read(platforms[index], connection)
        self.answers.withLock { $0[platforms[index]] = answer }
      }
    }
    var result = host.withLock { $0 }
    result.platforms = answers.withLock { $0 }
    return result
  }
}

extension HostCapabilities {
  /// A driver that does not tell can do nothing that is known.
  static func read(_ connection: virConnectPtr) throws(HypervisorError) -> HostCapabilities {
    let text: LibvirtText
    do throws(HypervisorError) {
      text = try LibvirtText(virConnectGetCapabilities(connection), "virConnectGetCapabilities")
    } catch {
      if error.code == .unsupported { return HostCapabilities() }
      throw error
    }
    return try text.parsed("capabilities") { document, _ in document.capabilities() }
  }
}

extension PlatformAnswer {
  /// Nil where the driver does not tell.
  fileprivate static func read(
    _ platform: GuestPlatform, _ connection: virConnectPtr
  ) throws(HypervisorError) -> PlatformAnswer? {
    let call = "virConnectGetDomainCapabilities"
    let text: LibvirtText
    do throws(HypervisorError) {
      text = try LibvirtText(
        virConnectGetDomainCapabilities(
          connection, platform.emulator, platform.arch, platform.machine, platform.virtType, 0),
        call)
    } catch {
      // The call itself, or the platform?
      if error.libvirtCode == Int32(VIR_ERR_NO_SUPPORT.rawValue) { return nil }
      if [.unreachable, .timeout, .cancelled, .denied].contains(error.code) { throw error }
      return .refused(error.message)
    }
    return .known(
      try text.parsed("domain capabilities") { document, _ in document.domainCapabilities() })
  }
}
