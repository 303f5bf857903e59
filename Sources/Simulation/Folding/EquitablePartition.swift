/// The coarsest equitable partition of a graph whose vertices have colours and whose edges have labels.
///
/// Vertices of one class have one colour and, for each label and each class, equally many edges of that label
/// to that class. Of all partitions for which that holds this has the fewest classes; every other one refines
/// it, so it is unique.
///
///     // A path of three vertices: its ends are alike, and its middle is not.
///     var path = LabelledGraph(degrees: [1, 2, 1], labels: 1)
///     path.connect(0, 1, label: 0)
///     path.connect(1, 2, label: 0)
///     EquitablePartition(of: path, colours: [0, 0, 0]).classes  // [0, 1, 0]
///
/// Vertices that an automorphism maps to each other are in one class; the converse doesn't hold, and isn't
/// needed where only numbers of neighbours matter.
///
/// O((vertices + edges) log vertices) time, by partition refinement that skips the largest part of what it
/// divides (Hopcroft 1971; Cardon and Crochemore 1982; Paige and Tarjan 1987; Berkholz, Bonsma and Grohe
/// 2017).
package struct EquitablePartition: Sendable {
  /// The class of each vertex; classes are numbered in the order of their first vertices.
  package let classes: [Int32]
  /// The first vertex of each class.
  package let firsts: [Int32]
  /// How many vertices each class has.
  package let sizes: [Int32]

  /// Refines the colours until they are equitable.
  ///
  /// - Parameters:
  ///   - graph: all of its edges have been added.
  ///   - colours: for each vertex a number, 0 or more; memory grows with the greatest.
  package init(of graph: LabelledGraph, colours: [Int32]) {
    precondition(colours.count == graph.count, "each vertex has a colour")
    var refinement = Refinement(of: graph, colours: colours)
    refinement.refine()
    var number = [Int32](repeating: -1, count: refinement.cells.count)
    var classes = [Int32](repeating: 0, count: graph.count)
    var firsts: [Int32] = []
    var sizes: [Int32] = []
    firsts.reserveCapacity(number.count)
    sizes.reserveCapacity(number.count)
    for vertex in classes.indices {
      let cell = refinement.cell(of: vertex)
      if number[cell] < 0 {
        number[cell] = Int32(firsts.count)
        firsts.append(Int32(vertex))
        sizes.append(refinement.cells[cell].end - refinement.cells[cell].start)
      }
      classes[vertex] = number[cell]
    }
    (self.classes, self.firsts, self.sizes) = (classes, firsts, sizes)
  }
}
