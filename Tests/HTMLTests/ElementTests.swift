// Elements as the DOM has them, and the members that look around in the document. The results are what the
// binary of k6 v1.1.0 printed; where it ends with a crash, that is said.

import HTML
import Testing

@Suite struct ElementTests {
    static let page = Document(
        parsing:
            "<body id=bd lang=fr><div id=d class=\" c1 c2\" data-x=1>a<!--c--><p id=p1>x</p>b<p id=p2 class=k>y</p></div><script>if(a<b){}</script><svg id=s xlink:href=x><rect/></svg><textarea>\nab</textarea></body>"
    )

    private func element(_ selector: String) throws -> Element {
        try #require(Selection(Self.page).find(selector).element(at: 0))
    }

    @Test func knowsItself() throws {
        let div = try element("#d")
        #expect(div.nodeName == "div" && div.nodeType == 1 && div.nodeValue == nil)
        #expect(div.id == "d" && div.classList == ["c1", "c2"])
        #expect(div.attributes.map { "\($0.name)=\($0.value)" } == ["id=d", "class= c1 c2", "data-x=1"])
        #expect(div.innerHTML == "a<!--c--><p id=\"p1\">x</p>b<p id=\"p2\" class=\"k\">y</p>")
        #expect(div.textContent == "axby" && div.description == "[object html.Node]")
        #expect(div.isDefaultNamespace && div.namespaceURI == "http://www.w3.org/1999/xhtml")
        let svg = try element("svg")
        #expect(!svg.isDefaultNamespace && svg.namespaceURI == "http://www.w3.org/2000/svg")
        #expect(svg.attributeNode("href")?.prefix == "xlink" && svg.attributeNode("xlink:href") == nil)
        #expect(try element("script").innerHTML == "if(a&lt;b){}")
        #expect(try element("textarea").innerHTML == "ab")
    }

    @Test func knowsItsNeighbours() throws {
        let div = try element("#d")
        #expect(div.childNodes.map(Show.node) == ["#text\"a\"", "#comment", "p#p1", "#text\"b\"", "p#p2"])
        #expect(div.children.map(Show.node) == ["p#p1", "p#p2"])
        #expect(div.firstChild.map(Show.node) == "#text\"a\"" && div.lastChild?.id == "p2")
        #expect(div.firstElementChild?.id == "p1" && div.lastElementChild?.id == "p2")
        #expect(div.nextElementSibling?.nodeName == "script" && div.previousElementSibling == nil)
        #expect(div.parentElement?.id == "bd" && div.parentNode?.id == "bd")
        #expect(div.ownerDocument?.nodeName == "#document")
        // k6 crashes here.
        #expect(div.previousSibling == nil && div.lastChild?.nextSibling == nil)
        let html = try element("html")
        #expect(html.parentElement == nil && html.parentNode?.nodeType == 9)
    }

    @Test func knowsOthers() throws {
        let div = try element("#d")
        let paragraph = try element("#p1")
        #expect(div.contains(paragraph) && !div.contains(div) && !paragraph.contains(div))
        #expect(div.isSame(as: try element("div")) && !div.isSame(as: paragraph))
        let twin = try #require(Selection(Document(parsing: "<b>x</b>")).find("b").element(at: 0))
        #expect(paragraph.isEqual(to: twin) && !div.isEqual(to: twin))
        #expect(div.matches(".c1.c2") && !div.matches("p"))
        #expect(div.querySelector("nope") == nil)
        #expect(div.querySelectorAll("p").map(\.id) == ["p1", "p2"])
        // What was found stays together.
        #expect(div.querySelector("p")?.id == "p1" && div.querySelector("p")?.textContent == "xy")
    }

