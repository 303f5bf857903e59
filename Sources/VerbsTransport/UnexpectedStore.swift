import Transport

/// Room for small messages that come before their receives: cells of one size, used again and again.
struct UnexpectedStore {
  /// A cell's memory, in a place that an array can hold.
  private final class Cell {
    let memory: Memory
    init(bytes: Int) { memory = Memory(bytes: bytes) }
  }

  private let bytes: Int
  private var cells: [Cell] = []
  private var free: [Int] = []

  init(cellBytes: Int) { bytes = cellBytes }

  /// Copies `message` into a cell and gives its number.
  mutating func keep(_ message: Region) -> Int {
    if free.isEmpty {
      cells.append(Cell(bytes: bytes))
      free.append(cells.count - 1)
    }
    let cell = free.removeLast()
    cells[cell].memory.region.part(0, message.bytes).copy(from: message)
    return cell
  }

  /// Copies a cell's contents out and frees it.
  mutating func take(_ cell: Int, into region: Region) {
    region.copy(from: cells[cell].memory.region.part(0, region.bytes))
    free.append(cell)
  }
}
