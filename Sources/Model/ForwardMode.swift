/// What the modes of a network's forwarding have in common (https://libvirt.org/formatnetwork.html#connectivity).
public enum ForwardMode {
  /// Whether libvirt makes a bridge for the network: not where it is of something that the host has.
  public static func makesBridge(_ mode: String?) -> Bool {
    !["bridge", "private", "vepa", "passthrough", "hostdev"].contains(mode ?? "isolated")
  }
}
