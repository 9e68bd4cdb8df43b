import LibvirtXML
import Model
import TestSupport
import Testing

@Suite("XML of network filters and secrets") struct FilterDocumentTests {
  @Test("what a rule must not have is read apart, and an element without attributes is one")
  func negations() throws {
    let xml = """
      <filter name='f'><rule action='drop' direction='in' statematch='false'>\
      <arp hwtype='2'/><arp match='no' arpsrcmacaddr='$MAC'/><arp arpsrcipmask='24'/></rule>\
      <rule action='drop' direction='in' priority='7'><tcp/></rule></filter>
      """
    let rules = try read(xml, .networkFilter).records("rules")
    #expect(
      rules[0] == [
        "action": "drop", "direction": "in", "stateMatch": false,
        "arp": ["hardwareType": "2", "senderMask": "24"], "not": ["arp": ["senderMac": "$MAC"]],
      ])
    #expect(rules[1]["tcp"] == .record(Record()) && rules[1]["not"] == nil)
    #expect(rules[1]["stateMatch"] == true)
  }

  @Test("a rule that is written takes the place of the one before, with nothing of it left")
  func replaced() throws {
    let rule: Record = ["action": "drop", "direction": "in", "tcp": ["destinationPort": "22"]]
    let filter = try laid(
      ["rules": [.record(rule)]],
      over: "<filter name='f'><rule action='drop' direction='in' comment='x'>"
        + "<tcp srcipaddr='10.0.0.1' dstportstart='1'/></rule></filter>", .networkFilter)
    #expect(
      filter.all("rule") == [
        XMLTree(
          "rule", [("action", "drop"), ("direction", "in")],
          [XMLTree("tcp", [("dstportstart", "22")])])
      ])
  }

  @Test("a usage is read by its type")
  func usage() throws {
    let xml = "<secret><usage type='iscsi'><target>san</target></usage></secret>"
    #expect(try read(xml, .secret)["usage"] == ["iscsi": "san"])
    let other = "<secret><usage type='tls'><name>x</name></usage></secret>"
    #expect(try read(other, .secret)["usage"] == ["tls": "x"])
  }
}
