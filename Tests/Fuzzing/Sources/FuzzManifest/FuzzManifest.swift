import Manifest

/// Manifests as anybody could write them: read, decoded, checked together, and every complaint shown.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzManifest(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  var loaded = LoadedManifests()
  ManifestLoader.add(bytes, file: "fuzz.yaml", to: &loaded)
  let desired = ManifestBuilder.build(&loaded)
  // Complaints point into the text: a place outside it shows here.
  let text = DiagnosticText.render(loaded.diagnostics, sources: loaded.sources)
  precondition(loaded.isValid || !text.isEmpty, "an error without a word")
  precondition(desired.objects.count <= loaded.documents.count * max(1, desired.hosts.count))
  return 0
}
