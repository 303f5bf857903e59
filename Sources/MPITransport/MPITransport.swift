#if MPI
  private import COpenMPI
  internal import Foundation
  public import Transport

  /// Messages over MPI point-to-point, on the world communicator.
  ///
  /// MPI is initialised by ``start(timeLimit:)`` and finalised when the transport is consumed by ``finish()``. Every
  /// call is made from the thread that started it (MPI_THREAD_FUNNELED). The library makes progress inside its calls only.
  public struct MPITransport: ~Copyable, Transport {
    /// This process's rank in MPI_COMM_WORLD.
    public let rank: Int
    /// The size of MPI_COMM_WORLD.
    public let ranks: Int
    /// How long a wait may last, in seconds.
    public var timeLimit: Double
    /// Whether a wait for an agreement leaves the processor to others, for ranks that may wait for minutes.
    package var restsWhileAgreeing = false

    private var requests: Requests

    /// Initialises MPI.
    ///
    /// - Throws: ``TransportError/library(call:reason:)`` where MPI refuses.
    public static func start(timeLimit: Double) throws(TransportError) -> MPITransport {
      var provided: Int32 = 0
      try check("MPI_Init_thread", unsafe MPI_Init_thread(nil, nil, Int32(MPI_THREAD_FUNNELED), &provided))
      // Otherwise the library ends the process before an error can be said or a record kept.
      try check(
        "MPI_Comm_set_errhandler",
        unsafe MPI_Comm_set_errhandler(syncline_comm_world(), syncline_errors_return()))
      var (rank, size): (Int32, Int32) = (0, 0)
      try check("MPI_Comm_rank", unsafe MPI_Comm_rank(syncline_comm_world(), &rank))
      try check("MPI_Comm_size", unsafe MPI_Comm_size(syncline_comm_world(), &size))
      return MPITransport(
        rank: Int(rank), ranks: Int(size), timeLimit: timeLimit, requests: Requests(count: 0))
    }

    /// Finalises MPI; nothing is in flight.
    public consuming func finish() throws(TransportError) {
      try Self.check("MPI_Finalize", MPI_Finalize())
    }

    /// Ends all ranks at once with `code`: the only way out when one of them can't go on.
    public static func abort(code: Int32) -> Never {
      _ = unsafe MPI_Abort(syncline_comm_world(), code)
      exit(code)
    }

    /// The library's name and version, in one line.
    public static var library: String {
      var text = [CChar](repeating: 0, count: Int(MPI_MAX_LIBRARY_VERSION_STRING))
      var length: Int32 = 0
      guard unsafe MPI_Get_library_version(&text, &length) == MPI_SUCCESS else { return "MPI" }
      let bytes = text.prefix(Int(length)).prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? "MPI"
    }

    /// Makes room for the requests of all slots; the library connects ranks when they first speak.
    public mutating func prepare(_ traffic: Traffic) throws(TransportError) {
      requests = Requests(count: traffic.slots)
    }

    /// MPI_Isend of bytes.
    public mutating func send(_ region: Region, to peer: Int, tag: Int32, slot: Int) throws(TransportError) {
      try Self.check(
        "MPI_Isend",
        unsafe MPI_Isend(
          region.address, Self.count(region), syncline_byte(), Int32(peer), tag, syncline_comm_world(),
          requests.first + slot))
    }

    /// MPI_Irecv of bytes.
    public mutating func receive(_ region: Region, from peer: Int, tag: Int32, slot: Int)
      throws(TransportError)
    {
      try Self.check(
        "MPI_Irecv",
        unsafe MPI_Irecv(
          region.address, Self.count(region), syncline_byte(), Int32(peer), tag, syncline_comm_world(),
          requests.first + slot))
    }

    /// MPI_Testsome until something is complete.
    public mutating func wait(into completed: inout [Int]) throws(TransportError) {
      var patience = Patience(rank: rank, limit: timeLimit)
      while true {
        var found: Int32 = 0
        try Self.check(
          "MPI_Testsome",
          unsafe MPI_Testsome(
            Int32(requests.count), requests.first, &found, requests.indices, syncline_statuses_ignore()))
        if found > 0 {
          for index in 0..<Int(found) { completed.append(unsafe Int(requests.indices[index])) }
          return
        }
        try patience.goOn()
      }
    }

    /// MPI_Iallreduce of one number.
    public mutating func greatest(_ value: Int64) throws(TransportError) -> Int64 {
      var (mine, most, request) = unsafe (value, value, syncline_request_null())
      try unsafe withUnsafeMutablePointer(to: &mine) { mine throws(TransportError) in
        try unsafe withUnsafeMutablePointer(to: &most) { most throws(TransportError) in
          try Self.check(
            "MPI_Iallreduce",
            unsafe MPI_Iallreduce(
              mine, most, 1, syncline_int64(), syncline_op_max(), syncline_comm_world(), &request))
          try unsafe finish(&request)
        }
      }
      return most
    }

    /// MPI_Iallgather.
    public mutating func gather(_ values: [Int64]) throws(TransportError) -> [[Int64]] {
      let bytes = values.count * MemoryLayout<Int64>.size
      guard bytes > 0 else { return Array(repeating: [], count: ranks) }
      let mine = Memory(bytes: bytes)
      let all = Memory(bytes: bytes * ranks)
      for (index, value) in values.enumerated() { mine.region.store(value, at: index) }
      var request = unsafe syncline_request_null()
      let count = Int32(values.count)
      try Self.check(
        "MPI_Iallgather",
        unsafe MPI_Iallgather(
          mine.region.address, count, syncline_int64(), all.region.address, count, syncline_int64(),
          syncline_comm_world(), &request))
      try unsafe finish(&request)
      return (0..<ranks).map { rank in
        values.indices.map { all.region.load(rank * values.count + $0, as: Int64.self) }
      }
    }

    /// Waits for one request of the library's own.
    @unsafe
    private func finish(_ request: inout MPI_Request?) throws(TransportError) {
      var patience = Patience(rank: rank, limit: timeLimit)
      var isDone: Int32 = 0
      while true {
        try Self.check("MPI_Test", unsafe MPI_Test(&request, &isDone, syncline_status_ignore()))
        if isDone != 0 { return }
        if restsWhileAgreeing { usleep(10_000) }
        try patience.goOn(wasLong: restsWhileAgreeing)
      }
    }

    /// Turns a return code into an error with the library's own words.
    static func check(_ call: String, _ code: Int32) throws(TransportError) {
      guard code != MPI_SUCCESS else { return }
      var text = [CChar](repeating: 0, count: Int(MPI_MAX_ERROR_STRING))
      var length: Int32 = 0
      _ = unsafe MPI_Error_string(code, &text, &length)
      let bytes = text.prefix(Int(length)).prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw .library(call: call, reason: String(decoding: bytes, as: UTF8.self))
    }

    private static func count(_ region: Region) throws(TransportError) -> Int32 {
      guard let count = Int32(exactly: region.bytes) else {
        throw .tooLarge(
          "a message of \(region.bytes) bytes: MPI takes at most 2 GiB at a time, use a smaller chunk")
      }
      return count
    }
  }

  /// The requests of all slots, and room for the indices that MPI_Testsome returns, at fixed addresses.
  @safe
  struct Requests: ~Copyable {
    let count: Int
    let first: UnsafeMutablePointer<OpaquePointer?>
    let indices: UnsafeMutablePointer<Int32>

    init(count: Int) {
      self.count = count
      unsafe first = .allocate(capacity: max(count, 1))
      unsafe first.initialize(repeating: syncline_request_null(), count: max(count, 1))
      unsafe indices = .allocate(capacity: max(count, 1))
      unsafe indices.initialize(repeating: 0, count: max(count, 1))
    }

    deinit {
      unsafe first.deallocate()
      unsafe indices.deallocate()
    }
  }
#endif
