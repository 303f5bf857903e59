import Foundation
import PackagePlugin

/// Tells the program which commit it is built from, at every build.
///
/// The manifest's own view of git is cached and may be of an older commit, and a record with a wrong commit is worse than
/// one with none.
@main
struct BuiltFrom: BuildToolPlugin {
  /// Writes `BuiltFrom.swift` into the second argument's folder, if the checkout in the first says something new.
  private static let script = """
    commit=$(git -C "$1" rev-parse --short=12 HEAD 2>/dev/null)
    [ -z "$commit" ] || [ -z "$(git -C "$1" status --porcelain 2>/dev/null)" ] || commit="$commit+"
    file="$2/BuiltFrom.swift"
    text="/// The commit at build time, with a + where files had changed; empty outside of a checkout.
    enum BuiltFrom { static let commit = \\"$commit\\" }"
    [ "$text" = "$(cat "$file" 2>/dev/null)" ] || printf '%s\\n' "$text" > "$file"
    """

  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let output = context.pluginWorkDirectoryURL
    return [
      .prebuildCommand(
        displayName: "read the commit", executable: URL(filePath: "/bin/sh"),
        arguments: ["-c", Self.script, "sh", context.package.directoryURL.path, output.path],
        outputFilesDirectory: output)
    ]
  }
}
