/// All shortest paths between endpoints over a fabric's network switches, whatever finds them.
protocol NetworkPaths: Sendable {
  /// Whether any endpoint reaches any other over the network.
  var joinsAll: Bool { get }

  /// Links from endpoint to endpoint over the network; ``Int/max`` where no network joins them.
  func distance(from source: Int, to destination: Int) -> Int

  /// Gives `visit` the links of one path, in order; a network joins the two.
  func walk(from source: Int, to destination: Int, by selector: Selector, visit: (Int32) -> Void)

  /// Gives `visit` each link by which a shortest path from endpoint `source` begins.
  func eachHop(fromEndpoint source: Int, to destination: Int, visit: (Int32) -> Void)

  /// Gives `visit` each link by which a shortest path goes on from a switch (its node) that is on one.
  func eachHop(fromSwitch node: Int, to destination: Int, visit: (Int32) -> Void)
}
