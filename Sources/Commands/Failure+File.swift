package import Records

extension Failure {
  /// What a file's error means for a command: 66, 65 or 73.
  package init(_ error: FileError) {
    switch error.kind {
    case .unreadable: self.init(.noInput, error.description)
    case .contents: self.init(.data, error.description)
    case .unwritable: self.init(.cannotCreate, error.description)
    }
  }

  /// Runs what only a file can spoil.
  static func asFailure<Result>(_ body: () throws(FileError) -> Result) throws(Failure) -> Result {
    do throws(FileError) {
      return try body()
    } catch {
      throw Failure(error)
    }
  }
}
