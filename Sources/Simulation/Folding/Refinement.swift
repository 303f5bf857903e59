/// A partition of a graph's vertices into cells while it becomes equitable.
///
/// A cell that waits in `queue` is a *splitter*: every cell is divided by how many edges its vertices have
/// into it, label by label. The largest part of a divided cell keeps the cell's number, and its place in the
/// queue if it has one; the others are new cells and wait. A vertex is in a new cell only if its cell has
/// lost at least half of its vertices, so its edges are looked at O(log vertices) times.
///
/// Why it may skip the largest part: say that the *degrees* into a set of vertices are settled if, for each
/// label, they are the same for all vertices of each cell. Invariant: the degrees into any cell are a sum and
/// difference of settled ones and of those into waiting cells. It holds at first, when all cells wait. Once a
/// splitter has divided all cells, the degrees into it are settled, and remain so when cells become smaller.
/// When a cell is divided, the degrees into it are the sum of those into its parts; so those into the largest
/// part are the cell's less those into the others, which wait, or it waits itself. With no cell waiting all
/// degrees are settled: the partition is equitable. It is the coarsest, because no equitable partition of
/// these colours has in one class what was divided.
struct Refinement {
  private struct Vertex: BitwiseCopyable {
    /// Its cell, or the complement of it where the vertex is alone there, so that nothing can divide it.
    var cell: Int32
    /// Where it stands in `members`.
    var place: Int32
  }

  struct Cell: BitwiseCopyable {
    /// Its vertices are `members[start ..< end]`.
    var start: Int32
    var end: Int32
    /// How many of them, the last ones, have an edge into the splitter.
    var touched: Int32 = 0
    /// The most such edges that one of them has, less one, and how many they have together.
    var mostAgain: Int32 = 0
    var hits: Int32 = 0
  }

  /// An edge from the splitter.
  private struct Hit: BitwiseCopyable {
    let vertex: Int32
    /// The one before it that has the same label.
    let previous: Int32
  }

  private let graph: LabelledGraph
  private var vertices: [Vertex]
  private(set) var cells: [Cell] = []
  private var members: [Int32]
  private var queue: [Int32] = []
  /// By how many each vertex's edges into the splitter are more than one; 0 between labels.
  private var again: [Int32]

  private var hits: [Hit] = []
  /// The last hit of each label, or -1, and the labels that have any.
  private var lastHits: [Int32]
  private var seenLabels: [Int32] = []
  private var touchedCells: [Int32] = []
  /// Where the parts of a cell start, and where the last one ends.
  private var cuts: [Int32] = []
  private var tallies: [Int32] = []
  private var sorted: [Int32] = []

  /// A cell for each colour, in their order; all are splitters.
  init(of graph: LabelledGraph, colours: [Int32]) {
    self.graph = graph
    let count = graph.count
    vertices = Array(repeating: Vertex(cell: 0, place: 0), count: count)
    members = Array(repeating: 0, count: count)
    again = Array(repeating: 0, count: count)
    lastHits = Array(repeating: -1, count: graph.labels)
    var tallies = [Int32](repeating: 0, count: Int(colours.max() ?? -1) + 1)
    for colour in colours { tallies[Int(colour)] += 1 }
    var (start, cellOfColour) = (Int32(0), tallies)
    for colour in tallies.indices where tallies[colour] > 0 {
      cellOfColour[colour] = Int32(cells.count)
      queue.append(Int32(cells.count))
      cells.append(Cell(start: start, end: start + tallies[colour]))
      start += tallies[colour]
    }
    var next = cells.map(\.start)
    for (vertex, colour) in colours.enumerated() {
      let cell = cellOfColour[Int(colour)]
      let place = next[Int(cell)]
      next[Int(cell)] = place + 1
      vertices[vertex] = Vertex(cell: tallies[Int(colour)] == 1 ? ~cell : cell, place: place)
      members[Int(place)] = Int32(vertex)
    }
  }

  /// The cell of a vertex.
  func cell(of vertex: Int) -> Int {
    let cell = vertices[vertex].cell
    return Int(cell < 0 ? ~cell : cell)
  }

  /// Divides cells until nothing divides them.
  mutating func refine() {
    while let splitter = queue.popLast() {
      collectHits(of: Int(splitter))
      // What is divided meanwhile may be the splitter itself: its edges have been noted, so that changes
      // nothing.
      for seen in seenLabels.indices { divide(byLabel: Int(seenLabels[seen])) }
      seenLabels.removeAll(keepingCapacity: true)
      hits.removeAll(keepingCapacity: true)
    }
  }

