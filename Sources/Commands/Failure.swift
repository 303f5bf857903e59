import Foundation

/// Why a command ends without what was asked of it: one line for a person, one code for a script.
package struct Failure: Error, CustomStringConvertible {
  /// The exit codes of sysexits.h that apply here.
  package enum Code: Int32, Sendable {
    /// The command line is wrong (EX_USAGE).
    case usage = 64
    /// A file's contents are wrong (EX_DATAERR).
    case data = 65
    /// A file can't be read (EX_NOINPUT).
    case noInput = 66
    /// Something that is needed is not there (EX_UNAVAILABLE).
    case unavailable = 69
    /// What ran gave a wrong result (EX_SOFTWARE).
    case software = 70
    /// Standard output can't be written (EX_IOERR).
    case outputLost = 74
    /// A file can't be written (EX_CANTCREAT).
    case cannotCreate = 73
    /// A rank died or hung, or a run was stopped (EX_TEMPFAIL).
    case rankLost = 75
  }

  package let description: String
  package let code: Code

  package init(_ code: Code, _ description: String) { (self.code, self.description) = (code, description) }

  /// Says it on standard error, in one line; nothing where another process or rank has said why.
  func say() {
    guard !description.isEmpty else { return }
    Self.say(description)
  }

  /// Says how a command ended on standard error, in one line.
  static func say(_ text: String) {
    FileHandle.standardError.write(Data("syncline: \(line(text))\n".utf8))
  }

  /// The most characters of a message: what a file holds may be quoted in it.
  private static let longest = 1_000

  /// `text` without anything that would move a terminal's cursor or colour, in one line of bounded length.
  private static func line(_ text: String) -> String {
    let harmless = String(
      text.unicodeScalars.prefix(longest).map { scalar -> Character in
        let isHarmless =
          scalar.properties.generalCategory != .control && scalar.properties.generalCategory != .format
        return isHarmless ? Character(scalar) : " "
      })
    return text.unicodeScalars.count > longest ? harmless + " …" : harmless
  }
}
