import Foundation
import Records
import Testing

/// A page whose lines are longer than a line of a terminal, with a sealed document inside.
private func page() throws -> Data {
  var page = "<!DOCTYPE html>\n<title>Report</title>\n"
  for row in 0..<40 { page += "<tr><td>\(row)<td>\(String(repeating: "x", count: row * 7 % 31))\n" }
  page +=
    "<script type=\"application/json\">\(String(decoding: try example.encoded(), as: UTF8.self))</script>"
  return Data(page.utf8)
}

private func lines(in file: Data, upTo offset: Int) -> Int {
  1 + file[..<offset].count { $0 == UInt8(ascii: "\n") }
}

@Suite("A seal")
struct SealTests {
  @Test("is intact in a document and a page as they were written")
  func intact() throws {
    #expect(Seal.verify(try example.encoded()) == .intact)
    #expect(Seal.verify(Seal.appended(to: try page())) == .intact)
    #expect(Seal.verify(Seal.appended(to: Data())) == .intact)
    #expect(Seal.verify(Seal.appended(to: Data("one line".utf8))) == .intact)
  }

  @Test("stands on the line after the schema, and no reader minds it")
  func place() throws {
    let file = try example.encoded()
    let text = String(decoding: file, as: UTF8.self).split(separator: "\n")
    let line = try #require(text.firstIndex { $0.hasPrefix("  \"seal\": \"syncline.seal/1 ") })
    #expect(text[line - 1].hasPrefix("  \"schema\": "))
    #expect(try Record(parsing: file, path: "a.json") == example)
  }

