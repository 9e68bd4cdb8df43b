/// A place in libvirt's XML relative to a record's element: `os/type/@machine`, `devices/disk`,
/// `clock/timer[@name='rtc']`. The last part may be an attribute; an empty path is the element itself.
public struct XMLPath: Sendable, Hashable, ExpressibleByStringLiteral {
  /// One element on the way, with attributes that it must have.
  public struct Step: Sendable, Hashable {
    /// The element's name, with its prefix where it has one.
    public let name: String
    /// Attributes that select the element, and are written when it is made.
    public let attributes: [Attribute]
    /// Attributes that it must not have: `tcp[@match!='no']`.
    public let excluded: [Attribute]

    public init(name: String, attributes: [Attribute], excluded: [Attribute] = []) {
      self.name = name
      self.attributes = attributes
      self.excluded = excluded
    }

    /// As the path spells it.
    public var text: String {
      name + attributes.map { "[@\($0.name)='\($0.value)']" }.joined()
        + excluded.map { "[@\($0.name)!='\($0.value)']" }.joined()
    }

    /// Whether an element with these attributes is meant, as far as they go.
    public func admits(_ attribute: (String) -> String?) -> Bool {
      attributes.allSatisfy { attribute($0.name) == $0.value }
        && excluded.allSatisfy { attribute($0.name) != $0.value }
    }
  }
  /// A name and a value.
  public struct Attribute: Sendable, Hashable {
    public let name: String
    public let value: String
  }

  /// The elements to walk.
  public let steps: [Step]
  /// The attribute of the last element; nil means its text.
  public let attribute: String?

  /// The same path as a literal.
  public init(stringLiteral text: String) { self.init(text) }

  /// Parses the small path language above. Tables are code, so a wrong path shows in the first test.
  ///
  /// By bytes, since a thousand paths are read at every start: by characters they took 0.4 ms.
  public init(_ text: String) {
    var steps: [Step] = []
    var attribute: String?
    for part in text.utf8.split(separator: UInt8(ascii: "/")) {
      if part.first == UInt8(ascii: "@") {
        attribute = String(Substring(part.dropFirst()))
      } else {
        steps.append(Step(part))
      }
    }
    self.steps = steps
    self.attribute = attribute
  }
}

extension XMLPath.Step {
  /// Parses one part: `timer[@name='rtc'][@tickpolicy!='none']`.
  fileprivate init(_ part: Substring.UTF8View) {
    let bracket = UInt8(ascii: "[")
    guard let end = part.firstIndex(of: bracket) else {
      self.init(name: String(Substring(part)), attributes: [])
      return
    }
    var attributes: [XMLPath.Attribute] = []
    var excluded: [XMLPath.Attribute] = []
    for piece in part[end...].split(separator: bracket) {
      guard let equals = piece.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let name = piece[..<equals].dropFirst()
      let value = String(Substring(piece[equals...].dropFirst(2).dropLast(2)))
      if name.last == UInt8(ascii: "!") {
        excluded.append(XMLPath.Attribute(name: String(Substring(name.dropLast())), value: value))
      } else {
        attributes.append(XMLPath.Attribute(name: String(Substring(name)), value: value))
      }
    }
    self.init(name: String(Substring(part[..<end])), attributes: attributes, excluded: excluded)
  }
}

/// A value that must stand in the XML for a row to apply: `@type` = `file`.
public struct XMLCondition: Sendable, Hashable {
  /// Relative to the record's element.
  public let path: XMLPath
  /// The value there.
  public let value: String

  /// A condition.
  public init(_ path: XMLPath, _ value: String) {
    self.path = path
    self.value = value
  }
}

/// How a value is spelled in XML.
public enum Spelling: Sendable, Hashable {
  /// As it is; numbers in decimal.
  case plain
  /// A boolean as `yes` or `no`.
  case yesNo
  /// A boolean as `on` or `off`.
  case onOff
  /// A boolean as `true` or `false`.
  case trueFalse
  /// A boolean as an element that is there or not.
  case presence
  /// A size with `unit='KiB'`.
  case kibibytes
  /// A size in plain KiB, with no unit attribute.
  case bareKibibytes
  /// A size with `unit='bytes'`.
  case bytes
  /// A size in plain bytes, with no unit attribute.
  case bareBytes
  /// A number in hexadecimal digits: `0x0003`.
  case hexadecimal
  /// Other words: the manifest's and libvirt's, in pairs.
  case words([Pair])

  /// A manifest word and libvirt's word for it.
  public struct Pair: Sendable, Hashable {
    public let manifest: String
    public let libvirt: String
    public init(_ manifest: String, _ libvirt: String) {
      self.manifest = manifest
      self.libvirt = libvirt
    }
  }
}

/// Spellings of XML that rows alone cannot describe; `LibvirtXML` has one file for each.
public enum XMLCodec: String, Sendable, Hashable {
  /// `10.20.0.1/24` as `address`, `prefix` (or `netmask`) and `family`.
  case cidr
  /// `0000:3b:00.0` as `domain`, `bus`, `slot` and `function`.
  case pciAddress
  /// `1d6b:0002` as `vendor/@id` and `product/@id`.
  case usbID
  /// `1:4` as `bus` and `device`.
  case usbAddress
  /// `scsi_host0:0:0:1` as `adapter/@name` and an `address` of `bus`, `target` and `unit`.
  case scsiAddress
  /// A number of `controller` elements of the model `pcie-root-port` that no device is plugged into.
  case freeRootPorts
}

/// Where a field stands in libvirt's XML.
public enum XMLBinding: Sendable {
  /// Nowhere: the field is virtspec's own, or is turned into others before planning.
  case none
  /// The text of an element, or an attribute. `fallback` is read when the place is empty; `absent` is the
  /// manifest's word for there being nothing at all.
  case value(XMLPath, Spelling, fallback: XMLPath?, absent: String?)
  /// A nested record whose rows are relative to this element. Where only the element at `fallback` is there,
  /// an older place for the same, that is the record's.
  case nested(XMLPath, fallback: XMLPath?)
  /// A list with one element an item.
  case repeated(XMLPath)
  /// A codec of its own, at this element.
  case codec(XMLPath, XMLCodec)

  /// The text of an element, or an attribute.
  public static func value(_ path: XMLPath, _ spelling: Spelling = .plain) -> XMLBinding {
    .value(path, spelling, fallback: nil, absent: nil)
  }

  /// A nested record whose rows are relative to this element.
  public static func nested(_ path: XMLPath) -> XMLBinding { .nested(path, fallback: nil) }
}
