import Model
import Testing

@testable import Planning

@Suite("Why KVM cannot be used is told as far as it can be known")
struct KVMStateTests {
  private func state(
    _ types: [String] = ["qemu"], arch: String = "x86_64", flags: Set<String>? = nil,
    _ local: (inout LocalFacts) -> Void = { _ in }, isLocal: Bool = true
  ) -> KVMState {
    let guest = HostCapabilities.Guest(arch: arch, emulator: "/q", virtTypes: types)
    var facts = LocalFacts()
    local(&facts)
    return KVMState(
      HostCapabilities(arch: arch, guests: [guest]), flags: flags, local: isLocal ? facts : nil)
  }

  @Test("usable where libvirt offers it, whatever the flags say")
  func usable() {
    #expect(state(["qemu", "kvm"], flags: []).isUsable == true)
    #expect(state(["qemu", "kvm"], flags: []).reason.isEmpty)
  }

  @Test("no question on hypervisors that are not QEMU")
  func others() {
    #expect(state(["xen"]).isUsable == nil && state(["vmware"]).isUsable == nil)
    #expect(KVMState(HostCapabilities(), flags: nil, local: nil).isUsable == nil)
  }

  @Test("a processor without the flag, on a machine or in a guest")
  func noFlag() {
    let bare = state(flags: ["sse"])
    #expect(bare.reason == "the processor shows neither vmx nor svm")
    #expect(bare.remedy.contains("firmware"))
    #expect(state(flags: ["hypervisor"]).remedy.contains("nested virtualization"))
  }

  @Test("the flag is there, and no device: the module is not loaded, or the firmware forbids it")
  func noDevice() {
    let intel = state(
      flags: ["vmx"],
      {
        $0.kvmDevice = .absent
        $0.kvmModules = []
      })
    #expect(intel.reason.contains("vmx, but there is no /dev/kvm: the module kvm_intel"))
    #expect(intel.remedy.contains("modprobe kvm_intel") && intel.remedy.contains("firmware"))
    #expect(state(flags: ["svm"], { $0.kvmDevice = .absent }).remedy.contains("kvm_amd"))
  }

  @Test("the device is there, and may not be opened")
  func denied() {
    #expect(state(flags: ["svm"], { $0.kvmDevice = .denied }).reason.contains("may not be opened"))
    #expect(state(flags: ["svm"], { $0.kvmDevice = .usable }).remedy.contains("/dev/kvm"))
  }

  @Test("elsewhere only what libvirt tells is known")
  func remote() {
    let remote = state(flags: ["svm"], isLocal: false)
    #expect(remote.isUsable == false && remote.reason.contains("libvirt does not offer KVM"))
    #expect(state(flags: nil, isLocal: false).reason == "libvirt does not offer KVM")
    #expect(
      state(arch: "aarch64", flags: [], isLocal: false).reason == "libvirt does not offer KVM")
  }
}
