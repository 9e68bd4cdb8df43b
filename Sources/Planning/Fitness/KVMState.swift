import Model

/// Whether QEMU can use KVM on a host, and if it cannot, why, as far as that can be told.
public struct KVMState: Sendable, Hashable {
  /// Nil where it is not known, or where it is not QEMU that runs the guests.
  public var isUsable: Bool?
  /// Why not, in one clause; empty when it is usable.
  public var reason: String
  public var remedy: String

  /// - Parameters:
  ///   - flags: flags of the host's processors; nil when they are not known.
  ///   - local: what the machine tells of itself; nil where it is another one.
  public init(_ capabilities: HostCapabilities, flags: Set<String>?, local: LocalFacts?) {
    reason = ""
    remedy = ""
    let own = capabilities.guests.filter { $0.arch == capabilities.arch && $0.type == "hvm" }
    let types = Set(own.flatMap(\.virtTypes))
    guard types.contains("qemu") || types.contains("kvm") else { return }
    isUsable = types.contains("kvm")
    if isUsable == true { return }
    let isX86 = ["x86_64", "i686"].contains(capabilities.arch)
    if isX86, let flags, flags.isDisjoint(with: ["vmx", "svm"]) {
      reason = "the processor shows neither vmx nor svm"
      remedy =
        flags.contains("hypervisor")
        ? "the host is a guest itself: give it nested virtualization on its own host"
        : "turn on virtualization (Intel VT-x, AMD-V) in the firmware's setup, if the processor has it"
      return
    }
    let flag = isX86 ? flags.map { $0.contains("vmx") ? "vmx" : "svm" } : nil
    let module = flag == "vmx" ? "kvm_intel" : flag == "svm" ? "kvm_amd" : "kvm"
    let has = flag.map { "the processor has \($0), but " } ?? ""
    switch local?.kvmDevice {
    case .absent?:
      let isLoaded = local?.kvmModules?.isEmpty == false
      reason =
        has + "there is no /dev/kvm" + (isLoaded ? "" : ": the module \(module) is not loaded")
      remedy =
        "run 'modprobe \(module)'; where it answers that the operation is not supported, turn on "
        + "virtualization in the firmware's setup"
    case .denied?:
      reason = has + "/dev/kvm may not be opened"
      remedy = "let the user that QEMU runs as open it: it is mostly the group kvm's"
    case .usable?:
      reason = has + "libvirt does not offer KVM although there is a /dev/kvm"
      remedy = "let the user that QEMU runs as open /dev/kvm, then restart libvirt's daemon"
    case nil:
      reason = has + "libvirt does not offer KVM"
      remedy =
        "on the host: 'ls -l /dev/kvm'; without it load \(module), or turn on virtualization in the "
        + "firmware's setup"
    }
  }
}
