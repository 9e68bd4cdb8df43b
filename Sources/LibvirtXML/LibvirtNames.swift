import Model

extension Field {
  /// The name of the element or attribute that the field is in libvirt's XML; libvirt's calls have the same names
  /// for limits.
  public var libvirtName: String? {
    guard case .value(let path, _, _, _) = xml else { return nil }
    return path.attribute ?? path.steps.last?.name
  }
}
