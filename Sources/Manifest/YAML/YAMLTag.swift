import CLibYAML

/// A tag, as far as it matters here: scalars are read by the type of their field, so the tags of
/// the core schema say nothing new, but others would have a meaning that is lost.
enum YAMLTag: Equatable {
  /// `!!str`, and `!`, which asks for no guessing.
  case string
  /// `!!int`, `!!float`, `!!bool` and `!!null`.
  case typedScalar(String)
  case mapping
  case sequence
  case merge
  case other(String)

  /// The tag that libyaml resolved: handles replaced by what they stand for.
  init(_ bytes: UnsafePointer<yaml_char_t>) {
    let tag = String(cString: bytes)
    let core = "tag:yaml.org,2002:"
    guard tag.hasPrefix(core) else {
      self = tag == "!" ? .string : .other(tag)
      return
    }
    let name = String(tag.dropFirst(core.count))
    self =
      switch name {
      case "str": .string
      case "int", "float", "bool", "null": .typedScalar(name)
      case "map": .mapping
      case "seq": .sequence
      case "merge": .merge
      default: .other("!!" + name)
      }
  }

  /// Whether it may stand before a scalar.
  var fitsScalar: Bool {
    switch self {
    case .string, .typedScalar: true
    default: false
    }
  }
}

extension YAMLTag: CustomStringConvertible {
  /// The tag as it is written in a file.
  var description: String {
    switch self {
    case .string: "!!str"
    case .typedScalar(let name): "!!" + name
    case .mapping: "!!map"
    case .sequence: "!!seq"
    case .merge: "!!merge"
    case .other(let name): name
    }
  }
}

extension YAMLNode.ScalarStyle {
  @inline(__always)
  init(_ style: yaml_scalar_style_t) {
    self =
      switch style {
      case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
      case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
      case YAML_LITERAL_SCALAR_STYLE: .literal
      case YAML_FOLDED_SCALAR_STYLE: .folded
      default: .plain
      }
  }
}
