import Quantities

/// Finds links by their names, as ``Fabric/name(ofLink:)`` gives them, and by patterns of names.
///
/// `A>B` is one link, `A<>B` both directions of it; `*` stands for any characters, so that `leaf*>spine*` is every link
/// from a leaf up to a spine. One look at each link for every pattern with a star; names without one are looked up.
package struct LinkPatterns {
  private let names: [String]
  private let indices: [String: Int]

  /// - Complexity: O(links)
  package init(_ fabric: Fabric) {
    names = fabric.links.indices.map { fabric.name(ofLink: $0) }
    indices = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
  }

  /// The links that a pattern names, in the order of the fabric; none where there are no such links.
  package func links(_ pattern: String) -> [Int] {
    let single = Self.directions(of: pattern)
    guard pattern.contains("*") else { return single.compactMap { indices[$0] }.sorted() }
    let pieces = single.map { Array($0.utf8) }
    return names.indices.filter { link in pieces.contains { Self.matches(names[link].utf8, $0) } }
  }

  /// What is said of a pattern that names no link: the nearest name, or an example.
  package func advice(for pattern: String) -> String {
    let wanted = Self.directions(of: pattern)[0]
    guard let name = nearestName(to: wanted, among: names) ?? names.first else { return "the name of a link" }
    return "the name of a link as topology show prints it, such as '\(name)'"
  }

  /// The one or two patterns of links that a pattern of a link or a cable stands for.
  private static func directions(of pattern: String) -> [String] {
    guard let arrow = pattern.firstRange(of: "<>") else { return [pattern] }
    let (left, rest) = (pattern[..<arrow.lowerBound], pattern[arrow.upperBound...])
    // The number of parallel links stands at the end, whichever way a link goes.
    let number = rest.lastIndex(of: "#") ?? rest.endIndex
    return ["\(left)>\(rest)", "\(rest[..<number])>\(left)\(rest[number...])"]
  }

  /// Whether a pattern, in which `*` stands for any bytes, is the whole of a name.
  private static func matches(_ name: String.UTF8View, _ pattern: [UInt8]) -> Bool {
    let star = UInt8(ascii: "*")
    var (place, next) = (name.startIndex, 0)
    // Where the last star was, and where what it stands for ends so far.
    var (lastStar, covered) = (-1, name.startIndex)
    while place < name.endIndex {
      if next < pattern.count, pattern[next] == star {
        (lastStar, covered) = (next, place)
        next += 1
      } else if next < pattern.count, pattern[next] == name[place] {
        place = name.index(after: place)
        next += 1
      } else if lastStar >= 0 {
        covered = name.index(after: covered)
        (place, next) = (covered, lastStar + 1)
      } else {
        return false
      }
    }
    return pattern[next...].allSatisfy { $0 == star }
  }
}
