import Model

/// A guest that runs, as far as it decides how it can be changed.
struct RunningGuest {
  /// What it has.
  var fields: Record
  /// What it is to have, in the same terms.
  var wanted: Record
  var facts: RunningFacts

  /// Other drivers have other calls, or none.
  var isQEMU: Bool { ["kvm", "qemu"].contains(wanted.string("virtType") ?? "kvm") }
}

extension LiveCall {
  /// Whether it is about limits and places of threads, memory and traffic.
  fileprivate var isTuning: Bool {
    switch self {
    case .diskLimits, .scheduler, .memoryLimits, .blockIO, .numaNodes, .pin, .iothreads, .bandwidth:
      true
    case .vcpus, .memory, .metadata, .attach, .media, .link, .networkSection, .autostart, .power,
      .resize, .filter, .secret:
      false
    }
  }
}

/// How a difference is made on a guest that runs, by what libvirt and QEMU take (measured on libvirt 9.0 with
/// QEMU 7.2).
enum HotPlug {
  /// The way.
  enum Call {
    case operation(Action, Operation)
    case title(String)
    case description(String)
    /// By a call that may take other differences along.
    case tuning(TuningTarget)
    /// Only by a restart; with why, where the field could otherwise be changed.
    case restart(String?)
  }

  /// How long a guest may take to let go of a device, in seconds.
  static let detachDeadline: Int64 = 30

  static func call(for difference: Difference, _ guest: RunningGuest) -> Call {
    guard case .live(let call) = difference.field.change else { return .restart(nil) }
    if call.isTuning, !guest.isQEMU { return .restart(nil) }
    switch (difference.change, call) {
    case (.missingItem(let item), .attach):
      let list = difference.field.name
      guard isPluggable(item, list) else { return .restart(nil) }
      return .operation(.attach, .attachDevice(list: list, item: completed(item, list)))
    case (.extraItem(let item), .attach):
      let list = difference.field.name
      guard isPluggable(item, list) else { return .restart(nil) }
      return .operation(
        .detach, .detachDevice(list: list, item: key(item, list), deadlineSeconds: detachDeadline))
    case (.missingItem(let item), .pin): return pin(item, difference.field.name, guest)
    case (.extraItem(let item), .pin):
      // A thread takes its pin along. Any other that is taken back stays as a pin to every processor.
      let number = item.integer("iothread")
      return number.map(IOThreads.numbers(guest.wanted).contains) == false
        ? .tuning(.iothreads) : .restart(nil)
    case (_, .iothreads): return .tuning(.iothreads)
    case (_, .blockIO):
      if case .extraItem = difference.change { return .restart(nil) }
      return inControlGroup(.blockIO, guest)
    case (.value(_, let value), _): return self.call(call, value, difference, guest)
    default: return .restart(nil)
    }
  }

