import Glibc
import Model
import Planning

/// A small guest on one disk of a pool of its own, without a system on it.
struct LabMachine: Sendable {
  let name: String
  private let folder: String

  /// - Parameter stem: how its names begin.
  init(_ stem: String) {
    name = Lab.name(stem + "-")
    folder = "/tmp/" + Lab.name("virtspec-\(stem)-")
  }

  /// Makes and starts it.
  func start(on host: Host, _ fields: [(String, Value)] = []) async throws {
    let pool = Record([("type", "dir"), ("path", .string(folder))])
    try await host.perform(.definePool(.of(.pool, name, pool)), .pool, name)
    try await host.perform(.buildPool, .pool, name)
    try await host.perform(.startPool, .pool, name)
    let volume = Record([("capacity", .integer(1 << 20)), ("format", "raw")])
    try await host.perform(.createVolume(spec: volume), .volume, "\(name)/vda.img")
    let disk = Record([
      ("name", "vda"), ("device", "disk"), ("bus", "virtio"),
      ("file", .string("\(folder)/vda.img")), ("driver", "qemu"), ("format", "raw"),
    ])
    let guest = Record.smallGuest(fields + [("disks", [.record(disk)])])
    try await host.perform(.defineGuest(.of(.guest, name, guest)), .guest, name)
    try await host.perform(.startGuest, .guest, name)
  }

  /// Takes away what there is of it, and ends the connection.
  func tidy(_ host: Host) async {
    await host.tidy([.destroyGuest, .undefineGuest(keepState: false)], .guest, name)
    await host.tidy([.removeVolume], .volume, "\(name)/vda.img")
    await host.tidy([.stopPool, .undefinePool], .pool, name)
    rmdir(folder)
    await host.hypervisor.close()
  }
}
