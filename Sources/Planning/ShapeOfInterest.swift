import Model

/// What a reader must bring back of an object: what is declared, and what a decision needs besides.
///
/// Shapes are made of declared fields and joined with ready ones: there are as many as there are objects.
enum ShapeOfInterest {
  private static let secretReference: Value = ["usage": "", "uuid": ""]

  /// Enough to see which volumes, networks, filters and secrets a guest uses that is to be removed.
  static let undeclaredGuest = usedDisks.joined(with: usedInterfaces)

  private static let usedDisks = list(
    "disks",
    [
      "name": "", "file": "", "block": "", "auth": ["secret": secretReference],
      "encryption": ["secret": secretReference],
    ])
  private static let usedInterfaces = list(
    "interfaces", ["mac": "", "network": "", "filter": ["name": ""]])

  /// Enough to see which volumes lie over which: a new overlay takes its capacity after the volume below, and a disk
  /// its format.
  static let undeclaredVolume = Shape(
    of: Record([("capacity", 0), ("format", ""), ("backingPath", ""), ("backingFormat", "")]))

  /// Enough to see which filters others need.
  static let undeclaredFilter = list("filters", ["name": ""])

  /// Enough to see which secret a pool is opened with.
  static let undeclaredPool = Shape(of: Record([("source", ["auth": .record(poolSecret)])]))

  private static let poolSecret = Record([("secretUsage", ""), ("secretUUID", "")])
  private static let pool = Shape(
    of: Record([
      ("type", ""), ("path", ""), ("source", ["name": "", "auth": .record(poolSecret)]),
    ]))

  // Guests' fixed addresses become reservations that the manifest itself does not mention.
  private static let networkAddresses = list(
    "addresses",
    ["address": "", "dhcp": ["reservations": [["mac": "", "name": "", "address": ""]]]])

  // Matching needs the source of interfaces, hot-plugging needs the bus and kind of devices.
  private static let guestDisks = list(
    "disks", ["bus": "", "device": "", "file": "", "block": "", "pool": "", "volume": ""])
  private static let guestInterfaces = list(
    "interfaces",
    ["mac": "", "network": "", "bridge": "", "model": "", "filter": ["name": ""]])
  private static let guestSize = Shape(
    of: Record([("cpus", ["max": 0, "count": 0]), ("memory", ["max": 0, "size": 0])]))
  private static let disksOfFirstBoot = list("disks", ["readOnly": true, "format": ""])
  private static let controllersOfFirstBoot = list(
    "controllers", ["type": "", "index": 0, "model": ""])
  // libvirt takes the limits of a disk together.
  private static let diskLimits = Shape(
    of: Record([
      (
        "disks",
        [
          [
            "ioTune": .record(
              Record(
                unique: Table.guestDiskTune.fields.map { Record.Entry(name: $0.name, value: 0) }))
          ]
        ]
      )
    ]))
  private static let iothreads = list("iothreadIDs", ["id": 0])
  private static let disksOfIOThreads = list("disks", ["iothread": 0])
  private static let numaMode = Shape(of: Record([("numaTune", ["mode": ""])]))
  private static let profile = Shape(of: ProfileChanges.interest)
  private static let devicesOfProfile = list("disks", ["bus": ""])
    .joined(with: list("interfaces", ["model": ""]))

  static func of(_ object: DesiredObject) -> Shape {
    switch object.id.kind {
    case .guest: return guest(object.spec)
    // In libvirt's terms, since that is what is compared.
    case .volume: return undeclaredVolume
    case .pool: return pool.joined(with: Shape(of: object.spec))
    case .network:
      let shape = Shape(of: object.spec)
      return object.spec["addresses"] == nil ? shape : shape.joined(with: networkAddresses)
    // What it refers to must not go before it.
    case .networkFilter: return Shape(of: object.spec).joined(with: undeclaredFilter)
    case .secret, .stack, .host, .image, .guestClass: return Shape(of: object.spec)
    }
  }

  private static func guest(_ spec: Record) -> Shape {
    var declared = spec
    let hasFirstBoot = FirstBoot.fields.contains { spec[$0] != nil }
    if hasFirstBoot {
      if spec["install"] != nil { declared["onReboot"] = spec["onReboot"] ?? "" }
      for name in FirstBoot.fields { declared[name] = nil }
    }
    var shape = Shape(of: declared)
    if hasFirstBoot {
      shape.formUnion(disksOfFirstBoot)
      shape.formUnion(controllersOfFirstBoot)
    }
    // What a guest uses must not be taken from under it, also where its manifest does not say what that is.
    shape.formUnion(spec["disks"] == nil && !hasFirstBoot ? usedDisks : guestDisks)
    shape.formUnion(spec["interfaces"] == nil ? usedInterfaces : guestInterfaces)
    shape.formUnion(guestSize)
    if shape["disks"]?["ioTune"] != nil { shape.formUnion(diskLimits) }
    if spec["iothreads"] != nil || spec["iothreadIDs"] != nil {
      shape.formUnion(iothreads)
      shape.formUnion(disksOfIOThreads)
    }
    if shape["numaTune"]?["nodeset"] != nil { shape.formUnion(numaMode) }
    if spec.followsProfile {
      shape.formUnion(profile)
      shape.formUnion(devicesOfProfile)
    }
    return shape
  }

  private static func list(_ name: String, _ item: Value) -> Shape {
    Shape(of: Record([(name, .list([item]))]))
  }
}

extension Shape {
  fileprivate func joined(with other: Shape) -> Shape {
    var shape = self
    shape.formUnion(other)
    return shape
  }
}
