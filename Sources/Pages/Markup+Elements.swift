extension Markup {
  /// An element of HTML that a page may have.
  ///
  /// `script` and `style` are not among them: what they hold is not escaped as text is. ``Page`` writes its
  /// own.
  package enum Tag: String, Sendable {
    case a, article, aside, b, br, button, caption, code, dd, details, div, dl, dt, em, fieldset
    case figcaption, figure, footer, h1, h2, h3, header, hr, img, input, label, legend, li, main, nav
    case ol, option, p, pre, section, select, small, span, strong, summary, table, tbody, td, tfoot, th, thead
    case time, tr, ul

    /// Whether it has no content and no end.
    var isVoid: Bool {
      switch self {
      case .br, .hr, .img, .input: true
      default: false
      }
    }
  }

  /// An attribute, whose name is of this source and whose value is escaped.
  package struct Attribute: Sendable {
    let name: StaticString
    /// Nil for an attribute that has none, such as `checked`.
    let value: String?

    /// Any attribute but those that hold a script or an address; see ``href(_:)``.
    package static func attribute(_ name: StaticString, _ value: String) -> Attribute {
      Attribute(name: name, value: value)
    }

    /// One that is there or not, such as `checked`.
    package static func flag(_ name: StaticString) -> Attribute { Attribute(name: name, value: nil) }

    /// Classes, separated by spaces.
    package static func classes(_ names: StaticString) -> Attribute {
      Attribute(name: "class", value: names.description)
    }

    /// The element's name in the page.
    package static func id(_ name: String) -> Attribute { Attribute(name: "id", value: name) }

    /// Where a link leads: a fragment, a relative path, or an address of the web or of mail.
    ///
    /// Any other scheme could run a script, and leads nowhere. A relative path with a colon in its first part
    /// starts with `./`.
    package static func href(_ address: String) -> Attribute {
      let lead = address.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
      let scheme = lead.lastIndex(of: ":").map { lead[..<$0].lowercased() }
      let isHarmless = scheme.map { ["http", "https", "mailto"].contains($0) } ?? true
      return Attribute(name: "href", value: isHarmless ? address : "#")
    }
  }

  /// An element with what stands in it.
  ///
  ///     Markup.element(.p, .classes("note")) { Markup(text: host.name) }
  package static func element(
    _ tag: Tag, _ attributes: Attribute..., @MarkupBuilder content: () -> Markup = { "" }
  ) -> Markup {
    element(tag, attributes, holding: content())
  }

  /// An element that holds words.
  package static func element(_ tag: Tag, _ attributes: Attribute..., text: String) -> Markup {
    element(tag, attributes, holding: Markup(text: text))
  }

  /// An element whose attributes are known only when it is made.
  package static func element(_ tag: Tag, _ attributes: [Attribute], holding content: Markup) -> Markup {
    var text = "<\(tag.rawValue)"
    for attribute in attributes {
      text += " \(attribute.name)"
      if let value = attribute.value { text += "=\"\(Markup(text: value).description)\"" }
    }
    text += ">"
    if !tag.isVoid {
      text += content.description
      text += "</\(tag.rawValue)>"
    }
    return Markup(trusted: text)
  }
}

/// Puts markup together in the order in which it is written.
@resultBuilder
package enum MarkupBuilder {
  package static func buildExpression(_ markup: Markup) -> Markup { markup }
  package static func buildPartialBlock(first: Markup) -> Markup { first }
  package static func buildPartialBlock(accumulated: Markup, next: Markup) -> Markup {
    var whole = accumulated
    whole += next
    return whole
  }
  package static func buildOptional(_ markup: Markup?) -> Markup { markup ?? "" }
  package static func buildEither(first: Markup) -> Markup { first }
  package static func buildEither(second: Markup) -> Markup { second }
  package static func buildArray(_ parts: [Markup]) -> Markup {
    parts.reduce(into: "") { $0 += $1 }
  }
}
