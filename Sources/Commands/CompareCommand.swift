import ArgumentParser
import Foundation
import Records
import Reports

/// `syncline compare A B`.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare two records or predictions of the same collective, size by size.",
    discussion: """
      Ratios are B over A, so that above 1 B is slower. Intervals are at 95 %: of a measurement from its samples, of a \
      prediction from its machine model. What else differs between the two is listed as not equal.

      EXAMPLES:
        syncline compare before.json after.json
        syncline compare measured.json predicted.json --format csv > compared.csv
      """)

  @Argument(help: ArgumentHelp("The record to compare with.", valueName: "a"))
  var a: String

  @Argument(help: ArgumentHelp("The record that is compared.", valueName: "b"))
  var b: String

  @Option(help: "How to print it: table, json or csv.")
  var format: ComparisonFormat = .table

  func run() throws {
    do {
      let comparison = try Comparison(Record.read(a), Record.read(b))
      print(try comparison.text(as: format, a: a, b: b), terminator: "")
    } catch let error as FileError {
      throw Failure(error)
    } catch let error as ComparisonError {
      throw Failure(.data, "\(a) and \(b): \(error)")
    }
  }
}

extension ComparisonFormat: ExpressibleByArgument {}
