import Manifest
import Model
import Planning

extension SecretSources {
  /// Reads what the configuration of guests' first boots refers to: all texts of a guest are one value.
  static func addingGuests(
    _ objects: [DesiredObject], _ documents: [Document], to given: Reading
  ) async -> Reading {
    var result = given
    for object in objects where object.id.kind == .guest {
      guard let spec = object.spec.record("cloudInit") else { continue }
      let references = CloudInit.references(spec)
      if references.isEmpty { continue }
      var texts = SecretTexts()
      for (path, source) in references {
        let problem: Problem
        switch await value(source, folder: folder(of: object)) {
        case .success(let value):
          if let text = String(validating: value.bytes, as: UTF8.self) {
            texts[path] = text
            continue
          }
          problem = Problem(message: "it is no text", expected: "UTF-8", field: "file")
        case .failure(let found): problem = found
        }
        result.readings[object.id] = .failed("cloudInit.\(path): \(problem.message)")
        let document = documents.first {
          $0.kind == .guest && $0.place.description == object.source
        }
        result.diagnostics[object.id] = Diagnostic(
          code: "secret-not-readable",
          "cloudInit.\(path) of \(object.id.reference) cannot be read: \(problem.message)",
          at: document?.place(of: [.field("cloudInit")]) ?? Place(text: object.source),
          expected: problem.expected)
        break
      }
      if result.readings[object.id] == nil {
        result.readings[object.id] = .value(texts.value, salt: "")
      }
    }
    return result
  }
}
