import ArgumentParser
import Manifest
import Model
import OSInfo

/// What commands know of operating systems: libosinfo's database, or what tests put in its place.
public enum OperatingSystems {
  /// What takes libosinfo's place. A class, because closures as a task's local value end the optimised program of
  /// Swift 6.3.
  public final class Source: Sendable {
    /// What is known of the operating systems with these identifiers.
    let catalog: @Sendable (Set<String>) -> OSCatalog

    public init(_ catalog: @escaping @Sendable (Set<String>) -> OSCatalog) {
      self.catalog = catalog
    }
  }

  /// Nil means libosinfo.
  @TaskLocal public static var source: Source?

  /// What is known of some operating systems. The first call reads the database.
  static func catalog(of identifiers: some Sequence<String>) -> OSCatalog {
    if let source { return source.catalog(Set(identifiers)) }
    return OSDatabase.shared.catalog(of: identifiers)
  }

  /// Prints what is wrong with the operating systems that manifests name; errors end the command.
  ///
  /// - Parameter only: the guests that it is about; nil for all.
  static func check(
    _ loaded: LoadedManifests, _ catalog: OSCatalog, only: Set<ObjectID>? = nil
  ) throws {
    let found = OSCheck.diagnostics(loaded, catalog, only: only)
    if found.isEmpty { return }
    Console.current.note(DiagnosticText.render(found, sources: loaded.sources) + "\n")
    guard found.contains(where: { $0.severity == .error }) else { return }
    Console.current.note(ManifestSession.count(found))
    throw ExitCode(1)
  }
}
