import Testing

@Suite("Fields that depend on the kind of machine")
struct MachineFieldsCheckTests {
  private func guest(_ spec: String) -> [String] { complaints(Sample.host + Sample.guest(spec)) }

  @Test("free PCIe ports need a machine that has some")
  func hotplugSlots() {
    #expect(guest("machine: pc, hotplugSlots: 4") == ["conflicting-fields: 4"])
    for machine in ["q35", "pc-q35-7.2", "virt"] {
      #expect(guest("machine: \(machine), hotplugSlots: 4") == [])
    }
    #expect(guest("hotplugSlots: 4") == [])
  }

  @Test("system information needs SMBIOS tables that are made of it")
  func smbios() {
    let sysinfo = "sysinfo: {system: {serial: a}}"
    #expect(guest("smbios: host, \(sysinfo)") == ["conflicting-fields: host"])
    #expect(guest("smbios: sysinfo, \(sysinfo)") == [])
    #expect(guest(sysinfo) == [])
  }

  @Test("launch security has what its kind needs, and nothing of another")
  func launchSecurity() {
    #expect(guest("launchSecurity: s390-pv") == [])
    #expect(guest("launchSecurity: {type: s390-pv, policy: 3}") == ["conflicting-fields: 3"])
    #expect(guest("launchSecurity: sev") == ["missing-field: sev"])
    #expect(guest("launchSecurity: {type: sev, policy: 3, cbitpos: 47}") == [])
    #expect(guest("launchSecurity: {type: tdx, session: a}") == ["conflicting-fields: a"])
    #expect(guest("launchSecurity: {type: sev, policy: high}") == ["wrong-type: high"])
  }
}
