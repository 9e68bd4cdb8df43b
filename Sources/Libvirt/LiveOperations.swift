import CLibvirt
import Execution
import LibvirtXML
import Model
import Planning

extension LibvirtHypervisor {
  /// Changes of a running guest. The persistent definition is changed by `defineGuest`, so each of
  /// them says LIVE alone. A guest that is busy with a job keeps them waiting: they are long calls.
  func performLive(_ operation: Operation, _ name: String) async throws(HypervisorError) {
    switch operation {
    case .setLiveVcpus(let count):
      try await withGuest(name, "virDomainSetVcpusFlags", isLong: true) {
        domain throws(HypervisorError) in
        try check(
          virDomainSetVcpusFlags(
            domain, UInt32(clamping: count), VIR_DOMAIN_VCPU_LIVE.rawValue),
          "virDomainSetVcpusFlags")
      }
    case .setLiveMemory(let bytes): try await setMemory(name, bytes)
    case .setLiveDescription(let title, let description):
      try await withGuest(name, "virDomainSetMetadata", isLong: true) {
        domain throws(HypervisorError) in
        try LiveGuests.set(VIR_DOMAIN_METADATA_TITLE, title, domain)
        try LiveGuests.set(VIR_DOMAIN_METADATA_DESCRIPTION, description, domain)
      }
    case .attachDevice(let list, let item):
      let xml = try written { () throws(XMLProblem) in try newDeviceXML(list: list, item: item) }
      try await withGuest(name, "virDomainAttachDeviceFlags", isLong: true) {
        domain throws(HypervisorError) in
        try check(
          virDomainAttachDeviceFlags(domain, xml, VIR_DOMAIN_AFFECT_LIVE.rawValue),
          "virDomainAttachDeviceFlags")
      }
    case .detachDevice(let list, let item, let deadlineSeconds):
      try await DeviceRemoval(name: name, list: list, item: item, seconds: deadlineSeconds)
        .run(on: self)
    case .updateDevice(let list, let item):
      let call = "virDomainUpdateDeviceFlags"
      try await withGuest(name, call, isLong: true) { domain throws(HypervisorError) in
        let document = try Guests.liveDocument(domain, name)
        guard let xml = document.deviceXML(list: list, item: item, overlay: true) else {
          throw .noDevice(list, item, call)
        }
        try check(
          virDomainUpdateDeviceFlags(domain, xml, VIR_DOMAIN_AFFECT_LIVE.rawValue), call)
      }
    case .tuneGuest(let tuning): try await tune(tuning, name)
    case .resizeGuestDisk(let guest, let disk, let bytes):
      try await withGuest(guest, "virDomainBlockResize", isLong: true) {
        domain throws(HypervisorError) in
        try LiveGuests.resize(disk, bytes, domain)
      }
    default: throw .notMine(operation)
    }
  }

  /// Moves the balloon and waits until the guest has followed.
  private func setMemory(_ name: String, _ bytes: Int64) async throws(HypervisorError) {
    let call = "virDomainSetMemoryFlags"
    let target = UInt(clamping: (bytes + 1023) / 1024)
    try await withGuest(name, call, isLong: true) { domain throws(HypervisorError) in
      try check(virDomainSetMemoryFlags(domain, target, VIR_DOMAIN_MEM_LIVE.rawValue), call)
    }
    let reached = try await GuestEvents().wait(every: .milliseconds(250), seconds: 10) {
      _ throws(HypervisorError) -> Bool? in
      let current = try await currentMemory(name)
      return max(current, target) - min(current, target) <= 1024 ? true : nil
    }
    if reached == nil {
      let current = Int64(clamping: try await currentMemory(name)) * 1024
      throw HypervisorError(
        .refused, call: call,
        message: """
          the guest's balloon driver did not follow within 10 s: the guest stays at \
          \(Quantity.sizeText(current)); a restart gives it \(Quantity.sizeText(bytes))
          """)
    }
  }

  /// In KiB.
  private func currentMemory(_ name: String) async throws(HypervisorError) -> UInt {
    try await withGuest(name, "virDomainGetInfo") { domain throws(HypervisorError) in
      var info = virDomainInfo()
      try check(virDomainGetInfo(domain, &info), "virDomainGetInfo")
      return info.memory
    }
  }
}

/// The calls on running domains, for closures on worker threads.
private enum LiveGuests {
  /// Sets title or description; nil leaves it alone, an empty text removes it.
  static func set(
    _ kind: virDomainMetadataType, _ text: String?, _ domain: virDomainPtr
  ) throws(HypervisorError) {
    guard let text else { return }
    let type = Int32(kind.rawValue)
    let live = VIR_DOMAIN_AFFECT_LIVE.rawValue
    let result =
      text.isEmpty
      ? virDomainSetMetadata(domain, type, nil, nil, nil, live)
      : virDomainSetMetadata(domain, type, text, nil, nil, live)
    try check(result, "virDomainSetMetadata")
  }

  /// Grows a disk. libvirt shrinks without a word, which loses data: refused here.
  static func resize(
    _ disk: String, _ bytes: Int64, _ domain: virDomainPtr
  ) throws(HypervisorError) {
    let call = "virDomainBlockResize"
    var info = virDomainBlockInfo()
    try check(virDomainGetBlockInfo(domain, disk, &info, 0), "virDomainGetBlockInfo")
    let target = UInt64(clamping: bytes)
    if target == info.capacity { return }
    try refuseShrinking(disk, from: info.capacity, to: target, call)
    try check(
      virDomainBlockResize(domain, disk, target, VIR_DOMAIN_BLOCK_RESIZE_BYTES.rawValue), call)
  }
}

/// Throws `refused` when the new size is smaller.
func refuseShrinking(
  _ object: String, from current: UInt64, to target: UInt64, _ call: String
) throws(HypervisorError) {
  guard target < current else { return }
  let sizes = [current, target].map { Quantity.sizeText(Int64(clamping: $0)) }
  throw HypervisorError(
    .refused, call: call,
    message: "\(object) has \(sizes[0]); shrinking it to \(sizes[1]) would lose data")
}

extension HypervisorError {
  /// The running guest has no such device.
  static func noDevice(_ list: String, _ item: Record, _ call: String) -> HypervisorError {
    HypervisorError(
      .notFound, call: call, message: "the running guest has no \(item.label) among its \(list)")
  }
}

extension Record {
  /// A device's name in messages: its first short text.
  var label: String {
    for key in ["name", "target", "mac", "dev"] {
      if let text = string(key) { return text }
    }
    for entry in entries { if let text = entry.value.string { return "\(entry.name) \(text)" } }
    return "such device"
  }
}
