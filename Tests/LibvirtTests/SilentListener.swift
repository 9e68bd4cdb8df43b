import Glibc

/// A Unix socket that accepts connections and says nothing, like a daemon that hangs.
struct SilentListener: Sendable {
  let path: String
  private let folder: String
  private let descriptor: Int32

  init?() {
    var template = Array("/tmp/virtspec-silent-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    path = folder + "/socket"
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0, listen(descriptor, 8) == 0 else { return nil }
  }

  func close() {
    Glibc.close(descriptor)
    unlink(path)
    rmdir(folder)
  }
}
