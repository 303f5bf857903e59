package import Records

/// The forms in which a record's figures are printed.
package enum SummaryFormat: String, CaseIterable, Sendable {
  /// Aligned columns for people.
  case table
  /// The columns of nccl-tests, for scripts that read them.
  case nccl
  /// One object with everything.
  case json
  /// One line a size, RFC 4180.
  case csv
}

extension Record {
  /// The record's figures in `format`, with a newline at the end.
  package func summary(as format: SummaryFormat) throws -> String {
    switch format {
    case .table: SummaryTable(self).description + "\n"
    case .nccl: NCCLText(self).description
    case .json: String(decoding: try DocumentCoding.encode(SummaryDocument(self)), as: UTF8.self)
    case .csv: SummaryTable.csv(self)
    }
  }
}
