import Model

/// What a host is to have free in its pools is a size.
enum RequirementCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.hosts.flatMap { host -> [Diagnostic] in
      let space = host.spec.record("requires")?.record("freeSpace") ?? Record()
      return space.entries.compactMap { entry in
        let text = entry.value.string ?? ""
        do throws(Quantity.Problem) {
          _ = try Quantity.size(text)
          return nil
        } catch {
          return Diagnostic(
            code: "bad-size", "'\(text)' is no size",
            at: host.place(of: [.field("requires"), .field("freeSpace"), .field(entry.name)]),
            expected: "a number with a unit, such as 100GiB")
        }
      }
    }
  }
}
