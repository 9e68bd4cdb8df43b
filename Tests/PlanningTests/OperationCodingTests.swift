import Foundation
import Model
import Planning
import TestSupport
import Testing

@Suite("operations are written into plans and journals in a form that stays")
struct OperationCodingTests {
  private static let owner = Ownership(
    stack: "shop", source: "a.yaml:1:1", digest: "d", appliedSpec: "{}", onRemove: "delete",
    protected: true)
  private static let ownerJSON = """
    {"appliedSpec":"{}","digest":"d","onRemove":"delete","overlay":"","protected":true,"source":"a.yaml:1:1","stack":"shop"}
    """
  private static let definition = Definition(
    uuid: "u", spec: ["a": [1, true, "x", ["b": "c"]]], cleared: ["d.e"], ownership: owner,
    expected: "f-running")
  private static let definitionJSON = """
    {"cleared":["d.e"],"expected":"f-running","ownership":\(ownerJSON),"spec":{"a":[1,true,"x",{"b":"c"}]},"uuid":"u"}
    """
  private static let update = NetworkUpdate(
    section: .dhcpHost, command: .add, addressIndex: 0, entry: ["mac": "m"])
  private static let ledger = Ledger(
    stack: "shop", entries: [.init(kind: .volume, name: "p/v", ownership: owner)])

  private static let readiness = Readiness(
    conditions: [.address, .agent, .tcp(port: 80), .ssh, .cloudInit, .console(pattern: "x")],
    timeoutSeconds: 9, interfaces: [.init(mac: "m", network: "n", address: "10.0.0.2")],
    isBoot: true, settled: owner)

