private import Foundation

/// A TCP socket; it is closed when the value ends.
///
/// No call blocks for longer than a ``Deadline`` says. This is the only file that speaks with the system's sockets.
package struct Socket: ~Copyable {
  let descriptor: Int32

  /// What ended a call.
  package enum Failure: Error, Equatable {
    /// The other side closed the connection, or is not there any more.
    case closed
    case outOfTime
    case system(call: String, code: Int32)

    package var reason: String {
      switch self {
      case .closed: "the connection was closed"
      case .outOfTime: "out of time"
      case .system(let call, let code): unsafe String(cString: strerror(code)) + Socket.hint(call, code)
      }
    }
  }

  private static func hint(_ call: String, _ code: Int32) -> String {
    switch (call, code) {
    case ("bind", EADDRINUSE): ", by an earlier run or another program"
    case ("bind", EADDRNOTAVAIL): ": no interface of this host has it"
    default: " (\(call))"
    }
  }

  /// One of the numeric addresses that a name stands for.
  package struct Endpoint {
    fileprivate let family: Int32
    fileprivate let bytes: [UInt8]
  }

  private init(adopting descriptor: Int32) throws(Failure) {
    self.descriptor = descriptor
    guard descriptor >= 0 else { throw .last("socket") }
    guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
      throw .last("fcntl")
    }
  }

  deinit { if descriptor >= 0 { _ = close(descriptor) } }

  // MARK: - Opening

  /// The addresses that `address` stands for, in the resolver's order.
  package static func resolve(_ address: RendezvousAddress) throws(TransportError) -> [Endpoint] {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let status = unsafe getaddrinfo(address.host, String(address.port), &hints, &list)
    guard status == 0 else {
      throw .unavailable("\(address): \(unsafe String(cString: gai_strerror(status)))")
    }
    defer { unsafe freeaddrinfo(list) }
    var found: [Endpoint] = []
    var next = unsafe list
    while let entry = unsafe next {
      let bytes = unsafe UnsafeRawBufferPointer(
        start: entry.pointee.ai_addr, count: Int(entry.pointee.ai_addrlen))
      found.append(Endpoint(family: unsafe entry.pointee.ai_family, bytes: unsafe Array(bytes)))
      unsafe next = entry.pointee.ai_next
    }
    return found
  }

  /// Listens at `endpoint` only; port 0 means any free one.
  package static func listening(at endpoint: Endpoint, backlog: Int) throws(Failure) -> Socket {
    let listener = try Socket(adopting: socket(endpoint.family, Int32(SOCK_STREAM.rawValue), 0))
    // A port whose last connections are not forgotten yet can be used again.
    try listener.set(SOL_SOCKET, SO_REUSEADDR, to: 1)
    let status = unsafe endpoint.withPointer { unsafe bind(listener.descriptor, $0, $1) }
    guard status == 0 else { throw .last("bind") }
    guard listen(listener.descriptor, Int32(clamping: backlog)) == 0 else { throw .last("listen") }
    return listener
  }

  /// Connects to `endpoint`.
  package static func connected(to endpoint: Endpoint, until deadline: Deadline) throws(Failure) -> Socket {
    let result = try Socket(adopting: socket(endpoint.family, Int32(SOCK_STREAM.rawValue), 0))
    let status = unsafe endpoint.withPointer { unsafe connect(result.descriptor, $0, $1) }
    if status != 0 {
      guard errno == EINPROGRESS || errno == EINTR else { throw .last("connect") }
      guard try !wait(for: POLLOUT, on: [result.descriptor], until: deadline).isEmpty else {
        throw .outOfTime
      }
      var (code, length): (Int32, socklen_t) = (0, socklen_t(MemoryLayout<Int32>.size))
      guard unsafe getsockopt(result.descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else {
        throw .last("getsockopt")
      }
      guard code == 0 else { throw .system(call: "connect", code: code) }
    }
    // A port among those that the system gives to clients, with nobody listening, may have been connected to itself.
    guard result.address(ofPeer: false) != result.address(ofPeer: true) else {
      throw .system(call: "connect", code: ECONNREFUSED)
    }
    try result.keepAlive()
    return result
  }

  /// The next connection that waits at this listener; nil where there is none.
  func accepted() throws(Failure) -> Socket? {
    while true {
      let descriptor = accept(self.descriptor, nil, nil)
      if descriptor >= 0 {
        let result = try Socket(adopting: descriptor)
        try result.keepAlive()
        return result
      }
      switch errno {
      case EINTR, ECONNABORTED: continue
      case EAGAIN: return nil
      default: throw .last("accept")
      }
    }
  }

  /// Small messages go at once, and a host that has vanished is noticed.
  private func keepAlive() throws(Failure) {
    try set(Int32(IPPROTO_TCP), TCP_NODELAY, to: 1)
    try set(SOL_SOCKET, SO_KEEPALIVE, to: 1)
    #if os(Linux)
      try set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, to: 10)
      try set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, to: 5)
      try set(Int32(IPPROTO_TCP), TCP_KEEPCNT, to: 4)
    #endif
  }

  private func set(_ level: Int32, _ option: Int32, to value: Int32) throws(Failure) {
    var value = value
    let size = socklen_t(MemoryLayout<Int32>.size)
    guard unsafe setsockopt(descriptor, level, option, &value, size) == 0 else { throw .last("setsockopt") }
  }

  // MARK: - Bytes

  /// Sends all of `bytes`.
  package func sendAll(_ bytes: [UInt8], until deadline: Deadline) throws(Failure) {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe send(
          descriptor, buffer.baseAddress.map { unsafe $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count >= 0 {
        sent += count
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        guard try !Self.wait(for: POLLOUT, on: [descriptor], until: deadline).isEmpty else {
          throw .outOfTime
        }
      default: throw .last("send")
      }
    }
  }

  /// Receives exactly `count` bytes.
  package func receiveAll(_ count: Int, until deadline: Deadline) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      if let more = try receiveSome(count - bytes.count) {
        bytes += more
      } else if try Self.wait(for: POLLIN, on: [descriptor], until: deadline).isEmpty {
        throw .outOfTime
      }
    }
    return bytes
  }

  /// Receives what is there, at most `limit` bytes; nil where nothing is.
  package func receiveSome(_ limit: Int) throws(Failure) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: limit)
    while true {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
      }
      if count > 0 { return count == limit ? bytes : Array(bytes.prefix(count)) }
      guard count < 0 else { throw .closed }
      switch errno {
      case EINTR: continue
      case EAGAIN: return nil
      default: throw .last("recv")
      }
    }
  }

  /// Whether the other side has closed, and everything that it sent has been received.
  var isClosed: Bool {
    var byte: UInt8 = 0
    let count = unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK))
    return count == 0 || count < 0 && errno != EAGAIN && errno != EINTR
  }

  // MARK: - Waiting

  /// Waits until something can be read from, or has happened to, one of `sockets`.
  ///
  /// - Returns: their places, ascending; none where the time is over.
  static func readable(_ descriptors: [Int32], until deadline: Deadline) throws(Failure) -> [Int] {
    try wait(for: POLLIN, on: descriptors, until: deadline)
  }

  /// Waits for the time to pass.
  static func pause(until deadline: Deadline) {
    _ = poll(nil, 0, deadline.milliseconds)
  }

  private static func wait(
    for event: Int32, on descriptors: [Int32], until deadline: Deadline
  ) throws(Failure) -> [Int] {
    var entries = descriptors.map { pollfd(fd: $0, events: Int16(event), revents: 0) }
    while true {
      let count = unsafe poll(&entries, nfds_t(entries.count), deadline.milliseconds)
      if count > 0 { return entries.indices.filter { entries[$0].revents != 0 } }
      if count == 0 {
        guard deadline.milliseconds == 0 else { continue }
        return []
      }
      guard errno == EINTR else { throw .last("poll") }
    }
  }

  // MARK: - Names

  /// The numeric address of the other side, without its port.
  var peer: String { address(ofPeer: true).host }

  /// The port at this side.
  package var port: UInt16 { UInt16(address(ofPeer: false).port) ?? 0 }

  /// One side's numeric address; "an unknown address" where the connection is gone.
  private func address(ofPeer: Bool) -> (host: String, port: String) {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
    let status = unsafe withUnsafeMutableBytes(of: &storage) { bytes in
      let address = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
      let named =
        unsafe ofPeer ? getpeername(descriptor, address, &length) : getsockname(descriptor, address, &length)
      guard named == 0 else { return Int32(-1) }
      return unsafe getnameinfo(
        address, length, &host, socklen_t(host.count), &port, socklen_t(port.count),
        NI_NUMERICHOST | NI_NUMERICSERV)
    }
    guard status == 0 else { return ("an unknown address", "") }
    let texts = [host, port].map { text in
      String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    return (texts[0], texts[1])
  }
}

extension Socket.Endpoint {
  fileprivate func withPointer(_ body: (UnsafePointer<sockaddr>?, socklen_t) -> Int32) -> Int32 {
    unsafe bytes.withUnsafeBytes {
      unsafe body($0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
    }
  }
}

extension Socket.Failure {
  /// What errno says that `call` failed by.
  fileprivate static func last(_ call: String) -> Socket.Failure {
    let code = errno
    return [EPIPE, ECONNRESET].contains(code) ? .closed : .system(call: call, code: code)
  }
}
