public import ArgumentParser
import CPlatform
import Foundation

/// The command line: one subcommand a file.
public struct SynclineCommand: ParsableCommand {
  /// Name, abstract and subcommands.
  public static let configuration = CommandConfiguration(
    commandName: "syncline",
    abstract: "Measure real collectives, calibrate a machine model, and predict what a fabric will do.",
    version: Version.number,
    subcommands: [
      BenchCommand.self,
      CalibrateCommand.self,
      SimulateCommand.self,
      SweepCommand.self,
      ValidateCommand.self,
      CompareCommand.self,
      StepCommand.self,
      ReportCommand.self,
      CheckCommand.self,
      VerifyCommand.self,
      ServeCommand.self,
      TopologyCommand.self,
      ScheduleCommand.self,
      DevicesCommand.self,
    ])

  /// For the argument parser.
  public init() {}

  /// Runs the process's command line and ends the process: 0, 64 to 78 as sysexits.h has them, or of objectives that
  /// are not known to be kept 1 or 2.
  public static func runAndExit() -> Never {
    do {
      var command = try parseAsRoot()
      try command.run()
      guard syncline_flush_output() == 0 else {
        throw Failure(.outputLost, "standard output can't be written")
      }
      exit(withError: nil)
    } catch let objectives as ObjectivesNotKept {
      objectives.say()
      Foundation.exit(objectives.status)
    } catch let failure as Failure {
      failure.say()
      Foundation.exit(failure.code.rawValue)
    } catch  where exitCode(for: error) == .success {
      // Help and version are asked for.
      exit(withError: error)
    } catch {
      Failure(.usage, "\(message(for: error)) (--help says more)").say()
      Foundation.exit(Failure.Code.usage.rawValue)
    }
  }
}
