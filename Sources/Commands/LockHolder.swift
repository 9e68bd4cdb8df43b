import Execution
import Glibc
import Model

/// This process as the holder of locks.
enum LockHolder {
  /// A lock in the name of this process.
  static func lock(stack: String) -> HostLock {
    HostLock(
      stack: stack, holder: user + "@" + hostName, machine: machine, process: getpid(),
      since: UTCTime.now())
  }

  /// Whether a lock was taken by a process of this machine that is no more.
  static func isDead(_ lock: HostLock) -> Bool {
    guard lock.machine == machine, lock.process > 0 else { return false }
    return kill(lock.process, 0) == -1 && errno == ESRCH
  }

  private static var user: String {
    guard let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name else {
      return String(geteuid())
    }
    return String(cString: name)
  }

  private static var hostName: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, 255) == 0 else { return "unknown" }
    return text(buffer)
  }

  /// Where the process's number means something: one boot of one machine, and one namespace of processes.
  private static var machine: String {
    var namespace = [CChar](repeating: 0, count: 256)
    let length = readlink("/proc/self/ns/pid", &namespace, 255)
    return "\(hostName)/\(bootID)/\(length > 0 ? text(namespace) : "")"
  }

  private static var bootID: String {
    guard let file = fopen("/proc/sys/kernel/random/boot_id", "r") else { return "" }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 64)
    guard fgets(&buffer, 63, file) != nil else { return "" }
    return String(text(buffer).prefix { $0 != "\n" })
  }

  private static func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
