import LibvirtXML
import Model
import TestSupport
import Testing

@Suite("Writing XML") struct WriterTests {
  @Test("elements and attributes on the way to a field are made")
  func creation() throws {
    let tree = try written([
      "machine": "q35", "cpus": ["count": 2, "max": 4], "memory": ["size": 1_073_741_824],
    ])
    #expect(tree.text("os/type/@machine") == "q35")
    #expect(tree.text("os/type") == "hvm")
    #expect(tree.text("vcpu") == "4")
    #expect(tree.text("vcpu/@current") == "2")
    #expect(tree.text("currentMemory") == "1048576")
    #expect(tree.text("currentMemory/@unit") == "KiB")
  }

  @Test("a write of what is there already changes nothing")
  func idempotence() throws {
    let spec: Record = [
      "machine": "q35", "boot": ["hd", "network"], "features": ["acpi": true],
      "disks": [["name": "vda", "file": "/srv/a.qcow2", "format": "qcow2"]],
      "clock": ["offset": "utc", "timers": [["name": "rtc", "tickPolicy": "catchup"]]],
    ]
    let once = try written(spec)
    #expect(try laid(spec, over: once.serialized) == once)
  }

  @Test("elements and attributes that no field names stay as they are")
  func foreign() throws {
    let xml = """
      <domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' type='kvm'>
        <metadata><o:note xmlns:o='https://example.org/'>hands off</o:note></metadata>
        <os><type>hvm</type></os>
        <devices>
          <disk type='file'>
            <source file='/srv/a.qcow2' index='1'><seclabel model='dac'/></source>
            <target dev='vda' bus='virtio'/>
            <address type='pci' bus='0x04'/>
          </disk>
          <shmem name='x'/>
        </devices>
        <qemu:commandline><qemu:arg value='-s'/></qemu:commandline>
      </domain>
      """
    let before = try XMLTree(parsing: xml)
    let after = try laid(
      ["title": "t", "disks": [["name": "vda", "cache": "none"]]], over: xml)
    #expect(after.child("metadata") == before.child("metadata"))
    #expect(after.child("qemu:commandline") == before.child("qemu:commandline"))
    #expect(after["xmlns:qemu"] == before["xmlns:qemu"])
    #expect(after.devices.child("shmem") != nil)
    let disk = try #require(after.devices.child("disk"))
    #expect(disk.child("source") == before.devices.child("disk")?.child("source"))
    #expect(disk.child("address") == before.devices.child("disk")?.child("address"))
    #expect(disk.text("driver/@cache") == "none")
  }

  @Test("sizes are written in their place's unit, rounded up to whole KiB where that is the unit")
  func sizes() throws {
    let guest = try written(["memory": ["size": 1025, "max": 4096]])
    #expect(guest.text("currentMemory") == "2")
    #expect(guest.text("memory") == "4")
    let video = try written(["videos": [["model": "qxl", "vram": 16_777_216]]])
    #expect(video.devices.text("video/model/@vram") == "16384")
    let disk = try written(["disks": [["name": "sda", "logicalBlockSize": 4096]]])
    #expect(disk.devices.text("disk/blockio/@logical_block_size") == "4096")
    let volume = try written(["capacity": 5_000_000_000], "volume", .volumeDocument)
    #expect(volume.text("capacity") == "5000000000")
    #expect(volume.text("capacity/@unit") == "bytes")
  }

  @Test("a size takes the place of one in another unit")
  func otherUnit() throws {
    let tree = try laid(
      ["memory": ["max": 2_147_483_648]], over: "<domain><memory unit='GiB'>1</memory></domain>")
    #expect(tree.text("memory") == "2097152")
    #expect(tree.text("memory/@unit") == "KiB")
  }

  @Test("a flag is an element that is there or not")
  func presence() throws {
    let on = try written(["features": ["acpi": true], "memory": ["locked": true]])
    #expect(on.text("features/acpi") != nil)
    #expect(on.text("memoryBacking/locked") != nil)
    let off = try laid(
      ["features": ["acpi": false], "memory": ["locked": false]], over: on.serialized)
    #expect(off.text("features/acpi") == nil)
    #expect(off.text("memoryBacking/locked") == nil)
  }

  @Test("an isolated network has no forward element")
  func absentWord() throws {
    let xml = "<network><forward mode='nat'><nat/></forward></network>"
    #expect(
      try laid(["forward": ["mode": "isolated"]], over: xml, .network).child("forward") == nil)
    let routed = try laid(["forward": ["mode": "route"]], over: xml, .network)
    #expect(routed.text("forward/@mode") == "route")
  }

  @Test("what is cleared leaves no empty element behind")
  func clearing() throws {
    let xml = """
      <domain><title>t</title><os firmware='efi'><type>hvm</type><loader>/a</loader><nvram>/b</nvram></os>
      <vcpu cpuset='0-3'>2</vcpu><iothreads>2</iothreads></domain>
      """
    let tree = try laid(
      [:], over: xml,
      clearing: ["title", "firmware.loader", "firmware.nvram", "cpus.cpuset", "nothing.here"])
    #expect(tree.child("title") == nil)
    #expect(tree.text("os/loader") == nil)
    #expect(tree.text("os/nvram") == nil)
    #expect(tree.text("os/@firmware") == "efi")
    #expect(tree.child("vcpu")?.attributes == [])
    #expect(tree.text("vcpu") == "2")
    #expect(tree.text("iothreads") == "2")
  }

  @Test("boot order on a device takes the machine's boot list away, and not the other way round")
  func boot() throws {
    let xml = "<domain><os><type>hvm</type><boot dev='hd'/></os></domain>"
    let ordered = try laid(
      .disks(["name": "vda", "file": "/a", "bootOrder": 1]), over: xml)
    #expect(ordered.child("os")?.child("boot") == nil)
    let plain = try laid(.disks(["name": "vda", "file": "/a"]), over: xml)
    #expect(plain.text("os/boot/@dev") == "hd")
  }

  @Test("words that differ from libvirt's are translated both ways")
  func words() throws {
    let tree = try written(["firmware": ["type": "uefi"]])
    #expect(tree.text("os/@firmware") == "efi")
    #expect(try read(tree.serialized).record("firmware")?["type"] == "uefi")
    let bios = try laid(["firmware": ["type": "bios"]], over: tree.serialized)
    #expect(bios.text("os/@firmware") == nil)
    #expect(try read(bios.serialized).record("firmware")?["type"] == "bios")
  }
}
