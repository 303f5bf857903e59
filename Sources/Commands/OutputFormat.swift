import ArgumentParser

/// Where a command's result goes: to a person, or to a program.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
  /// Aligned columns with units.
  case table
  /// One JSON document with bare numbers in base units.
  case json
}
