import Fabric

/// An element of an XML document: its attributes, text and children, and the line that its start tag ends on.
struct XMLElement {
  let name: String
  let attributes: [String: String]
  let line: Int
  var text = ""
  var children = [XMLElement]()
}