  private static func call(
    _ call: LiveCall, _ value: Value, _ difference: Difference, _ guest: RunningGuest
  ) -> Call {
    let running = guest.fields
    switch call {
    case .vcpus:
      // Above the maximum that the guest was started with, only a restart helps; and below what it has:
      // QEMU 7.2 takes the processor away without telling libvirt 9.0, which then counts wrong until the
      // next start.
      guard let count = value.integer, let cpus = running.record("cpus"),
        count <= cpus.integer("max") ?? 0, count >= cpus.integer("count") ?? 0
      else { return .restart(nil) }
      return .operation(.update, .setLiveVcpus(count))
    case .memory:
      guard let bytes = value.integer, bytes <= running.record("memory")?.integer("max") ?? 0 else {
        return .restart(nil)
      }
      return .operation(.update, .setLiveMemory(bytes))
    case .metadata:
      guard let text = value.string else { return .restart(nil) }
      return difference.field.name == "title" ? .title(text) : .description(text)
    case .media:
      // What runs must be a drive too: a hard disk of the same name takes no other file.
      guard let item = difference.item,
        let present = running.records(item.list).first(where: {
          $0["name"] == item.record["name"]
        }), [item.record, present].allSatisfy({ isDrive($0) })
      else {
        return .restart(nil)
      }
      return update(item, Record([(difference.field.name, value)]))
    // Only the link's state. libvirt 9.0 also moves the interface of a running guest to another network in this
    // way, and the guest does not notice: it keeps the address of the old one until its lease ends.
    case .link:
      guard let item = difference.item else { return .restart(nil) }
      return update(item, Record([(difference.field.name, value)]))
    case .diskLimits:
      guard let item = difference.item, !isDrive(item.record), let name = item.record.string("name")
      else { return .restart(nil) }
      return .tuning(.disk(name))
    // libvirt takes no zero: it would leave the quota as it is.
    case .scheduler: return value == 0 ? .restart(nil) : inControlGroup(.scheduler, guest)
    case .memoryLimits: return inControlGroup(.memory, guest)
    case .numaNodes:
      let mode = running.record("numaTune")?.string("mode") ?? "strict"
      guard mode == "strict" || mode == "restrictive" else {
        return .restart("libvirt moves the memory of mode \(mode) only when the guest starts")
      }
      return inControlGroup(.numaNodes, guest)
    case .pin:
      if let item = difference.item { return pin(item.record, item.list, guest) }
      return .tuning(.emulator(cpuset: value.string ?? ""))
    case .bandwidth:
      // Others have no device on the host that could hold the traffic back.
      guard let item = difference.item?.record, let mac = item.string("mac"),
        ["network", "bridge", "direct"].contains(where: { item[$0] != nil })
      else { return .restart(nil) }
      return .tuning(.traffic(mac))
    case .attach, .networkSection, .filter, .secret, .autostart, .power, .resize, .iothreads,
      .blockIO:
      return .restart(nil)
    }
  }

  private static func inControlGroup(_ target: TuningTarget, _ guest: RunningGuest) -> Call {
    guest.facts.hasControlGroups
      ? .tuning(target) : .restart("libvirt has no control group of the guest")
  }

  /// Only of threads that the guest has, or is given before.
  private static func pin(_ pin: Record, _ list: String, _ guest: RunningGuest) -> Call {
    guard let cpuset = pin.string("cpuset") else { return .restart(nil) }
    if list == "vcpuPins", let number = pin.integer("vcpu") {
      let cpus = guest.wanted.record("cpus") ?? Record()
      let count = max(
        guest.fields.record("cpus")?.integer("count") ?? 0,
        min(cpus.integer("count") ?? 0, guest.fields.record("cpus")?.integer("max") ?? 0))
      return number < count
        ? .tuning(.processor(number, cpuset: cpuset))
        : .restart("the guest has no processor \(number) in use")
    }
    guard let number = pin.integer("iothread") else { return .restart(nil) }
    return .tuning(.iothread(number, cpuset: cpuset))
  }

  private static func update(_ item: Difference.Item, _ fields: Record) -> Call {
    .operation(
      .update,
      .updateDevice(list: item.list, item: key(item.record, item.list).overlaid(with: fields)))
  }

  private static func isDrive(_ disk: Record) -> Bool {
    ["cdrom", "floppy"].contains(disk.string("device"))
  }

  /// Whether a running guest takes the device in and out: virtio disks and interfaces, SCSI and USB disks.
  /// SATA, IDE and floppy drives are refused by QEMU.
  static func isPluggable(_ item: Record, _ list: String) -> Bool {
    switch list {
    case "disks": !isDrive(item) && ["virtio", "scsi", "usb"].contains(bus(item))
    case "interfaces": (item.string("model") ?? "virtio").hasPrefix("virtio")
    default: false
    }
  }

  /// Whether the device stands in a PCI slot of its own.
  static func needsSlot(_ item: Record, _ list: String) -> Bool {
    list == "interfaces" || list == "disks" && bus(item) == "virtio"
  }

  static func bus(_ disk: Record) -> String {
    disk.string("bus") ?? ((disk.string("name") ?? "").hasPrefix("vd") ? "virtio" : "unknown")
  }

  private static func completed(_ item: Record, _ list: String) -> Record {
    guard let field = Table.guest[list], case .list(.record(let table, _), _) = field.type else {
      return item
    }
    return table.completed(item)
  }

  static func key(_ item: Record, _ list: String) -> Record {
    guard let field = Table.guest[list], case .list(_, let key) = field.type else { return item }
    return Record(key.compactMap { name in item[name].map { (name, $0) } })
  }
}
