import Glibc
import LibvirtXML
import Manifest
import Model
import Planning

/// A plan without any daemon: manifests and libvirt's XML go in, an empty plan comes out.
///
///     virtspec-bench prepare COUNT FOLDER     writes manifests.yaml and domains.xml
///     virtspec-bench plan FOLDER              reads them and plans; status 1 when the plan is not empty
@main
enum Main {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    switch (arguments.first, arguments.count) {
    case ("prepare", 3): try prepare(Int(arguments[2]) ?? 0, arguments[3])
    case ("plan", 2): try plan(arguments[2])
    default: fail("usage: virtspec-bench prepare COUNT FOLDER | plan FOLDER")
    }
  }

  /// What libvirt 9.0 adds by itself to a small guest on q35.
  private static let filledIn = """
    <domain type='qemu'><name/><uuid/><memory unit='KiB'>131072</memory><currentMemory
    unit='KiB'>131072</currentMemory><vcpu placement='static'>1</vcpu><os><type arch='x86_64'
    machine='pc-q35-7.2'>hvm</type><boot dev='hd'/></os><features><acpi/><apic/></features><cpu mode='custom'
    match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu><clock offset='utc'/><on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash><devices><emulator>/usr/bin/qemu-system-x86_64</emulator><controller
    type='usb' index='0' model='qemu-xhci'><address type='pci' domain='0x0000' bus='0x02' slot='0x00'
    function='0x0'/></controller><controller type='sata' index='0'><address type='pci' domain='0x0000' bus='0x00'
    slot='0x1f' function='0x2'/></controller><controller type='pci' index='0' model='pcie-root'/><controller
    type='pci' index='1' model='pcie-root-port'><model name='pcie-root-port'/><target chassis='1'
    port='0x8'/><address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x0'
    multifunction='on'/></controller><controller type='pci' index='2' model='pcie-root-port'><model
    name='pcie-root-port'/><target chassis='2' port='0x9'/><address type='pci' domain='0x0000' bus='0x00'
    slot='0x01' function='0x1'/></controller><input type='mouse' bus='ps2'/><input type='keyboard'
    bus='ps2'/><audio id='1' type='none'/><memballoon model='virtio'><address type='pci' domain='0x0000'
    bus='0x04' slot='0x00' function='0x0'/></memballoon></devices></domain>
    """

  private static func prepare(_ count: Int, _ folder: String) throws {
    var yaml = """
      apiVersion: virtspec/v1
      kind: Stack
      metadata: {name: bench}
      ---
      apiVersion: virtspec/v1
      kind: Host
      metadata: {name: lab}
      spec: {uri: "qemu:///system"}
      ---
      apiVersion: virtspec/v1
      kind: Network
      metadata: {name: bench}
      spec: {host: lab, external: true}

      """
    for number in 0..<count {
      yaml += """
        ---
        apiVersion: virtspec/v1
        kind: Guest
        metadata: {name: bench-\(number)}
        spec:
          host: lab
          virtType: qemu
          cpus: 1
          memory: 128MiB
          disks:
            - {name: vda, file: /srv/images/bench-\(number).img, format: raw}
          interfaces:
            - {network: bench}
          serials:
            - {type: pty}
          power: stopped

        """
    }
    write(yaml, folder + "/manifests.yaml")
    var xml = ""
    for step in planned(Array(yaml.utf8), ObservedHost()).steps {
      guard case .defineGuest(let definition) = step.operation else { continue }
      var document = try LibvirtDocument(parsing: filledIn)
      document.setText(step.object.name, at: "name")
      document.setText(definition.uuid, at: "uuid")
      document.write(definition.spec, .guest)
      document.setOwnership(definition.ownership)
      xml += document.serialized() + "\u{1}"
    }
    write(xml, folder + "/domains.xml")
  }

  private static func plan(_ folder: String) throws {
    let yaml = read(folder + "/manifests.yaml")
    let desired = desired(yaml)
    let request = Planner.request(desired, host: "lab")
    var host = ObservedHost(networks: [network])
    try read(folder + "/domains.xml").withUnsafeBufferPointer { bytes in
      for part in bytes.split(separator: 1) {
        let text = UnsafeBufferPointer(rebasing: part)
        let document = try LibvirtDocument(parsing: text)
        let name = document.text(at: "name") ?? ""
        host.guests.append(
          ObservedGuest(
            name: name, uuid: document.text(at: "uuid") ?? "", power: .stopped,
            ownership: document.ownership(),
            spec: document.read(.guest, shape: request.shapes[.guest]?[name] ?? Shape()),
            fingerprint: Digest.sha256(UnsafeRawBufferPointer(text), length: 16)))
      }
    }
    let plan = Planner.plan(desired, readings: ["lab": .read(host)], options: PlanOptions())
    print("\(host.guests.count) guests, \(plan.steps.count) steps")
    if !plan.isEmpty { exit(1) }
  }

  private static let network = ObservedNetwork(
    name: "bench", uuid: "", active: true, spec: Record(), fingerprint: "")

  private static func planned(_ yaml: [UInt8], _ host: ObservedHost) -> Plan {
    var host = host
    host.networks = [network]
    return Planner.plan(desired(yaml), readings: ["lab": .read(host)], options: PlanOptions())
  }

  private static func desired(_ yaml: [UInt8]) -> Desired {
    var loaded = LoadedManifests()
    ManifestLoader.add(yaml, file: "manifests.yaml", to: &loaded)
    let desired = Lowering.lower(ManifestBuilder.build(&loaded))
    if !loaded.isValid { fail(DiagnosticText.render(loaded.diagnostics, sources: loaded.sources)) }
    return desired
  }

  private static func write(_ text: String, _ path: String) {
    guard let file = fopen(path, "w") else { fail("cannot write \(path)") }
    fputs(text, file)
    fclose(file)
  }

  private static func read(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { fail("cannot read \(path)") }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    let size = ftell(file)
    rewind(file)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = fread(buffer.baseAddress, 1, size, file)
    }
  }

  private static func fail(_ message: String) -> Never {
    _ = (message + "\n").withCString { Glibc.write(2, $0, strlen($0)) }
    exit(1)
  }
}
