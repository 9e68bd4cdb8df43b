import LibvirtXML
import Model
import TestSupport
import Testing

@Suite("Tuning in XML") struct TuningXMLTests {
  /// As libvirt 9.0 gives it back.
  private static let tuned = """
    <domain>
      <blkiotune><weight>500</weight>
        <device><path>/dev/sda</path><weight>200</weight><write_iops_sec>100</write_iops_sec>
          <read_bytes_sec>10485760</read_bytes_sec></device></blkiotune>
      <memtune><hard_limit unit='KiB'>2097152</hard_limit></memtune>
      <vcpu placement='static'>4</vcpu><iothreads>2</iothreads>
      <iothreadids><iothread id='4' thread_pool_min='1' thread_pool_max='8'/><iothread id='2'/></iothreadids>
      <cputune><shares>2048</shares><quota>-1</quota><vcpupin vcpu='0' cpuset='0-1'/>
        <emulatorpin cpuset='0-1'/><iothreadpin iothread='4' cpuset='0'/>
        <emulatorsched scheduler='batch'/></cputune>
      <numatune><memory mode='strict' nodeset='0'/><memnode cellid='1' mode='preferred' nodeset='0'/></numatune>
      <cpu><numa><cell id='0' cpus='0-1' memory='262144' unit='KiB' memAccess='shared'>
          <distances><sibling id='0' value='10'/><sibling id='1' value='21'/></distances></cell>
        <cell id='1' cpus='2-3' memory='262144' unit='KiB'/></numa></cpu>
      <devices><disk type='file'><source file='/a'/><target dev='vda'/>
        <iotune><total_bytes_sec>10485760</total_bytes_sec>
          <total_bytes_sec_max_length>30</total_bytes_sec_max_length><read_iops_sec>100</read_iops_sec></iotune>
      </disk></devices>
    </domain>
    """

  @Test("every part of the tuning is read")
  func reading() throws {
    let guest = try read(Self.tuned)
    #expect(
      guest["cpuTune"] == [
        "shares": 2048, "quota": -1, "vcpuPins": [["vcpu": 0, "cpuset": "0-1"]],
        "emulatorPin": "0-1", "iothreadPins": [["iothread": 4, "cpuset": "0"]],
        "emulatorScheduler": ["scheduler": "batch"],
      ])
    #expect(
      guest["numaTune"] == [
        "mode": "strict", "nodeset": "0",
        "cells": [["cell": 1, "mode": "preferred", "nodeset": "0"]],
      ])
    #expect(guest["memTune"] == ["hardLimit": 2_147_483_648])
    #expect(
      guest["blkioTune"] == [
        "weight": 500,
        "devices": [
          ["path": "/dev/sda", "weight": 200, "readBytes": 10_485_760, "writeIOPS": 100]
        ],
      ])
    #expect(guest["iothreadIDs"] == [["id": 4, "poolMin": 1, "poolMax": 8], ["id": 2]])
    #expect(
      guest.record("cpus")?["numa"] == [
        [
          "cpus": "0-1", "memory": 268_435_456, "access": "shared",
          "distances": [["cell": 0, "value": 10], ["cell": 1, "value": 21]],
        ], ["cpus": "2-3", "memory": 268_435_456],
      ])
    #expect(
      guest.records("disks").first?["ioTune"]
        == ["totalBytes": 10_485_760, "totalBytesMaxLength": 30, "readIOPS": 100])
  }

  @Test("what was read is written to a new document and read again")
  func roundTrip() throws {
    let first = try read(Self.tuned)
    let xml = try written(first).serialized
    #expect(try read(xml) == first)
  }

  @Test("a limit on all takes the place of limits on reads and writes")
  func excluded() throws {
    let tree = try laid(
      .disks(["name": "vda", "ioTune": ["totalIOPS": 500]]), over: Self.tuned)
    #expect(tree.devices.text("disk/iotune/total_iops_sec") == "500")
    #expect(tree.devices.text("disk/iotune/read_iops_sec") == nil)
    #expect(tree.devices.text("disk/iotune/total_bytes_sec") == "10485760")
  }

  @Test("the last cells go when there are fewer, and the element around them when there is none")
  func fewerCells() throws {
    let one = try laid(
      ["cpus": ["numa": [["cpus": "0-3", "memory": 1_048_576]]]], over: Self.tuned)
    let cells = try #require(one.child("cpu")?.child("numa")).all("cell")
    #expect(cells.map { $0["cpus"] } == ["0-3"])
    #expect(cells.map { $0["memory"] } == ["1024"])
    #expect(try laid(["cpus": ["numa": []]], over: Self.tuned).child("cpu")?.child("numa") == nil)
  }

  @Test("tuning that is taken back leaves no empty element, which libvirt would refuse or keep")
  func clearing() throws {
    let tree = try laid(
      [:], over: Self.tuned,
      clearing: ["memTune.hardLimit", "numaTune.mode", "numaTune.nodeset", "cpuTune.emulatorPin"])
    #expect(tree.child("memtune") == nil)
    #expect(tree.child("numatune")?.children.map(\.name) == ["memnode"])
    #expect(tree.child("cputune")?.child("emulatorpin") == nil)
    #expect(tree.text("cputune/shares") == "2048")
  }

  @Test("fewer iothreads take the last numbers away")
  func fewerIOThreads() throws {
    #expect(
      try laid(["iothreads": 1], over: Self.tuned).child("iothreadids")?.all("iothread")
        .map { $0["id"] } == ["4"])
    #expect(try laid(["iothreads": 0], over: Self.tuned).child("iothreadids") == nil)
  }
}
