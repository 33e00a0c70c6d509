// What an element's tag adds to it: k6's name for the type and the members only this tag has. A table, so
// that the script module needs no code per tag. The members common to all elements are `Element`'s own.

/// A member without arguments that a script calls: `input.maxLength()`.
public struct ElementMember: Sendable {
    public let name: String
    public let read: @Sendable (Element) -> ElementValue

    init(_ name: String, _ read: @escaping @Sendable (Element) -> ElementValue) {
        self.name = name
        self.read = read
    }
}

public final class ElementKind: Sendable {
    /// Of the Go type in k6's messages: "html.LiElement".
    public let typeName: String
    /// Members that hold no function; k6 shows them when a script lists an element's keys.
    public let embedded: [String]
    public let members: [ElementMember]

    init(_ typeName: String, embeds: String? = nil, _ members: [ElementMember]) {
        self.typeName = "html." + typeName
        embedded = typeName == "Element" ? [] : (embeds.map { [$0] } ?? []) + ["element"]
        self.members = members
    }

    /// An element without members of its own.
    public static let plain = ElementKind("Element", [])

    /// Only plain elements are accepted where k6 takes an element as an argument.
    public var isPlain: Bool { self === Self.plain }
    var isLink: Bool { embedded.first == "href_element" }

    /// All kinds but the plain one, by tag.
    public static let byTag: [String: ElementKind] = Dictionary(
        uniqueKeysWithValues: links + controls + formParts + media + tables + lists + others)

    public static func named(_ tag: String) -> ElementKind { byTag[tag] ?? plain }

    private static let links: [(String, ElementKind)] = [
        ("a", ElementKind("AnchorElement", embeds: "href_element", linkMembers)),
        ("area", ElementKind("AreaElement", embeds: "href_element", linkMembers)),
        (
            "base",
            ElementKind(
                "BaseElement",
                [
                    // Without one of its own, the page's.
                    ElementMember("href") { .string($0.resolved($0.attribute("href") ?? "") ?? "") },
                    .text("target"),
                ])
        ),
        (
            "link",
            ElementKind(
                "LinkElement",
                [
                    .crossOrigin, .address("href", "href"), .text("hreflang"), .text("media"),
                    .referrerPolicy, .text("rel"),
                    .relList, .text("target"), .text("type"),
                ])
        ),
    ]

    private static let linkMembers: [ElementMember] =
        [
            .text("accessKey"), .text("download"), .address("href", "href"), .text("hrefLang"),
            .referrerPolicy, .text("rel"),
            .relList, .text("target"), .content("text"), .text("type"),
        ] + LinkPart.members

    private static let media: [(String, ElementKind)] = [
        ("audio", ElementKind("AudioElement", embeds: "media_element", mediaMembers)),
        ("video", ElementKind("VideoElement", embeds: "media_element", mediaMembers)),
        (
            "source",
            ElementKind(
                "SourceElement",
                [
                    .text("keySystem"), .text("media"), .text("sizes"), .address("src"), .text("srcset"),
                    .text("type"),
                ])
        ),
        (
            "track",
            ElementKind(
                "TrackElement",
                [
                    .flag("default"),
                    .choice("kind", ["subtitle", "captions", "descriptions", "chapters", "metadata"]),
                    .text("label"), .address("src"), .text("srclang"),
                ])
        ),
        (
            "img",
            ElementKind(
                "ImageElement",
                [
                    .text("alt"), .crossOrigin, .address("currentSrc"), .integer("height", 0), .flag("isMap"),
                    .text("name"), .referrerPolicy, .text("sizes"), .address("src"), .text("srcset"),
                    .text("useMap"), .integer("width", 0),
                ])
        ),
        ("canvas", ElementKind("CanvasElement", [.integer("height", 150), .integer("width", 150)])),
        (
            "embed",
            ElementKind("EmbedElement", [.text("height"), .text("src"), .text("type"), .text("width")])
        ),
        (
            "iframe",
            ElementKind(
                "IFrameElement",
                [
                    .flag("allowfullscreen"), .text("height"), .text("name"), .referrerPolicy,
                    .address("src"),
                    .text("width"),
                ])
        ),
        (
            "map",
            ElementKind(
                "MapElement",
                [
                    .found("areas", "area"),
                    ElementMember("images") { element in
                        let name = SelectorText.quoted("#" + element.id)
                        return .elements(
                            Selection(element.document, url: element.selection.url)
                                .find("img[usemap=\(name)],object[usemap=\(name)]").elements)
                    }, .text("name"),
                ])
        ),
    ]

    private static let mediaMembers: [ElementMember] = [
        .flag("autoplay"), .flag("controls"), .crossOrigin, .text("currentSrc", "src"),
        .flag("defaultMuted", "muted"), .flag("loop"), .text("mediaGroup"), .flag("muted"),
        .choice("preload", ["auto", "metadata", "none"]), .address("src"), .found("textTracks", "track"),
    ]

    private static let lists: [(String, ElementKind)] = [
        (
            "li",
            ElementKind(
                "LiElement",
                [
                    .choice("type", ["", "1", "a", "A", "i", "I", "disc", "circle", "square"]),
                    .integer("value", 0),
                ])
        ),
        (
            "ol",
            ElementKind(
                "OListElement",
                [.flag("reversed"), .integer("start", 0), .choice("type", ["1", "a", "A", "i", "I"])])
        ),
        ("ul", ElementKind("UListElement", [.text("type")])),
    ]

    private static let others: [(String, ElementKind)] = [
        ("data", ElementKind("DataElement", [.text("value")])),
        ("del", ElementKind("DelElement", embeds: "mod_element", [.text("cite"), .text("datetime")])),
        ("ins", ElementKind("InsElement", embeds: "mod_element", [.text("cite"), .text("datetime")])),
        (
            "meta",
            ElementKind(
                "MetaElement",
                [
                    .text("content"),
                    .choice("httpEquiv", ["content-type", "default-style", "refresh"], of: "http-equiv"),
                    .text("name"),
                ])
        ),
        (
            "object",
            ElementKind(
                "ObjectElement",
                [
                    .address("data", "data"), .form, .text("height"), .text("name"), .integer("tabIndex", 0),
                    .text("type"),
                    .flag("typeMustMatch"), .text("useMap"), .text("width"),
                ])
        ),
        ("param", ElementKind("ParamElement", [.text("name"), .text("value")])),
        ("pre", ElementKind("PreElement", [.text("name"), .text("value")])),
        (
            "script",
            ElementKind(
                "ScriptElement",
                [
                    .flag("async"), .text("charset"), .text("crossOrigin"), .flag("defer"), .flag("noModule"),
                    .address("src"), .content("text"), .text("type"),
                ])
        ),
        (
            "style",
            ElementKind(
                "StyleElement",
                [
                    .text("media"),
                    ElementMember("type") { element in
                        let type = element.attribute("type") ?? ""
                        return .string(type.isEmpty ? "text/css" : type)
                    },
                ])
        ),
        ("time", ElementKind("TimeElement", [.text("datetime")])),
        ("title", ElementKind("TitleElement", [.content("text")])),
    ]
}
