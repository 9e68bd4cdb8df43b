/// Puts programs together by chance: the same seed gives the same program.
public struct ProgramGenerator: Sendable {
  private var random: SplitMix64

  public init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// A program of so many lines. It begins with a site that has something of everything, and ends with an undisturbed
  /// run that may do everything.
  public mutating func program(lines count: Int) -> Program {
    var lines = beginning()
    while lines.count < count - 1 {
      if random.chance(8) { lines += scene() } else { lines.append(line()) }
    }
    return Program(lines: lines.prefix(count - 1) + ["apply --allow recreate --prune --adopt"])
  }

  private mutating func beginning() -> [String] {
    var lines = ["declare pool/p1", "declare network/n1 address 10.1.0.1/24", "declare volume/v1"]
    lines += ["declare volume/v2 backing v1"]
    for _ in 0..<2 { lines.append(declaration(of: "network/n1")) }
    for guest in ["guest/g1", "guest/g2"] {
      for field in ["disks", "interfaces"] { lines.append(declaration(of: guest, field: field)) }
      if random.chance(60) { lines.append("declare \(guest) power running") }
      lines.append(declaration(of: guest))
    }
    return lines + ["apply --allow recreate" + (random.chance(20) ? " " + fault() : "")]
  }

  /// What takes several steps to come about.
  private static let scenes = [
    [
      "declare guest/g1 power running", "declare guest/g1 cpus {count: 1, max: 4}",
      "apply --allow restart --adopt", "declare guest/g1 cpus {count: 3, max: 4}",
      "apply",
    ],
    [
      "declare guest/g1 power running",
      "declare guest/g1 disks [{name: sda, bus: sata, device: cdrom, file: /iso/a.iso}]",
      "apply --allow restart --adopt",
      "declare guest/g1 disks [{name: sda, bus: sata, device: cdrom, file: /iso/b.iso}]", "apply",
    ],
    [
      "declare guest/g3", "apply --adopt", "undeclare guest/g3", "declare guest/g4 previousName g3",
      "apply --allow restart",
    ],
    [
      "declare guest/g1 power running",
      "declare guest/g1 disks [{name: vda, pool: p1, size: 1GiB}]",
      "apply --allow restart --adopt",
      "declare guest/g1 disks [{name: vda, pool: p1, size: 2GiB}]", "apply",
    ],
    [
      "declare guest/g1 power running", "declare guest/g1 interfaces []",
      "apply --allow restart --adopt", "declare guest/g1 interfaces [{network: n1}]", "apply",
    ],
    [
      "declare guest/g2 power unmanaged", "apply --allow restart --adopt", "outside start g2",
      "outside save g2", "declare guest/g2 title Three", "apply",
    ],
    ["declare guest/g5", "undeclare guest/g5 memory", "apply"],
    ["declare volume/v3 capacity 1GiB", "apply", "declare volume/v3 capacity 3GiB", "apply"],
    ["declare pool/p2", "apply", "undeclare pool/p2", "apply --prune"],
  ]

  /// A scene, some of its runs disturbed.
  private mutating func scene() -> [String] {
    (Self.scenes.randomElement(using: &random) ?? []).map { line in
      line.hasPrefix("apply") && random.chance(40) ? line + " " + fault() : line
    }
  }

  private mutating func line() -> String {
    let number = Int.random(in: 0..<100, using: &random)
    switch number {
    case ..<34: return declaration(of: object())
    case ..<42: return withdrawal()
    case ..<66: return "outside " + disturbance()
    case ..<68: return "plan"
    case ..<82: return apply()
    case ..<97: return apply() + " " + fault()
    case ..<98: return "restart"
    default: return "reboot"
    }
  }

  private mutating func apply() -> String {
    var words = ["apply"]
    if random.chance(70) {
      words.append(
        "--allow \(random.pick(["none", "live", "restart", "restart", "recreate", "data-loss"]))")
    }
    if random.chance(60) { words.append("--prune") }
    if random.chance(60) { words.append("--adopt") }
    if random.chance(12) { words.append("--wait-restart") }
    return words.joined(separator: " ")
  }