  @Test("holds the SHA-256 of all lines but its own")
  func digest() throws {
    let file = String(decoding: try example.encoded(), as: UTF8.self)
    let others = file.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("  \"seal\"") }.joined(separator: "\n")
    #expect(file.contains("syncline.seal/1 \(Digest.sha256(Data(others.utf8))) "))
  }

  @Test(
    "finds any changed byte of a document, and names lines that hold it", arguments: [0x01, 0x20, 0x80, 0xFF])
  func flippedInDocument(mask: UInt8) throws {
    let sealed = try example.encoded()
    for offset in sealed.indices { try expectFound(offset, mask, in: sealed) }
  }

  @Test("finds any changed byte of a page, and names lines that hold it", arguments: [0x01, 0x20, 0xFF])
  func flippedInPage(mask: UInt8) throws {
    let sealed = Seal.appended(to: try page())
    for offset in sealed.indices { try expectFound(offset, mask, in: sealed) }
  }

  private func expectFound(_ offset: Int, _ mask: UInt8, in sealed: Data) throws {
    var file = sealed
    file[offset] ^= mask
    guard case .changed(let changes) = Seal.verify(file) else {
      Issue.record("byte \(offset), \(sealed[offset]) as \(file[offset]): \(Seal.verify(file))")
      return
    }
    let line = lines(in: file, upTo: offset)
    let isNamed = changes.contains { change in
      switch change {
      case .lines(let lines, _, _): lines.contains(line) && lines.count <= 3
      case .seal(let found): found == line
      case .lineEnds, .layout, .end, .somewhere: false
      }
    }
    #expect(isNamed, "byte \(offset) in line \(line): \(changes)")
  }

  @Test("finds any byte that is missing or was added")
  func edited() throws {
    let sealed = try example.encoded()
    for offset in sealed.indices {
      var file = sealed
      file.remove(at: offset)
      #expect(Seal.verify(file).isChanged, "without byte \(offset)")
      file = sealed
      file.insert(UInt8(ascii: "\n"), at: offset)
      #expect(Seal.verify(file).isChanged, "with a line more at \(offset)")
    }
    #expect(Seal.verify(sealed + Data("\n".utf8)).isChanged)
  }

  @Test("finds a file that is cut short anywhere")
  func truncated() throws {
    let document = try example.encoded()
    for length in 1..<document.count {
      #expect(Seal.verify(document.prefix(length)).isChanged, "\(length) bytes")
    }
    guard case .changed(let changes) = Seal.verify(document.prefix(document.count - 40)) else {
      Issue.record("not found")
      return
    }
    #expect(
      changes.last?.description.hasPrefix("the end is missing: the file is cut short inside series[0]")
        == true)
  }

  @Test(
    "finds an empty page's lost end, but can't tell a page without its last line from one that had no seal")
  func truncatedPage() throws {
    let page = Seal.appended(to: Data("<p>\n".utf8))
    #expect(Seal.verify(page.dropLast(1)).isChanged)
    #expect(Seal.verify(page.dropLast(20)).isChanged)
    #expect(Seal.verify(Data("<p>\n".utf8)) == .absent)
  }

  @Test("tells converted line ends from other changes")
  func lineEnds() throws {
    for sealed in [try example.encoded(), Seal.appended(to: try page())] {
      let text = String(decoding: sealed, as: UTF8.self).replacing("\n", with: "\r\n")
      #expect(Seal.verify(Data(text.utf8)) == .changed([.lineEnds]))
      #expect(Seal.verify(Data(text.replacing("ring", with: "rung").utf8)) != .changed([.lineEnds]))
    }
  }

  @Test("tells a document that another program wrote anew from one with other values")
  func rewritten() throws {
    let object = try JSONSerialization.jsonObject(with: try example.encoded())
    for options: JSONSerialization.WritingOptions in [[], .sortedKeys, [.prettyPrinted, .sortedKeys]] {
      let file = try JSONSerialization.data(withJSONObject: object, options: options)
      #expect(Seal.verify(file) == .changed([.layout(keepsValues: true)]))
      let other = String(decoding: file, as: UTF8.self).replacing("1234567", with: "1234568")
      let verdict = Seal.verify(Data(other.utf8))
      #expect(verdict.isChanged && verdict != .changed([.layout(keepsValues: true)]))
    }
  }

  @Test("finds keys in another order")
  func reordered() throws {
    var lines = String(decoding: try example.encoded(), as: UTF8.self).split(separator: "\n")
    let depth = try #require(lines.firstIndex { $0.contains("\"depth\"") })
    lines.swapAt(depth, depth + 1)
    let file = Data((lines.joined(separator: "\n") + "\n").utf8)
    #expect(
      Seal.verify(file)
        == .changed([
          .lines(
            depth + 1...depth + 2,
            part:
              "series[0] (all-reduce, ring, 2 ranks), in_place to series[0] (all-reduce, ring, 2 ranks), depth",
            surplus: 0)
        ]))
  }

  @Test("names what a changed line holds, in the words of its field")
  func named() throws {
    let text = String(decoding: try example.encoded(), as: UTF8.self)
    for (found, replacement, part) in [
      ("1234567", "1234568", "series[0] (all-reduce, ring, 2 ranks), point 8 B, samples_ps"),
      ("7000000", "7000001", "series[0] (all-reduce, ring, 2 ranks), point 1 MiB, samples_ps"),
      ("node0", "node1", "environment.hosts[0].name"),
      ("rank 1 died", "rank 0 died", "ended_because"),
    ] {
      let file = Data(text.replacing(found, with: replacement).utf8)
      let summary = Seal.verify(file).summary
      #expect(summary.hasSuffix(", \(part)"), "\(summary)")
      #expect(summary.hasPrefix("changed: line "))
    }
  }

  @Test("says where lines are missing or were added")
  func surplus() throws {
    var lines = String(decoding: try example.encoded(), as: UTF8.self).split(separator: "\n")
    let place = try #require(lines.firstIndex { $0.contains("\"domain\"") || $0.contains("\"depth\"") })
    let line = lines.remove(at: place)
    let fewer = Seal.verify(Data((lines.joined(separator: "\n") + "\n").utf8)).summary
    #expect(fewer.hasSuffix("a line fewer than sealed"), "\(fewer)")
    #expect(fewer.contains("line \(place + 1), series[0]"), "\(fewer)")
    lines.insert(line, at: place)
    lines.insert("      \"note\": 1,", at: place)
    let more = Seal.verify(Data((lines.joined(separator: "\n") + "\n").utf8)).summary
    #expect(
      more.contains("line \(place + 1), series[0] (all-reduce, ring, 2 ranks), note, a line more"), "\(more)")
  }

  @Test("stays short for a long file, and still names few lines of it")
  func long() throws {
    var record = example
    record.series = (0..<200).map { number in
      var series = example.series[0]
      series.root = number % 2
      return series
    }
    let sealed = try record.encoded()
    let text = String(decoding: sealed, as: UTF8.self)
    let seal = try #require(text.split(separator: "\n").first { $0.hasPrefix("  \"seal\"") })
    #expect(seal.utf8.count < 1_300)
    var file = sealed
    let offset = sealed.count * 2 / 3
    file[offset] ^= 1
    guard case .changed(let changes) = Seal.verify(file),
      case .lines(let lines, let part?, 0)? = changes.first
    else {
      Issue.record("not named: \(Seal.verify(file))")
      return
    }
    #expect(changes.count == 1 && lines.count <= (text.count { $0 == "\n" } + 255) / 256)
    #expect(part.contains("series[13"))
  }

  @Test("is said to be absent in files of earlier versions and of others")
  func absent() throws {
    let lines = String(decoding: try example.encoded(), as: UTF8.self).split(separator: "\n")
    let unsealed = lines.filter { !$0.hasPrefix("  \"seal\"") }.joined(separator: "\n") + "\n"
    #expect(Seal.verify(Data(unsealed.utf8)) == .absent)
    #expect(Seal.verify(Data()) == .absent)
    #expect(Seal.verify(Data("name: pod\n".utf8)) == .absent)
    #expect(Seal.verify(Data("<p>syncline.seal/1 is a format</p>\n<p>\n".utf8)) == .absent)
    #expect(Seal.verify(try page()) == .absent)
  }

  @Test("of a damaged file takes no more time or memory than the file is worth, whatever its numbers say")
  func hostile() {
    for text in [
      "{\n  \"seal\": \"syncline.seal/1 00 9223372036854775807 1 AAAA 00000000\",\n",
      "{\n  \"seal\": \"syncline.seal/1 00 9223372036854775807 9223372036854775807 AAAA 00000000\",\n",
      "{\n  \"seal\": \"syncline.seal/1 00 -1 0  00000000\",\n", "<!-- seal: ", "{\n  \"seal\": \"",
    ] {
      #expect(Seal.verify(Data(text.utf8)).isChanged)
    }
  }
}

extension Seal.Verdict {
  fileprivate var isChanged: Bool { if case .changed = self { true } else { false } }
}
