import Model

/// Opens hosts before they are asked for, so that one waits for the other side while there is still something to do
/// here.
///
/// Each connection is given away once. What nobody asks for is closed when this goes.
public final class OpeningAhead: HypervisorOpening {
  private typealias Opening = Task<Result<any Hypervisor, HypervisorError>, Never>

  private let opener: any HypervisorOpening
  private let begun = Lock<[String: Opening]>([:])

  public init(_ opener: any HypervisorOpening) { self.opener = opener }

  /// Begins to open a host, once.
  public func begin(uri: String) {
    let opener = self.opener
    begun.withLock { begun in
      if begun[uri] != nil { return }
      begun[uri] = Task { await Self.open(uri, opener) }
    }
  }

  public func open(uri: String) async throws(HypervisorError) -> any Hypervisor {
    if let opening = begun.withLock({ $0.removeValue(forKey: uri) }) {
      return try await opening.value.get()
    }
    return try await opener.open(uri: uri)
  }

  private static func open(
    _ uri: String, _ opener: any HypervisorOpening
  ) async -> Result<any Hypervisor, HypervisorError> {
    do throws(HypervisorError) {
      return .success(try await opener.open(uri: uri))
    } catch {
      return .failure(error)
    }
  }
}
