import ArgumentParser
import Execution
import FoundationEssentials
import Images
import Manifest
import Model
import Planning

/// Finds out what the declared images are. Only commands that make a plan do.
public enum ImageSources {
  /// Where images are kept; tests put a folder of their own in its place. Nil means the user's cache.
  @TaskLocal public static var folder: String?

  static let agent = "virtspec/\(Virtspec.version)"

  /// The wanted objects in the long form, with all that must be known of their images. Complaints end the command.
  static func settled(
    _ session: ManifestSession, on hosts: [DesiredHost]
  ) async throws -> Desired {
    let isSelected = Set(hosts.map(\.name)).contains
    let images = session.declared.objects.indices.filter {
      let id = session.declared.objects[$0].id
      return id.kind == .image && isSelected(id.host)
    }
    // Whoever has no images pays nothing for them.
    if images.isEmpty { return session.desired }
    let finder = ImageFinder(cache: try cache(), agent: agent)
    var desired = session.declared
    var diagnostics: [Diagnostic] = []
    for index in images {
      let object = desired.objects[index]
      do throws(ImageFinder.Problem) {
        desired.objects[index].content = .image(try await finder.content(question(object)))
      } catch {
        diagnostics.append(diagnostic(error, of: object, session.loaded.documents))
      }
    }
    if diagnostics.isEmpty { return Lowering.lower(desired) }
    // One manifest may be for many hosts.
    var seen: Set<Diagnostic> = []
    let unique = diagnostics.filter { seen.insert($0).inserted }
    Console.current.note(
      DiagnosticText.render(unique, sources: session.loaded.sources) + "\n")
    Console.current.note(ManifestSession.count(unique))
    throw ExitCode(1)
  }

  /// Where images are kept.
  static func cache() throws -> ImageCache {
    if let folder { return ImageCache(folder: folder) }
    do throws(HypervisorError) {
      return try ImageCache.standard(ProcessInfo.processInfo.environment)
    } catch {
      throw complaint(error.message)
    }
  }

  private static func question(
    _ image: DesiredObject
  ) throws(ImageFinder.Problem) -> ImageFinder.Question {
    let folder = SecretSources.folder(of: image)
    var digest: ContentDigest?
    for algorithm in ContentDigest.Algorithm.allCases {
      if let text = image.spec.string(algorithm.rawValue) {
        digest = ContentDigest(algorithm, text)
      }
    }
    let text = image.spec.string("source") ?? ""
    guard let source = ImageSource(text, folder: folder) else {
      throw ImageFinder.Problem(
        message: "'\(text)' cannot be fetched",
        expected: "a URL of http or https, file:///PATH, or a path", field: "source")
    }
    return ImageFinder.Question(
      name: image.id.name, source: source, digest: digest,
      checksums: image.spec.string("checksums").flatMap { ImageSource($0, folder: folder) },
      compression: image.spec.string("compression") ?? "auto", format: image.spec.string("format"))
  }

  private static func diagnostic(
    _ problem: ImageFinder.Problem, of image: DesiredObject, _ documents: [Document]
  ) -> Diagnostic {
    let document = documents.first {
      $0.kind == .image && $0.place.description == image.source
    }
    return Diagnostic(
      code: "image-not-known",
      "image '\(image.id.name)' cannot be told: \(problem.message)",
      at: document?.place(of: [.field(problem.field)]) ?? Place(text: image.source),
      expected: problem.expected)
  }
}
