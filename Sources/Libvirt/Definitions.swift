import Execution
import LibvirtXML
import Model
import Planning

extension Definition {
  /// The XML to define: the spec laid over what the host has, or over nothing.
  ///
  /// `existing` is the object's definition with its secrets. What the spec does not speak of stays
  /// as it is.
  func xml(
    root: String, name: String, kind: Kind, over existing: consuming LibvirtDocument?
  ) throws(HypervisorError) -> String {
    let table = Table.spec(of: kind)
    var document: LibvirtDocument
    if let existing {
      document = existing
    } else {
      document = try written { () throws(XMLProblem) in
        try LibvirtDocument(root: root, name: name, uuid: uuid)
      }
    }
    document.write(spec, table, clearing: cleared, overlay: overlay, of: kind)
    if let ownership { document.setOwnership(ownership) }
    return document.serialized()
  }

  /// Throws `changed` when the host does not have what the plan saw. `found` is nil when it has no
  /// such object.
  func checkExpected(
    _ found: Fingerprint?, _ object: String, _ call: String
  ) throws(HypervisorError) {
    try Fingerprint.checkExpected(expected, found, object, call)
  }
}

extension Fingerprint {
  /// Throws `changed` when what was found is not the definition that was expected; nil is no object.
  static func checkExpected(
    _ expected: Fingerprint?, _ found: Fingerprint?, _ object: String, _ call: String
  ) throws(HypervisorError) {
    let message: String
    switch (expected, found) {
    case (nil, nil): return
    case (let expected?, let found?) where expected.hasSameDefinition(as: found): return
    case (nil, _?): message = "\(object) was made by somebody else since the plan; plan again"
    case (_?, nil): message = "\(object) was removed by somebody else since the plan; plan again"
    case (_?, _?): message = "\(object) was changed by somebody else since the plan; plan again"
    }
    throw HypervisorError(.changed, call: call, message: message)
  }
}

extension LibvirtDocument {
  /// A new document with an empty root element.
  static func empty(_ root: String) throws(HypervisorError) -> LibvirtDocument {
    try written { () throws(XMLProblem) in try LibvirtDocument(root: root) }
  }
}

/// Writes XML; throws `unreadable` when that cannot be done.
func written<Value: ~Copyable>(
  _ body: () throws(XMLProblem) -> Value
) throws(HypervisorError) -> Value {
  do throws(XMLProblem) {
    return try body()
  } catch {
    throw HypervisorError(.unreadable, call: "xmlNewDoc", message: error.message)
  }
}
