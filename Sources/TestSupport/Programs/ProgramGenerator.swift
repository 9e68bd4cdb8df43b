/// Puts programs together by chance: the same seed gives the same program.
public struct ProgramGenerator: Sendable {
  var random: SplitMix64

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
  static let scenes = [
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
    ["declare network/n2", "apply", "undeclare network/n2", "apply --prune"],
    [
      "declare guest/g1 power running", "declare guest/g1 cpuTune {shares: 512}",
      "apply --allow restart --adopt", "declare guest/g1 cpuTune {shares: 2048}", "apply",
      "undeclare guest/g1 cpuTune", "apply",
    ],
    [
      "declare guest/g1 power running", "declare guest/g1 iothreads 2",
      "apply --allow restart --adopt",
      "declare guest/g1 cpuTune {iothreadPins: [{iothread: 1, cpuset: \"1\"}]}", "apply",
      "undeclare guest/g1 cpuTune", "declare guest/g1 iothreads 1", "apply",
    ],
    [
      "declare networkfilter/f1", "declare guest/g1 power running",
      "declare guest/g1 interfaces [{network: n1, filter: f1}]", "apply --allow restart --adopt",
      "declare networkfilter/f1 filters [{name: f2}]", "declare networkfilter/f2", "apply",
    ],
    [
      "declare secret/s1 value {env: ONE}", "apply", "declare secret/s1 value {env: TWO}", "apply",
      "outside secret-value ceph/s1 theirs", "apply", "undeclare secret/s1",
      "apply --prune --allow data-loss",
    ],
    [
      "declare guest/g1 power running",
      "declare guest/g1 disks [{name: vda, pool: p1, size: 1GiB}]", "apply --allow restart --adopt",
      "outside job g1 vda", "declare guest/g1 disks [{name: vda, pool: p1, size: 2GiB}]",
      "declare guest/g1 cpus {count: 2, max: 4}", "apply --allow restart", "outside end-job g1 vda",
      "apply --allow restart",
    ],
    [
      "declare image/i1", "declare guest/g5 disks [{name: vda, pool: p1, image: i1, size: 2GiB}]",
      "apply", "declare guest/g5 disks [{name: vda, pool: p1, image: i1, size: 3GiB}]", "apply",
      "undeclare guest/g5", "undeclare image/i1", "apply --prune",
    ],
    [
      "declare image/i1",
      "declare guest/g6 disks [{name: vda, pool: p1, image: i1, size: 2GiB, clone: full}]", "apply",
      "undeclare guest/g6 disks", "apply --prune",
    ],
    [
      "declare guest/g7 power running",
      "declare guest/g7 disks [{name: vda, pool: p1, size: 1GiB}]",
      "declare guest/g7 install {iso: /iso/a.iso, timeout: 5m}", "apply", "apply",
    ],
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
    let kind = random.pick([
      "guest", "guest", "guest", "guest", "guest", "guest", "network", "network", "pool", "pool",
      "volume", "volume", "networkfilter", "secret",
    ])
    return kind + "/" + name(kind)
  }

  mutating func name(_ kind: String) -> String {
    switch kind {
    case "guest":
      random.pick(["g1", "g1", "g1", "g1", "g2", "g2", "g2", "g3", "g3", "found", "others"])
    case "network": random.pick(["n1", "n1", "n1", "n2", "n2", "found"])
    case "pool": random.pick(["p1", "p1", "p1", "p2", "p2", "found"])
    case "networkfilter": random.pick(["f1", "f1", "f1", "f2", "f2", "found"])
    case "secret": random.pick(["s1", "s1", "s1", "s2", "s2", "found"])
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
    return "declare \(object) \(field) "
      + value.replacing("%", with: object.suffix(1))
      .replacing("#", with: object.dropFirst(kind.count + 1))
  }

  private mutating func withdrawal() -> String {
    let object = object()
    if random.chance(50) { return "undeclare \(object)" }
    let fields = Self.fields[String(object.prefix { $0 != "/" })] ?? []
    return "undeclare \(object) \(random.pick(fields.map(\.name)))"
  }
}
