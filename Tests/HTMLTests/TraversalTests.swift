// Traversals of selections. The results are what the binary of k6 v1.1.0 printed for the same calls on the
// same page.

import HTML
import Testing

@Suite struct TraversalTests {
    static let page =
        "<html><head><title>T</title></head><body><div id=a class=\"x y\"><h1 id=h>Head</h1>text<p id=p1 class=k>one <b id=b1>bold</b></p><p id=p2>two <i id=i1>it</i></p><!--c--><ul id=u><li id=l1>1</li><li id=l2 class=on>2</li><li id=l3>3</li><li id=l4>4</li></ul></div><div id=z><p id=p3>three</p><p id=p4>four</p></div></body></html>"

    typealias Case = (String, @Sendable (Selection) -> Selection, String)

    static func selector(_ text: String) -> NodeTest { .selector(Selector(text)) }

    static let relatives: [Case] = [
        ("parent", { $0.find("#p1").relatives(.parent) }, "div#a"),
        ("parent of several", { $0.find("li").relatives(.parent) }, "ul#u"),
        ("parent of html", { $0.find("html").relatives(.parent) }, ""),
        ("parents", { $0.find("b").relatives(.parents) }, "p#p1, div#a, body, html"),
        ("parents of two", { $0.find("b,i").relatives(.parents) }, "p#p1, div#a, body, html, p#p2"),
        (
            "parents, filtered", { $0.find("b").relatives(.parents, filter: Selector("div,html")) },
            "div#a, html"
        ),
        ("next", { $0.find("li").relatives(.next) }, "li#l2, li#l3, li#l4"),
        ("next, filtered", { $0.find("#p1").relatives(.next, filter: Selector("p")) }, "p#p2"),
        ("next, filtered out", { $0.find("h1").relatives(.next, filter: Selector("ul")) }, ""),
        ("nextAll", { $0.find("#p1").relatives(.nextAll) }, "p#p2, ul#u"),
        ("nextAll of two", { $0.find("#l1,#l2").relatives(.nextAll) }, "li#l2, li#l3, li#l4"),
        ("prev", { $0.find("#p1").relatives(.previous) }, "h1#h"),
        ("prevAll", { $0.find("#u").relatives(.previousAll) }, "p#p2, p#p1, h1#h"),
        ("siblings", { $0.find("#p1").relatives(.siblings) }, "h1#h, p#p2, ul#u"),
        ("siblings of two", { $0.find("#l1,#l3").relatives(.siblings) }, "li#l2, li#l3, li#l4, li#l1"),
        (
            "children", { $0.find("div").relatives(.children, filter: Selector("p")) },
            "p#p1, p#p2, p#p3, p#p4"
        ),
        ("children of the document", { $0.relatives(.children) }, "html"),
        (
            "contents", { $0.find("#a").relatives(.contents) },
            "h1#h, #text\"text\", p#p1, p#p2, #comment, ul#u"
        ),
        ("invalid filter", { $0.find("div").relatives(.children, filter: Selector("p:foo")) }, ""),
    ]

    static let until: [Case] = [
        ("next to the end", { $0.find("h1").relatives(.nextAll, until: nil) }, "p#p1, p#p2, ul#u"),
        ("next until", { $0.find("h1").relatives(.nextAll, until: selector("#p2")) }, "p#p1"),
        (
            "next until, filtered",
            { $0.find("h1").relatives(.nextAll, until: selector("ul"), filter: Selector("p")) }, "p#p1, p#p2"
        ),
        ("next until nodes", { $0.find("h1").relatives(.nextAll, until: .nodes($0.find("#p2"))) }, "p#p1"),
        (
            "next until invalid", { $0.find("h1").relatives(.nextAll, until: selector(":foo")) },
            "p#p1, p#p2, ul#u"
        ),
        ("prev until", { $0.find("#l4").relatives(.previousAll, until: selector("#l1")) }, "li#l3, li#l2"),
        ("parents until", { $0.find("b").relatives(.parents, until: selector("body")) }, "p#p1, div#a"),
        (
            "parents until, filtered",
            { $0.find("b").relatives(.parents, until: selector("body"), filter: Selector("div")) }, "div#a"
        ),
    ]

