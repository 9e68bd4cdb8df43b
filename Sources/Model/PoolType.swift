/// What the types of pools have in common (https://libvirt.org/storage.html).
public enum PoolType {
  /// Whether the volumes are block devices, whose format is not libvirt's.
  public static func holdsDevices(_ type: String?) -> Bool {
    ["logical", "iscsi", "disk", "mpath", "scsi"].contains(type)
  }
}
