extension Table {
  /// Features of the machine and of the hypervisor: `features`.
  static let guestFeatures = Table(
    "guest features", doc: "Features of the machine and of the hypervisor.",
    [
      Field(
        "acpi", .boolean, xml: .value("acpi", .presence), implied: true,
        doc: "Whether the guest has ACPI, which a clean shutdown and UEFI need; new guests have it."
      ),
      Field(
        "apic", .boolean, xml: .value("apic", .presence), implied: true,
        doc: "Whether the guest has an APIC; new guests have it."),
      Field(
        "apicEoi", .boolean, xml: .value("apic/@eoi", .onOff),
        doc: "Whether the guest can acknowledge interrupts without leaving to the host."),
      Field(
        "pae", .boolean, xml: .value("pae", .presence),
        doc: "Whether 32-bit guests can address more than 4 GiB."),
      Field(
        "hap", .boolean, xml: .value("hap/@state", .onOff),
        doc: "Whether the guest uses hardware-assisted paging."),
      Field(
        "viridian", .boolean, xml: .value("viridian", .presence),
        doc: "Whether a Xen guest sees the Viridian extensions, for Windows."),
      Field(
        "pmu", .boolean, xml: .value("pmu/@state", .onOff),
        doc: "Whether the guest has a performance monitoring unit."),
      Field(
        "smm", .record(guestSMM, shorthand: "enabled"), xml: .nested("smm"),
        doc: "System management mode, which Secure Boot needs."),
      Field(
        "vmport", .boolean, xml: .value("vmport/@state", .onOff),
        doc: "Whether the guest has VMware's I/O port."),
      Field(
        "ioapic", .choice(["kvm", "qemu"]), xml: .value("ioapic/@driver"),
        doc: "Who emulates the I/O APIC; a device's IOMMU interrupt remapping needs qemu."),
      Field(
        "vmcoreinfo", .boolean, xml: .value("vmcoreinfo/@state", .onOff),
        doc: "Whether the guest's kernel can leave debugging information for memory dumps."),
      Field(
        "pvspinlock", .boolean, xml: .value("pvspinlock/@state", .onOff),
        doc: "Whether the guest uses paravirtual spin locks."),
      Field(
        "gic", .choice(["2", "3", "host"]), xml: .value("gic/@version"),
        doc: "The version of the interrupt controller of an ARM guest."),
      Field(
        "msrs", .choice(["fault", "ignore"]), xml: .value("msrs/@unknown"),
        doc: "What becomes of accesses to model-specific registers that KVM does not know."),
      Field(
        "kvm", .record(guestKVM, shorthand: nil), xml: .nested("kvm"),
        doc: "Features of KVM."),
      Field(
        "hyperv", .record(guestHyperV, shorthand: nil), xml: .nested("hyperv"),
        doc: "Enlightenments of Hyper-V, which make Windows guests faster."),
    ])

  private static let guestSMM = Table(
    "system management mode", doc: "System management mode.",
    [
      Field(
        "enabled", .boolean, xml: .value("@state", .onOff), implied: true,
        doc: "Whether the guest has system management mode."),
      Field(
        "tseg", .size, xml: .value("tseg", .kibibytes), when: [XMLCondition("@state", "on")],
        equivalence: .kibibytes,
        doc: "The memory for the mode, in whole MiB; by default QEMU's choice."),
    ])

  private static let guestKVM = Table(
    "KVM features", doc: "Features of KVM.",
    [
      Field(
        "hidden", .boolean, xml: .value("hidden/@state", .onOff),
        doc: "Whether the guest is kept from noticing KVM."),
      Field(
        "hintDedicated", .boolean, xml: .value("hint-dedicated/@state", .onOff),
        doc: "Whether the guest is told that its processors are its own."),
      Field(
        "pollControl", .boolean, xml: .value("poll-control/@state", .onOff),
        doc: "Whether the guest may poll before it gives its processor up."),
      Field(
        "pvIpi", .boolean, xml: .value("pv-ipi/@state", .onOff),
        doc: "Whether the guest sends interrupts between processors through KVM."),
      Field(
        "dirtyRing", .integer(1024...65536), xml: .value("dirty-ring/@size"),
        when: [XMLCondition("dirty-ring/@state", "on")],
        doc: "Entries in the ring of changed pages of a processor, a power of two; by default none."
      ),
    ])

  private static let guestHyperV = Table(
    "Hyper-V enlightenments", doc: "Enlightenments of Hyper-V.",
    [
      Field(
        "mode", .choice(["custom", "passthrough"]), xml: .value("@mode"), live: .resolved,
        doc: "Whether the ones below are on (custom) or all that the host supports."),
      hyperV("relaxed", "Whether timers of the guest's watchdogs are relaxed."),
      hyperV("vapic", "Whether the guest has a virtual APIC."),
      Field(
        "spinlocks", .record(guestSpinlocks, shorthand: "retries"), xml: .nested("spinlocks"),
        live: .resolved,
        doc: "After how many tries for a spin lock the guest tells the host."),
      hyperV("vpindex", "Whether the guest can read the number of a virtual processor."),
      hyperV("runtime", "Whether the guest can read how long a processor has run."),
      hyperV("synic", "Whether the guest has the synthetic interrupt controller; needs vpindex."),
      Field(
        "stimer", .record(guestSyntheticTimer, shorthand: "enabled"), xml: .nested("stimer"),
        live: .resolved,
        doc: "Whether the guest has synthetic timers; needs synic."),
      hyperV("reset", "Whether the guest can reset itself through Hyper-V."),
      Field(
        "vendorId", .text(.line), xml: .value("vendor_id/@value"),
        when: [XMLCondition("vendor_id/@state", "on")], live: .resolved,
        doc: "The vendor that the hypervisor claims to be of, up to twelve characters."),
      hyperV("frequencies", "Whether the guest can read the frequencies of its clocks."),
      hyperV("reenlightenment", "Whether the guest learns of a changed clock after migration."),
      hyperV("tlbflush", "Whether the guest flushes other processors' TLBs through Hyper-V."),
      hyperV("ipi", "Whether the guest sends interrupts between processors through Hyper-V."),
      hyperV("evmcs", "Whether nested guests use the enlightened VMCS, on Intel processors."),
      hyperV("avic", "Whether the guest works with hardware that virtualises the APIC."),
    ])

  private static func hyperV(_ name: String, _ doc: String) -> Field {
    Field(
      name, .boolean, xml: .value(XMLPath("\(name)/@state"), .onOff), live: .resolved, doc: doc)
  }

  private static let guestSpinlocks = Table(
    "Hyper-V spin locks", doc: "How long the guest tries for a spin lock before it tells the host.",
    [
      Field(
        "retries", .integer(4095...Int64(UInt32.max)), xml: .value("@retries"),
        when: [XMLCondition("@state", "on")], live: .resolved,
        doc: "How often the guest tries first, such as 8191; turns it on; at least 4095."),
      Field(
        "enabled", .boolean, xml: .value("@state", .onOff), live: .resolved,
        doc: "Whether the guest tells the host; on needs retries."),
    ])

  private static let guestSyntheticTimer = Table(
    "Hyper-V synthetic timer", doc: "Synthetic timers.",
    [
      Field(
        "enabled", .boolean, xml: .value("@state", .onOff), live: .resolved, implied: true,
        doc: "Whether the guest has synthetic timers."),
      Field(
        "direct", .boolean, xml: .value("direct/@state", .onOff, fallback: nil, absent: "false"),
        when: [XMLCondition("@state", "on")], live: .resolved,
        doc: "Whether the timers interrupt the processor directly."),
    ])
}
