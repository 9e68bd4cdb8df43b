import Model

/// What a manifest may leave to others once its guest exists, and must say where the guest is to be made.
enum IncompleteGuest {
  /// Why a guest cannot be made as it is declared; nil when it can.
  ///
  /// - Parameter creation: all that the guest would be made of.
  static func blockage(_ object: DesiredObject, _ creation: Record) -> Blockage? {
    let absent = "\(object.id.reference) does not exist, and its manifest gives it no"
    if creation.record("memory")?["size"] == nil, creation.record("memory")?["max"] == nil {
      return Blockage(
        .incomplete, "\(absent) memory",
        remedy: "add 'memory: 2GiB' (and 'cpus', 'disks', …), or import the guest that you mean")
    }
    if let number = missingIOThread(object, creation) {
      return Blockage(
        .incomplete, "\(absent) iothread \(number), which its devices or pins are for",
        remedy: "add 'iothreads: \(number)'")
    }
    return nil
  }

  /// Those that are declared are checked with the manifests; an overlay may bring some.
  private static func missingIOThread(_ object: DesiredObject, _ creation: Record) -> Int64? {
    guard creation["iothreads"] == nil, creation["iothreadIDs"] == nil,
      object.spec.string("xml")?.contains("<iothread") != true
    else { return nil }
    let devices = creation.records("disks") + creation.records("controllers")
    let pins = creation.record("cpuTune")?.records("iothreadPins") ?? []
    return (devices + pins).compactMap { $0.integer("iothread") }.max()
  }
}