  private mutating func collectHits(of splitter: Int) {
    for place in Int(cells[splitter].start)..<Int(cells[splitter].end) {
      for index in graph.edges(of: Int(members[place])) {
        let edge = graph.edges[index]
        guard vertices[Int(edge.neighbour)].cell >= 0 else { continue }
        let label = Int(edge.label)
        let previous = lastHits[label]
        if previous < 0 { seenLabels.append(edge.label) }
        lastHits[label] = Int32(hits.count)
        hits.append(Hit(vertex: edge.neighbour, previous: previous))
      }
    }
  }

  private mutating func divide(byLabel label: Int) {
    var hit = lastHits[label]
    lastHits[label] = -1
    while hit >= 0 {
      touch(Int(hits[Int(hit)].vertex))
      hit = hits[Int(hit)].previous
    }
    for touched in touchedCells.indices { divide(Int(touchedCells[touched])) }
    touchedCells.removeAll(keepingCapacity: true)
  }

  /// Notes one more edge of a vertex into the splitter; with its first one it joins the touched end of its
  /// cell.
  @inline(__always)
  private mutating func touch(_ vertex: Int) {
    let (index, place) = (Int(vertices[vertex].cell), vertices[vertex].place)
    // An earlier label of this splitter may have left it alone.
    guard index >= 0 else { return }
    var cell = cells[index]
    cell.hits += 1
    let border = cell.end - cell.touched
    if place >= border {
      again[vertex] += 1
      cell.mostAgain = max(cell.mostAgain, again[vertex])
    } else {
      if cell.touched == 0 { touchedCells.append(Int32(index)) }
      cell.touched += 1
      if place != border - 1 {
        let other = members[Int(border - 1)]
        members[Int(place)] = other
        vertices[Int(other)].place = place
        members[Int(border - 1)] = Int32(vertex)
        vertices[vertex].place = border - 1
      }
    }
    cells[index] = cell
  }

  /// Parts the vertices of a cell that have unequally many edges into the splitter.
  private mutating func divide(_ index: Int) {
    let cell = cells[index]
    cells[index] = Cell(start: cell.start, end: cell.end)
    let border = cell.end - cell.touched
    cuts.removeAll(keepingCapacity: true)
    cuts.append(cell.start)
    if border > cell.start { cuts.append(border) }
    if Int(cell.mostAgain + 1) * Int(cell.touched) != Int(cell.hits) {
      sort(from: border, to: cell.end, most: Int(cell.mostAgain))
    }
    cuts.append(cell.end)
    if cell.mostAgain > 0 {
      for place in Int(border)..<Int(cell.end) { again[Int(members[place])] = 0 }
    }
    if cuts.count > 2 { part(index) }
  }

  /// Sorts the touched vertices of a cell by how many edges they have, and cuts where that changes.
  ///
  /// There are no more tallies than hits: a vertex with so many edges has been hit as often.
  private mutating func sort(from border: Int32, to end: Int32, most: Int) {
    tallies.removeAll(keepingCapacity: true)
    for _ in 0...most { tallies.append(0) }
    for place in Int(border)..<Int(end) { tallies[Int(again[Int(members[place])])] += 1 }
    var start = border
    for times in tallies.indices {
      let tally = tallies[times]
      if tally > 0, start > border { cuts.append(start) }
      tallies[times] = start
      start += tally
    }
    sorted.removeAll(keepingCapacity: true)
    sorted.append(contentsOf: members[Int(border)..<Int(end)])
    for index in sorted.indices {
      let vertex = sorted[index]
      let times = Int(again[Int(vertex)])
      let place = tallies[times]
      tallies[times] = place + 1
      members[Int(place)] = vertex
      vertices[Int(vertex)].place = place
    }
  }

  /// Makes cells of the parts between the cuts; the largest, the first of several, stays.
  private mutating func part(_ index: Int) {
    var largest = 0
    for part in 1..<cuts.count - 1
    where cuts[part + 1] - cuts[part] > cuts[largest + 1] - cuts[largest] {
      largest = part
    }
    for part in 0..<cuts.count - 1 {
      let new = Cell(start: cuts[part], end: cuts[part + 1])
      var number = Int32(index)
      if part == largest {
        cells[index] = new
      } else {
        number = Int32(cells.count)
        cells.append(new)
        queue.append(number)
      }
      if new.end - new.start == 1 {
        vertices[Int(members[Int(new.start)])].cell = ~number
      } else if part != largest {
        for place in Int(new.start)..<Int(new.end) { vertices[Int(members[place])].cell = number }
      }
    }
  }
}
