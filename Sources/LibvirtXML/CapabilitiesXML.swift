import Model

extension ObservedDocument {
  /// What `virConnectGetCapabilities` tells of what is picked where a guest does not say.
  public func capabilities() -> HostCapabilities {
    let record = read(.capabilities)
    return HostCapabilities(
      arch: record.string("arch") ?? "",
      guests: record.records("guests").compactMap { guest in
        // Of one architecture there may also be containers and Xen's PV; a full guest comes first.
        guard let arch = guest.string("arch") else { return nil }
        let pairs = guest.records("machines").compactMap { machine -> (String, String)? in
          guard let name = machine.string("name"), let canonical = machine.string("canonical")
          else { return nil }
          return (name, canonical)
        }
        return HostCapabilities.Guest(
          arch: arch, emulator: guest.string("emulator") ?? "",
          machines: Dictionary(pairs) { first, _ in first })
      })
  }
}

extension Table {
  /// The part of the capabilities (https://libvirt.org/formatcaps.html) that is read.
  fileprivate static let capabilities = Table(
    "capabilities", doc: "What a hypervisor can do.",
    [
      Field("arch", .text(.line), xml: .value("host/cpu/arch"), doc: "The host's architecture."),
      Field(
        "guests", .list(.record(capableGuest, shorthand: nil), key: []), xml: .repeated("guest"),
        doc: "Kinds of guests."),
    ])

  private static let capableGuest = Table(
    "capable guest", doc: "A kind of guest.",
    [
      Field("arch", .text(.line), xml: .value("arch/@name"), doc: "Its architecture."),
      Field("emulator", .text(.line), xml: .value("arch/emulator"), doc: "Its emulator."),
      Field(
        "machines", .list(.record(capableMachine, shorthand: nil), key: []),
        xml: .repeated("arch/machine"), doc: "Its machine types."),
    ])

  private static let capableMachine = Table(
    "capable machine", doc: "A machine type.",
    [
      Field("name", .text(.line), xml: .value(""), doc: "Its name."),
      Field("canonical", .text(.line), xml: .value("@canonical"), doc: "What an alias stands for."),
    ])
}
