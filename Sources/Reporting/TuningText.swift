import Planning

/// A change of a running guest's limits in words.
enum TuningText {
  static func title(_ tuning: LiveTuning) -> String {
    switch tuning {
    case .diskLimits(let disk, _): "limit disk \(disk) while it runs"
    case .scheduler: "change its share of processor time while it runs"
    case .memoryLimits: "change its memory limits while it runs"
    case .blockIO: "change its share of the host's disks while it runs"
    case .numaNodes(let nodeset): "move its memory to NUMA nodes \(nodeset) while it runs"
    case .pinProcessor(let number, let cpuset): "pin CPU \(number) to \(cpuset) while it runs"
    case .pinEmulator(let cpuset): "pin the emulator to \(cpuset) while it runs"
    case .pinIOThread(let number, let cpuset):
      "pin iothread \(number) to \(cpuset) while it runs"
    case .addIOThread(let number): "add iothread \(number) while it runs"
    case .removeIOThread(let number): "remove iothread \(number) while it runs"
    }
  }
}
