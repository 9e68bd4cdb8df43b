import CLibvirt
import CLibvirtLoader
import Execution

extension HypervisorError {
  /// libvirt's last error on this thread, as the error of a call.
  ///
  /// libvirt's last error is thread-local: this must be the first thing after the failed call, in
  /// the same synchronous function. `opening` says that the call was to open a connection, where
  /// everything but a refused login means that the host could not be reached.
  static func last(_ call: String, opening: Bool = false) -> HypervisorError {
    if let name = libvirt_missing_function() {
      let message = "this machine's libvirt is too old: it has no \(String(cString: name))"
      return HypervisorError(.unsupported, call: call, message: message)
    }
    guard let error = virGetLastError() else {
      let message = "it failed without saying why"
      return HypervisorError(opening ? .unreachable : .refused, call: call, message: message)
    }
    let message = error.pointee.message.map { String(cString: $0) } ?? ""
    return HypervisorError(
      code(
        number: error.pointee.code, domain: error.pointee.domain, message: message,
        opening: opening),
      call: call, message: message, libvirtCode: error.pointee.code,
      libvirtDomain: error.pointee.domain)
  }

  /// What a caller can act upon in a libvirt error.
  static func code(number: Int32, domain: Int32, message: String, opening: Bool = false) -> Code {
    let known = codes[number]
    if known == .denied { return .denied }
    if opening { return .unreachable }
    if connectionDomains.contains(domain), connectionNumbers.contains(number) {
      return .unreachable
    }
    if let phrase = phrases.first(where: { $0.number == number && message.contains($0.text) }) {
      return phrase.code
    }
    return known ?? .refused
  }

  /// virErrorNumber to code; what is not here was refused.
  private static let codes: [Int32: Code] = table([
    (
      .notFound,
      [
        VIR_ERR_NO_DOMAIN, VIR_ERR_NO_NETWORK, VIR_ERR_NO_STORAGE_POOL, VIR_ERR_NO_STORAGE_VOL,
        VIR_ERR_NO_SECRET, VIR_ERR_NO_NWFILTER, VIR_ERR_NO_DOMAIN_METADATA, VIR_ERR_DEVICE_MISSING,
      ]
    ),
    (
      .unsupported,
      [
        VIR_ERR_NO_SUPPORT, VIR_ERR_ARGUMENT_UNSUPPORTED, VIR_ERR_OPERATION_UNSUPPORTED,
        VIR_ERR_CONFIG_UNSUPPORTED,
      ]
    ),
    (
      .denied,
      [
        VIR_ERR_AUTH_FAILED, VIR_ERR_AUTH_CANCELLED, VIR_ERR_AUTH_UNAVAILABLE,
        VIR_ERR_ACCESS_DENIED, VIR_ERR_OPERATION_DENIED,
      ]
    ),
    (
      .unreachable,
      [
        VIR_ERR_NO_CONNECT, VIR_ERR_INVALID_CONN, VIR_ERR_RPC, VIR_ERR_GNUTLS_ERROR, VIR_ERR_SSH,
        VIR_ERR_LIBSSH, VIR_ERR_UNKNOWN_HOST,
      ]
    ),
    // A timeout of libvirt's is about a lock on the object, except where a phrase below says more.
    (.busy, [VIR_ERR_RESOURCE_BUSY, VIR_ERR_BLOCK_COPY_ACTIVE]),
    (.timeout, [VIR_ERR_OPERATION_TIMEOUT, VIR_ERR_AGENT_UNRESPONSIVE]),
    // Somebody made the object since the plan was made.
    (.changed, [VIR_ERR_DOM_EXIST, VIR_ERR_NETWORK_EXIST, VIR_ERR_STORAGE_VOL_EXIST]),
    (.unreadable, [VIR_ERR_PARSE_FAILED]),
  ])

  /// Numbers that mean different things, told apart by libvirt's English text (it is not translated
  /// into the user's language for us: error texts that came over the wire are the daemon's).
  private static let phrases: [(number: Int32, text: String, code: Code)] = [
    (number(VIR_ERR_OPERATION_TIMEOUT), "state change lock", .busy),
    (number(VIR_ERR_OPERATION_INVALID), "asynchronous jobs running", .busy),
    (number(VIR_ERR_INTERNAL_ERROR), "asynchronous jobs running", .busy),
    // virCheckFlags: the driver does not know a flag.
    (number(VIR_ERR_INVALID_ARG), "unsupported flags", .unsupported),
    // The client side of a connection that the peer or keepalive closed.
    (number(VIR_ERR_INTERNAL_ERROR), "client socket is closed", .unreachable),
    (number(VIR_ERR_OPERATION_FAILED), "already exists with uuid", .changed),
  ]

  /// Where errors of the connection itself come from.
  private static let connectionDomains: Set<Int32> = [
    Int32(VIR_FROM_RPC.rawValue), Int32(VIR_FROM_REMOTE.rawValue), Int32(VIR_FROM_SSH.rawValue),
    Int32(VIR_FROM_LIBSSH.rawValue),
  ]
  private static let connectionNumbers: Set<Int32> = [
    number(VIR_ERR_SYSTEM_ERROR), number(VIR_ERR_INTERNAL_ERROR), number(VIR_ERR_RPC),
    number(VIR_ERR_NO_CONNECT),
  ]

  private static func table(_ rows: [(Code, [virErrorNumber])]) -> [Int32: Code] {
    var result: [Int32: Code] = [:]
    for (code, numbers) in rows {
      for each in numbers { result[number(each)] = code }
    }
    return result
  }

  private static func number(_ number: virErrorNumber) -> Int32 { Int32(number.rawValue) }
}

/// Throws libvirt's last error when a call says that it failed.
@discardableResult
func check(_ result: Int32, _ call: String) throws(HypervisorError) -> Int32 {
  if result < 0 { throw .last(call) }
  return result
}

/// The pointer that a call gave, or libvirt's last error.
func check<Pointer>(_ pointer: Pointer?, _ call: String) throws(HypervisorError) -> Pointer {
  guard let pointer else { throw .last(call) }
  return pointer
}
