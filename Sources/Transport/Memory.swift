private import Foundation
private import Synchronization

/// Memory that a transport may read and write on its own: it has one owner and a fixed address, and outlives every
/// message that names a ``Region`` of it.
///
/// Aligned to a page, and touched once, so that no first access falls into a measurement.
public struct Memory: ~Copyable {
  /// All of it.
  public let region: Region

  /// Bytes that were mapped for it; 0 where it was allocated.
  private let mapped: Int

  /// What the memory is made of.
  public enum Pages: String, Sendable, CaseIterable {
    /// The system's usual pages.
    case standard
    /// Pages of 2 MiB that an administrator has set aside: fewer entries in a device's tables.
    case huge
  }

  /// `bytes` of zeroes.
  public init(bytes: Int) {
    precondition(bytes >= 0, "memory has no negative size")
    let address = UnsafeMutableRawPointer.allocate(byteCount: max(bytes, 1), alignment: 4_096)
    unsafe address.initializeMemory(as: UInt8.self, repeating: 0, count: max(bytes, 1))
    unsafe self.init(Region(address: address, bytes: bytes, memory: Self.next()), mapped: 0)
  }

  /// `bytes` of zeroes in such pages.
  ///
  /// - Throws: ``TransportError/unavailable(_:)`` where there are not as many huge pages.
  public init(bytes: Int, in pages: Pages) throws(TransportError) {
    guard pages == .huge, bytes > 0 else {
      self.init(bytes: bytes)
      return
    }
    let page = 2 << 20
    let length = (bytes + page - 1) / page * page
    let found = unsafe mmap(
      nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | Self.hugePages, -1, 0)
    guard let address = unsafe found, unsafe address != MAP_FAILED else {
      throw .unavailable(
        "no \(length / page) huge pages of 2 MiB for \(bytes) B: set them aside first, as by"
          + " `sysctl vm.nr_hugepages=N` (`grep Huge /proc/meminfo` shows what is free)")
    }
    unsafe address.initializeMemory(as: UInt8.self, repeating: 0, count: length)
    unsafe self.init(Region(address: address, bytes: bytes, memory: Self.next()), mapped: length)
  }

  private init(_ region: Region, mapped: Int) { (self.region, self.mapped) = (region, mapped) }

  #if os(Linux)
    /// MAP_HUGETLB with pages of 2^21 bytes, as mmap(2) has it.
    private static let hugePages: Int32 = 0x40000 | 21 << 26
  #else
    private static let hugePages: Int32 = 0
  #endif

  /// The number of the next memory.
  private static func next() -> UInt64 { made.add(1, ordering: .relaxed).newValue }
  private static let made = Atomic<UInt64>(0)

  deinit {
    if mapped > 0 {
      _ = unsafe munmap(region.address, mapped)
    } else {
      unsafe region.address.deallocate()
    }
  }
}

/// A run of bytes inside a ``Memory``: what a message carries.
///
/// It is a plain description, as an `iovec` is, so that it can be handed to C. Whoever makes one keeps the memory
/// alive until the last message that names it is complete; inside this package every region is cut from a `Memory`
/// that an executor or a measurement owns for its whole run.
@safe
// Unchecked, since ranks of one process copy between each other's memory, each under the receiver's lock.
public struct Region: BitwiseCopyable, @unchecked Sendable {
  /// Where it starts.
  public let address: UnsafeMutableRawPointer
  /// How long it is.
  public let bytes: Int
  /// The number of the memory that it is cut from; 0 where it is of none.
  ///
  /// No two memories have had the same, so what is known of one is never taken for another's at its address.
  @usableFromInline package let memory: UInt64

  /// A run of `bytes` from `address`, which must stay allocated.
  @unsafe
  public init(address: UnsafeMutableRawPointer, bytes: Int) {
    unsafe self.init(address: address, bytes: bytes, memory: 0)
  }

  @unsafe @inlinable
  init(address: UnsafeMutableRawPointer, bytes: Int, memory: UInt64) {
    unsafe self.address = address
    self.bytes = bytes
    self.memory = memory
  }

  /// `bytes` of this region from `offset` on; past its end is the caller's bug.
  @inlinable
  public func part(_ offset: Int, _ bytes: Int) -> Region {
    precondition(offset >= 0 && bytes >= 0 && offset <= self.bytes - bytes, "a part lies inside its region")
    return unsafe Region(address: address + offset, bytes: bytes, memory: memory)
  }

  /// Copies all of `source`, which is as long and does not overlap.
  @inlinable
  public func copy(from source: Region) {
    precondition(source.bytes == bytes, "both regions are equally long")
    guard bytes > 0 else { return }
    unsafe address.copyMemory(from: source.address, byteCount: bytes)
  }

  /// Sets every byte.
  public func fill(_ byte: UInt8) {
    unsafe address.initializeMemory(as: UInt8.self, repeating: byte, count: bytes)
  }

  /// Whether both regions hold the same bytes.
  public func holdsSame(as other: Region) -> Bool {
    guard bytes == other.bytes else { return false }
    return unsafe memcmp(address, other.address, bytes) == 0
  }

  /// Element `index` as a `T`.
  package func load<T: BitwiseCopyable>(_ index: Int, as type: T.Type) -> T {
    precondition(
      index >= 0 && (index + 1) * MemoryLayout<T>.stride <= bytes, "an element lies inside its region")
    return unsafe address.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.stride, as: type)
  }

  /// Sets element `index`.
  package func store<T: BitwiseCopyable>(_ value: T, at index: Int) {
    precondition(
      index >= 0 && (index + 1) * MemoryLayout<T>.stride <= bytes, "an element lies inside its region")
    unsafe address.storeBytes(of: value, toByteOffset: index * MemoryLayout<T>.stride, as: T.self)
  }
}
