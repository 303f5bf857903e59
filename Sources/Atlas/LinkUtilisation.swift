package import Fabric

/// What a simulation asked of each link, read from the table that `simulate --link-use` writes.
package enum LinkUtilisation {
  /// The most bytes that a table may have: some millions of links.
  private static let sizeLimit = 256 << 20

  /// The utilisation of each link of `fabric` from the table at `path`, 0 for those that it leaves out.
  ///
  /// - Throws: ``TopologyFileError`` for a table without the columns `link` and `utilisation`, for links that the fabric
  ///   has not or that stand twice, and for shares outside of 0 to 1.
  package static func read(_ path: String, for fabric: Fabric) throws(TopologyFileError) -> [Double] {
    let rows = try SeparatedText(contentsOf: path, sizeLimit: sizeLimit).rows
    let header = rows[0]
    guard let name = header.cells.firstIndex(of: "link"),
      let share = header.cells.firstIndex(of: "utilisation")
    else {
      throw TopologyFileError(
        path: path, line: header.line,
        "found the columns \(header.cells.joined(separator: ",").quoted), expected 'link' and 'utilisation'")
    }
    var indices = [String: Int](minimumCapacity: fabric.links.count)
    for index in fabric.links.indices { indices[fabric.name(ofLink: index)] = index }
    var result = [Double](repeating: 0, count: fabric.links.count)
    for row in rows.dropFirst() {
      guard row.cells.count == header.cells.count else {
        throw TopologyFileError(
          path: path, line: row.line, "found \(row.cells.count) cells, expected \(header.cells.count)")
      }
      guard let index = indices.removeValue(forKey: row.cells[name]) else {
        throw TopologyFileError(
          path: path, line: row.line,
          "found link \(row.cells[name].quoted), expected one of fabric '\(fabric.name)', each once")
      }
      // Sums of many rounded bytes may pass 1 by a little.
      guard let value = Double(row.cells[share]), value >= 0, value <= 1.001 else {
        throw TopologyFileError(
          path: path, line: row.line,
          "field 'utilisation': found \(row.cells[share].quoted), expected a share from 0 to 1")
      }
      result[index] = min(1, value)
    }
    return result
  }
}
