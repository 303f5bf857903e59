/// What a training step takes on a fabric, predicted: enough for a reviewer to compare proposals without running them again.
///
/// The file format is documented in `docs/formats.md`. Times are seconds, since a step lasts from milliseconds to minutes;
/// shares are of one, not percent.
public struct StepRecord: Sendable, Equatable, Codable {
  /// The schema's name and version; a reader refuses any other.
  public static let schema = "syncline.step/1"

  /// A figure with its 95 % interval, where the machine model gives one.
  public struct Figure: Sendable, Equatable, Codable {
    /// The figure itself.
    public var value: Double
    /// The interval's lower end; nil where there is none.
    public var low: Double?
    /// The interval's upper end; nil where there is none.
    public var high: Double?

    /// A figure; without an interval it is exact for its inputs.
    public init(_ value: Double, low: Double? = nil, high: Double? = nil) {
      (self.value, self.low, self.high) = (value, low, high)
    }
  }

  /// ``schema``, as the file says it.
  public var schema: String
  /// What the proposal is called: the topology's name unless said otherwise.
  public var name: String
  /// Where, when and by what the record was made, with the inputs' digests.
  public var environment: Record.Environment
  /// What is trained, and how it is spread over GPUs.
  public var workload: Workload
  /// What it is trained on.
  public var fabric: FabricFacts
  /// What each group moves in a step.
  public var volumes: [Volume]
  /// What one step takes.
  public var step: Step
  /// The gradient buckets in the order of the backward pass.
  public var buckets: [Bucket]
  /// The links that bound the exposed collectives, the busiest first.
  public var links: [Link]
  /// The same step with one thing changed.
  public var variations: [Variation]
  /// The data-parallel group's all-reduce at several sizes on this fabric.
  public var curves: [Record.Series]
  /// A training run of many such steps; nil where no token budget was given.
  public var run: Run?
  /// What a step draws; nil where no power is known.
  public var energy: Energy?
  /// What 1,000 tokens cost; nil without a price list that has GPU hours.
  public var cost: Cost?
  /// What the figures leave out or take for granted, in words.
  public var assumptions: [String]

  /// A record of a step, with what follows from it where that is known.
  public init(
    name: String, environment: Record.Environment, workload: Workload, fabric: FabricFacts, volumes: [Volume],
    step: Step, buckets: [Bucket], links: [Link], variations: [Variation], curves: [Record.Series],
    run: Run? = nil, energy: Energy? = nil, cost: Cost? = nil, assumptions: [String] = []
  ) {
    schema = Self.schema
    (self.name, self.environment, self.workload, self.fabric) = (name, environment, workload, fabric)
    (self.volumes, self.step, self.buckets, self.links) = (volumes, step, buckets, links)
    (self.variations, self.curves) = (variations, curves)
    (self.run, self.energy, self.cost, self.assumptions) = (run, energy, cost, assumptions)
  }
}
