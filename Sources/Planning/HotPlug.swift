import Model

/// How a difference is made on a guest that runs, by what libvirt and QEMU take (measured on libvirt 9.0 with
/// QEMU 7.2).
enum HotPlug {
  /// The way.
  enum Call {
    case operation(Action, Operation)
    case title(String)
    case description(String)
    /// Only by a restart.
    case restart
  }

  /// How long a guest may take to let go of a device, in seconds.
  static let detachDeadline: Int64 = 30

  static func call(for difference: Difference, _ running: Record) -> Call {
    switch (difference.change, difference.field.change) {
    case (.missingItem(let item), .live(.attach)):
      let list = difference.field.name
      guard isPluggable(item, list) else { return .restart }
      return .operation(.attach, .attachDevice(list: list, item: completed(item, list)))
    case (.extraItem(let item), .live(.attach)):
      let list = difference.field.name
      guard isPluggable(item, list) else { return .restart }
      return .operation(
        .detach, .detachDevice(list: list, item: key(item, list), deadlineSeconds: detachDeadline))
    case (.value(_, let value), .live(let call)): return self.call(call, value, difference, running)
    default: return .restart
    }
  }

  private static func call(
    _ call: LiveCall, _ value: Value, _ difference: Difference, _ running: Record
  ) -> Call {
    switch call {
    case .vcpus:
      // Above the maximum that the guest was started with, only a restart helps; and below what it has:
      // QEMU 7.2 takes the processor away without telling libvirt 9.0, which then counts wrong until the
      // next start.
      guard let count = value.integer, let cpus = running.record("cpus"),
        count <= cpus.integer("max") ?? 0, count >= cpus.integer("count") ?? 0
      else { return .restart }
      return .operation(.update, .setLiveVcpus(count))
    case .memory:
      guard let bytes = value.integer, bytes <= running.record("memory")?.integer("max") ?? 0 else {
        return .restart
      }
      return .operation(.update, .setLiveMemory(bytes))
    case .metadata:
      guard let text = value.string else { return .restart }
      return difference.field.name == "title" ? .title(text) : .description(text)
    case .media:
      // What runs must be a drive too: a hard disk of the same name takes no other file.
      guard let item = difference.item,
        let present = running.records(item.list).first(where: {
          $0["name"] == item.record["name"]
        }), [item.record, present].allSatisfy({ isDrive($0) })
      else {
        return .restart
      }
      return .operation(
        .update,
        .updateDevice(
          list: item.list,
          item: key(item.record, item.list).overlaid(with: Record([(difference.field.name, value)]))
        ))
    // Only the link's state. libvirt 9.0 also moves the interface of a running guest to another network in this
    // way, and the guest does not notice: it keeps the address of the old one until its lease ends.
    case .link:
      guard let item = difference.item else { return .restart }
      return .operation(
        .update,
        .updateDevice(
          list: item.list,
          item: key(item.record, item.list).overlaid(with: Record([(difference.field.name, value)]))
        ))
    case .attach, .networkSection, .filter, .secret, .autostart, .power, .resize: return .restart
    }
  }

  private static func isDrive(_ disk: Record) -> Bool {
    ["cdrom", "floppy"].contains(disk.string("device"))
  }

  /// Whether a running guest takes the device in and out: virtio disks and interfaces, SCSI and USB disks.
  /// SATA, IDE and floppy drives are refused by QEMU.
  static func isPluggable(_ item: Record, _ list: String) -> Bool {
    switch list {
    case "disks":
      if ["cdrom", "floppy"].contains(item.string("device")) { return false }
      let name = item.string("name") ?? ""
      let bus = item.string("bus") ?? (name.hasPrefix("vd") ? "virtio" : "unknown")
      return ["virtio", "scsi", "usb"].contains(bus)
    case "interfaces": return (item.string("model") ?? "virtio").hasPrefix("virtio")
    default: return false
    }
  }

  private static func completed(_ item: Record, _ list: String) -> Record {
    guard let field = Table.guest[list], case .list(.record(let table, _), _) = field.type else {
      return item
    }
    return table.completed(item)
  }

  private static func key(_ item: Record, _ list: String) -> Record {
    guard let field = Table.guest[list], case .list(_, let key) = field.type else { return item }
    return Record(key.compactMap { name in item[name].map { (name, $0) } })
  }
}