  private mutating func fault() -> String {
    let fault = random.pick(["fail", "die-before", "die-after", "hang", "hang-late"])
    return "\(fault) \(Int.random(in: 1...12, using: &random))"
  }

  private mutating func object() -> String {
    let kind = random.pick(["guest", "guest", "guest", "network", "pool", "volume"])
    return kind + "/" + name(kind)
  }

  private mutating func name(_ kind: String) -> String {
    switch kind {
    case "guest":
      random.pick(["g1", "g1", "g1", "g1", "g2", "g2", "g2", "g3", "g3", "found", "others"])
    case "network": random.pick(["n1", "n1", "n1", "n2", "n2", "found"])
    case "pool": random.pick(["p1", "p1", "p1", "p2", "p2", "found"])
    default: random.pick(["v1", "v1", "v2", "v3"])
    }
  }

  private mutating func declaration(of object: String, field: String? = nil) -> String {
    let kind = String(object.prefix { $0 != "/" })
    guard let fields = Self.fields[kind], field != nil || !random.chance(5) else {
      return "declare \(object)"
    }
    let field = field ?? random.pick(fields.map(\.name))
    let value = random.pick(fields.first { $0.name == field }?.values ?? [])
    return "declare \(object) \(field) " + value.replacing("%", with: object.suffix(1))
  }

  private mutating func withdrawal() -> String {
    let object = object()
    if random.chance(50) { return "undeclare \(object)" }
    let fields = Self.fields[String(object.prefix { $0 != "/" })] ?? []
    return "undeclare \(object) \(random.pick(fields.map(\.name)))"
  }

  /// What the fields of each kind may be set to. `%` is the last letter of the object's name.
  private static let fields: [String: [(name: String, values: [String])]] = [
    "guest": [
      ("memory", ["128MiB", "256MiB", "512MiB", "{size: 128MiB, max: 512MiB}"]),
      ("cpus", ["1", "2", "{count: 1, max: 4}", "{count: 3, max: 4}"]),
      ("ready", ["{address: true}", "{tcp: 80, timeout: 1m}", "{console: up}"]),
      ("dependsOn", ["[g1]", "[g2]", "[g1, g3]", "[]"]),
      ("title", ["One", "Two"]), ("description", ["Some words", "Other words"]),
      ("autostart", ["true", "false"]),
      ("power", ["running", "running", "stopped", "unmanaged"]),
      (
        "disks",
        [
          "[]", "[{name: vda, pool: p1, size: 1GiB}]", "[{name: vda, pool: p1, size: 2GiB}]",
          "[{name: vda, pool: p1, volume: v1}]", "[{name: vda, pool: p1, size: 1GiB, backing: v2}]",
          "[{name: vda, pool: p1, size: 1GiB}, {name: vdb, pool: p2, size: 1GiB}]",
          "[{name: vda, pool: p1, size: 1GiB}, {name: sda, bus: sata, device: cdrom}]",
          "[{name: vda, pool: p1, size: 1GiB}, {name: sda, device: cdrom, bus: sata, file: /iso/a.iso}]",
          "[{name: vda, pool: p1, size: 1GiB, cache: none}]",
          "[{name: sda, bus: scsi, pool: p1, size: 1GiB}]",
          "[{name: vda, file: /elsewhere/%.img, format: raw}]",
        ]
      ),
      (
        "interfaces",
        [
          "[]", "[{network: n1}]", "[{network: n2}]", "[{network: n1}, {network: n2}]",
          "[{network: n1, model: e1000}]", "[{network: n1, link: down}]",
          "[{network: n1, mac: \"52:54:00:00:00:0%\"}]", "[{network: n1, ip: 10.1.0.1%}]",
          "[{bridge: br0}]",
        ]
      ),
      (
        "lifecycle",
        [
          "{onRemove: delete}", "{onRemove: keep}", "{protect: true}", "{protect: false}",
          "{onShutdownTimeout: destroy}", "{ignore: [memory.size]}",
        ]
      ),
      ("firmware", ["uefi", "bios"]), ("graphics", ["[]", "[vnc]"]),
      (
        "xml",
        [
          "\"<memoryBacking><nosharepages/></memoryBacking>\"",
          "\"<devices><memballoon autodeflate='on' model='virtio'/></devices>\"",
        ]
      ),
    ],
    "network": [
      ("forward", ["nat", "route", "isolated"]), ("address", ["10.%.0.1/24", "10.%.0.2/24"]),
      (
        "dhcp",
        ["{start: 10.%.0.100, end: 10.%.0.200}", "{start: 10.%.0.100, end: 10.%.0.150}"]
      ),
      ("domain", ["example.org", "example.net"]), ("mtu", ["1400", "1500"]),
      ("dns", ["{hosts: [{address: 10.%.0.5, names: [a]}]}", "{hosts: []}"]),
      ("autostart", ["true", "false"]), ("power", ["running", "running", "stopped", "unmanaged"]),
      ("lifecycle", ["{protect: true}", "{protect: false}"]), ("external", ["true", "false"]),
    ],
    "pool": [
      ("type", ["dir"]), ("path", ["/srv/p%", "/srv/p%", "/srv/p%-other"]),
      ("autostart", ["true", "false"]), ("power", ["running", "running", "stopped", "unmanaged"]),
      ("lifecycle", ["{protect: true}", "{protect: false}"]), ("build", ["true"]),
      ("external", ["true", "false"]),
    ],
    "volume": [
      ("pool", ["p1", "p1", "p2", "found"]), ("capacity", ["1GiB", "2GiB", "3GiB"]),
      ("format", ["qcow2", "raw"]), ("backing", ["v1", "v2", "{path: /srv/found/base}"]),
      ("lifecycle", ["{onRemove: delete}", "{onRemove: keep}", "{protect: true}"]),
      ("external", ["true", "false"]),
    ],
  ]

