#if RDMA
  internal import CVerbs

  extension QueuePair {
    /// Posts a write into the other end's memory.
    ///
    /// - Parameters:
    ///   - address: where the bytes are; the memory of `localKey`, or any where `inline` is set.
    ///   - bytes: 0 to 2^32 - 1; the device's port may take less.
    ///   - remote: where they go, in the other end's memory of `remoteKey`.
    ///   - immediate: a number that takes one receive request of the other end and comes out with it; nil for none.
    ///   - id: comes back in the completion.
    ///   - signalled: whether success gives a completion; a failure always does.
    ///   - inline: whether the bytes are copied now, so that their memory is free at once; ``inlineLimit`` at the most.
    /// - Returns: 0 where it was posted, else an errno; ENOMEM where the queue is full.
    @unsafe
    package func write(
      from address: UInt64, bytes: Int, localKey: UInt32, to remote: UInt64, remoteKey: UInt32,
      immediate: UInt32?, id: UInt64, signalled: Bool, inline: Bool
    ) -> Int32 {
      precondition(bytes >= 0 && bytes <= UInt32.max, "a write has at most 2^32 - 1 bytes")
      return unsafe syncline_post_write(
        pointer, id, address, UInt32(truncatingIfNeeded: bytes), localKey, remote, remoteKey,
        immediate != nil, immediate ?? 0, signalled, inline)
    }

    /// The same, from a pointer.
    @unsafe
    package func write(
      from address: UnsafeRawPointer, bytes: Int, localKey: UInt32, to remote: UInt64, remoteKey: UInt32,
      immediate: UInt32?, id: UInt64, signalled: Bool, inline: Bool
    ) -> Int32 {
      unsafe write(
        from: UInt64(UInt(bitPattern: address)), bytes: bytes, localKey: localKey, to: remote,
        remoteKey: remoteKey, immediate: immediate, id: id, signalled: signalled, inline: inline)
    }

    /// Posts a receive request without memory: what a write with a number takes.
    ///
    /// - Returns: 0 where it was posted, else an errno; ENOMEM where the queue is full.
    package func receive(id: UInt64) -> Int32 { unsafe syncline_post_receive(pointer, id) }
  }
#endif
