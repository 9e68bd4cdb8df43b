import Model

/// Short forms of the manifest language turned into the one long form that is compared, without looking at
/// any host.
public enum Lowering {
  /// Every object in the long form, and the volumes that guests' disks imply.
  public static func lower(_ desired: Desired) -> Desired {
    var objects: [DesiredObject] = []
    let devicePools = Set(
      desired.objects.filter {
        let type = $0.spec.string("type")
        return $0.id.kind == .pool && (PoolType.holdsDevices(type) || type == "rbd")
      }.map(\.id))
    let images = ImageLowering(desired.objects)
    for object in desired.objects {
      switch object.id.kind {
      case .network: objects.append(network(object))
      case .guest:
        let (guest, volumes) = guest(object, devicePools, images)
        objects.append(guest)
        objects += volumes
      case .volume: objects.append(volume(object))
      case .image: images.volume(of: object.id).map { objects.append($0) }
      case .secret, .networkFilter, .pool, .stack, .host, .guestClass: objects.append(object)
      }
    }
    return Desired(stack: desired.stack, hosts: desired.hosts, objects: objects)
  }

  private static func network(_ object: DesiredObject) -> DesiredObject {
    var result = object
    if let address = object.spec["address"] {
      var item = Record([("address", address)])
      item["dhcp"] = object.spec["dhcp"]
      result.spec["addresses"] = .list([.record(item)])
      result.spec["address"] = nil
      result.spec["dhcp"] = nil
    }
    if let addresses = result.spec["addresses"]?.list {
      result.spec["addresses"] = .list(addresses.map { .record(address($0.record ?? Record())) })
    }
    return result
  }

  private static func address(_ record: Record) -> Record {
    var result = record
    guard var dhcp = record.record("dhcp") else { return record }
    if let start = dhcp["start"], let end = dhcp["end"] {
      dhcp["ranges"] = .list([["start": start, "end": end]])
      dhcp["start"] = nil
      dhcp["end"] = nil
    }
    result["dhcp"] = .record(dhcp)
    return result
  }

  private static func volume(_ object: DesiredObject) -> DesiredObject {
    var result = object
    if var backing = object.spec.record("backing"), backing["volume"] != nil, backing["pool"] == nil
    {
      backing["pool"] = object.spec["pool"]
      result.spec["backing"] = .record(backing)
    }
    return result
  }

  private static func guest(
    _ object: DesiredObject, _ devicePools: Set<ObjectID>, _ images: ImageLowering
  ) -> (DesiredObject, [DesiredObject]) {
    var result = object
    var volumes: [DesiredObject] = []
    if var cpus = object.spec.record("cpus"), let model = cpus.string("model"), cpus["mode"] == nil
    {
      // `model: host-passthrough` is how most people say it; to libvirt it is a mode.
      if ["host-passthrough", "host-model", "maximum"].contains(model) {
        cpus["mode"] = .string(model)
        cpus["model"] = nil
      } else {
        cpus["mode"] = "custom"
      }
      result.spec["cpus"] = .record(cpus)
    }
    firmwareConfiguration(&result)
    guard let disks = object.spec["disks"]?.list else { return (result, []) }
    result.spec["disks"] = .list(
      disks.map { item in
        guard var disk = item.record.map({ images.disk($0, of: object) }),
          let pool = disk.string("pool")
        else { return item }
        if disk["volume"] == nil, ["size", "backing", "image"].contains(where: { disk[$0] != nil })
        {
          let id = ObjectID(host: object.id.host, kind: .pool, name: pool)
          let volume = implied(
            by: disk, pool: pool, of: object, isDevice: devicePools.contains(id))
          volumes.append(volume)
          disk["volume"] = (volume.id.poolAndVolume?.volume).map(Value.string)
          if disk["format"] == nil { disk["format"] = volume.spec["format"] }
        }
        disk["size"] = nil
        for field in ["backing", "image", "clone"] { disk[field] = nil }
        return .record(disk)
      })
    return (result, volumes)
  }

  /// QEMU hands Ignition its configuration without a disc.
  private static func firmwareConfiguration(_ guest: inout DesiredObject) {
    guard ["kvm", "qemu"].contains(guest.spec.string("virtType") ?? "kvm"),
      let text = guest.spec.text("ignition")
    else { return }
    let entry: Value = ["name": "opt/com.coreos/config", "value": .string(text)]
    guest.spec["fwCfg"] = .list((guest.spec["fwCfg"]?.list ?? []) + [entry])
    guest.spec["ignition"] = nil
  }

  /// The volume of a disk that says only a size: it is the guest's own and goes by the guest's lifecycle.
  /// In a pool of devices it holds the disk itself, without an image format.
  private static func implied(
    by disk: Record, pool: String, of guest: DesiredObject, isDevice: Bool
  ) -> DesiredObject {
    let format = disk.string("format") ?? (isDevice ? "raw" : "qcow2")
    let suffix = isDevice ? "" : format == "raw" ? ".img" : "." + format
    let name = "\(guest.id.name)-\(disk.string("name") ?? "disk")\(suffix)"
    var spec = Record([("pool", .string(pool)), ("format", .string(format))])
    spec["capacity"] = disk["size"]
    if let backing = disk.string("backing") {
      spec["backing"] = ["pool": .string(pool), "volume": .string(backing)]
    }
    for field in ["image", "clone"] { spec[field] = disk[field] }
    if let lifecycle = guest.spec["lifecycle"] { spec["lifecycle"] = lifecycle }
    return DesiredObject(
      id: .volume(host: guest.id.host, pool: pool, name: name), spec: spec, source: guest.source)
  }
}
