/// What programs say of objects, and what others do to them.
extension ProgramGenerator {
  /// What the fields of each kind may be set to. `%` is the last letter of the object's name, `#` all of it.
  static let fields: [String: [(name: String, values: [String])]] = [
    "guest": [
      ("memory", ["128MiB", "256MiB", "512MiB", "{size: 128MiB, max: 512MiB}"]),
      ("cpus", ["1", "2", "{count: 1, max: 4}", "{count: 3, max: 4}"]),
      ("ready", ["{address: true}", "{tcp: 80, timeout: 1m}", "{console: up}"]),
      ("dependsOn", ["[g1]", "[g2]", "[g1, g3]", "[]"]),
      ("title", ["One", "Two"]), ("description", ["Some words", "Other words"]),
      ("autostart", ["true", "false"]),
      ("power", ["running", "running", "stopped", "unmanaged"]),
      (
        "disks",
        [
          "[]", "[{name: vda, pool: p1, size: 1GiB}]", "[{name: vda, pool: p1, size: 2GiB}]",
          "[{name: vda, pool: p1, volume: v1}]", "[{name: vda, pool: p1, size: 1GiB, backing: v2}]",
          "[{name: vda, pool: p1, size: 1GiB}, {name: vdb, pool: p2, size: 1GiB}]",
          "[{name: vda, pool: p1, size: 1GiB}, {name: sda, bus: sata, device: cdrom}]",
          "[{name: vda, pool: p1, size: 1GiB}, {name: sda, device: cdrom, bus: sata, file: /iso/a.iso}]",
          "[{name: vda, pool: p1, size: 1GiB, cache: none}]",
          "[{name: sda, bus: scsi, pool: p1, size: 1GiB}]",
          "[{name: vda, file: /elsewhere/%.img, format: raw}]",
          "[{name: vda, pool: p1, size: 1GiB, ioTune: {readIOPS: 500}}]",
          "[{name: vda, pool: p1, size: 1GiB, ioTune: {readIOPS: 900, writeBytes: 20MiB}}]",
          "[{name: vda, pool: p1, size: 1GiB, iothread: 1}]",
          "[{name: vda, format: raw, network: {protocol: rbd, name: images/%, hosts: [{name: c}]}, "
            + "auth: {username: u, secret: s1}}]",
        ]
      ),
      (
        "interfaces",
        [
          "[]", "[{network: n1}]", "[{network: n2}]", "[{network: n1}, {network: n2}]",
          "[{network: n1, model: e1000}]", "[{network: n1, linkState: down}]",
          "[{network: n1, mac: \"52:54:00:00:00:0%\"}]", "[{network: n1, ip: 10.1.0.1%}]",
          "[{bridge: br0}]", "[{network: n1, filter: f1}]", "[{network: n1, filter: f2}]",
          "[{network: n1, bandwidth: {inbound: 2000, outbound: 500}}]",
          "[{network: n1, bandwidth: {inbound: 3000}}]",
        ]
      ),
      (
        "lifecycle",
        [
          "{onRemove: delete}", "{onRemove: keep}", "{protect: true}", "{protect: false}",
          "{onShutdownTimeout: destroy}", "{ignore: [memory.size]}",
        ]
      ),
      (
        "cpuTune",
        [
          "{shares: 512}", "{shares: 2048}", "{emulatorPin: \"1\"}",
          "{vcpuPins: [{vcpu: 0, cpuset: \"0\"}]}",
          "{vcpuPins: [{vcpu: 0, cpuset: \"1\"}], shares: 64}",
        ]
      ),
      ("iothreads", ["1", "2"]), ("memTune", ["{hardLimit: 1GiB}", "{softLimit: 512MiB}"]),
      ("blkioTune", ["{weight: 200}", "{weight: 400}"]), ("firmware", ["uefi", "bios"]),
      ("graphics", ["[]", "[vnc]"]),
      (
        "xml",
        [
          "\"<memoryBacking><nosharepages/></memoryBacking>\"",
          "\"<devices><memballoon autodeflate='on' model='virtio'/></devices>\"",
        ]
      ),
    ],
    "network": [
      ("forward", ["nat", "route", "isolated"]), ("address", ["10.%.0.1/24", "10.%.0.2/24"]),
      (
        "dhcp",
        ["{start: 10.%.0.100, end: 10.%.0.200}", "{start: 10.%.0.100, end: 10.%.0.150}"]
      ),
      ("domain", ["example.org", "example.net"]), ("mtu", ["1400", "1500"]),
      ("dns", ["{hosts: [{address: 10.%.0.5, names: [a]}]}", "{hosts: []}"]),
      ("autostart", ["true", "false"]), ("power", ["running", "running", "stopped", "unmanaged"]),
      ("lifecycle", ["{protect: true}", "{protect: false}"]), ("external", ["true", "false"]),
    ],
    "pool": [
      ("type", ["dir"]), ("path", ["/srv/p%", "/srv/p%", "/srv/p%-other"]),
      ("autostart", ["true", "false"]), ("power", ["running", "running", "stopped", "unmanaged"]),
      ("lifecycle", ["{protect: true}", "{protect: false}"]), ("build", ["true"]),
      ("external", ["true", "false"]),
    ],
    "volume": [
      ("pool", ["p1", "p1", "p2", "found"]), ("capacity", ["1GiB", "2GiB", "3GiB"]),
      ("format", ["qcow2", "raw"]), ("backing", ["v1", "v2", "{path: /srv/found/base}"]),
      ("lifecycle", ["{onRemove: delete}", "{onRemove: keep}", "{protect: true}"]),
      ("external", ["true", "false"]),
    ],
    "networkfilter": [
      (
        "rules",
        [
          "[]", "[{action: accept, direction: in, tcp: {destinationPort: 22}}]",
          "[{action: drop, direction: inout, all: {}}]",
          "[{action: accept, direction: in, priority: 100, tcp: {destinationPort: 80}}, {action: drop, direction: in, all: {}}]",
        ]
      ),
      ("filters", ["[]", "[clean-traffic]", "[f1]", "[f2]", "[found]"]),
      ("chain", ["root", "ipv4"]), ("priority", ["-500", "100"]),
      ("lifecycle", ["{protect: true}", "{protect: false}"]), ("external", ["true", "false"]),
    ],
    "secret": [
      ("value", ["{env: ONE}", "{env: ONE}", "{env: TWO}", "{env: UNSET}"]),
      ("description", ["Some words", "Other words"]), ("private", ["true", "false"]),
      ("ephemeral", ["true", "false"]),
      ("usage", ["{ceph: #}", "{ceph: #}", "{tls: #}"]),
      (
        "lifecycle",
        ["{onRemove: delete}", "{onRemove: keep}", "{protect: true}", "{protect: false}"]
      ),
      ("external", ["true", "false"]),
    ],
  ]

