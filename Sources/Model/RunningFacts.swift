/// What decides how a running guest can be changed, beside its fields: from the XML that is read of it anyway.
public struct RunningFacts: Sendable, Hashable {
  /// Whether libvirt keeps the guest in control groups of the host, without which there are no shares, quotas
  /// and limits to change.
  public var hasControlGroups: Bool
  /// The jobs that run on disks, by the disk's name: `copy`, `active-commit`.
  public var diskJobs: [String: String]
  /// How many more PCI devices can be plugged in; nil where that is not known.
  public var freeSlots: Int?
  /// Whether these are PCIe ports, of which `hotplugSlots` makes more.
  public var hasRootPorts: Bool
  /// The numbers of the SCSI controllers, which disks need.
  public var scsiControllers: Set<Int> = []
  /// Whether USB devices can be plugged in.
  public var hasUSB = true

  public init(
    hasControlGroups: Bool = true, diskJobs: [String: String] = [:], freeSlots: Int? = nil,
    hasRootPorts: Bool = false
  ) {
    self.hasControlGroups = hasControlGroups
    self.diskJobs = diskJobs
    self.freeSlots = freeSlots
    self.hasRootPorts = hasRootPorts
  }
}
