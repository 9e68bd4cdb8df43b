import Model
import Testing

@Suite("Field tables")
struct TableTests {
  /// Every table that a manifest or an object's XML is read by, by name and position in the walk.
  static let tables: [Table] = {
    var seen: Set<ObjectIdentifier> = []
    var result: [Table] = []
    func visit(_ table: Table) {
      guard seen.insert(ObjectIdentifier(table)).inserted else { return }
      result.append(table)
      for field in table.fields { visit(field.type) }
    }
    func visit(_ type: FieldType) {
      switch type {
      case .record(let table, _): visit(table)
      case .list(let item, _): visit(item)
      default: break
      }
    }
    for kind in Kind.allCases { visit(Table.spec(of: kind)) }
    visit(Table.envelope)
    visit(Table.volumeDocument)
    return result
  }()

  /// Calls the body with every field and its table.
  private func forEachField(_ body: (Table, Field) throws -> Void) rethrows {
    for table in Self.tables { for field in table.fields { try body(table, field) } }
  }

  @Test("the walk finds the tables within tables")
  func walk() {
    let names = Set(Self.tables.map(\.name))
    #expect(names.isSuperset(of: ["Guest", "disk", "processor topology", "DNS host", "metadata"]))
  }

  @Test("every field has a name of its own")
  func uniqueNames() {
    for table in Self.tables {
      let names = table.fields.map(\.name)
      #expect(Set(names).count == names.count, "\(table.name): \(names)")
      for (index, name) in names.enumerated() {
        #expect(table.position(of: name) == index && table[name]?.name == name)
      }
    }
  }

  @Test("names are written like this: bootOrder")
  func spelling() throws {
    let camelCase = /[a-z][A-Za-z0-9]*/
    forEachField { table, field in
      #expect(field.name.wholeMatch(of: camelCase) != nil, "\(table.name).\(field.name)")
    }
  }

  @Test("what a field excludes, and what a group has, are other fields of its table")
  func siblings() {
    forEachField { table, field in
      for other in field.excludes {
        #expect(other != field.name && table[other] != nil, "\(table.name).\(field.name): \(other)")
      }
    }
    for table in Self.tables {
      for name in table.exactlyOne.joined() {
        #expect(table[name] != nil, "\(table.name): \(name)")
      }
    }
  }

