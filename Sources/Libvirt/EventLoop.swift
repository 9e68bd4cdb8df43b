import CLibvirt
import CLibvirtLoader
import Execution
import Glibc
import Model

/// libvirt's default event loop: keepalive and event callbacks need it.
///
/// One thread runs it for the whole process. It starts with the first connection, since commands
/// that open none should not pay for it; libvirt wants it registered before any connection exists.
enum EventLoop {
  /// Starts the loop once; throws `unreachable` when libvirt cannot be initialised.
  static func start() throws(HypervisorError) {
    try initialized.get()
    try started.get()
  }

  /// Initialises libvirt without the loop, for connections that only read: a loop's thread takes part in
  /// every answer, which made reading 1,000 guests half as fast again (84 to 129 ms, CPU 41 to 82 ms).
  static func initialize() throws(HypervisorError) {
    try initialized.get()
  }

  /// Lets a thread do what the first connection and the first document would have to wait for.
  static func prepare(connecting: Bool) {
    _ = Thread.start {
      if connecting { _ = initialized }
      _ = Table.guest
    }
  }

  private static let initialized: Result<Void, HypervisorError> = {
    if let problem = libvirt_load() {
      let message = String(cString: problem)
      return .failure(HypervisorError(.unreachable, call: "dlopen", message: message))
    }
    guard virInitialize() >= 0 else { return .failure(.last("virInitialize", opening: true)) }
    // libvirt prints every error to stderr unless it is told not to; ours are thrown.
    virSetErrorFunc(nil) { _, _ in }
    return .success(())
  }()

  private static let started: Result<Void, HypervisorError> = {
    guard virEventRegisterDefaultImpl() >= 0 else {
      return .failure(.last("virEventRegisterDefaultImpl", opening: true))
    }
    let running = Thread.start {
      while true {
        // It fails only when poll does; a pause keeps that from taking a whole core.
        if virEventRunDefaultImpl() < 0 { usleep(100_000) }
      }
    }
    guard running else {
      let message = "no thread for libvirt's event loop"
      return .failure(HypervisorError(.unreachable, call: "pthread_create", message: message))
    }
    return .success(())
  }()
}
