import Model
import Planning

/// Why a guest is what it is: its operating system, how it is virtualized, and what it gets where its manifest is
/// silent.
public enum GuestExplanation {
  /// What a guest that is there has of a profile.
  public enum Existing: Sendable {
    /// It is not there yet.
    case none
    /// It was made with this one, as its metadata says.
    case made(AppliedProfile)
    /// It was made without, or by others.
    case unprofiled
  }

  /// The explanation of one guest on one host.
  public static func text(
    _ object: DesiredObject, _ host: DesiredHost, _ lookup: OSLookup?, _ profile: GuestProfile,
    _ existing: Existing, color: Bool = false
  ) -> String {
    let paint = Paint(isOn: color)
    var text =
      paint(object.id.reference, .bold) + " on host/\(host.name)  " + paint(host.uri, .dim) + "\n"
    text += system(object, lookup, profile)
    text += ProfileText.wrapped(profile.reasoning, indent: 2)
    if let refusal = profile.refusal {
      text += ProfileText.wrapped("refused: \(refusal.message); \(refusal.remedy)", indent: 2)
    }
    text += defaults(object, profile, existing)
    return text
  }

  /// The reasoning and every field that was filled in, in a sentence each.
  public static func sentences(_ guest: Record, _ profile: GuestProfile) -> [String] {
    let filled = guest.filled(profile.defaults).filled
    return [profile.reasoning].filter { !$0.isEmpty }
      + filled.map { "\($0.path): \(value($0)), since \($0.reason)" }
  }

  private static func system(
    _ object: DesiredObject, _ lookup: OSLookup?, _ profile: GuestProfile
  ) -> String {
    guard let os = lookup?.profile else {
      return object.spec.osID.map { "  os: \($0), of which nothing is known\n" } ?? ""
    }
    var words = "  os: \(os.name)"
    if let day = os.released { words += ", released on \(day)" }
    if let day = os.endOfLife { words += ", without corrections from \(day)" }
    words += " (\(profile.source)"
    if case .older? = lookup { words += ", which does not know \(object.spec.osID ?? "it") yet" }
    return words + ")\n"
  }

  private static func defaults(
    _ object: DesiredObject, _ profile: GuestProfile, _ existing: Existing
  ) -> String {
    switch existing {
    case .none:
      let filled = object.spec.filled(profile.defaults).filled
      if filled.isEmpty { return "" }
      return "  What it gets where its manifest is silent:\n"
        + table(filled.map { ($0.path, "\(value($0))  (\($0.reason))") })
    case .unprofiled:
      return "  It was made without a profile, and stays as it is.\n"
    case .made(let applied):
      let now = profile.applied.fields
      let names = applied.fields.entries.map(\.name) + now.entries.map(\.name)
      var seen: Set<String> = []
      let differing = names.filter { seen.insert($0).inserted && applied[$0] != now[$0] }
      if differing.isEmpty {
        return "  It was made by \(applied.source), which is what it would get now.\n"
      }
      let follows = object.spec.followsProfile
      return
        "  It was made by \(applied.source). Now it would get\(follows ? "" : ", with 'os: {defaults: follow}'"):\n"
        + table(
          differing.map { path in
            (
              path,
              ValueText.render(applied[path], unit: ProfileText.unit(of: path)) + " → "
                + ValueText.render(now[path], unit: ProfileText.unit(of: path))
            )
          })
    }
  }

  private static func value(_ item: GuestProfile.Default) -> String {
    ValueText.render(item.value, unit: ProfileText.unit(of: item.path))
  }

  private static func table(_ rows: [(String, String)]) -> String {
    let width = min(40, rows.map(\.0.count).max() ?? 0)
    return rows.map { path, text in
      "    \(path)\(String(repeating: " ", count: max(0, width - path.count)))  \(text)\n"
    }.joined()
  }
}
