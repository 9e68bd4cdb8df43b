import Model

/// The reference page of the manifest language, out of the field tables.
public enum Reference {
  /// The whole page as Markdown.
  public static func markdown() -> String {
    let sections = ReferenceSections()
    var lines = introduction
    lines += kinds.map { "- [\($0.rawValue)](#\($0.word)): \(Table.spec(of: $0).doc)" }
    lines += ["", anchor("manifest"), "## Every manifest", ""]
    lines += [
      "A document has these fields, and those of its kind under `spec`. A file may have several "
        + "documents with `---` between them.", "",
    ]
    lines += ReferenceTable.lines(.envelope, path: "manifest", sections)
    for table in sections.tables(of: nil) { lines += section(of: table, sections) }
    for kind in kinds { lines += chapter(of: kind, sections) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A class comes after the guests that it is part of.
  static let kinds = Kind.allCases.filter { $0 != .guestClass } + [.guestClass]

  private static let introduction = [
    "# Manifest reference", "",
    "<!-- Generated from Sources/Model/Tables by `make generate`. Do not edit. -->", "",
    "Every kind and every field, as `virtspec explain` has them for the terminal and the files in "
      + "[`schemas/`](../schemas) for editors.", "",
    "- **Type**: a size is a number with a unit (\(units(Quantity.sizeUnits.map(\.name)))), and so "
      + "is a duration (\(units(Quantity.durationUnits.map(\.name)))). Where a type is *this or "
      + "mapping*, a scalar stands for the field that is marked as its short form.",
    "- **Default**: what a new object gets when the manifest is silent. A field that the manifest "
      + "does not have is never compared with what the host has.",
    "- **Change**: how a change of the field is made on an object that exists. *live*: while it "
      + "runs. *restart*: a running object has it after its next start. *recreate*, *data loss*: "
      + "the object is made anew. *by field*: as the fields within it say. *own*: the field is "
      + "virtspec's own, and libvirt's XML does not have it.",
    "- **XML**: where libvirt has it, within the element that the section names.", "",
  ]

  private static func units(_ names: [String]) -> String {
    names.map { "`\($0)`" }.joined(separator: ", ")
  }

  static func anchor(_ name: String) -> String { "<a id=\"\(name)\"></a>" }

  private static func chapter(of kind: Kind, _ sections: ReferenceSections) -> [String] {
    let table = Table.spec(of: kind)
    var lines = ["", anchor(kind.word), "## \(kind.rawValue)", "", table.doc, ""]
    if kind == .guestClass {
      let missing = Table.guest.fields.map(\.name).filter { table[$0] == nil }
      return lines + [
        "It has the fields of a [Guest](#guest) without "
          + missing.map { "`\($0)`" }.joined(separator: ", ") + "."
      ]
    }
    if table.fields.isEmpty { return lines + ["It has no fields under `spec`."] }
    if let element = XMLPlace(kind).element { lines += ["In libvirt's XML: `\(element)`.", ""] }
    lines += ReferenceTable.lines(table, path: kind.word, sections)
    for nested in sections.tables(of: kind) { lines += section(of: nested, sections) }
    return lines
  }

  private static func section(of table: Table, _ sections: ReferenceSections) -> [String] {
    let places = sections.places(of: table)
    let elements = places.compactMap(\.xml.element).reduce(into: [String]()) { found, element in
      if !found.contains(element) { found.append(element) }
    }
    var lines = ["", anchor(table.anchor), "### \(table.name)", "", table.doc, ""]
    lines.append("At " + places.map { "`\($0.path)`" }.joined(separator: ", ") + ".")
    if !elements.isEmpty {
      lines[lines.count - 1] +=
        " In libvirt's XML: " + elements.map { "`\($0)`" }.joined(separator: ", ") + "."
    }
    return lines + [""] + ReferenceTable.lines(table, path: table.anchor, sections)
  }
}