  /// Every operation, and what it is in JSON with its keys sorted.
  static let samples: [(operation: Planning.Operation, json: String)] = [
    (.defineGuest(definition), "{\"defineGuest\":{\"definition\":\(definitionJSON)}}"),
    (.recordGuest(owner), "{\"recordGuest\":{\"ownership\":\(ownerJSON)}}"),
    (
      .recordGuest(owner, live: owner),
      "{\"recordGuest\":{\"live\":\(ownerJSON),\"ownership\":\(ownerJSON)}}"
    ),
    (
      .renameGuest(from: "old", expected: "f", definition: nil),
      #"{"renameGuest":{"expected":"f","from":"old"}}"#
    ),
    (
      .reattachInterfaces([GuestInterface(guest: "g", mac: "m")]),
      #"{"reattachInterfaces":{"interfaces":[{"guest":"g","mac":"m"}]}}"#
    ),
    (.undefineGuest(keepState: true), #"{"undefineGuest":{"keepState":true}}"#),
    (.startGuest, #"{"startGuest":{}}"#),
    (
      .awaitGuest(readiness),
      #"{"awaitGuest":{"readiness":{"conditions":[{"address":{}},{"agent":{}},{"tcp":{"port":80}},"#
        + #"{"ssh":{}},{"cloudInit":{}},{"console":{"pattern":"x"}}],"#
        + #""interfaces":[{"address":"10.0.0.2","mac":"m","network":"n"}],"#
        + #""isBoot":true,"settled":\#(ownerJSON),"timeoutSeconds":9}}}"#
    ),
    (
      .installGuest(
        GuestInstallation(
          spec: ["onReboot": "destroy"], cleared: ["boot"], ownership: owner.installing(.owed))),
      "{\"installGuest\":{\"installation\":{\"cleared\":[\"boot\"],\"ownership\":"
        + ownerJSON.replacing("\"onRemove\"", with: "\"installation\":\"owed\",\"onRemove\"")
        + ",\"spec\":{\"onReboot\":\"destroy\"}}}}"
    ),
    (.awaitGuestOff(deadlineSeconds: 60), #"{"awaitGuestOff":{"deadlineSeconds":60}}"#),
    (.resumeGuest, #"{"resumeGuest":{}}"#),
    (
      .shutDownGuest(deadlineSeconds: 60, destroyAfterwards: false),
      #"{"shutDownGuest":{"deadlineSeconds":60,"destroyAfterwards":false}}"#
    ),
    (.destroyGuest, #"{"destroyGuest":{}}"#),
    (.setGuestAutostart(true), #"{"setGuestAutostart":{"autostart":true}}"#),
    (.setLiveVcpus(4), #"{"setLiveVcpus":{"count":4}}"#),
    (.setLiveMemory(1024), #"{"setLiveMemory":{"bytes":1024}}"#),
    (
      .setLiveDescription(title: "t", description: nil),
      #"{"setLiveDescription":{"title":"t"}}"#
    ),
    (
      .attachDevice(list: "disks", item: ["name": "vda"]),
      #"{"attachDevice":{"item":{"name":"vda"},"list":"disks"}}"#
    ),
    (
      .detachDevice(list: "disks", item: ["name": "vda"], deadlineSeconds: 9),
      #"{"detachDevice":{"deadlineSeconds":9,"item":{"name":"vda"},"list":"disks"}}"#
    ),
    (
      .updateDevice(list: "disks", item: ["name": "vda"]),
      #"{"updateDevice":{"item":{"name":"vda"},"list":"disks"}}"#
    ),
    (
      .tuneGuest(.diskLimits(disk: "vda", limits: ["readIOPS": 5])),
      #"{"tuneGuest":{"tuning":{"diskLimits":{"disk":"vda","limits":{"readIOPS":5}}}}}"#
    ),
    (
      .tuneGuest(.scheduler(limits: ["shares": 5])),
      #"{"tuneGuest":{"tuning":{"scheduler":{"limits":{"shares":5}}}}}"#
    ),
    (
      .tuneGuest(.pinProcessor(number: 1, cpuset: "0-3")),
      #"{"tuneGuest":{"tuning":{"pinProcessor":{"cpuset":"0-3","number":1}}}}"#
    ),
    (
      .tuneGuest(.addIOThread(number: 2)),
      #"{"tuneGuest":{"tuning":{"addIOThread":{"number":2}}}}"#
    ),
    (
      .restore(Restoration(xml: "<x/>", expected: "f")),
      #"{"restore":{"restoration":{"expected":"f","xml":"<x/>"}}}"#
    ),
    (.defineSecret(definition), "{\"defineSecret\":{\"definition\":\(definitionJSON)}}"),
    (
      .setSecretValue(SecretAssignment(uuid: "u", digest: SecretDigest(text: "d"), value: nil)),
      #"{"setSecretValue":{"assignment":{"digest":"d","uuid":"u"}}}"#
    ),
    (.undefineSecret(uuid: "u"), #"{"undefineSecret":{"uuid":"u"}}"#),
    (.defineFilter(definition), "{\"defineFilter\":{\"definition\":\(definitionJSON)}}"),
    (.undefineFilter, #"{"undefineFilter":{}}"#),
    (.defineNetwork(definition), "{\"defineNetwork\":{\"definition\":\(definitionJSON)}}"),
    (.undefineNetwork, #"{"undefineNetwork":{}}"#),
    (.startNetwork, #"{"startNetwork":{}}"#),
    (.stopNetwork, #"{"stopNetwork":{}}"#),
    (.setNetworkAutostart(false), #"{"setNetworkAutostart":{"autostart":false}}"#),
    (
      .updateNetwork(update),
      #"{"updateNetwork":{"update":{"addressIndex":0,"command":"add","entry":{"mac":"m"},"section":"dhcpHost"}}}"#
    ),
    (.definePool(definition), "{\"definePool\":{\"definition\":\(definitionJSON)}}"),
    (.buildPool, #"{"buildPool":{}}"#),
    (.undefinePool, #"{"undefinePool":{}}"#),
    (.startPool, #"{"startPool":{}}"#),
    (.stopPool, #"{"stopPool":{}}"#),
    (.setPoolAutostart(true), #"{"setPoolAutostart":{"autostart":true}}"#),
    (
      .createVolume(spec: ["capacity": 1], unlessThere: true),
      #"{"createVolume":{"spec":{"capacity":1},"unlessThere":true}}"#
    ),
    (
      .cloneVolume(spec: ["capacity": 1], pool: "p", volume: "v", replaces: true),
      #"{"cloneVolume":{"pool":"p","replaces":true,"spec":{"capacity":1},"volume":"v"}}"#
    ),
    (
      .uploadVolume(
        VolumeUpload(
          content: .bytes(ContentBytes([1, 2])), spec: ["allocation": 0], existing: .replace)),
      #"{"uploadVolume":{"upload":{"content":{"bytes":{"base64":"AQI="}},"existing":"replace","spec":{"allocation":0}}}}"#
    ),
    (.resizeVolume(bytes: 2), #"{"resizeVolume":{"bytes":2}}"#),
    (
      .resizeGuestDisk(guest: "g", disk: "vda", bytes: 2),
      #"{"resizeGuestDisk":{"bytes":2,"disk":"vda","guest":"g"}}"#
    ),
    (.removeVolume, #"{"removeVolume":{}}"#),
    (
      .writeLedger(ledger),
      """
      {"writeLedger":{"ledger":{"entries":[{"kind":"Volume","name":"p/v","ownership":\(ownerJSON)}],"stack":"shop"}}}
      """
    ),
  ]

  @Test("each of them is among the samples")
  func complete() {
    #expect(Set(Self.samples.map(\.operation.name)) == Set(Planning.Operation.Name.allCases))
  }

  @Test("each has this form, and is read back from it", arguments: samples.indices)
  func form(_ index: Int) throws {
    let (operation, json) = Self.samples[index]
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    #expect(String(decoding: try encoder.encode(operation), as: UTF8.self) == json)
    let read = try JSONDecoder().decode(Planning.Operation.self, from: Data(json.utf8))
    #expect(read == operation)
  }

  @Test("one that is not known is refused")
  func unknown() {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Planning.Operation.self, from: Data(#"{"dance":{}}"#.utf8))
    }
  }
}