    @Test func textsAndComments() throws {
        let nodes = try element("#d").childNodes
        #expect(
            nodes[0].nodeType == 3 && nodes[0].nodeValue == "a" && nodes[0].kind === ElementKind.named("a"))
        #expect(
            nodes[1].nodeType == 8 && nodes[1].nodeValue == "" && nodes[1].description == "[object #comment]")
        #expect(nodes[3].description == "[object #text]" && nodes[3].parentNode?.id == "d")
        #expect(nodes[0].nextElementSibling?.id == "p1")
    }

    static let forms =
        "<form id=f action=\"/act\" method=post><fieldset id=fs><legend id=lg>L</legend><input id=i1 name=a value=1><label id=lb for=i1>A</label><label id=lb2>B<input id=i2 name=b></label><button id=bt>go</button><object id=ob></object><output id=ou for=i1>o1<b>x</b></output><select id=se name=s><option id=o1 value=v1>t1<option id=o2 selected>t2<optgroup label=g><option id=o3 label=lab selected>t&amp;3</optgroup></select><textarea id=ta name=t>hello</textarea><keygen id=kg name=k></fieldset></form><input id=out form=f name=o><label id=lb3 for=out>C</label><label id=lb4 for=nope>D</label><label id=lb5><span><button id=b5>b</button></span></label><select id=se2 multiple form=f><option id=m1 selected>x<option id=m2>y<option id=m3 selected>z</select><datalist id=dl><option id=d1 value=1><option id=d2 value=2></datalist><input id=il list=dl><input id=il2 list=nope form=nope><form id=f2 method=POST enctype=text/plain target=T novalidate><input id=g1><button id=bm formaction=B formmethod=get formenctype=\"multipart/form-data\" formtarget=U></button><button id=bx formmethod=zz formenctype=zz></button></form><map id=m name=nm><area id=a1></map><img id=im usemap=\"#m\"><img usemap=\"#nm\"><table id=t><caption id=c></caption><thead id=h><tr id=r1><th id=c1><th id=c2></thead><tfoot id=fo><tr id=r4></tfoot><tbody id=b><tr id=r2><td id=e1><table id=t2><tr id=n1><td id=nd></table></td><td id=e2><tr id=r3></tbody></table><progress id=pr value=1 max=4></progress><label id=ll for=\"a b\"></label><input id=\"a b\">"

    @Test(arguments: [
        ("fs.form", "El(form#f)"), ("lg.form", "El(form#f)"), ("out.form", "El(form#f)"),
        ("b5.form", "undefined"),
        ("o1.form", "El(form#f)"), ("m1.form", "El(form#f)"), ("lb3.form", "undefined"),
        ("lb.form", "El(form#f)"),
        ("il2.form", "undefined"), ("i1.labels", "[El(label#lb)]"), ("i2.labels", "[El(label#lb2)]"),
        ("out.labels", "[El(label#lb3)]"), ("b5.labels", "[El(label#lb5)]"), ("bt.labels", "[]"),
        ("lb.control", "El(input#i1)"), ("lb2.control", "undefined"), ("lb4.control", "undefined"),
        ("ll.control", "undefined"),
        (
            "f.elements",
            "[El(fieldset#fs), El(input#i1), El(input#i2), El(button#bt), El(select#se), El(textarea#ta)]"
        ),
        ("fs.elements", "[El(input#i1), El(input#i2), El(button#bt), El(select#se), El(textarea#ta)]"),
        ("f.length", "number:6"), ("bt.formAction", "string:\"/act\""), ("bt.formMethod", "string:\"post\""),
        ("b5.formMethod", "string:\"get\""), ("bm.formAction", "string:\"B\""),
        ("bm.formMethod", "string:\"get\""),
        ("bm.formEnctype", "string:\"multipart/form-data\""), ("bm.formTarget", "string:\"U\""),
        ("bm.formNoValidate", "boolean:true"), ("g1.formMethod", "string:\"post\""),
        ("f2.method", "string:\"get\""),
        ("g1.formEnctype", "string:\"text/plain\""), ("bx.formMethod", "string:\"get\""),
        ("bx.formEnctype", "string:\"application/x-www-form-urlencoded\""), ("bx.formTarget", "string:\"T\""),
        ("se.length", "number:3"), ("se.options", "[El(option#o1), El(option#o2), El(option#o3)]"),
        ("se.selectedIndex", "number:1"), ("se.selectedOptions", "[El(option#o2), El(option#o3)]"),
        ("se.value", "string:\"t2\""), ("se2.value", "string:\"x\""),
        ("se2.type", "string:\"select-multiple\""),
        ("o1.index", "number:0"), ("o3.index", "number:2"), ("d2.index", "number:1"),
        ("o1.label", "string:\"t1\""),
        ("o3.label", "string:\"lab\""), ("o3.text", "string:\"t&3\""), ("o3.value", "string:\"t&amp;3\""),
        ("dl.options", "[El(option#d1), El(option#d2)]"), ("il.list", "El(datalist#dl)"),
        ("il2.list", "undefined"),
        ("ou.value", "string:\"o1x\""), ("ta.value", "string:\"\""), ("pr.position", "number:0.25"),
        ("m.areas", "[El(area#a1)]"), ("m.images", "[El(img#im)]"), ("t.caption", "El(caption#c)"),
        ("t.tHead", "El(thead#h)"), ("t.tFoot", "El(tfoot#fo)"),
        ("t.rows", "[El(tr#r1), El(tr#r4), El(tr#r2), El(tr#n1), El(tr#r3)]"),
        ("b.rows", "[El(tr#r2), El(tr#n1), El(tr#r3)]"),
        ("r2.cells", "[El(td#e1), El(td#nd), El(td#e2)]"), ("r3.rowIndex", "number:4"),
        ("r3.sectionRowIndex", "number:2"), ("n1.rowIndex", "number:0"), ("e2.cellIndex", "number:2"),
        ("c2.cellIndex", "number:1"),
    ])
    func looksAround(member: String, value: String) throws {
        let words = member.split(separator: ".").map(String.init)
        let page = Selection(Document(parsing: Self.forms))
        let element = try #require(page.find("#" + words[0]).element(at: 0))
        #expect(Show.value(of: words[1], in: element).map { Show.value($0) } == value)
    }
}
