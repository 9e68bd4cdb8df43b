import Manifest
import Model

/// YAML as JSON readers see it: scalars without quotes are typed by the core schema of YAML 1.2.
func coreSchemaJSON(_ node: YAMLNode) -> String {
  switch node.content {
  case .sequence(let items): "[" + items.map(coreSchemaJSON).joined(separator: ",") + "]"
  case .mapping(let entries):
    "{"
      + entries.map { JSON.string($0.key).compact + ":" + coreSchemaJSON($0.value) }
      .joined(separator: ",") + "}"
  case .scalar(let text, .plain): coreSchemaScalar(text) ?? JSON.string(text).compact
  case .scalar(let text, _): JSON.string(text).compact
  }
}

/// The table of YAML 1.2.2, section 10.3.2; nil for text.
private func coreSchemaScalar(_ text: String) -> String? {
  switch text {
  case "", "~", "null", "Null", "NULL": return "null"
  case "true", "True", "TRUE": return "true"
  case "false", "False", "FALSE": return "false"
  case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return "Infinity"
  case "-.inf", "-.Inf", "-.INF": return "-Infinity"
  case ".nan", ".NaN", ".NAN": return "NaN"
  default: break
  }
  if text.hasPrefix("0o"), let number = UInt64(text.dropFirst(2), radix: 8) { return "\(number)" }
  if text.hasPrefix("0x"), let number = UInt64(text.dropFirst(2), radix: 16) { return "\(number)" }
  return decimal(text)
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?` in JSON's spelling,
/// which has no `+`, no leading zeros and a digit on both sides of the point.
private func decimal(_ text: String) -> String? {
  guard
    let match = text.wholeMatch(
      of: #/(?<sign>[-+]?)(?<whole>[0-9]*)(?<fraction>\.[0-9]*)?(?<power>[eE][-+]?[0-9]+)?/#)
  else { return nil }
  let fraction = match.fraction ?? ""
  if match.whole.isEmpty, fraction.count < 2 { return nil }
  let whole = match.whole.drop { $0 == "0" }
  return (match.sign == "-" ? "-" : "") + (whole.isEmpty ? "0" : whole)
    + (fraction == "." ? ".0" : fraction) + (match.power ?? "")
}
