import Model

/// The clock: Windows takes it for local time; timers that do not wake the host for nothing.
enum ClockDefault: ProfileRule {
  static func apply(to context: inout ProfileContext) {
    guard let os = context.os else { return }
    if os.isWindows || ["win9x", "win16", "msdos"].contains(os.family) {
      context.fill(
        "clock.offset", "localtime", because: "\(os.name) takes the clock for local time")
    }
    guard context.isQEMU, context.isX86 else { return }
    var timers: [Value] = [
      ["name": "rtc", "tickPolicy": "catchup"], ["name": "pit", "tickPolicy": "delay"],
      ["name": "hpet", "present": false],
    ]
    if HyperVDefault.isWanted(context) { timers.append(["name": "hypervclock", "present": true]) }
    context.fill(
      "clock.timers", .list(timers),
      because:
        "missed ticks are made up for as \(os.name) expects, and no timer wakes the host for nothing"
    )
  }
}

/// The enlightenments that make Windows fast on KVM and Xen.
enum HyperVDefault: ProfileRule {
  static func isWanted(_ context: ProfileContext) -> Bool {
    guard let os = context.os, os.isWindows, context.isX86, context.hasKVM else { return false }
    // Windows Vista is the first that knows them.
    return os.isReleased(since: "2006-11-30")
      && context.domain?.features["hyperv"]?.isSupported != false
  }

  static func apply(to context: inout ProfileContext) {
    guard let os = context.os, os.isWindows else { return }
    if context.isXen, context.choice.osType == "hvm" {
      context.fill("features.viridian", true, because: "it makes \(os.name) faster on Xen")
      return
    }
    guard isWanted(context), context.guest.record("features")?["hyperv"] == nil else { return }
    let known = context.domain?.features["hyperv"]?["features"]
    // Where libvirt does not tell, those that every KVM has that it knows.
    let offered = Set(known ?? ["relaxed", "vapic", "spinlocks"])
    let reason = "it makes \(os.name) faster on KVM"
    for name in ["relaxed", "vapic", "vpindex", "runtime", "synic"] where offered.contains(name) {
      context.fill("features.hyperv.\(name)", true, because: reason)
    }
    if offered.contains("spinlocks") {
      context.fill("features.hyperv.spinlocks.retries", 8191, because: reason)
    }
    if offered.isSuperset(of: ["vpindex", "synic", "stimer"]) {
      context.fill("features.hyperv.stimer.enabled", true, because: reason)
    }
  }
}