  private mutating func disturbance() -> String {
    let guest = name("guest")
    let network = name("network")
    let pool = name("pool")
    let volume = pool + "/" + random.pick(["v1", "v2", "v3", "g1-vda.qcow2", "g2-vda.qcow2"])
    let switched = random.pick(["on", "off"])
    return random.pick([
      "start \(guest)", "stop \(guest)", "stop \(guest)", "pause \(guest)", "save \(guest)",
      "undefine \(guest)", "delete guest/\(guest)", "snapshot \(guest)",
      "setmem \(guest) \(random.pick(["64MiB", "128MiB", "192MiB"]))",
      "setvcpus \(guest) 1", "attach \(guest) disk", "attach \(guest) interface",
      "detach \(guest) disk", "forget guest/\(guest)", "autostart guest/\(guest) \(switched)",
      "edit guest/\(guest) title \(random.pick(["-", "Theirs"]))",
      "edit guest/\(guest) memory \(random.pick(["131072", "393216"]))",
      "edit guest/\(guest) devices/interface/model/@type e1000e",
      "edit guest/\(guest) devices/disk/driver/@cache writeback",
      "edit network/\(network) domain/@name theirs.example",
      "edit network/\(network) mtu/@size 1300", "edit-live network/\(network) mtu/@size 1200",
      "net-start \(network)", "net-stop \(network)", "net-undefine \(network)",
      "delete network/\(network)", "forget network/\(network)",
      "autostart network/\(network) \(switched)",
      "pool-start \(pool)", "pool-stop \(pool)", "delete pool/\(pool)",
      "autostart pool/\(pool) \(switched)", "forget pool/\(pool)", "forget volume/\(volume)",
      "vol-create \(pool) \(volume.split(separator: "/").last ?? "")", "vol-delete \(volume)",
      "vol-resize \(volume) \(random.pick(["2GiB", "4GiB"]))",
    ])
  }
}