  @Test("a list's keys are fields of its items")
  func keys() {
    forEachField { table, field in
      guard case .list(let item, let key) = field.type, !key.isEmpty else { return }
      guard case .record(let inner, _) = item else {
        Issue.record("\(table.name).\(field.name) has a key, but its items have no fields")
        return
      }
      for name in key { #expect(inner[name] != nil, "\(table.name).\(field.name): \(name)") }
    }
  }

  @Test("a shorthand is a field that a scalar can stand for")
  func shorthands() {
    func check(_ type: FieldType, _ place: String) {
      if case .list(let item, _) = type { check(item, place) }
      guard case .record(let inner, let shorthand?) = type else { return }
      switch inner[shorthand]?.type {
      case nil, .list, .record, .map: Issue.record("\(place): \(shorthand)")
      default: break
      }
    }
    forEachField { table, field in check(field.type, "\(table.name).\(field.name)") }
  }

  @Test("every table and field is documented in sentences")
  func documentation() {
    func check(_ doc: String, _ place: String) {
      #expect(doc.count > 5 && doc.hasSuffix("."), "\(place): \(doc)")
      #expect(!doc.contains("\n") && doc == doc.trimmed, "\(place): \(doc)")
    }
    for table in Self.tables { check(table.doc, table.name) }
    forEachField { table, field in check(field.doc, "\(table.name).\(field.name)") }
  }

  @Test("a field that must be there has no value for its absence")
  func requiredFields() {
    forEachField { table, field in
      #expect(!field.required || field.implied == nil, "\(table.name).\(field.name)")
    }
  }

  @Test("an implied value is one that a manifest could have")
  func impliedValues() {
    forEachField { table, field in
      guard let implied = field.implied else { return }
      let place = "\(table.name).\(field.name)"
      switch field.type {
      case .text(let format): #expect(implied.string.map(format.accepts) == true, "\(place)")
      case .choice(let words): #expect(implied.string.map(words.contains) == true, "\(place)")
      case .integer(let range): #expect(implied.integer.map(range.contains) == true, "\(place)")
      case .size, .duration: #expect(implied.integer != nil, "\(place)")
      case .boolean: #expect(implied.boolean != nil, "\(place)")
      case .record(let inner, _):
        let names = implied.record?.entries.map(\.name)
        #expect(names?.allSatisfy { inner[$0] != nil } == true, "\(place)")
      case .list: #expect(implied.list != nil, "\(place)")
      case .map: #expect(implied.record != nil, "\(place)")
      }
    }
  }

  @Test("choices have no word twice, and other spellings are of words that there are")
  func choices() {
    forEachField { table, field in
      guard case .choice(let words) = field.type else { return }
      #expect(!words.isEmpty && Set(words).count == words.count, "\(table.name).\(field.name)")
      guard case .value(_, .words(let pairs), _, _) = field.xml else { return }
      #expect(pairs.allSatisfy { words.contains($0.manifest) }, "\(table.name).\(field.name)")
    }
  }

  @Test("every place in the XML can be walked")
  func paths() {
    let name = /[A-Za-z_][A-Za-z0-9_.:-]*/
    func check(_ path: XMLPath, _ place: String) {
      for step in path.steps {
        #expect(step.name.wholeMatch(of: name) != nil, "\(place): '\(step.name)'")
        for attribute in step.attributes {
          #expect(attribute.name.wholeMatch(of: name) != nil, "\(place): '\(attribute.name)'")
          #expect(!attribute.value.isEmpty, "\(place): '\(attribute.name)'")
        }
      }
      if let attribute = path.attribute {
        #expect(attribute.wholeMatch(of: name) != nil, "\(place): '\(attribute)'")
      }
    }
    forEachField { table, field in
      let place = "\(table.name).\(field.name)"
      for condition in field.when { check(condition.path, place) }
      switch field.xml {
      case .none: break
      case .value(let path, _, let fallback, _):
        check(path, place)
        if let fallback { check(fallback, place) }
      case .nested(let path, let fallback):
        check(path, place)
        if let fallback { check(fallback, place) }
      case .codec(let path, _): check(path, place)
      case .repeated(let path):
        check(path, place)
        #expect(!path.steps.isEmpty, "\(place): a list needs an element of its own")
      }
    }
  }

  @Test("a path has elements, with what selects them, and at last an attribute")
  func pathLanguage() {
    let path = XMLPath("os/firmware/feature[@name='secure-boot']/@enabled")
    #expect(path.steps.map(\.name) == ["os", "firmware", "feature"])
    #expect(path.steps.last?.attributes.map { "\($0.name)=\($0.value)" } == ["name=secure-boot"])
    #expect(path.attribute == "enabled")
    #expect(XMLPath("vcpu").attribute == nil)
    #expect(XMLPath("").steps.isEmpty && XMLPath("").attribute == nil)
    #expect(XMLPath("@type").steps.isEmpty && XMLPath("@type").attribute == "type")
    #expect(XMLPath("a[@b='1'][@c='2']").steps.first?.attributes.map(\.value) == ["1", "2"])
  }
}

@Suite("What a new object gets")
struct CompletionTests {
  private let inner = Table(
    "inner", doc: "Inner.",
    [
      Field("model", .text(.line), implied: "virtio", doc: "Its model."),
      Field("size", .size, doc: "Its size."),
    ])
  private var table: Table {
    Table(
      "outer", doc: "Outer.",
      [
        Field("bus", .text(.line), implied: "usb", excludes: ["port"], doc: "Its bus."),
        Field("port", .integer(0...9), excludes: ["bus"], doc: "Its port."),
        Field("one", .record(inner, shorthand: nil), doc: "One."),
        Field("all", .record(inner, shorthand: nil), implied: [:], doc: "Always."),
        Field("many", .list(.record(inner, shorthand: nil), key: []), doc: "Many."),
      ])
  }

  @Test("what is declared stays, and what is silent gets the implied value")
  func implied() {
    #expect(
      table.completed(Record()) == Record([("bus", "usb"), ("all", ["model": "virtio"])]))
    #expect(table.completed(Record([("bus", "pci")])).string("bus") == "pci")
  }

  @Test("nothing is implied beside what excludes it")
  func excluded() {
    #expect(table.completed(Record([("port", 1)]))["bus"] == nil)
  }

  @Test("nested records and the items of lists are completed, too")
  func nested() {
    let completed = table.completed(
      Record([("one", ["size": 1]), ("many", [["model": "e1000"], [:]])]))
    #expect(completed["one"] == ["size": 1, "model": "virtio"])
    #expect(completed["many"] == [["model": "e1000"], ["model": "virtio"]])
    #expect(table.completed(Record())["one"] == nil)
  }

  @Test("completing again changes nothing")
  func idempotent() {
    let once = Table.guest.completed(
      Record([("disks", [["name": "vda", "file": "/a"]]), ("interfaces", [[:]])]))
    #expect(once.records("disks").first?.string("bus") == "virtio")
    #expect(once.record("clock")?.string("offset") == "utc")
    #expect(Table.guest.completed(once) == once)
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
