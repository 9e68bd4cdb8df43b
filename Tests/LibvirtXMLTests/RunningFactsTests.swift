import LibvirtXML
import Model
import Testing

@Suite("What decides how a running guest can be changed") struct RunningFactsTests {
  private func facts(_ devices: String, _ more: String = "") throws -> RunningFacts {
    let text = "<domain type='qemu'>\(more)<devices>\(devices)</devices></domain>"
    let parsed = try LibvirtDocument(parsing: text).runningFacts()
    var copy = text
    // The fast way of reading says the same.
    let scanned = try copy.withUTF8 { try ObservedDocument(parsing: $0).runningFacts() }
    #expect(scanned == parsed)
    return parsed
  }

  private func controller(_ model: String, _ index: Int) -> String {
    "<controller type='pci' index='\(index)' model='\(model)'/>"
  }

  private func device(bus: Int, slot: Int = 0) -> String {
    "<rng model='virtio'><address type='pci' bus='0x0\(bus)' slot='0x0\(slot)' function='0x0'/></rng>"
  }

  @Test("a port without a device is free")
  func ports() throws {
    let ports =
      controller("pcie-root", 0) + (1...3).map { controller("pcie-root-port", $0) }.joined()
    #expect(try facts(ports + device(bus: 1)).freeSlots == 2)
    #expect(try facts(ports + (1...3).map { device(bus: $0) }.joined()).freeSlots == 0)
    #expect(try facts(ports).hasRootPorts)
  }

  @Test("devices on the root itself take no port")
  func root() throws {
    let port = controller("pcie-root", 0) + controller("pcie-root-port", 1)
    #expect(try facts(port + device(bus: 0, slot: 3)).freeSlots == 1)
  }

  @Test("a machine with plain PCI has the slots of its root and bridges")
  func plain() throws {
    let bridge = controller("pci-root", 0) + controller("pci-bridge", 1)
    #expect(try facts(controller("pci-root", 0)).freeSlots == 30)
    #expect(try facts(bridge + device(bus: 0, slot: 2) + device(bus: 1, slot: 5)).freeSlots == 59)
    #expect(try !facts(bridge).hasRootPorts)
  }

  @Test("without a PCI bus nothing is known of slots")
  func unknown() throws { #expect(try facts(device(bus: 1)).freeSlots == nil) }

  @Test("the controllers of SCSI and USB devices are known")
  func controllers() throws {
    let scsi = "<controller type='scsi' index='1'/><controller type='scsi' index='0'/>"
    #expect(try facts(scsi).scsiControllers == [0, 1])
    #expect(try facts("<controller type='usb' index='0' model='qemu-xhci'/>").hasUSB)
    #expect(try !facts("<controller type='usb' index='0' model='none'/>").hasUSB)
  }

  @Test("a mirror is a job on its disk")
  func jobs() throws {
    let plain = "<disk type='file'><target dev='vda'/></disk>"
    let copied = "<disk type='file'><mirror type='file' job='copy'/><target dev='vdb'/></disk>"
    let commit = "<disk type='file'><mirror job='active-commit'/><target dev='vdc'/></disk>"
    #expect(
      try facts(plain + copied + commit).diskJobs == ["vdb": "copy", "vdc": "active-commit"])
  }

  @Test("libvirt names the partition of a guest in control groups")
  func controlGroups() throws {
    #expect(try !facts("").hasControlGroups)
    let resource = "<resource><partition>/machine</partition></resource>"
    #expect(try facts("", resource).hasControlGroups)
  }
}
