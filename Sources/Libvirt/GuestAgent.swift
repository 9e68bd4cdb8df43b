import CLibvirt
import Execution
import FoundationEssentials
import Glibc
import Model

/// Calls of the guest's agent that libvirt's own interface does not have. They are in a library of their own, which is
/// loaded when the first one is made.
enum GuestAgent {
  private typealias Command =
    @convention(c) (virDomainPtr, UnsafePointer<CChar>, Int32, UInt32) ->
    UnsafeMutablePointer<CChar>?

  private static let library = "libvirt-qemu.so.0"
  private static let seconds: Int32 = 5

  /// `virDomainQemuAgentCommand`; nil where the library is missing.
  private static let command: Command? = {
    guard let handle = dlopen(library, RTLD_NOW),
      let symbol = dlsym(handle, "virDomainQemuAgentCommand")
    else { return nil }
    return unsafeBitCast(symbol, to: Command.self)
  }()

  /// What a file of the guest has, at most 64 KiB of it; nil where there is none, or the agent does not tell.
  static func file(_ path: String, of domain: virDomainPtr) -> Data? {
    struct Handle: Decodable { let `return`: Int64 }
    struct Content: Decodable {
      struct Part: Decodable {
        let buffer: String
        private enum CodingKeys: String, CodingKey { case buffer = "buf-b64" }
      }
      let `return`: Part
    }
    let open = #"{"execute":"guest-file-open","arguments":{"path":"\#(path)","mode":"r"}}"#
    guard let handle = reply(open, as: Handle.self, domain)?.return else { return nil }
    let content = reply(
      #"{"execute":"guest-file-read","arguments":{"handle":\#(handle),"count":65536}}"#,
      as: Content.self, domain)
    run(#"{"execute":"guest-file-close","arguments":{"handle":\#(handle)}}"#, domain)
    return content.flatMap { Data(base64Encoded: $0.return.buffer) }
  }

  private static func reply<Value: Decodable>(
    _ text: String, as type: Value.Type, _ domain: virDomainPtr
  ) -> Value? {
    run(text, domain).flatMap { try? JSONDecoder().decode(type, from: Data($0.utf8)) }
  }

  @discardableResult
  private static func run(_ text: String, _ domain: virDomainPtr) -> String? {
    guard let answer = command?(domain, text, seconds, 0) else { return nil }
    defer { free(answer) }
    return String(cString: answer)
  }
}

/// What cloud-init says of itself when it is done.
enum CloudInitResult: Sendable, Hashable {
  case done
  case failed([String])

  /// It is there only once cloud-init is done, and goes with the boot.
  private static let path = "/run/cloud-init/result.json"

  /// Nil while it is not done, or nothing tells.
  init?(of domain: virDomainPtr) {
    guard let data = GuestAgent.file(Self.path, of: domain) else { return nil }
    self.init(data)
  }

  /// - Parameter data: the file.
  init?(_ data: Data) {
    struct Document: Decodable {
      struct Version: Decodable { let errors: [String] }
      let v1: Version
    }
    guard let document = try? JSONDecoder().decode(Document.self, from: data) else { return nil }
    self = document.v1.errors.isEmpty ? .done : .failed(document.v1.errors)
  }
}
