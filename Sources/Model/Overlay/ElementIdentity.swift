/// By what libvirt tells an element from its siblings of the same name.
///
/// | elements | by |
/// |---|---|
/// | disk, filesystem | target |
/// | interface | MAC address, else alias, else target |
/// | controller | type and index |
/// | hostdev | alias, else the address or the ids of what is passed through |
/// | input, graphics, sound, watchdog, panic | type or model |
/// | serial, parallel, console, channel | alias, else port or name |
/// | vcpupin, iothreadpin, cell, memnode, timer, feature, … | their number or name |
/// | arguments of QEMU | their order |
/// | ip, route, dhcp host, range, DNS entries, port groups, options | address or name |
/// | everything else | the place among equals |
public enum ElementIdentity: Sendable, Hashable {
  /// By one of these groups of short paths, the first of which the element has all values.
  case keys([[String]])
  /// By value, in order: the arguments of a command line.
  case ordered
  /// By the place among elements of the same name.
  case place

  /// How an element inside a parent is told from its siblings.
  public static func of(_ name: XMLName, in parent: XMLName) -> ElementIdentity {
    if name.local == "arg" || name.local == "passthrough" { return .ordered }
    if let keys = inParent[parent.local + "/" + name.local] ?? anywhere[name.local] {
      return .keys(keys)
    }
    return .place
  }

  /// Elements that libvirt numbers by their place where they have no number of their own.
  static let numberedByPlace: Set<String> = ["cell"]

  private static let inParent: [String: [[String]]] = [
    "domain/seclabel": [["@model"], ["@type"]],
    "source/seclabel": [["@model"]],
    "cpu/feature": [["@name"]],
    "firmware/feature": [["@name"]],
    "dhcp/host": [["@mac"], ["@id"], ["@ip"], ["@name"]],
    "dns/host": [["@ip"]],
    "source/host": [["@name", "@port"], ["@name"], ["@socket"]],
    "source/device": [["@path"]],
    "vcpus/vcpu": [["@id"]],
    "forward/interface": [["@dev"]],
    "options/option": [["@value"]],
    "mount_opts/option": [["@name"]],
    "config_opts/option": [["@name"]],
    "commandline/env": [["@name"]],
    "override/device": [["@alias"]],
    "frontend/property": [["@name"]],
    "capabilities/add": [["@capability"]],
    "capabilities/del": [["@capability"]],
    "nbd/option": [["@name"]],
    "devices/memory": [["alias/@name"]],
    "cachetune/cache": [["@id", "@type"], ["@id"]],
  ]

  private static let anywhere: [String: [[String]]] = [
    "disk": [["target/@dev"], ["alias/@name"]],
    "filesystem": [["target/@dir"], ["alias/@name"]],
    "interface": [["mac/@address"], ["alias/@name"], ["target/@dev"]],
    "controller": [["@type", "@index"], ["alias/@name"]],
    "lease": [["lockspace", "key"], ["key"]],
    "hostdev": [
      ["alias/@name"], ["source/address/@uuid"],
      [
        "source/address/@domain", "source/address/@bus", "source/address/@slot",
        "source/address/@function",
      ],
      ["source/vendor/@id", "source/product/@id"],
      ["source/address/@bus", "source/address/@device"],
      [
        "source/adapter/@name", "source/address/@bus", "source/address/@target",
        "source/address/@unit",
      ],
    ],
    "input": [["alias/@name"], ["@type", "@bus"], ["@type"]],
    "graphics": [["@type"]],
    "sound": [["alias/@name"], ["@model"]],
    "watchdog": [["@model"]],
    "panic": [["@model"]],
    "shmem": [["@name"]],
    "audio": [["@id"]],
    "serial": [["alias/@name"], ["target/@port"]],
    "parallel": [["alias/@name"], ["target/@port"]],
    // libvirt numbers consoles itself.
    "console": [["alias/@name"], ["target/@type"]],
    "channel": [["alias/@name"], ["target/@name"], ["target/@address", "target/@port"]],
    "rng": [["alias/@name"]],
    "vcpupin": [["@vcpu"]],
    "iothreadpin": [["@iothread"]],
    "iothread": [["@id"]],
    "vcpusched": [["@vcpus"]],
    "iothreadsched": [["@iothreads"]],
    "cell": [["@id"]],
    "memnode": [["@cellid"]],
    "sibling": [["@id"]],
    "timer": [["@name"]],
    "entry": [["@name"]],
    "sysinfo": [["@type"]],
    "cachetune": [["@vcpus"]],
    "memorytune": [["@vcpus"]],
    "device": [["path"]],
    "ip": [["@address"]],
    "route": [["@address"]],
    "portgroup": [["@name"]],
    "txt": [["@name"]],
    "srv": [["@service", "@protocol"], ["@service"]],
    "forwarder": [["@domain", "@addr"], ["@domain"], ["@addr"]],
    "range": [["@start", "@end"], ["@start"]],
    "tag": [["@id"]],
  ]
}

extension IdentifiableElement {
  /// The values by which the element is told from its siblings, with their paths; nil when it goes by its place.
  public func identity(in parent: XMLName) -> [(path: String, value: String)]? {
    guard case .keys(var groups) = ElementIdentity.of(name, in: parent) else { return nil }
    // The companions of a USB 2 controller share its index.
    if value(at: "@model")?.hasPrefix("ich9-uhci") == true {
      groups.insert(["@type", "@index", "@model"], at: 0)
    }
    for group in groups {
      let values = group.compactMap { path in value(at: path).map { (path: path, value: $0) } }
      if values.count == group.count { return values }
    }
    return nil
  }

  /// The element's name in a path, told from its siblings: `disk[vda]`, `rng[1]`, `memballoon`.
  public func label(in parent: XMLName, index: Int, prefix: String = "") -> String {
    let title = (prefix.isEmpty ? "" : prefix + ":") + name.local
    if let identity = identity(in: parent) {
      return title + "[" + identity.map(\.value).joined(separator: ",") + "]"
    }
    switch ElementIdentity.of(name, in: parent) {
    case .ordered: return title + "[\(attribute(XMLName("value")) ?? String(index))]"
    case .keys, .place: return index == 0 ? title : title + "[\(index)]"
    }
  }
}
