package import Atlas
import Quantities

extension Page.Section {
  /// A fabric's picture, and what is known of it.
  ///
  /// - Parameters:
  ///   - place: among the fabrics of the page.
  ///   - name: the fabric's.
  ///   - picture: with utilisation or without.
  ///   - blocks: what stands below it: bisection and the like.
  package static func fabric(_ place: Int, name: String, picture: FabricPicture, _ blocks: [Page.Block])
    -> Page.Section
  {
    let id = "fabric-\(place)"
    let figure = Markup.element(
      .figure, [.classes("picture"), .id("picture-\(id)"), .attribute("tabindex", "0")],
      holding: Markup(trusted: picture.element(id: "drawing-\(id)")))
    return Page.Section(id: id, title: "Fabric \(name.shortened(to: 80))", [.markup(figure)] + blocks)
  }
}
