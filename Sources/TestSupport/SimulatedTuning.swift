import Execution
import LibvirtXML
import Model
import Planning

extension SimulatedState {
  /// Limits and places of what runs.
  mutating func tune(_ tuning: LiveTuning, _ name: String) throws(HypervisorError) {
    switch tuning {
    case .diskLimits(let disk, let limits): try limit(disk, limits, name)
    case .scheduler(let limits):
      try limit(["cpuTune": .record(limits)], name, "virDomainSetSchedulerParametersFlags", "CPU")
    case .memoryLimits(let limits):
      try limit(["memTune": .record(limits)], name, "virDomainSetMemoryParameters", "memory")
    case .blockIO(let limits):
      try limit(["blkioTune": .record(limits)], name, "virDomainSetBlkioParameters", "blkio")
    case .numaNodes(let nodeset):
      try limit(
        ["numaTune": ["nodeset": .string(nodeset)]], name, "virDomainSetNumaParameters", "cpuset")
    case .pinProcessor(let number, let cpuset):
      let call = "virDomainPinVcpuFlags"
      let live = try running(name, call)
      let count = Int64(live.text("vcpu/@current") ?? live.text("vcpu") ?? "1") ?? 1
      if number >= count {
        throw .refused(
          call, "invalid argument: vcpu \(number) is out of range of live cpu count \(count)", 8)
      }
      pin("vcpupin", "vcpu", number, cpuset, name)
    case .pinEmulator(let cpuset):
      _ = try running(name, "virDomainPinEmulator")
      domains[name]?.live?.set("cputune/emulatorpin/@cpuset", cpuset)
    case .pinIOThread(let number, let cpuset):
      let call = "virDomainPinIOThread"
      if try !iothreads(name, call).contains(number) {
        throw .refused(call, "invalid argument: iothread \(number) not found", 8)
      }
      pin("iothreadpin", "iothread", number, cpuset, name)
    case .addIOThread(let number):
      let call = "virDomainAddIOThread"
      let present = try iothreads(name, call)
      if present.contains(number) {
        throw .refused(
          call, "invalid argument: an IOThread is already using iothread_id '\(number)'", 8)
      }
      setIOThreads(present + [number], name)
    case .removeIOThread(let number):
      let call = "virDomainDelIOThread"
      let present = try iothreads(name, call)
      let disks = try running(name, call).child("devices")?.all("disk") ?? []
      if disks.contains(where: { $0.text("driver/@iothread") == String(number) }) {
        throw .refused(
          call, "invalid argument: cannot remove IOThread \(number) since it is being used", 8)
      }
      setIOThreads(present.filter { $0 != number }, name)
      domains[name]?.live?.change("cputune") { tune in
        tune.children.removeAll { $0.name == "iothreadpin" && $0["iothread"] == String(number) }
      }
    }
  }

  private mutating func limit(
    _ spec: Record, _ name: String, _ call: String, _ controller: String
  ) throws(HypervisorError) {
    let live = try running(name, call)
    if live.child("resource") == nil {
      throw .refused(
        call,
        "Requested operation is not valid: cgroup \(controller) controller is not mounted")
    }
    do throws(XMLProblem) {
      var document = try LibvirtDocument(parsing: live.serialized)
      document.write(spec, .guest)
      domains[name]?.live = try XMLTree(parsing: document.serialized())
    } catch {
      throw .broken(call, error)
    }
  }

  private mutating func limit(
    _ disk: String, _ limits: Record, _ name: String
  ) throws(HypervisorError) {
    let call = "virDomainSetBlockIoTune"
    let devices = try running(name, call).child("devices")?.children ?? []
    guard
      let index = devices.firstIndex(where: {
        $0.name == "disk" && $0.text("target/@dev") == disk
      })
    else { throw .refused(call, "invalid argument: disk '\(disk)' was not found", 8) }
    var tune = devices[index].child("iotune") ?? XMLTree("iotune")
    for field in Table.guestDiskTune.fields {
      guard let element = field.libvirtName, let value = limits[field.name] else { continue }
      // A measure is set as a whole.
      for other in field.excludes where limits[other] == nil {
        if let name = Table.guestDiskTune[other]?.libvirtName { tune.removeAll(name) }
      }
      if value == 0 {
        tune.removeAll(element)
      } else {
        tune.set(element, value.integer.map(String.init) ?? value.string ?? "")
      }
    }
    for element in tune.children.map(\.name) where element.hasSuffix("_max_length") {
      if tune.child(String(element.dropLast("_length".count))) == nil {
        throw .refused(
          call,
          "internal error: unable to execute QEMU command 'block_set_io_throttle': burst length set without burst rate",
          1)
      }
    }
    domains[name]?.live?.change("devices") { devices in
      devices.children[index].removeAll("iotune")
      if !tune.children.isEmpty { devices.children[index].children.append(tune) }
    }
  }

  private mutating func pin(
    _ element: String, _ key: String, _ number: Int64, _ cpuset: String, _ name: String
  ) {
    domains[name]?.live?.change("cputune") { tune in
      tune.children.removeAll { $0.name == element && $0[key] == String(number) }
      tune.children.append(XMLTree(element, [(key, String(number)), ("cpuset", cpuset)]))
    }
  }

  private func iothreads(_ name: String, _ call: String) throws(HypervisorError) -> [Int64] {
    let live = try running(name, call)
    let own = live.child("iothreadids")?.all("iothread").compactMap { Int64($0["id"] ?? "") }
    let count = Int64(live.text("iothreads") ?? "0") ?? 0
    return own ?? (count > 0 ? Array(1...count) : [])
  }

  private mutating func setIOThreads(_ numbers: [Int64], _ name: String) {
    domains[name]?.live?.set("iothreads", String(numbers.count))
    domains[name]?.live?.removeAll("iothreadids")
    domains[name]?.live?.children.append(
      XMLTree("iothreadids", numbers.map { XMLTree("iothread", [("id", String($0))]) }))
  }
}
