import ArgumentParser
import Foundation
import Records
import Reports

/// `syncline verify FILE…`.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Find out whether records and reports, and the files they were made from, are as they were.",
    discussion: """
      A seal says of every byte of a record, machine model or report whether it changed since Syncline wrote it, and where: \
      it guards against accidents, not against forgers. Inputs are held against the SHA-256 that was noted when they were \
      read; they are looked for in the current folder, then in the folder of the file that names them.

      Ends with 0 where all is as it was, 65 where something changed, 66 where an input is missing. docs/integrity.md has \
      the details.

      EXAMPLES:
        syncline verify pod.json machine.json report.html
        syncline verify handed-over/*.json --inputs-from handed-over/inputs --format json
      """)

  @Argument(help: ArgumentHelp("Records, machine models, reports, or results of a sweep.", valueName: "file"))
  var files: [String]

  @Option(help: "Where inputs are looked for first.")
  var inputsFrom: String?

  @Option(help: "How to print it: table or json.")
  var format: OutputFormat = .table

  func run() throws {
    let verification = try Failure.asFailure { () throws(FileError) in
      try Verification(files, inputsFrom: inputsFrom)
    }
    switch format {
    case .table: print(verification.table.description)
    case .json:
      print(String(decoding: try DocumentCoding.encode(verification), as: UTF8.self), terminator: "")
    }
    if let failure = verification.failure { throw failure }
  }
}
