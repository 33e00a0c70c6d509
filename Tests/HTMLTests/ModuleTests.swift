// The module `k6/html` as scripts use it: expressions and the texts the binary of k6 v1.1.0 printed for
// them. All run in one VM, whose engine asserts at its end that no value is left alive.

import Base
import Script
import Testing

@Suite struct ModuleTests {
    static let expressions: [(String, String)] = [
        ("parseHTML().html()", "<html><head></head><body></body></html>"),
        ("parseHTML(null).html()", "<html><head></head><body></body></html>"),
        ("parseHTML({}).html()", "<html><head></head><body>[object Object]</body></html>"),
        ("parseHTML([1]).html()", "<html><head></head><body>1</body></html>"),
        ("Object.prototype.toString.call(d)", "[object Object]"),
        ("String(d)", "[object Object]"),
        ("JSON.stringify(d)", "{\"url\":\"\"}"),
        ("d.url", ""),
        ("T(() => { d.foo = 1 })", "TypeError: "),
        ("T(() => { d.find = 1 })", "TypeError: "),
        ("T(() => d.find())", "GoError: invalid argument, cannot use a '<nil>' as a selector"),
        ("T(() => d.find(null))", "GoError: invalid argument, cannot use a '<nil>' as a selector"),
        ("T(() => d.find(1))", "GoError: invalid argument, cannot use a 'int64' as a selector"),
        ("T(() => d.find(1.5))", "GoError: invalid argument, cannot use a 'float64' as a selector"),
        (
            "T(() => d.find({}))",
            "GoError: invalid argument, cannot use a 'map[string]interface {}' as a selector"
        ),
        ("T(() => d.find([]))", "GoError: invalid argument, cannot use a '[]interface {}' as a selector"),
        ("T(() => d.find(true))", "GoError: invalid argument, cannot use a 'bool' as a selector"),
        (
            "T(() => d.find(() => 1))",
            "GoError: invalid argument, cannot use a 'func(sobek.FunctionCall) sobek.Value' as a selector"
        ),
        (
            "T(() => d.find(li.get(0)))",
            "GoError: invalid argument, cannot use a 'html.LiElement' as a selector"
        ),
        (
            "T(() => d.find('p').has(d.find('a').get(0)))",
            "GoError: invalid argument, cannot use a 'html.AnchorElement' as a selector"
        ),
        (
            "T(() => li.nextUntil(d.find('p').get(0)))",
            "GoError: invalid argument, cannot use a 'html.Element' as a selector"
        ),
        ("T(() => li.nextUntil(5))", "GoError: invalid argument, cannot use a 'int64' as a selector"),
        (
            "T(() => li.filter(1))",
            "GoError: the argument to filter() must be a function, a selector or a selection"
        ),
        (
            "T(() => li.filter(d.find('p').get(0)))",
            "GoError: the argument to filter() must be a function, a selector or a selection"
        ),
        (
            "T(() => li.is(null))",
            "GoError: the argument to is() must be a function, a selector or a selection"
        ),
        ("T(() => li.each(1))", "GoError: the argument to each() must be a function"),
        ("T(() => li.map())", "GoError: the argument to map() must be a function"),
        ("T(() => li.filter(() => { throw new RangeError('q') }))", "RangeError: "),
        ("S(d.find('div').find(d.find('p').get(0)))", "[p1]"),
        ("S(d.find('p').not(d.find('p').get(0)))", "[p2]"),
        ("S(li.next('li'))", "[l2,l3,l4]"),
        ("S(li.next(undefined))", "[]"),
        ("S(li.next(li))", "[]"),
        ("S(li.filter((i, e) => i > 0 && e.text() !== '3'))", "[l2,l4]"),
        ("S(li.not((i, e) => i > 0))", "[l1]"),
        ("li.is((i) => i > 2)", "true"),
        ("S(li.filter(() => 'x'))", "[l1,l2,l3,l4]"),
        ("S(li.filter(() => 0))", "[]"),
        ("li.map((i, e) => i + e.text()).join()", "01,12,23,34"),
        ("li.map((i) => { if (i === 1) throw new Error('x'); return i }).join()", "0,2,3"),
        (
            "S(li.each(function (i, e) { seen.push(i + e.id() + arguments.length) })) + seen",
            "[l1,l2,l3,l4]0l12,1l22,2l32,3l42"
        ),
        ("li.toArray().map((e) => e.text()).join()", "1,2,3,4"),
        (
            "S(li.eq('x')) + S(li.eq(null)) + S(li.eq('2')) + S(li.eq(1.7)) + S(li.eq(-1.2))",
            "[l1][l1][l3][l2][l4]"
        ),
        ("li.get().length + li.get(1).id() + li.get(-4) + li.get(undefined).id()", "4l2undefinedl1"),
        ("S(li.slice(1, 3)) + S(li.slice(-2)) + S(li.slice(true))", "[l2,l3][l3,l4][l2,l3,l4]"),
        (
            "[li.index(), li.index('#l3'), li.index(d.find('#l2')), li.index(li.get(0)), d.find('p').index(d.find('p').get(1)), d.find('p').index(5)].join()",
            "0,-1,1,-1,1,-1"
        ),
        (
            "[li.attr('class'), d.find('div').attr('class'), li.attr('x', 5), li.attr('x', null), li.attr()].join('|')",
            "|x y|5||"
        ),
        (
            "typeof d.find('div').data('n') + typeof d.find('div').data('on') + typeof d.find('div').data('missing', 1)",
            "numberbooleanundefined"
        ),
        ("JSON.stringify(d.find('div').data('o'))", "{\"k\":[1]}"),
        (
            "JSON.stringify(d.find('form').serializeArray())",
            "[{\"name\":\"i\",\"value\":\"v w\"},{\"name\":\"s\",\"value\":[\"1\",\"2\"]}]"
        ),
        ("JSON.stringify(d.find('form').serializeObject())", "{\"i\":\"v w\",\"s\":[\"1\",\"2\"]}"),
        ("d.find('form').serialize()", "i=v+w&s=1&s=2"),
        (
            "JSON.stringify([d.find('select').val(), d.find('input').val(), d.find('div').val()])",
            "[[\"1\",\"2\"],\"v w\",null]"
        ),
        ("d.find('ul').get(0).contains(li.get(0))", "false"),
        ("d.find('div').get(0).contains(d.find('p').get(0))", "true"),
        ("d.find('p').get(0).isSameNode(d.find('p').get(0))", "true"),
        ("String(d.find('a').get(0)) + String(li.get(0))", "http://h:8/p#x[object html.Node]"),
        (
            "JSON.stringify(d.find('p').get(0).getAttributeNode('id'))",
            "{\"owner_element\":{},\"name\":\"id\",\"value\":\"p1\"}"
        ),
        (
            "[d.find('p').get(0).getAttributeNode('id').localName(), d.find('p').get(0).getAttributeNode('x')].join()",
            "id,"
        ),
        ("Object.keys(d.find('p').get(0).attributes()).join()", "id"),
        (
            "typeof d.find('input').get(0).value + typeof d.find('p').get(0).value + typeof d.find('a').get(0).href",
            "functionundefinedfunction"
        ),
        (
            "d.find('input').get(0).form().id() + d.find('form').get(0).elements().length + d.find('form').get(0).length()",
            "f22"
        ),
        (
            "d.find('p').get(0).nodeType() + d.find('p').get(0).childNodes()[0].nodeName() + d.find('p').get(0).parentNode().id()",
            "1#texta"
        ),
        (
            "d.find('a').get(0).hash() + d.find('a').get(0).host() + d.find('a').get(0).relList().join()",
            "#xh:8r,s"
        ),
        (
            "d.find('div').get(0).querySelector('p').textContent() + d.find('div').get(0).querySelectorAll('p').length",
            "onetwo2"
        ),
        ("d.find('p').get(0).matches() + '' + d.find('p').get(0).getAttribute()", "falseundefined"),
        ("[d.find('li').end().size(), d.end().size(), li.eq(1).end().size()].join()", "1,0,4"),
    ]

