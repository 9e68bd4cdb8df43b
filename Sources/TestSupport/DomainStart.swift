/// What libvirt makes of a definition when it starts: the live XML.
enum DomainStart {
  /// - Parameter bridge: the bridge of a running network.
  static func live(_ inactive: XMLTree, id: Int, bridge: (String) -> String?) -> XMLTree {
    var domain = inactive
    domain["id"] = String(id)
    domain.complete("resource/partition", "/machine")
    if domain.text("cpu/@mode") == "host-model" || domain.text("cpu/@mode") == "maximum" {
      domain.set("cpu/@mode", "custom")
      domain.set("cpu/@match", "exact")
      domain.set("cpu/@check", "full")
      domain.set("cpu/model", "EPYC-Rome")
    }
    if domain.text("os/@firmware") == "efi" {
      domain.change("os") {
        $0["firmware"] = nil
        $0.removeAll("firmware")
      }
    }
    domain.change("devices") { devices in
      for index in devices.children.indices {
        started(&devices.children[index], index, id, bridge)
      }
    }
    domain.children.append(
      XMLTree("seclabel", [("type", "dynamic"), ("model", "dac"), ("relabel", "yes")]))
    return domain
  }

  /// A device of a running guest.
  static func started(
    _ device: inout XMLTree, _ index: Int, _ id: Int, _ bridge: (String) -> String?
  ) {
    switch device.name {
    case "emulator", "audio": return
    case "disk":
      if device.child("source") != nil {
        device.set("source/@index", String(index))
        if device.child("backingStore") == nil { device.children.append(XMLTree("backingStore")) }
      }
    case "interface":
      if let network = device.text("source/@network") {
        device.set("source/@portid", "00000000-0000-4000-9000-000000000000")
        if let name = bridge(network) { device.set("source/@bridge", name) }
      }
      device.complete("target/@dev", "vnet\(id)\(index)")
    case "serial", "console":
      if device["type"] == "pty" { device.set("source/@path", "/dev/pts/\(id)") }
      if device.name == "console", device["type"] == "pty" { device["tty"] = "/dev/pts/\(id)" }
    case "channel": device.set("target/@state", "disconnected")
    case "graphics":
      if device["autoport"] == "yes" { device["port"] = String(5900 + id) }
      device.complete("listen/@address", "127.0.0.1")
      device["listen"] = device.text("listen/@address")
    default: break
    }
    if device.child("alias") == nil {
      device.children.append(XMLTree("alias", [("name", "\(device.name)\(index)")]))
    }
  }
}
