import Commands

@main
struct Syncline {
  static func main() { SynclineCommand.runAndExit() }
}
