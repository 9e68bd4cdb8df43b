import Glibc
import Model

/// A program that is run for what it prints.
enum Command {
  /// Why there is nothing to be had.
  struct Failure: Error {
    var message: String
  }

  /// Runs a program in a folder, without input; its complaints go where virtspec's own go. After the deadline it
  /// is killed.
  static func run(
    _ words: [String], folder: String, deadline: Duration
  ) async -> Result<[UInt8], Failure> {
    await withCheckedContinuation { continuation in
      let thread = Thread { continuation.resume(returning: wait(words, folder, deadline)) }
      if !thread.start() {
        continuation.resume(returning: .failure(Failure(message: "could not be started")))
      }
    }
  }

  private static func wait(
    _ words: [String], _ folder: String, _ deadline: Duration
  ) -> Result<[UInt8], Failure> {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else {
      return .failure(Failure(message: "could not be started"))
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    var process: pid_t = 0
    let status = spawn(&process, words, folder, output: ends[1])
    close(ends[1])
    if status != 0 {
      let reason = String(cString: strerror(status))
      return .failure(Failure(message: "could not be started: \(reason)"))
    }
    let output = read(ends[0], until: ContinuousClock.now + deadline)
    let isTooMuch = (output?.count ?? 0) > SecretValue.limit * 2
    if output == nil || isTooMuch { kill(process, SIGKILL) }
    var ended: Int32 = 0
    while waitpid(process, &ended, 0) == -1, errno == EINTR {}
    guard let output else {
      return .failure(Failure(message: "did not end within \(deadline.components.seconds) s"))
    }
    if isTooMuch {
      return .failure(Failure(message: "printed more than \(SecretValue.limit) bytes"))
    }
    if ended == 0 { return .success(output) }
    if ended >> 8 == 127 { return .failure(Failure(message: "was not found")) }
    let signal = ended & 0x7f
    return .failure(
      Failure(
        message: signal == 0
          ? "ended with status \((ended >> 8) & 0xff)" : "was ended by signal \(signal)"))
  }

  private static func spawn(
    _ process: inout pid_t, _ words: [String], _ folder: String, output: Int32
  ) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    // The shell only changes the folder: no word is read by it.
    let shell = ["/bin/sh", "-c", #"cd -- "$0" && exec "$@""#, folder] + words
    var arguments: [UnsafeMutablePointer<CChar>?] = shell.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    return posix_spawn(&process, "/bin/sh", &actions, nil, arguments, environ)
  }

  /// What comes until the end; nil when the deadline passes.
  private static func read(_ file: Int32, until deadline: ContinuousClock.Instant) -> [UInt8]? {
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let left = deadline - ContinuousClock.now
      if left <= .zero { return nil }
      let milliseconds =
        left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
      var waiting = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
      let ready = poll(&waiting, 1, Int32(clamping: milliseconds + 1))
      if ready == 0 { return nil }
      if ready < 0 {
        if errno == EINTR { continue }
        return output
      }
      let count = Glibc.read(file, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return output }
      output += buffer[..<count]
      // More than libvirt takes is of no use; the rest need not be waited for.
      if output.count > 2 * SecretValue.limit { return output }
    }
  }

  /// A thread of its own: a program may take its time, and those that tasks run on are few.
  private final class Thread: Sendable {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func start() -> Bool {
      var thread = pthread_t()
      let status = pthread_create(
        &thread, nil,
        { argument in
          guard let argument else { return nil }
          Unmanaged<Thread>.fromOpaque(argument).takeRetainedValue().body()
          return nil
        }, Unmanaged.passRetained(self).toOpaque())
      if status == 0 { pthread_detach(thread) } else { Unmanaged.passUnretained(self).release() }
      return status == 0
    }
  }
}