  mutating func disturbance() -> String {
    let guest = name("guest")
    let network = name("network")
    let pool = name("pool")
    let filter = name("networkfilter")
    let secret = name("secret")
    let volume = pool + "/" + random.pick(["v1", "v2", "v3", "g1-vda.qcow2", "g2-vda.qcow2"])
    let switched = random.pick(["on", "off"])
    return random.pick([
      "start \(guest)", "stop \(guest)", "stop \(guest)", "pause \(guest)", "save \(guest)",
      "undefine \(guest)", "delete guest/\(guest)", "snapshot \(guest)",
      "setmem \(guest) \(random.pick(["64MiB", "128MiB", "192MiB"]))",
      "setvcpus \(guest) 1", "attach \(guest) disk", "attach \(guest) interface",
      "detach \(guest) disk", "forget guest/\(guest)", "autostart guest/\(guest) \(switched)",
      "edit guest/\(guest) title \(random.pick(["-", "Theirs"]))",
      "edit guest/\(guest) memory \(random.pick(["131072", "393216"]))",
      "edit guest/\(guest) devices/interface/model/@type e1000e",
      "edit guest/\(guest) devices/disk/driver/@cache writeback",
      "edit network/\(network) domain/@name theirs.example",
      "edit network/\(network) mtu/@size 1300", "edit-live network/\(network) mtu/@size 1200",
      "net-start \(network)", "net-stop \(network)", "net-undefine \(network)",
      "delete network/\(network)", "forget network/\(network)",
      "autostart network/\(network) \(switched)",
      "pool-start \(pool)", "pool-stop \(pool)", "delete pool/\(pool)",
      "autostart pool/\(pool) \(switched)", "forget pool/\(pool)", "forget volume/\(volume)",
      "vol-create \(pool) \(volume.split(separator: "/").last ?? "")", "vol-delete \(volume)",
      "vol-resize \(volume) \(random.pick(["2GiB", "4GiB"]))",
      "deaf \(guest)", "job \(guest) vda", "end-job \(guest) vda", "no-control-groups \(guest)",
      "edit guest/\(guest) cputune/shares \(random.pick(["-", "300"]))",
      "edit-live guest/\(guest) cputune/shares \(random.pick(["-", "300"]))",
      "edit guest/\(guest) memtune/hard_limit \(random.pick(["-", "900000"]))",
      "edit networkfilter/\(filter) @priority 700", "filter-undefine \(filter)",
      "forget networkfilter/\(filter)", "forget secret/\(secret)",
      "secret-value ceph/\(secret) \(random.pick(["theirs", ""]))",
      "secret-undefine ceph/\(secret)",
      "edit secret/ceph/\(secret) description Theirs",
    ])
  }
}