    static let sets: [Case] = [
        ("find in several", { $0.find("div").find("p") }, "p#p1, p#p2, p#p3, p#p4"),
        ("find once", { $0.find("*").find("b") }, "b#b1"),
        ("find nodes", { $0.find("div").find(.nodes($0.find("ul"))) }, "ul#u"),
        ("find not itself", { $0.find("#a").find(.nodes($0.find("div"))) }, ""),
        (
            "find other document",
            { $0.find("div").find(.nodes(Selection(Document(parsing: "<p>")).find("p"))) }, ""
        ),
        ("filter", { $0.find("p").filter("#p2,#p4") }, "p#p2, p#p4"),
        ("filter nodes", { $0.find("p").filter(.nodes($0.find("ul"))) }, ""),
        ("not", { $0.find("p").filter(selector("#p2"), not: true) }, "p#p1, p#p3, p#p4"),
        ("not invalid", { $0.find("#z p").filter(selector("p:foo"), not: true) }, "p#p3, p#p4"),
        (
            "not keeps texts", { $0.find("#p1").relatives(.contents).filter(selector("b"), not: true) },
            "#text\"one \""
        ),
        ("has", { $0.find("div").has(selector("p")) }, "div#a, div#z"),
        ("has nodes", { $0.find("div").has(.nodes($0.find("b"))) }, "div#a"),
        ("has not itself", { $0.find("#z").has(.nodes($0.find("#z"))) }, ""),
        ("closest", { $0.find("b,i").closest("div") }, "div#a"),
        ("closest is itself", { $0.find("b,p").closest("p,b") }, "p#p1, b#b1, p#p2, p#p3, p#p4"),
        ("closest nodes", { $0.find("b").closest(.nodes($0.find("p"))) }, "p#p1"),
        ("closest of the document", { $0.closest("*") }, ""),
        ("add", { $0.find("#p2").add(selector("#p1"))?.add(selector("p")) ?? $0 }, "p#p2, p#p1, p#p3, p#p4"),
        ("add nodes", { $0.find("#p1").add(.nodes($0.find("ul"))) ?? $0 }, "p#p1, ul#u"),
        ("add invalid", { $0.find("#p1").add(selector("p:foo")) ?? $0 }, "p#p1"),
    ]

    static let places: [Case] = [
        ("eq", { $0.find("li").eq(1) }, "li#l2"),
        ("eq -1", { $0.find("li").eq(-1) }, "li#l4"),
        ("eq -4", { $0.find("li").eq(-4) }, "li#l1"),
        ("eq -5", { $0.find("li").eq(-5) }, ""),
        ("eq 4", { $0.find("li").eq(4) }, ""),
        ("first", { $0.find("li").first }, "li#l1"),
        ("last of none", { $0.find(".none").last }, ""),
        ("slice 1", { $0.find("li").slice(1) }, "li#l2, li#l3, li#l4"),
        ("slice -1", { $0.find("li").slice(-1) }, "li#l4"),
        ("slice 1, -1", { $0.find("li").slice(1, -1) }, "li#l2, li#l3"),
        ("slice -2, -1", { $0.find("li").slice(-2, -1) }, "li#l3"),
        ("slice 0, 9", { $0.find("li").slice(0, 9) }, "li#l1, li#l2, li#l3, li#l4"),
        ("slice 4", { $0.find("li").slice(4) }, ""),
        ("slice of none", { $0.find(".none").slice(0) }, ""),
        ("end", { $0.find("li").end }, "#document"),
        ("end of a find", { $0.find("ul").find("li").end }, "ul#u"),
        ("end of eq", { $0.find("ul").find("li").eq(1).end }, "li#l1, li#l2, li#l3, li#l4"),
        ("end of the first", { $0.end }, ""),
        ("end of slice", { $0.find("li").slice(1, 3).end }, "li#l1, li#l2, li#l3, li#l4"),
        ("end of add", { $0.find("#p3").add(selector("#p1"))?.end ?? $0 }, "p#p3"),
    ]

    @Test(arguments: [relatives, until, sets, places].flatMap { $0 })
    func finds(name: String, traversal: @Sendable (Selection) -> Selection, nodes: String) {
        let start = Selection(Document(parsing: Self.page))
        #expect(Show.nodes(traversal(start)) == nodes, "\(name)")
    }

    @Test func knowsPlaces() {
        let page = Selection(Document(parsing: Self.page))
        let items = page.find("li")
        #expect(items.index == 0)
        #expect(page.find("#l3").index == 2)
        #expect(page.find("#p1").index == 1)
        #expect(page.find(".none").index == -1)
        #expect(page.index == 0)
        #expect(page.find("#p3").index(in: Selector("p")) == 2)
        #expect(items.index(in: Selector("#l3")) == -1)
        #expect(items.index(of: page.find("#l2")) == 1)
        #expect(items.index(of: page.find(".none")) == -1)
    }

    /// As in k6 `get(-4)` of four is nothing, although `eq(-4)` is the first.
    @Test(arguments: [(0, "l1"), (3, "l4"), (-1, "l4"), (-3, "l2"), (-4, nil), (4, nil), (99, nil)])
    func getsElements(index: Int, id: String?) {
        #expect(Selection(Document(parsing: Self.page)).find("li").element(at: index)?.id == id)
    }

    @Test func filtersByFunction() {
        let items = Selection(Document(parsing: Self.page)).find("li")
        let kept = items.filter { index, item in index > 0 && item.text != "3" }
        #expect(Show.nodes(kept) == "li#l2, li#l4")
        #expect(items.filter { _, item in item.end.isEmpty }.count == 4)
    }

    @Test func refusesNodesOfOtherDocuments() {
        let other = Selection(Document(parsing: "<p>")).find("p")
        let page = Selection(Document(parsing: Self.page))
        #expect(page.find("p").add(.nodes(other)) == nil)
        #expect(!page.find("p").matches(.nodes(other)))
        #expect(page.find("p").index(of: other) == -1)
    }

    @Test func releasesLongChains() {
        var selection = Selection(Document(parsing: Self.page))
        for _ in 0..<200_000 { selection = selection.first }
        #expect(selection.count == 1)
    }
}
