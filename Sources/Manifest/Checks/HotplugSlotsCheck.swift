import Model

/// Slots for devices that are plugged in are PCIe ports, which not every machine has.
enum HotplugSlotsCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.filter { $0.id.kind == .guest }.compactMap { guest in
      guard guest.spec["hotplugSlots"] != nil, let machine = guest.spec.string("machine"),
        !machine.contains("q35"), !machine.hasPrefix("virt")
      else { return nil }
      return Diagnostic(
        code: "conflicting-fields", "the machine \(machine) has no PCIe ports to keep free",
        at: guest.place(.field("hotplugSlots")),
        expected: "'machine: q35', or no 'hotplugSlots'")
    }
  }
}
