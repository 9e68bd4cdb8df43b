import Model

/// Differences of lists whose items are compared as a whole, and by their order: the rules of a network filter.
enum WholeItems {
  /// What must be changed, added and taken away so that the observed items become the desired ones. Items that
  /// stay in their order are not mentioned, so that one more in front is one difference.
  static func differences(
    _ desired: [Record], _ observed: [Record], _ field: Field, _ table: Table, path: String
  ) -> [Difference] {
    if desired.count == observed.count, zip(desired, observed).allSatisfy(table.isWholeSame) {
      return []
    }
    // What libvirt fills in is left out, as manifests leave it out.
    let observed = observed.map(table.reduced)
    var found: [Difference] = []
    var (next, nextObserved) = (0, 0)
    func close(_ end: Int, _ observedEnd: Int) {
      // What stands between two items that stay was changed, as far as it goes.
      while next < end, nextObserved < observedEnd {
        let change = Difference.Change.value(
          from: .record(observed[nextObserved]), to: .record(desired[next]))
        found.append(Difference(path: "\(path)[\(next)]", field: field, change: change))
        (next, nextObserved) = (next + 1, nextObserved + 1)
      }
      while next < end {
        found.append(
          Difference(path: "\(path)[\(next)]", field: field, change: .missingItem(desired[next])))
        next += 1
      }
      while nextObserved < observedEnd {
        found.append(
          Difference(
            path: "\(path)[\(nextObserved)]", field: field,
            change: .extraItem(observed[nextObserved])))
        nextObserved += 1
      }
    }
    for (index, observedIndex) in common(desired, observed, table) {
      close(index, observedIndex)
      (next, nextObserved) = (index + 1, observedIndex + 1)
    }
    close(desired.count, observed.count)
    return found
  }

  /// The longest common subsequence, as pairs of indices.
  private static func common(
    _ left: [Record], _ right: [Record], _ table: Table
  ) -> [(Int, Int)] {
    let same = left.map { item in right.map { table.isWholeSame(item, $0) } }
    var lengths = [[Int]](
      repeating: [Int](repeating: 0, count: right.count + 1), count: left.count + 1)
    for row in left.indices.reversed() {
      for column in right.indices.reversed() {
        lengths[row][column] =
          same[row][column]
          ? lengths[row + 1][column + 1] + 1
          : max(lengths[row + 1][column], lengths[row][column + 1])
      }
    }
    var pairs: [(Int, Int)] = []
    var (row, column) = (0, 0)
    while row < left.count, column < right.count {
      if same[row][column] {
        pairs.append((row, column))
        (row, column) = (row + 1, column + 1)
      } else if lengths[row + 1][column] >= lengths[row][column + 1] {
        row += 1
      } else {
        column += 1
      }
    }
    return pairs
  }
}
