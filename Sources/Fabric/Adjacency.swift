/// The links that leave each node, as one run of indices a node, in the order of the links.
package struct Adjacency: Sendable {
  /// The run of node n is `indices[starts[n]..<starts[n + 1]]`.
  private(set) var starts: [Int32]
  private(set) var indices: [Int32]

  /// Two passes over `links`; only those that `isIncluded`.
  package init(
    nodes: Int, links: [Fabric.Link], where isIncluded: (Fabric.Link) -> Bool = { _ in true }
  ) {
    var starts = [Int32](repeating: 0, count: nodes + 1)
    for link in links where isIncluded(link) { starts[link.from + 1] += 1 }
    for node in 0..<nodes { starts[node + 1] += starts[node] }
    var next = starts
    var indices = [Int32](repeating: 0, count: Int(starts[nodes]))
    for (index, link) in links.enumerated() where isIncluded(link) {
      indices[Int(next[link.from])] = Int32(index)
      next[link.from] += 1
    }
    (self.starts, self.indices) = (starts, indices)
  }

  /// The links that leave `node`.
  package subscript(node: Int) -> ArraySlice<Int32> { indices[Int(starts[node])..<Int(starts[node + 1])] }

  /// Where the run of each key from 0 begins among `keys` in order, and the end of the last.
  static func starts(of keys: [Int32], count: Int) -> [Int32] {
    var starts = [Int32](repeating: 0, count: count + 1)
    for key in keys { starts[Int(key) + 1] += 1 }
    for key in 0..<count { starts[key + 1] += starts[key] }
    return starts
  }
}
