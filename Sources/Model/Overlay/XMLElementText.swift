extension XMLElement {
  /// On one line, for a plan. The prefixes that an overlay may use without declaring them are not declared.
  public var compact: String {
    var text = ""
    write(to: &text, indent: nil, scope: XMLFragmentParser.knownPrefixes)
    return text
  }

  /// With two blanks a level and a line break at the end, as it reads well in a manifest.
  public var indented: String {
    var text = ""
    write(to: &text, indent: 0, scope: [:])
    return text
  }

  /// - Parameter scope: the namespaces by the prefixes that are declared already.
  private func write(to result: inout String, indent: Int?, scope: [String: String]) {
    let margin = indent.map { String(repeating: "  ", count: $0) } ?? ""
    var scope = scope
    var declarations = ""
    let qualified = qualify(name, prefix, &scope, &declarations, isAttribute: false)
    var pairs = ""
    for attribute in attributes {
      let name = qualify(attribute.name, "", &scope, &declarations, isAttribute: true)
      pairs += " \(name)='\(Self.escaped(attribute.value))'"
    }
    result += "\(margin)<\(qualified)\(declarations)\(pairs)"
    if children.isEmpty {
      result += text.isEmpty ? "/>" : ">\(Self.escaped(text, keepsLines: true))</\(qualified)>"
    } else {
      result += indent == nil ? ">" : ">\n"
      for child in children {
        child.write(to: &result, indent: indent.map { $0 + 1 }, scope: scope)
      }
      result += "\(margin)</\(qualified)>"
    }
    if indent != nil { result += "\n" }
  }

  /// The name with a prefix that stands for its namespace here, which is declared where it does not yet.
  private func qualify(
    _ name: XMLName, _ prefix: String, _ scope: inout [String: String],
    _ declarations: inout String, isAttribute: Bool
  ) -> String {
    if name.namespace.isEmpty {
      guard !isAttribute, let outer = scope[""], !outer.isEmpty else { return name.local }
      scope[""] = ""
      declarations += " xmlns=''"
      return name.local
    }
    let wanted = prefix.isEmpty && isAttribute ? knownPrefix(name.namespace) : prefix
    if scope[wanted] == name.namespace || wanted == "xml" {
      return wanted.isEmpty ? name.local : wanted + ":" + name.local
    }
    var chosen = wanted
    var number = 1
    while isAttribute && chosen.isEmpty || scope[chosen] != nil && !chosen.isEmpty {
      chosen = "ns\(number)"
      number += 1
    }
    scope[chosen] = name.namespace
    declarations += " xmlns\(chosen.isEmpty ? "" : ":" + chosen)='\(Self.escaped(name.namespace))'"
    return chosen.isEmpty ? name.local : chosen + ":" + name.local
  }

  private func knownPrefix(_ namespace: String) -> String {
    XMLFragmentParser.knownPrefixes.first { $0.value == namespace }?.key ?? ""
  }

  private static func escaped(_ text: String, keepsLines: Bool = false) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "'": result += "&apos;"
      case "\n" where !keepsLines: result += "&#10;"
      case "\t" where !keepsLines: result += "&#9;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