    /// What the expressions work with.
    private static let start = #"""
        import { parseHTML } from 'k6/html';
        const d = parseHTML('<div id=a class="x y" data-n=5 data-on=true data-o="{&quot;k&quot;:[1]}">t<p id=p1>one</p><p id=p2>two</p></div><ul><li id=l1>1<li id=l2 class=on>2<li id=l3>3<li id=l4>4</ul><form id=f><input name=i value="v w"><select name=s multiple><option selected>1<option selected value=2>x</select></form><a href="http://h:8/p#x" rel="r s">l</a>');
        const li = d.find('li'); const seen = [];
        const S = (s) => '[' + s.toArray().map((e) => e.get(0).id()).join() + ']';
        const T = (f) => { try { f(); return 'no error' } catch (e) { return e.name + ': ' + (e.name === 'GoError' ? e.message : '') } };
        export default function () {}

        """#

    @Test func answersAsK6Does() throws {
        let lines = Locked<[String]>([])
        var settings = ScriptSettings()
        settings.log = { line in lines.withLock { $0.append(line.message) } }
        let access = SourceAccess(
            readFile: { (_) throws(ScriptError) in nil },
            fetch: { (url) throws(ScriptError) in throw ScriptError(.generic, "nothing is fetched: \(url)") },
            transform: { (_, url) throws(ScriptError) in
                throw ScriptError(.generic, "nothing is rewritten: \(url)")
            })
        let source = Self.start + Self.expressions.map { "console.log(String(\($0.0)));\n" }.joined()
        _ = try ScriptLoader.load(
            mainURL: "file:///html.js", source: Array(source.utf8), access: access, settings: settings)
        let found = lines.withLock { $0 }
        try #require(found.count == Self.expressions.count)
        for (line, (expression, result)) in zip(found, Self.expressions) {
            #expect(line == result, "\(expression)")
        }
    }
}
