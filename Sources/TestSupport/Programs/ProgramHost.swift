import Execution
import LibvirtXML
import Model
import Planning

extension SimulatedHost {
  /// A host on which others have things already: a network, a pool with a volume, a guest that runs, and a guest of
  /// another stack.
  static func withStrangers() async throws -> SimulatedHost {
    let host = SimulatedHost()
    for line in ["define network", "net-start found", "define pool", "pool-build found"] {
      try host.disturbInProgram(line)
    }
    for line in ["define filter", "define secret", "secret-value ceph/found theirs"] {
      try host.disturbInProgram(line)
    }
    for line in ["pool-start found", "vol-create found base", "define guest", "start found"] {
      try host.disturbInProgram(line)
    }
    var others = try ManifestSite(stack: "others")
    for (object, field, value) in [
      ("pool/found", "external", "true"), ("guest/others", "memory", "128MiB"),
      ("guest/others", "disks", "[{name: vda, pool: found, size: 1GiB}]"),
      ("guest/others", "lifecycle", "{onRemove: delete}"),
    ] where !others.declare(object, field, value) {
      throw ScenarioProblem("the other stack cannot have \(object) \(field)")
    }
    let plan = await ProgramRun.plan(others.desired, host, PlanOptions())
    let result = await ProgramRun.run(plan, host.connect())
    if !result.succeeded { throw ScenarioProblem("the other stack fails: \(result.outcomes)") }
    return host
  }

  /// A disturbance whose files are made up.
  func disturbInProgram(_ line: String) throws {
    let words = line.split(separator: " ").map(String.init)
    let volume = words.last ?? ""
    let disturbance = Disturbance(words: words) { file in Self.file(file, volume) }
    try changeState { state in
      var changed = state
      try disturbance.apply(to: &changed)
      // libvirt would not take what no guest can have.
      for domain in changed.domains.values { try DomainRules.check(domain.inactive) }
      state = changed
    }
  }

  private static func file(_ name: String, _ volume: String) -> String {
    switch name {
    case "network":
      """
      <network><name>found</name><forward mode='nat'/><bridge name='virbr9'/>\
      <ip address='10.9.0.1' netmask='255.255.255.0'/></network>
      """
    case "pool":
      "<pool type='dir'><name>found</name><target><path>/srv/found</path></target></pool>"
    case "guest":
      """
      <domain type='kvm'><name>found</name><memory unit='MiB'>128</memory>\
      <os><type arch='x86_64' machine='q35'>hvm</type></os><devices><disk type='file' device='disk'>\
      <source file='/srv/found/base'/><target dev='vda' bus='virtio'/></disk><interface type='network'>\
      <source network='found'/><mac address='52:54:00:aa:bb:cc'/><filterref filter='found'/>\
      </interface></devices></domain>
      """
    case "filter":
      """
      <filter name='found'><rule action='accept' direction='in'><tcp dstportstart='22'/></rule></filter>
      """
    case "secret":
      "<secret><usage type='ceph'><name>found</name></usage></secret>"
    case "disk":
      """
      <disk type='file' device='disk'><source file='/elsewhere/x'/>\
      <target dev='vdx' bus='virtio'/></disk>
      """
    case "interface":
      """
      <interface type='bridge'><source bridge='br9'/><mac address='52:54:00:99:99:99'/>\
      <model type='virtio'/></interface>
      """
    default:
      """
      <volume><name>\(volume)</name><capacity>1073741824</capacity><target><format \
      type='\(volume == "base" ? "raw" : "qcow2")'/></target></volume>
      """
    }
  }

  /// The machine is switched off and on: what has autostart is there again.
  func reboot() throws {
    try changeState { state in
      for name in state.domains.keys { state.stopDomain(name) }
      for (name, network) in state.networks {
        if network.live != nil { try state.stopNetwork(name) }
        if network.autostart { try? state.performNetwork(.startNetwork, name) }
      }
      for (name, pool) in state.pools {
        state.pools[name]?.live = nil
        if pool.autostart { try? state.performPool(.startPool, name) }
      }
      for (name, domain) in state.domains where domain.autostart { try? state.startDomain(name) }
    }
    restart()
  }

  /// The daemon ends and starts again: guests, networks and pools go on, the lock of a run is gone.
  func restart() {
    _ = withRunLock { held in
      held = nil
      return nil
    }
  }
}
