import Model
import Testing

@testable import Execution

@Suite("What this machine tells of itself")
struct LocalMachineTests {
  @Test(
    "a URI is of this machine only where it names no other, and there is a machine behind it",
    arguments: [
      ("qemu:///system", true), ("qemu:///system?socket=/a", true), ("xen:///", true),
      ("qemu+unix:///system", true), ("qemu+ssh://root@kvm-a/system", false),
      ("qemu+ssh:///system", false), ("qemu+tls://a/system", false), ("test:///default", false),
      ("esx://root@esx/", false), ("nonsense", false),
    ])
  func local(_ uri: String, _ isLocal: Bool) {
    #expect(LocalMachine.isLocal(uri) == isLocal)
  }

  @Test("facts that a test puts in their place are only those of this machine")
  func injected() {
    var facts = LocalFacts()
    facts.isNested = true
    LocalMachine.$facts.withValue(facts) {
      #expect(LocalMachine.facts(behind: "qemu:///system") == facts)
      #expect(LocalMachine.facts(behind: "qemu+ssh://a/system") == nil)
    }
  }

  @Test("the machine's own facts can be read")
  func own() {
    let facts = LocalMachine.read()
    #expect(facts.kvmDevice != nil && facts.controlGroups != nil && facts.hasSoftwareTPM != nil)
    #expect(facts.processes?.isEmpty == false)
    #if arch(x86_64)
      #expect(facts.processorFlags?.contains("fpu") == true)
    #endif
  }

  @Test("flags of the first processor")
  func flags() {
    let text = "processor\t: 0\nflags\t\t: fpu vmx\nprocessor\t: 1\nflags\t\t: fpu\n"
    #expect(ProcText.flags(text) == ["fpu", "vmx"])
    #expect(ProcText.flags("processor : 0\nFeatures : fp\n") == nil)
  }

  @Test("control groups of either version, and of both")
  func controlGroups() {
    let second = "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n"
    #expect(
      ProcText.controlGroups(second, unified: "cpu io\n")
        == .init(version: 2, controllers: ["cpu", "io"]))
    let hybrid =
      "cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n"
    let groups = ProcText.controlGroups(hybrid, unified: nil)
    #expect(groups.version == 1 && groups.controllers.contains("memory"))
    #expect(ProcText.controlGroups("proc /proc proc rw 0 0\n", unified: nil).version == 0)
  }

  @Test("programs with memory of their own, whatever their names have in them")
  func processes() {
    #expect(
      ProcText.process("7 (a) b) S 1", "100 30 10 1 0 9 0", page: 4096)
        == .init(name: "a) b", memory: 20 * 4096))
    #expect(ProcText.process("2 (kthreadd) S 0", "0 0 0 0 0 0 0", page: 4096) == nil)
    #expect(ProcText.process("nonsense", "", page: 4096) == nil)
  }
}
