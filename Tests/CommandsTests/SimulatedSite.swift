/// Manifests of a stack and of the one simulated host that it is on, to which others are added.
func simulatedSite(stack: String = "tests", _ rest: String) -> String {
  """
  apiVersion: virtspec/v1
  kind: Stack
  metadata: {name: \(stack)}
  ---
  apiVersion: virtspec/v1
  kind: Host
  metadata: {name: sim}
  spec: {uri: "sim:///one"}
  ---

  """ + rest
}
