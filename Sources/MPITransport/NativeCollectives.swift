#if MPI
  private import COpenMPI
  internal import Collectives
  public import Transport

  extension MPITransport: NativeCollectives {
    /// MPI_Allreduce, MPI_Allgatherv, MPI_Reduce_scatter, MPI_Bcast, MPI_Reduce or MPI_Alltoallv.
    ///
    /// A reduce-scatter in place leaves its block at the start of `output`, as MPI defines it.
    public mutating func runNative(
      _ task: NativeTask, input: Region?, output: Region
    ) throws(TransportError) -> Int {
      guard let count = Int32(exactly: task.count) else {
        throw .tooLarge("\(task.count) elements: MPI 3 counts to 2^31 - 1")
      }
      let world = unsafe syncline_comm_world()
      let type = unsafe Self.type(task.type)
      let root = Int32(task.root)
      let starts = task.blockStarts(ranks: ranks)
      let blockStart = starts[rank] * task.type.size
      let source = unsafe input?.address ?? syncline_in_place()
      switch task.collective {
      case .allReduce:
        let operation = try Combination(task)
        try Self.check(
          "MPI_Allreduce", unsafe MPI_Allreduce(source, output.address, count, type, operation.handle, world))
        return 0
      case .reduce:
        let operation = try Combination(task)
        // Only the root may reduce in place; elsewhere the vector itself is the contribution.
        let isRoot = rank == task.root
        let from = unsafe isRoot ? source : input?.address ?? output.address
        try Self.check(
          "MPI_Reduce",
          unsafe MPI_Reduce(from, isRoot ? output.address : nil, count, type, operation.handle, root, world))
        return 0
      case .broadcast:
        if let input, rank == task.root { output.copy(from: input) }
        try Self.check("MPI_Bcast", unsafe MPI_Bcast(output.address, count, type, root, world))
        return 0
      case .allGather:
        let (counts, offsets) = Self.blocks(starts)
        let own = unsafe input.map { unsafe $0.address + blockStart } ?? syncline_in_place()
        try Self.check(
          "MPI_Allgatherv",
          unsafe MPI_Allgatherv(own, counts[rank], type, output.address, counts, offsets, type, world))
        return 0
      case .reduceScatter:
        let operation = try Combination(task)
        let (counts, _) = Self.blocks(starts)
        let target = unsafe input == nil ? output.address : output.address + blockStart
        try Self.check(
          "MPI_Reduce_scatter",
          unsafe MPI_Reduce_scatter(source, target, counts, type, operation.handle, world))
        return input == nil ? 0 : blockStart
      case .allToAll:
        let exchanged = ExchangedBlocks(count: task.count, ranks: ranks)
        let runs = (0..<ranks).map { exchanged.block(of: rank, with: $0) }
        let (counts, offsets) = (runs.map { Int32($0.count) }, runs.map { Int32($0.lowerBound) })
        try Self.check(
          "MPI_Alltoallv",
          unsafe MPI_Alltoallv(
            source, counts, offsets, type, output.address, counts, offsets, type, world))
        return 0
      }
    }

    private static func blocks(_ starts: [Int]) -> (counts: [Int32], offsets: [Int32]) {
      (zip(starts, starts.dropFirst()).map { Int32($1 - $0) }, starts.dropLast().map { Int32($0) })
    }

    /// MPI 3 has no 16-bit floating point: it moves as 16-bit integers.
    @unsafe
    fileprivate static func type(_ type: DataType) -> MPI_Datatype? {
      switch type {
      case .float32: unsafe syncline_float()
      case .float64: unsafe syncline_double()
      case .int32: unsafe syncline_int32()
      case .int64: unsafe syncline_int64()
      case .float16, .bfloat16: unsafe syncline_uint16()
      }
    }
  }

  /// One of MPI's operations, or one of our own for the types that MPI lacks.
  @safe
  private struct Combination: ~Copyable {
    let handle: MPI_Op?
    private let isOwn: Bool

    init(_ task: NativeTask) throws(TransportError) {
      var made: MPI_Op?
      switch (task.type, task.operation) {
      case (.float16, .sum): try unsafe Self.make(&made) { unsafe combine($0, $1, $2, $3, .float16, .sum) }
      case (.float16, .min): try unsafe Self.make(&made) { unsafe combine($0, $1, $2, $3, .float16, .min) }
      case (.float16, .max): try unsafe Self.make(&made) { unsafe combine($0, $1, $2, $3, .float16, .max) }
      case (.float16, .prod): try unsafe Self.make(&made) { unsafe combine($0, $1, $2, $3, .float16, .prod) }
      case (.bfloat16, .sum): try unsafe Self.make(&made) { unsafe combine($0, $1, $2, $3, .bfloat16, .sum) }
      case (.bfloat16, .min): try unsafe Self.make(&made) { unsafe combine($0, $1, $2, $3, .bfloat16, .min) }
      case (.bfloat16, .max): try unsafe Self.make(&made) { unsafe combine($0, $1, $2, $3, .bfloat16, .max) }
      case (.bfloat16, .prod):
        try unsafe Self.make(&made) { unsafe combine($0, $1, $2, $3, .bfloat16, .prod) }
      case (_, .sum): unsafe made = syncline_op_sum()
      case (_, .min): unsafe made = syncline_op_min()
      case (_, .max): unsafe made = syncline_op_max()
      case (_, .prod): unsafe made = syncline_op_prod()
      }
      unsafe handle = made
      isOwn = task.type == .float16 || task.type == .bfloat16
    }

    deinit {
      guard isOwn else { return }
      var handle = unsafe handle
      _ = unsafe MPI_Op_free(&handle)
    }

    @unsafe
    private static func make(
      _ handle: inout MPI_Op?,
      _ function:
        @escaping @convention(c) (
          UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int32>?,
          UnsafeMutablePointer<MPI_Datatype?>?
        ) -> Void
    ) throws(TransportError) {
      try MPITransport.check("MPI_Op_create", unsafe MPI_Op_create(function, 1, &handle))
    }
  }

  /// The body of an operation of our own: the same kernel as the executor's.
  @unsafe
  private func combine(
    _ source: UnsafeMutableRawPointer?, _ target: UnsafeMutableRawPointer?,
    _ count: UnsafeMutablePointer<Int32>?,
    _ handle: UnsafeMutablePointer<MPI_Datatype?>?, _ type: DataType, _ operation: ReduceOperation
  ) {
    guard let source = unsafe source, let target = unsafe target, let count = unsafe count?.pointee else {
      return
    }
    let bytes = Int(count) * type.size
    let from = unsafe Region(address: source, bytes: bytes)
    unsafe Region(address: target, bytes: bytes).combine(from, as: type, by: operation)
  }
#endif
