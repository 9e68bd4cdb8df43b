extension Table {
  /// Features, clock, power management and what happens on events.
  static let guestBehavior: [Field] = [
    Field(
      "features", .record(guestFeatures, shorthand: nil), xml: .nested("features"), implied: [:],
      doc: "Features of the machine and of the hypervisor."),
    Field(
      "clock", .record(guestClock, shorthand: "offset"), xml: .nested("clock"), implied: [:],
      doc: "The guest's clock."),
    Field(
      "onPoweroff", .choice(["destroy", "restart", "preserve", "rename-restart"]),
      xml: .value("on_poweroff"),
      doc: "What happens when the guest shuts itself down; destroy, which just ends it, by default."
    ),
    Field(
      "onReboot", .choice(["restart", "destroy", "preserve", "rename-restart"]),
      xml: .value("on_reboot"),
      doc: "What happens when the guest reboots; restart by default."),
    Field(
      "onCrash",
      .choice([
        "destroy", "restart", "preserve", "rename-restart", "coredump-destroy", "coredump-restart",
      ]),
      xml: .value("on_crash"),
      doc: "What happens when the guest crashes; destroy, which just ends it, by default."),
    Field(
      "onLockFailure", .choice(["poweroff", "restart", "pause", "ignore"]),
      xml: .value("on_lockfailure"),
      doc: "What happens when the host loses the lock on a disk."),
    Field(
      "suspend", .record(guestSuspend, shorthand: nil), xml: .nested("pm"),
      doc: "Whether the guest can suspend itself."),
  ]

  private static let guestClock = Table(
    "guest clock", doc: "The clock of a guest and its timers.",
    [
      Field(
        "offset", .choice(["utc", "localtime", "timezone", "variable", "absolute"]),
        xml: .value("@offset"), implied: "utc",
        doc: "What the clock shows: utc by default, localtime for most Windows guests."),
      Field(
        "timezone", .text(.line), xml: .value("@timezone"),
        when: [XMLCondition("@offset", "timezone")],
        doc: "The time zone, such as Europe/Amsterdam; with the offset timezone."),
      Field(
        "adjustment", .text(.line), xml: .value("@adjustment"), live: .resolved,
        doc: "Seconds ahead of the basis, or reset; with the offset variable, utc or localtime."),
      Field(
        "basis", .choice(["utc", "localtime"]), xml: .value("@basis"),
        when: [XMLCondition("@offset", "variable")], live: .resolved,
        doc: "What the adjustment is relative to; with the offset variable."),
      Field(
        "start", .integer(0...Int64.max), xml: .value("@start"),
        when: [XMLCondition("@offset", "absolute")],
        doc: "Seconds since 1970 that the clock starts at; with the offset absolute."),
      Field(
        "timers", .list(.record(guestTimer, shorthand: nil), key: ["name"]),
        xml: .repeated("timer"),
        doc: "The timers that differ from the hypervisor's defaults."),
    ])

  private static let guestTimer = Table(
    "guest timer", doc: "A timer that differs from the hypervisor's default.",
    [
      Field(
        "name",
        .choice(["platform", "rtc", "pit", "hpet", "tsc", "kvmclock", "hypervclock", "armvtimer"]),
        xml: .value("@name"), required: true,
        doc: "Which timer."),
      Field(
        "present", .boolean, xml: .value("@present", .yesNo),
        doc: "Whether the guest has the timer."),
      Field(
        "tickPolicy", .choice(["delay", "catchup", "merge", "discard"]), xml: .value("@tickpolicy"),
        doc: "What becomes of ticks that the guest missed."),
      Field(
        "track", .choice(["boot", "guest", "wall", "realtime"]), xml: .value("@track"),
        doc: "What the timer follows; for platform and rtc."),
      Field(
        "frequency", .integer(1...Int64.max), xml: .value("@frequency"),
        doc: "The frequency in Hz; for tsc."),
      Field(
        "mode", .choice(["auto", "native", "emulate", "paravirt", "smpsafe"]), xml: .value("@mode"),
        doc: "How the timer is provided; for tsc."),
      Field(
        "catchup", .record(guestCatchup, shorthand: nil), xml: .nested("catchup"),
        when: [XMLCondition("@tickpolicy", "catchup")],
        doc: "How fast missed ticks are delivered; with the tick policy catchup."),
    ])

  private static let guestCatchup = Table(
    "tick catch-up", doc: "How fast missed ticks are delivered.",
    [
      Field(
        "threshold", .integer(1...Int64(UInt32.max)), xml: .value("@threshold"),
        doc: "Nanoseconds of delay from which ticks are caught up."),
      Field(
        "slew", .integer(1...Int64(UInt32.max)), xml: .value("@slew"),
        doc: "How much faster the ticks come, in per cent."),
      Field(
        "limit", .integer(1...Int64(UInt32.max)), xml: .value("@limit"),
        doc: "Nanoseconds of delay up to which ticks are caught up."),
    ])

  private static let guestSuspend = Table(
    "guest suspend", doc: "Whether a guest can suspend itself.",
    [
      Field(
        "toMemory", .boolean, xml: .value("suspend-to-mem/@enabled", .yesNo),
        doc: "Whether the guest can suspend to memory (ACPI S3)."),
      Field(
        "toDisk", .boolean, xml: .value("suspend-to-disk/@enabled", .yesNo),
        doc: "Whether the guest can suspend to disk (ACPI S4)."),
    ])
}
