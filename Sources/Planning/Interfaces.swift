import Model

/// The identity of network interfaces: a manifest may leave the MAC out, libvirt never does.
enum Interfaces {
  /// The declared interfaces with their MACs: the declared one, else that of the interface of the same
  /// network (or the same place) that the guest has, else one that follows from the guest's name.
  static func identified(_ object: DesiredObject, _ view: HostView) -> [Record] {
    var interfaces = object.spec.records("interfaces")
    var free = view.guest(for: object)?.spec.records("interfaces") ?? []
    for interface in interfaces {
      guard let mac = interface.string("mac")?.lowercased() else { continue }
      free.removeAll { $0.string("mac")?.lowercased() == mac }
    }
    for sameSource in [true, false] {
      for index in interfaces.indices where interfaces[index]["mac"] == nil {
        let wanted = interfaces[index]
        let match = free.firstIndex { candidate in
          !sameSource || ["network", "bridge"].allSatisfy { candidate[$0] == wanted[$0] }
        }
        guard let match, let mac = free[match]["mac"] else { continue }
        interfaces[index]["mac"] = mac
        free.remove(at: match)
      }
    }
    var taken = Set(interfaces.compactMap { $0.string("mac")?.lowercased() })
    for index in interfaces.indices where interfaces[index]["mac"] == nil {
      var salt = 0
      var mac: String
      repeat {
        mac = Digest.mac(
          stack: view.stack, host: object.id.host, guest: object.id.name,
          interface: "\(index).\(salt)")
        salt += 1
      } while !taken.insert(mac).inserted
      interfaces[index]["mac"] = .string(mac)
    }
    return interfaces
  }
}
