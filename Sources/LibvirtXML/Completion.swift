import CLibXML2
import Model

/// What libvirt wants beside the declared fields for a document to be accepted.
enum Completion {
  /// Makes room for fields that cannot be written over what is there.
  static func prepare(_ root: Node, for spec: Record) {
    if root.localName == "domain", let machine = spec.string("machine") {
      rewire(root, for: machine)
    }
  }

  static func complete(_ root: Node) {
    switch root.localName {
    case "domain": domain(root)
    case "network": network(root)
    case "disk": disk(root)
    default: break
    }
  }

  private static func domain(_ root: Node) {
    if let type = root.ensured("os/type"), type.text.isEmpty { type.setText("hvm") }
    // The older attribute must repeat the listen element's address, or be left out.
    for graphics in Reader.elements(at: "devices/graphics", from: root)
    where graphics.descendant("listen") != nil { graphics.removeAttribute("listen") }
    for element in Reader.elements(at: "devices/disk", from: root) { disk(element) }
    // A disk that moves to another bus gets a new address: a PCI slot is no place on a SCSI bus.
    for disk in Reader.elements(at: "devices/disk", from: root) {
      guard let bus = Reader.text(at: "target/@bus", from: disk),
        let address = disk.descendant("address"), let type = address.attribute("type")
      else { continue }
      let isDrive = ["scsi", "sata", "ide", "fdc"].contains(bus)
      if (type == "drive") != isDrive || (type == "usb") != (bus == "usb") { address.remove() }
    }
    // Tables that were made of what is gone are QEMU's own again.
    if root.descendant("sysinfo") == nil, let tables = root.descendant("os/smbios"),
      tables.attribute("mode") == "sysinfo"
    {
      tables.remove()
    }
    // Numbers beyond the count would be counted, too: fewer iothreads take the last ones away.
    if let count = Reader.text(at: "iothreads", from: root).flatMap({ Int($0) }) {
      let numbered = Reader.elements(at: "iothreadids/iothread", from: root)
      for iothread in numbered.dropFirst(count) { iothread.remove() }
      if count == 0 { root.descendant("iothreadids")?.remove() }
    }
    // Boot order on devices and boot devices of the machine exclude each other
    // (https://libvirt.org/formatdomain.html#bios-bootloader).
    if let devices = root.child(XMLPath("devices").steps[0]),
      devices.elements.contains(where: { $0.child(XMLPath("boot").steps[0]) != nil })
    {
      for element in Reader.elements(at: "os/boot", from: root) { element.remove() }
    }
  }

  /// The secret that opens a disk's machine is of the kind that its protocol has.
  private static func disk(_ disk: Node) {
    let kinds = ["rbd": "ceph", "iscsi": "iscsi"]
    guard let name = Reader.text(at: "source/@protocol", from: disk), let kind = kinds[name],
      let secret = disk.nested("source/auth/secret", "auth/secret")
    else { return }
    secret.setAttribute("type", kind)
  }

  /// `<forward/>` without a mode means NAT; an isolated network has no such element.
  private static func network(_ root: Node) {
    if let forward = root.descendant("forward"), forward.attribute("mode") == nil {
      forward.remove()
    }
  }

  /// Another kind of machine has another set of buses: places on the old ones, and the controllers that
  /// libvirt made for them, would be refused. libvirt makes new ones.
  private static func rewire(_ root: Node, for machine: String) {
    guard let former = Reader.text(at: "os/type/@machine", from: root),
      family(former) != family(machine), let devices = root.descendant("devices")
    else { return }
    for device in devices.elements {
      let name = String(cString: device.raw.pointee.name)
      let type = device.attribute("type") ?? ""
      let model = device.attribute("model") ?? ""
      let isWired =
        ["pci", "ide", "sata", "fdc"].contains(type)
        || type == "usb" && (model.hasPrefix("piix") || model.hasPrefix("ich9"))
      if name == "controller", isWired {
        device.remove()
      } else {
        for address in Reader.elements(at: "address[@type='pci']", from: device) {
          address.remove()
        }
      }
    }
  }

  /// `q35` and `pc-q35-7.2` are of one family.
  private static func family(_ machine: String) -> String {
    for family in ["q35", "i440fx", "virt"] where machine.contains(family) { return family }
    return machine == "pc" ? "i440fx" : machine
  }
}
