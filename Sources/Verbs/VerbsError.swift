private import Foundation

/// What a call of libibverbs or librdmacm refused, with all that a report of it needs.
public struct VerbsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The call, as its manual page has it.
  public let call: String
  /// The errno that it gave; 0 where there is none.
  public let code: Int32
  /// The device that it was for, where one was known.
  public let device: String?
  /// What was asked, what there is, what to do; may be empty.
  public let detail: String

  package init(_ call: String, code: Int32, device: String? = nil, detail: String = "") {
    self.call = call
    self.code = code
    self.device = device
    self.detail = detail
  }

  /// As `ibv_create_qp on rxe0: Invalid argument (errno 22): 100000 sends, of 16384 at the most`.
  public var description: String {
    let place = device.map { " on \($0)" } ?? ""
    let reason = code == 0 ? nil : "\(Self.text(of: code)) (errno \(code))"
    return ([call + place] + [reason, detail.isEmpty ? nil : detail].compactMap(\.self))
      .joined(separator: ": ")
  }

  /// The C library's words for an errno.
  static func text(of code: Int32) -> String {
    unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error"
  }

  /// Refuses what is not zero: a positive result is an errno, a negative one means that errno says it.
  static func check(
    _ call: String, on device: String?, _ result: Int32, detail: @autoclosure () -> String = ""
  ) throws(VerbsError) {
    guard result != 0 else { return }
    let code = result > 0 ? result : errno
    throw VerbsError(call, code: code, device: device, detail: detail())
  }

  /// Says that something could not be given back, which no caller can handle: a bug in a debug build, else a line on
  /// standard error.
  static func checkRelease(_ call: String, on device: String?, _ result: Int32) {
    guard result != 0 else { return }
    let error = VerbsError(call, code: result > 0 ? result : errno, device: device, detail: "not given back")
    assertionFailure(error.description)
    FileHandle.standardError.write(Data("syncline: \(error)\n".utf8))
  }
}
