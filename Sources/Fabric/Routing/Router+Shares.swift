extension Router {
  /// Appends the links that a flow between two endpoints loads, each once.
  ///
  /// - Parameters:
  ///   - flow: tells flows of one pair apart.
  ///   - loads: what each link carries already, in flows.
  public func appendShares(
    from source: Int, to destination: Int, flow: UInt64, loads: [Double], to shares: inout [LinkShare]
  ) {
    walk(from: source, to: destination, flow: flow, message: 0) {
      shares.append(LinkShare(link: $0, share: 1))
    }
  }
}
