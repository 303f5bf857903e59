/// What records say of the program that made them.
enum Version {
  /// The version of the changelog's topmost entry.
  static let number = "0.1.0"

  /// The commit that this was built from, with a `+` where files had changed; nil outside of a checkout.
  static var commit: String? { BuiltFrom.commit.isEmpty ? nil : BuiltFrom.commit }
}
