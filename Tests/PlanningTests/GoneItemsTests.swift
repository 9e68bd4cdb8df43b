import Model
import Testing

@testable import Planning

@Suite("What lists have lost") struct GoneItemsTests {
  /// What goes when a manifest that was applied becomes another.
  private func gone(_ applied: Record, _ now: Record) -> [GoneItem] {
    let id = ObjectID(host: "a", kind: .guest, name: "g")
    let object = DesiredObject(id: id, spec: now, source: "a.yaml:1:1")
    let view = HostView(
      host: DesiredHost(name: "a", uri: "test:///default", source: "a.yaml:1:1"), stack: "s",
      options: PlanOptions(),
      desired: [object], observed: ObservedHost())
    let threeWay = ThreeWay(desired: now, applied: applied, .guest)
    return threeWay.goneItems(of: GuestSpec(object, view))
  }

  @Test("a list that is gone loses what it had, the last place first")
  func lists() {
    let found = gone(["videos": [["model": "vga"], ["model": "qxl"]]], [:])
    #expect(found.map(\.path) == [1, 0].map { FieldPath([.field("videos"), .place($0)]) })
    #expect(gone(["disks": [["name": "vda", "file": "/a"]]], ["disks": []]).isEmpty)
  }

  @Test("a field that is gone from an item returns to what a new item gets")
  func fields() {
    let found = gone(
      ["disks": [["name": "vda", "file": "/a", "cache": "none", "bus": "sata"]]],
      ["disks": [["name": "vda", "file": "/a"]]])
    let values = found.map { [$0.change?.path: $0.implied] }
    #expect(values.contains(["disks[vda].cache": nil]))
    #expect(values.contains(["disks[vda].bus": "virtio"]))
    #expect(values.count == 2)
  }

  @Test("what another field takes the place of is not gone")
  func replaced() {
    #expect(
      gone(
        ["disks": [["name": "vda", "file": "/a"]]], ["disks": [["name": "vda", "block": "/b"]]]
      ).isEmpty)
  }

  @Test("a guest that is silent about them gets its serial port back")
  func serials() {
    #expect(gone(["serials": []], [:]).map(\.implied) == [[["type": "pty"]]])
  }
}
