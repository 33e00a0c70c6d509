// Pages and how they are written back after the parse: repairs, escapes, literal elements. The results are
// what the binary of k6 v1.1.0 printed.

import HTML
import Testing

@Suite struct WriterTests {
    static let pages: [(String, String)] = [
        ("", "<html><head></head><body></body></html>"),
        ("text", "<html><head></head><body>text</body></html>"),
        (
            "<p>a&amp;b&lt;c&gt;\"'&nbsp;é</p>",
            "<html><head></head><body><p>a&amp;b&lt;c&gt;&#34;&#39;\u{A0}é</p></body></html>"
        ),
        (
            "<a b=\"x&quot;y'z<>&amp;&nbsp;\">",
            "<html><head></head><body><a b=\"x&#34;y&#39;z&lt;&gt;&amp;\u{A0}\"></a></body></html>"
        ),
        ("<br><img src=x><hr>", "<html><head></head><body><br/><img src=\"x\"/><hr/></body></html>"),
        (
            "<script>a<b && \"c\"</script><style>a>b</style>",
            "<html><head><script>a<b && \"c\"</script><style>a>b</style></head><body></body></html>"
        ),
        (
            "<textarea>\n\nx</textarea><pre>\n\nx</pre><listing>\n\nq</listing>",
            "<html><head></head><body><textarea>\n\nx</textarea><pre>\n\nx</pre><listing>\n\nq</listing></body></html>"
        ),
        ("<pre>\nx</pre>", "<html><head></head><body><pre>x</pre></body></html>"),
        ("<p>\r\nx\ry</p>", "<html><head></head><body><p>\nx\ny</p></body></html>"),
        ("<p a=\"&#13;\">&#13;</p>", "<html><head></head><body><p a=\"&#13;\">&#13;</p></body></html>"),
        (
            "<svg viewBox=\"0 0 1 1\" xlink:href=x xml:lang=y><foreignObject><p>x</p></foreignObject><linearGradient/></svg>",
            "<html><head></head><body><svg viewBox=\"0 0 1 1\" xlink:href=\"x\" xml:lang=\"y\"><foreignObject><p>x</p></foreignObject><linearGradient></linearGradient></svg></body></html>"
        ),
        (
            "<svg VIEWBOX=1><CLIPPATH></svg>",
            "<html><head></head><body><svg viewBox=\"1\"><clipPath></clipPath></svg></body></html>"
        ),
        (
            "<math definitionurl=x><mi>a</mi></math>",
            "<html><head></head><body><math definitionURL=\"x\"><mi>a</mi></math></body></html>"
        ),
        ("<!doctype html><p>", "<!DOCTYPE html><html><head></head><body><p></p></body></html>"),
        (
            "<!DOCTYPE html SYSTEM \"about:legacy-compat\">",
            "<!DOCTYPE html SYSTEM \"about:legacy-compat\"><html><head></head><body></body></html>"
        ),
        (
            "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">",
            "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01//EN\"><html><head></head><body></body></html>"
        ),
        (
            "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://x/y\">",
            "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://x/y\"><html><head></head><body></body></html>"
        ),
        (
            "<!--a--><!doctype html><!--b--><p>",
            "<!--a--><!DOCTYPE html><!--b--><html><head></head><body><p></p></body></html>"
        ),
        (
            "<!-- a & b > c < \"q\" -->",
            "<!-- a &amp; b > c < \"q\" --><html><head></head><body></body></html>"
        ),
        (
            "<p>a<!-- c --><!-->x<!--->y<!-- a -- b --!>",
            "<html><head></head><body><p>a<!-- c --><!---->x<!---->y<!-- a -- b --></p></body></html>"
        ),
        ("<?php x ?>", "<!--?php x ?--><html><head></head><body></body></html>"),
        ("<![CDATA[x]]>", "<!--[CDATA[x]]--><html><head></head><body></body></html>"),
        ("<svg><![CDATA[x<y]]></svg>", "<html><head></head><body><svg>x&lt;y</svg></body></html>"),
        (
            "<template><p>in</p></template>",
            "<html><head><template><p>in</p></template></head><body></body></html>"
        ),
        ("<iframe><p>x</p></iframe>", "<html><head></head><body><iframe><p>x</p></iframe></body></html>"),
        (
            "<noembed><b></noembed><noframes><b></noframes><xmp><b></xmp><plaintext><b>",
            "<html><head></head><body><noembed><b></noembed><noframes><b></noframes><xmp><b></xmp><plaintext><b>"
        ),
        (
            "<table><p>x</p><tr><td>1</table>",
            "<html><head></head><body><p>x</p><table><tbody><tr><td>1</td></tr></tbody></table></body></html>"
        ),
        ("<b><p>x</b>y</p>", "<html><head></head><body><b></b><p><b>x</b>y</p></body></html>"),
        ("<a>1<a>2", "<html><head></head><body><a>1</a><a>2</a></body></html>"),
        ("<p><div>x</div></p>", "<html><head></head><body><p></p><div>x</div><p></p></body></html>"),
        ("</p></br>", "<html><head></head><body><br/></body></html>"),
        ("<image src=x>", "<html><head></head><body><img src=\"x\"/></body></html>"),
        (
            "<select><option>a<option>b</select>",
            "<html><head></head><body><select><option>a</option><option>b</option></select></body></html>"
        ),
        (
            "<input/><input type=hidden><keygen>",
            "<html><head></head><body><input/><input type=\"hidden\"/><keygen/></body></html>"
        ),
        ("<body a=1><body a=2 b=3>", "<html><head></head><body a=\"1\" b=\"3\"></body></html>"),
        ("<html x=1><html y=2>", "<html x=\"1\" y=\"2\"><head></head><body></body></html>"),
        ("<P CLASS=x ID=y>", "<html><head></head><body><p class=\"x\" id=\"y\"></p></body></html>"),
        ("<p a b= c=d>", "<html><head></head><body><p a=\"\" b=\"c=d\"></p></body></html>"),
        ("<p \"x\">", "<html><head></head><body><p \"x\"=\"\"></p></body></html>"),
        ("<1><p>", "<html><head></head><body>&lt;1&gt;<p></p></body></html>"),
        (
            "<p x=&copy; y=&copyx z=\"&notit;\" w=&#x80;>&notit;&#0;&#x110000;&#xD800;&NotEqualTilde;</p>",
            "<html><head></head><body><p x=\"©\" y=\"&amp;copyx\" z=\"&amp;notit;\" w=\"€\">¬it;���≂\u{338}</p></body></html>"
        ),
        ("a\u{0}b", "<html><head></head><body>ab</body></html>"),
        ("<p>😀</p>", "<html><head></head><body><p>😀</p></body></html>"),
        (
            "<custom-el></custom-el><unknown/>x",
            "<html><head></head><body><custom-el></custom-el><unknown>x</unknown></body></html>"
        ),
        (
            "<Custom-EL Data-X=Y>",
            "<html><head></head><body><custom-el data-x=\"Y\"></custom-el></body></html>"
        ),
        ("<frameset><frame></frameset>", "<html><head></head><frameset><frame></frame></frameset></html>"),
        (
            "<table><tr><td><table><tr><td>",
            "<html><head></head><body><table><tbody><tr><td><table><tbody><tr><td></td></tr></tbody></table></td></tr></tbody></table></body></html>"
        ),
        (
            "<ruby>a<rt>b<rp>c</ruby>",
            "<html><head></head><body><ruby>a<rt>b</rt><rp>c</rp></ruby></body></html>"
        ),
        (
            "<dialog><main><search><summary>",
            "<html><head></head><body><dialog><main><search><summary></summary></search></main></dialog></body></html>"
        ),
        ("<p></p>\n<!--x-->\n", "<html><head></head><body><p></p>\n<!--x-->\n</body></html>"),
        ("<title>a&amp;b</title>", "<html><head><title>a&amp;b</title></head><body></body></html>"),
        ("<body><head>x</head>", "<html><head></head><body>x</body></html>"),
        ("x</html>y", "<html><head></head><body>xy</body></html>"),
        ("x</body><!--c--></html><!--d-->", "<html><head></head><body>x</body><!--c--></html><!--d-->"),
        (
            "<details><summary>a</summary>b</details>",
            "<html><head></head><body><details><summary>a</summary>b</details></body></html>"
        ),
        (
            "<video><source src=x><track></video>",
            "<html><head></head><body><video><source src=\"x\"/><track/></video></body></html>"
        ),
        (
            "<wbr><embed><area><param><base><link><meta>",
            "<html><head></head><body><wbr/><embed/><area/><param/><base/><link/><meta/></body></html>"
        ),
        (
            "<option>a<optgroup>b",
            "<html><head></head><body><option>a</option><optgroup>b</optgroup></body></html>"
        ),
        ("<nobr>a<nobr>b", "<html><head></head><body><nobr>a</nobr><nobr>b</nobr></body></html>"),
        ("<form><form>x</form>y", "<html><head></head><body><form>x</form>y</body></html>"),
        ("<h1><h2>x", "<html><head></head><body><h1></h1><h2>x</h2></body></html>"),
        ("<li>a<li>b", "<html><head></head><body><li>a</li><li>b</li></body></html>"),
        ("<dt>a<dd>b", "<html><head></head><body><dt>a</dt><dd>b</dd></body></html>"),
        ("<button><button>", "<html><head></head><body><button></button><button></button></body></html>"),
        ("<svg><p>x", "<html><head></head><body><svg></svg><p>x</p></body></html>"),
        (
            "<svg><title><p>x</title></svg>",
            "<html><head></head><body><svg><title><p>x</p></title></svg></body></html>"
        ),
        (
            "<svg><style>a<b</style></svg>",
            "<html><head></head><body><svg><style>a<b< style=\"\"></b<></style></svg></body></html>"
        ),
        (
            "<math><annotation-xml encoding=\"text/html\"><p>x",
            "<html><head></head><body><math><annotation-xml encoding=\"text/html\"><p>x</p></annotation-xml></math></body></html>"
        ),
        (
            "<svg><font color=red>x",
            "<html><head></head><body><svg></svg><font color=\"red\">x</font></body></html>"
        ),
        ("<p title=\"a\nb\">", "<html><head></head><body><p title=\"a\nb\"></p></body></html>"),
        (
            "<noscript><p>x</p></noscript>",
            "<html><head><noscript><p>x</p></noscript></head><body></body></html>"
        ),
        (
            "<head><noscript><link></noscript></head>",
            "<html><head><noscript><link></noscript></head><body></body></html>"
        ),
        (
            "</head><noscript><img></noscript><p>",
            "<html><head></head><body><noscript><img></noscript><p></p></body></html>"
        ),
        (
            "<html><head><title>a</title></head><noscript>x<b></noscript><body class=q>z",
            "<html><head><title>a</title></head><body class=\"q\"><noscript>x<b></noscript>z</body></html>"
        ),
        (
            "<noscript><style>a</style></noscript><p>q",
            "<html><head><noscript><style>a</style></noscript></head><body><p>q</p></body></html>"
        ),
        (
            "<body><noscript><iframe src=x></iframe></noscript><p>",
            "<html><head></head><body><noscript><iframe src=x></iframe></noscript><p></p></body></html>"
        ),
        (
            "<script>\"<noscript>\"</script><p>",
            "<html><head><script>\"<noscript>\"</script></head><body><p></p></body></html>"
        ),
        (
            "<table><noscript>x</noscript><tr><td>",
            "<html><head></head><body><noscript>x</noscript><table><tbody><tr><td></td></tr></tbody></table></body></html>"
        ),
        (
            "<select><noscript>x</noscript><option>",
            "<html><head></head><body><select>x<option></option></select></body></html>"
        ),
        (
            "<p>a<!-- <noscript> -->b<noscript>c<d></noscript>",
            "<html><head></head><body><p>a<!-- <noscript> -->b<noscript>c<d></noscript></p></body></html>"
        ),
        (
            "<title><noscript></title><noscript><p></noscript>",
            "<html><head><title>&lt;noscript&gt;</title><noscript><p></noscript></head><body></body></html>"
        ),
        (
            "<a title=\"<noscript>\">x<b></a></b>",
            "<html><head></head><body><a title=\"&lt;noscript&gt;\">x<b></b></a></body></html>"
        ),
        ("<NOSCRIPT>a<B></NoScript>", "<html><head><noscript>a<B></noscript></head><body></body></html>"),
        (
            "<noframes><b></noframes><noscript><i></noscript>",
            "<html><head><noframes><b></noframes><noscript><i></noscript></head><body></body></html>"
        ),
        (
            "<svg><noscript><g/></noscript></svg>",
            "<html><head></head><body><svg><noscript><g></g></noscript></svg></body></html>"
        ),
    ]

    @Test(arguments: Self.pages)
    func writes(page: String, text: String) {
        #expect(Selection(Document(parsing: page)).html == text)
    }
}
