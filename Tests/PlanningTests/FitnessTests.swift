import Model
import Testing

@testable import Planning

@Suite("Each check of a host says how good it is, and what to do")
struct FitnessTests {
  private func host(
    types: [String] = ["qemu", "kvm"], _ change: (inout HostExamination) -> Void = { _ in }
  ) -> HostExamination {
    let guest = HostCapabilities.Guest(arch: "x86_64", emulator: "/q", virtTypes: types)
    var result = HostExamination(
      capabilities: HostCapabilities(arch: "x86_64", guests: [guest]), facts: HostFacts())
    change(&result)
    return result
  }

  private func levels(_ findings: [Finding]) -> [Finding.Level] { findings.map(\.level) }

  @Test("an old libvirt is a warning, and one that is silent is unknown")
  func hypervisor() {
    func level(_ version: Version?) -> [Finding.Level] {
      levels(
        HypervisorCheck.findings(
          host {
            $0.facts.hypervisor = "QEMU"
            $0.facts.libvirtVersion = version
          }))
    }
    #expect(level(Version(9)) == [.ok] && level(Version(8, 9)) == [.warning])
    #expect(level(nil) == [.ok])
    #expect(levels(HypervisorCheck.findings(host())) == [.unknown])
  }

  @Test("sockets are shown where they come out even")
  func processor() {
    let findings = ProcessorCheck.findings(
      host {
        $0.facts.cpus = 16
        ($0.facts.sockets, $0.facts.cores, $0.facts.threads) = (1, 4, 2)
        $0.facts.numaNodes = 2
      })
    #expect(findings.first?.message.contains("2 × 4 × 2") == true)
    #expect(
      levels(
        ProcessorCheck.findings(
          HostExamination(
            capabilities: HostCapabilities(), facts: HostFacts()))) == [.unknown])
  }

  @Test("the processor's flag")
  func virtualization() {
    func finding(_ flags: Set<String>?) -> Finding? {
      VirtualizationCheck.findings(host { $0.facts.processorFlags = flags }).first
    }
    #expect(finding(["vmx"])?.message.contains("Intel") == true)
    #expect(finding(["svm"])?.level == .ok && finding(["sse"])?.level == .warning)
    #expect(finding(nil)?.level == .unknown)
    #expect(VirtualizationCheck.findings(host(types: ["xen"])).isEmpty)
  }

  @Test("KVM that cannot be used is a failure")
  func kvm() {
    #expect(levels(KVMCheck.findings(host())) == [.ok])
    #expect(levels(KVMCheck.findings(host(types: ["qemu"]))) == [.failure])
    #expect(KVMCheck.findings(host(types: ["vmware"])).isEmpty)
  }

  @Test("a host without guests is a failure, Xen without full virtualization a warning")
  func kinds() {
    #expect(levels(GuestKindsCheck.findings(host())) == [.ok])
    let none = host { $0.capabilities.guests = [] }
    #expect(levels(GuestKindsCheck.findings(none)) == [.failure])
    let xen = host {
      $0.capabilities.guests = [
        .init(type: "xen", arch: "x86_64", emulator: "", virtTypes: ["xen"])
      ]
    }
    #expect(levels(GuestKindsCheck.findings(xen)) == [.warning])
  }

  @Test("nested virtualization is only known of this machine")
  func nested() {
    #expect(levels(NestedCheck.findings(host())) == [.unknown])
    var local = LocalFacts()
    #expect(levels(NestedCheck.findings(host { $0.local = local })) == [.unknown])
    local.isNested = false
    #expect(NestedCheck.findings(host { $0.local = local }).first?.message == "off")
  }

  @Test("the IOMMU")
  func iommu() {
    let vmware = host(types: ["vmware"]) { $0.capabilities.hasIOMMU = false }
    #expect(levels(IOMMUCheck.findings(vmware)) == [.unknown])
    for (has, level) in [(nil, Finding.Level.unknown), (true, .ok), (false, .warning)] {
      #expect(levels(IOMMUCheck.findings(host { $0.capabilities.hasIOMMU = has })) == [level])
    }
  }

  @Test("huge pages are summed over the cells")
  func hugePages() {
    let cell = HostCapabilities.Cell(
      id: 0, pages: [.init(size: 4096, count: 9), .init(size: 2 << 20, count: 8)])
    let findings = HugePagesCheck.findings(
      host {
        $0.capabilities.cells = [cell, cell]
        $0.facts.freePages = [2 << 20: 5]
      })
    #expect(findings.first?.message == "16 of 2MiB, 5 free")
    #expect(levels(HugePagesCheck.findings(host())) == [.unknown])
  }

  @Test("a cell whose processors have no memory is a warning")
  func numa() {
    let cells = [
      HostCapabilities.Cell(id: 0, memory: 4 << 30, cpus: 4),
      HostCapabilities.Cell(id: 1, memory: 0, cpus: 4),
    ]
    #expect(levels(NUMACheck.findings(host { $0.capabilities.cells = cells })) == [.warning])
    let one = NUMACheck.findings(host { $0.capabilities.cells = [cells[0]] })
    #expect(one.first?.message == "1 cell: 4 CPUs and 4GiB")
    #expect(levels(NUMACheck.findings(host())) == [.unknown])
  }

  @Test("control groups that lack a controller are a warning")
  func controlGroups() {
    func level(_ version: Int, _ names: Set<String>) -> [Finding.Level] {
      var local = LocalFacts()
      local.controlGroups = .init(version: version, controllers: names)
      return levels(ControlGroupsCheck.findings(host { $0.local = local }))
    }
    #expect(level(2, ["cpu", "cpuset", "io", "memory"]) == [.ok])
    #expect(level(1, ["cpu", "cpuset", "blkio", "memory"]) == [.ok])
    #expect(level(2, ["cpu"]) == [.warning] && level(0, []) == [.warning])
    #expect(levels(ControlGroupsCheck.findings(host())) == [.unknown])
  }

  @Test("firmware and TPM for guests")
  func guestHardware() {
    func usual(_ loaders: [String], _ secure: [String], _ tpm: [String]) -> HostExamination {
      var domain = DomainCapabilities()
      domain.firmware.enums["firmware"] = loaders
      domain.loader.enums["secure"] = secure
      domain.devices["tpm"] = .init(isSupported: true, enums: ["backendModel": tpm])
      return host { $0.usual = domain }
    }
    let best = usual(["efi"], ["yes", "no"], ["emulator"])
    #expect(levels(FirmwareCheck.findings(best) + TPMCheck.findings(best)) == [.ok, .ok])
    let poor = usual([], [], ["passthrough"])
    #expect(levels(FirmwareCheck.findings(poor) + TPMCheck.findings(poor)) == [.warning, .warning])
    #expect(levels(FirmwareCheck.findings(usual(["efi"], ["no"], []))) == [.warning])
    #expect(
      levels(FirmwareCheck.findings(host()) + TPMCheck.findings(host())) == [.unknown, .unknown])
    var without = best
    without.local = LocalFacts()
    without.local?.hasSoftwareTPM = false
    #expect(levels(TPMCheck.findings(without)) == [.warning])
  }

  @Test("guests that nothing confines are a warning")
  func security() {
    let models = [["none", "dac"], ["apparmor", "dac"], []]
    let found = models.map { names in
      SecurityCheck.findings(host { $0.capabilities.securityModels = names }).first?.level
    }
    #expect(found == [.warning, .ok, .warning])
  }

  @Test("more memory in use than there is fails; more than there is in all is a warning")
  func memory() {
    func level(_ running: Int64, _ stopped: Int64) -> [Finding.Level] {
      levels(
        MemoryCheck.findings(
          host {
            $0.facts.memory = 8 << 30
            $0.facts.guests = [
              .init(name: "a", isRunning: true, memory: running << 30, cpus: 1),
              .init(name: "b", isRunning: false, memory: stopped << 30, cpus: 1),
            ]
          }))
    }
    #expect(level(4, 4) == [.ok] && level(4, 5) == [.warning] && level(9, 0) == [.failure])
    #expect(levels(MemoryCheck.findings(host())) == [.unknown])
  }

  @Test("a guest wider than the host, and processors for too many, are warnings")
  func vcpus() {
    func level(_ counts: [Int64]) -> [Finding.Level] {
      levels(
        VCPUCheck.findings(
          host {
            $0.facts.cpus = 4
            $0.facts.guests = counts.enumerated().map {
              .init(name: "g\($0)", isRunning: true, memory: 0, cpus: $1)
            }
          }))
    }
    #expect(level([4, 4, 4, 4]) == [.ok] && level([4, 4, 4, 4, 1]) == [.warning])
    #expect(level([5]) == [.warning])
    #expect(levels(VCPUCheck.findings(host())) == [.unknown])
  }

  @Test("pools that run full")
  func pools() {
    func level(_ available: Int64?, of capacity: Int64?, isActive: Bool = true) -> [Finding.Level] {
      levels(
        PoolCheck.findings(
          host {
            $0.facts.pools = [
              .init(
                name: "p", isActive: isActive, capacity: capacity.map { $0 << 30 },
                available: available.map { $0 << 30 })
            ]
          }))
    }
    #expect(level(50, of: 100) == [.ok] && level(9, of: 100) == [.warning])
    #expect(level(2, of: 100) == [.failure] && level(0, of: 1) == [.failure])
    #expect(level(40, of: 2000) == [.warning])
    #expect(level(nil, of: nil, isActive: false) == [.warning])
    #expect(level(nil, of: nil) == [.unknown])
    #expect(levels(PoolCheck.findings(host())) == [.unknown])
  }

  @Test("a clock that nothing sets is a warning")
  func clock() {
    func level(_ isRight: Bool?) -> [Finding.Level] {
      var local = LocalFacts()
      local.isClockSynchronized = isRight
      return levels(ClockCheck.findings(host { $0.local = local }))
    }
    #expect(level(true) == [.ok] && level(false) == [.warning] && level(nil) == [.unknown])
    #expect(levels(ClockCheck.findings(host())) == [.unknown])
  }

  @Test("servers beside the guests are a warning, and so is whatever takes much memory")
  func services() {
    func finding(_ processes: [LocalFacts.Process]) -> Finding? {
      var local = LocalFacts()
      local.processes = processes
      return ServicesCheck.findings(
        host {
          $0.local = local
          $0.facts.memory = 8 << 30
        }
      ).first
    }
    let own = [
      LocalFacts.Process(name: "qemu-system-x86", memory: 6 << 30),
      LocalFacts.Process(name: "libvirtd", memory: 1 << 30),
      LocalFacts.Process(name: "sshd", memory: 1 << 20),
    ]
    #expect(finding(own)?.level == .ok)
    let server = finding(own + [.init(name: "postgres", memory: 1 << 20)])
    #expect(server?.message == "beside the guests there are PostgreSQL")
    let heavy = finding(own + Array(repeating: .init(name: "java", memory: 256 << 20), count: 2))
    #expect(heavy?.level == .warning && heavy?.message.contains("java (512MiB)") == true)
    #expect(levels(ServicesCheck.findings(host())) == [.unknown])
  }
}
