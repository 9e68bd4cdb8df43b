import Model
import Testing

@Suite("Values of network filters")
struct FilterTextTests {
  @Test(
    "other spellings of one value are the same",
    arguments: [
      ("22", "0x16"), ("0x800", "ipv4"), ("17", "udp"), ("1", "Request"), ("255.255.255.0", "24"),
      ("FD00:0:0::1", "fd00::1"), ("AA:BB:CC:DD:EE:FF", "aa:bb:cc:dd:ee:ff"),
      ("ESTABLISHED,NEW", "NEW,ESTABLISHED"), ("ACK,SYN/SYN", "SYN,ACK/SYN"), ("$IP", "$IP"),
    ])
  func same(_ left: String, _ right: String) {
    #expect(Equivalence.filterValue.holds(.string(left), .string(right)))
    #expect(Equivalence.filterValue.holds(.string(right), .string(left)))
  }

  @Test(
    "other values, and variables of another name, are not",
    arguments: [
      ("22", "23"), ("$IP", "$ip"), ("$IP", "$IP[0]"), ("10.0.0.1", "10.0.0.2"), ("24", "25"),
      ("SYN,ACK/SYN", "SYN/SYN,ACK"), ("NEW", "NEW,RELATED"), ("tcp", "udp"), ("$P", "22"),
    ])
  func different(_ left: String, _ right: String) {
    #expect(!Equivalence.filterValue.holds(.string(left), .string(right)))
  }

  @Test("rules are the same in all that they mention, with what is implied")
  func wholeRules() throws {
    guard case .list(.record(let table, _), _)? = Table.networkFilter["rules"]?.type else {
      Issue.record("rules are no list of records")
      return
    }
    let declared = Record([
      ("action", "drop"), ("direction", "in"), ("tcp", ["destinationPort": "0x16"]),
    ])
    var reported = declared
    reported["priority"] = 500
    reported["stateMatch"] = true
    reported["tcp"] = ["destinationPort": "22"]
    #expect(table.isWholeSame(declared, reported))
    var narrower = reported
    narrower["tcp"] = ["destinationPort": "22", "sourceAddress": "10.0.0.1"]
    #expect(!table.isWholeSame(declared, narrower))
    var other = reported
    other["tcp"] = nil
    #expect(!table.isWholeSame(declared, other))
    other["udp"] = [:]
    #expect(!table.isWholeSame(declared, other))
  }
}
