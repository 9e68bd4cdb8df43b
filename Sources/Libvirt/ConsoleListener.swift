import CLibvirt
import Execution
import Model

/// Listens to a guest's serial console through a libvirt stream. Nothing blocks: the event loop says when there is
/// something to read.
///
/// A console has one listener at a time, and tells only what is written from then on.
final class ConsoleListener: Sendable {
  private struct State {
    var text = ConsoleText()
    /// Lines that nobody has looked at yet.
    var fresh: [String] = []
    var isSignalled = false
    var isOver = false
  }

  /// A stream on its way between threads: opened and closed on workers, read in the event loop, which libvirt's own
  /// lock keeps apart.
  private struct Stream: @unchecked Sendable { let pointer: virStreamPtr }

  private let state = Lock(State())
  private let stream = Lock<Stream?>(nil)
  private let events: GuestEvents

  /// - Parameter events: are told when there is something new.
  init(events: GuestEvents) { self.events = events }

  /// The last lines that the console wrote.
  var lastLines: [String] { state.withLock { $0.text.last } }

  /// Whether the console is open: nobody has closed it, here or on the other side.
  var isListening: Bool {
    let isOpen = stream.withLock { $0 != nil }
    return isOpen && !state.withLock { $0.isOver }
  }

  /// The lines that came since the last look; the last one may be unfinished, and comes again.
  func takeFresh() -> [String] {
    state.withLock { state in
      defer {
        state.fresh = []
        state.isSignalled = false
      }
      return state.fresh + (state.text.rest.isEmpty ? [] : [state.text.rest])
    }
  }

  /// Opens the console, on a worker thread. Throws `busy` when somebody else listens, and what libvirt says where the
  /// guest has none that can be listened to.
  func open(_ domain: virDomainPtr) throws(HypervisorError) {
    let call = "virDomainOpenConsole"
    close()
    state.withLock { $0.isOver = false }
    let made = virStreamNew(virDomainGetConnect(domain), VIR_STREAM_NONBLOCK.rawValue)
    let pointer = try check(made, "virStreamNew")
    if virDomainOpenConsole(domain, nil, pointer, VIR_DOMAIN_CONSOLE_SAFE.rawValue) < 0 {
      let error = HypervisorError.last(call)
      virStreamFree(pointer)
      throw error
    }
    let retained = Unmanaged.passRetained(self).toOpaque()
    let wanted =
      VIR_STREAM_EVENT_READABLE.rawValue | VIR_STREAM_EVENT_ERROR.rawValue
      | VIR_STREAM_EVENT_HANGUP.rawValue
    let added = virStreamEventAddCallback(
      pointer, Int32(wanted),
      { stream, _, opaque in
        guard let stream, let opaque else { return }
        Unmanaged<ConsoleListener>.fromOpaque(opaque).takeUnretainedValue().read(stream)
      }, retained,
      { opaque in if let opaque { Unmanaged<ConsoleListener>.fromOpaque(opaque).release() } })
    if added < 0 {
      let error = HypervisorError.last("virStreamEventAddCallback")
      Unmanaged<ConsoleListener>.fromOpaque(retained).release()
      virStreamAbort(pointer)
      virStreamFree(pointer)
      throw error
    }
    stream.withLock { $0 = Stream(pointer: pointer) }
  }

  /// Lets go of the console, on a worker thread.
  func close() {
    let open = stream.withLock { stream in
      defer { stream = nil }
      return stream
    }
    guard let pointer = open?.pointer else { return }
    virStreamEventRemoveCallback(pointer)
    virStreamAbort(pointer)
    virStreamFree(pointer)
  }

  /// In the event loop: as much as there is.
  private func read(_ stream: virStreamPtr) {
    var buffer = [CChar](repeating: 0, count: 4096)
    while true {
      let count = virStreamRecv(stream, &buffer, buffer.count)
      // -2: nothing more for now.
      if count == -2 { return }
      if count <= 0 {
        virStreamEventUpdateCallback(stream, 0)
        state.withLock { $0.isOver = true }
        events.signal(.console)
        return
      }
      let isNews = state.withLock { state in
        let ended = state.text.append(buffer[..<Int(count)].lazy.map { UInt8(bitPattern: $0) })
        state.fresh = Array((state.fresh + ended).suffix(10_000))
        defer { state.isSignalled = true }
        return !state.isSignalled
      }
      if isNews { events.signal(.console) }
    }
  }
}
