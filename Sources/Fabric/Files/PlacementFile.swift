import Quantities

/// A file that says which endpoint each rank runs on: a name a line, rank 0 first; `#` starts a comment.
struct PlacementFile {
  let path: String

  /// The most bytes that a placement file may have: a million names of ample length.
  private static let sizeLimit = 64 << 20

  func endpoints(for ranks: Int, on fabric: Fabric) throws(TopologyFileError) -> [Int] {
    var places = [String: Int](minimumCapacity: fabric.endpoints.count)
    for (place, node) in fabric.endpoints.enumerated() { places[fabric.nodes[node].id] = place }
    var takenBy = [Int: Int]()
    var result = [Int]()
    let text = try BoundedFile.text(at: path, limit: Self.sizeLimit)
    var number = 0
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      number += 1
      let name = line.prefix { $0 != "#" }.trimmed
      if name.isEmpty { continue }
      guard let place = places[String(name)] else {
        let nearest = nearestName(to: String(name), among: fabric.endpoints.lazy.map { fabric.nodes[$0].id })
        throw TopologyFileError(
          path: path, line: number,
          "found \(String(name).quoted), expected an endpoint of fabric '\(fabric.name)'"
            + (nearest.map { " such as '\($0)'" } ?? " such as '\(fabric.nodes[fabric.endpoints[0]].id)'"))
      }
      if let other = takenBy[place] {
        throw TopologyFileError(
          path: path, line: number,
          "found \(String(name).quoted) for rank \(result.count), which rank \(other) has, expected one rank an endpoint"
        )
      }
      takenBy[place] = result.count
      result.append(place)
    }
    guard result.count >= ranks else {
      throw TopologyFileError(
        path: path, "found \(result.count) endpoints, expected one for each of \(ranks) ranks")
    }
    return Array(result.prefix(ranks))
  }
}

extension Substring {
  /// Without white space at either end.
  package var trimmed: Substring {
    var text = drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
