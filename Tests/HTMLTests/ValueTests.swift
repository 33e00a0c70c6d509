// Values of controls, forms and `data-` attributes. The results are what the binary of k6 v1.1.0 printed.

import HTML
import Testing

@Suite struct ValueTests {
    @Test(arguments: [
        ("<input>", "input", "string:\"\""), ("<input value=x>", "input", "string:\"x\""),
        ("<input type=checkbox>", "input", "string:\"on\""),
        ("<input type=checkbox checked>", "input", "string:\"on\""),
        ("<input type=CHECKBOX>", "input", "string:\"\""),
        ("<input type=radio>", "input", "string:\"on\""),
        ("<input type=radio value=v>", "input", "string:\"v\""),
        ("<textarea>a<b>b</textarea>", "textarea", "string:\"a&lt;b&gt;b\""),
        ("<textarea> a\n</textarea>", "textarea", "string:\" a\\n\""),
        ("<textarea value=x>y</textarea>", "textarea", "string:\"y\""),
        ("<button>t</button>", "button", "string:\"\""),
        ("<button value=v>t</button>", "button", "string:\"v\""),
        ("<select><option>a<option selected>b</select>", "select", "string:\"b\""),
        ("<select><option>a<option>b</select>", "select", "string:\"\""),
        ("<select><option selected>a<option selected>b</select>", "select", "string:\"a\""),
        ("<select><option selected disabled>d</select>", "select", "string:\"d\""),
        ("<select><option selected value=\"\">a</select>", "select", "string:\"\""),
        ("<select><option selected>  a  b </select>", "select", "string:\"  a  b \""),
        ("<select><option selected>a&amp;b</select>", "select", "string:\"a&amp;b\""),
        (
            "<select multiple><option selected>a<option selected value=v>b</select>", "select",
            "[string:\"a\", string:\"v\"]"
        ),
        ("<select multiple><option>a</select>", "select", "[]"),
        ("<select></select>", "select", "string:\"\""),
        ("<option>a&amp;b <b>c</b></option>", "option", "string:\"a&amp;b <b>c</b>\""),
        ("<select><option value=v>a</select>", "option", "string:\"v\""), ("<li value=3>", "li", "undefined"),
        ("<output>1</output>", "output", "undefined"), ("<p>", "q", "undefined"),
        ("<input value=1><input value=2>", "input", "string:\"1\""),
    ])
    func readsControls(page: String, selector: String, value: String) {
        #expect(Show.value(Selection(Document(parsing: page)).find(selector).value) == value)
    }

    static let form =
        "<form id=f><input name=a value=1><input name=b type=checkbox><input name=c type=checkbox checked><input name=d type=checkbox value=v checked><input type=radio name=r value=1><input type=radio name=r value=2 checked><input name=e disabled value=x><input value=noname><input name=\"\" value=empty><input name=sub type=submit value=S><input name=btn type=button value=B><input name=rst type=reset value=R><input name=img type=image value=I><input name=fl type=file value=F><input name=hid type=hidden value=\"h h\"><input name=nov><button name=bt value=bv>x</button><select name=s1><option value=1>a<option value=2 selected>b</select><select name=s2><option value=1>a<option>b</select><select name=s3 multiple><option selected>p<option selected value=q>Q<option>z</select><select name=s4></select><select name=s5 multiple><option>1</select><textarea name=ta>t&amp;\nx</textarea><fieldset disabled><input name=infs value=1></fieldset><input name=a value=2><input name=\"sp ce\" value=\"é&=+/ ~*'()!\"><keygen name=kg><object name=ob></object><output name=ou>1</output><select name=dis disabled><option selected>1</select><select name=s6><option selected disabled>D<option>E</select><select name=s7><option>A<option selected>B<option selected>C</select><input type=CHECKBOX name=up checked><input type=number name=num value=5><textarea name=tb></textarea><input name=crlf value=\"a&#10;b\"></form><input form=f name=outside value=1>"

    @Test(arguments: [
        (
            "form",
            "a=2&crlf=a%0Ab&dis=1&e=x&hid=h+h&infs=1&nov=&num=5&s1=2&s2=&s3=p&s3=q&s4=&s6=D&s7=B&sp+ce=%C3%A9%26%3D%2B%2F+~%2A%27%28%29%21&ta=t%26amp%3B%0Ax&tb=&up="
        ),
        (
            "input",
            "a=2&crlf=a%0Ab&e=x&hid=h+h&infs=1&nov=&num=5&outside=1&sp+ce=%C3%A9%26%3D%2B%2F+~%2A%27%28%29%21&up="
        ),
        (
            "form,input",
            "a=2&crlf=a%0Ab&dis=1&e=x&hid=h+h&infs=1&nov=&num=5&s1=2&s2=&s3=p&s3=q&s4=&s6=D&s7=B&sp+ce=%C3%A9%26%3D%2B%2F+~%2A%27%28%29%21&ta=t%26amp%3B%0Ax&tb=&up="
        ),
        ("textarea", "ta=t%26amp%3B%0Ax&tb="), ("body", ""), ("option", ""), (".none", ""),
    ])
    func serializes(selector: String, query: String) {
        #expect(Selection(Document(parsing: Self.form)).find(selector).serialized == query)
    }

    @Test func listsFields() {
        let fields = Selection(Document(parsing: Self.form)).find("form").formFields
        let text = fields.map { "\($0.name)=\(Show.value($0.value))" }.joined(separator: " ")
        #expect(
            text
                == "a=string:\"1\" e=string:\"x\" hid=string:\"h h\" nov=string:\"\" s1=string:\"2\" s2=string:\"\" s3=[string:\"p\", string:\"q\"] s4=string:\"\" s5=[] ta=string:\"t&amp;\\nx\" infs=string:\"1\" a=string:\"2\" sp ce=string:\"é&=+/ ~*'()!\" kg=undefined dis=string:\"1\" s6=string:\"D\" s7=string:\"B\" up=string:\"\" num=string:\"5\" tb=string:\"\" crlf=string:\"a\\nb\""
        )
    }

    @Test(arguments: [
        ("fooBar", "data-foo-bar"), ("foo-bar", "data-foo-bar"), ("FooBar", "data-foo-bar"),
        ("foo_bar", "data-foo-bar"), ("foo-Bar", "data-foo--bar"), ("-c", "data--c"), ("C", "data-c"),
        ("fOO", "data-f-o-o"), ("userID", "data-user-id"), ("IDs", "data-id-s"), ("aID", "data-a-id"),
        ("xHTTPSa", "data-x-https-a"), ("xHTTPa", "data-x-http-a"), ("xUIDb", "data-x-uid-b"),
        ("aBC", "data-a-b-c"), ("ABc", "data-a-bc"), ("xUTF8a", "data-x-utf8-a"),
        ("xOAuthA", "data-x-oauth-a"),
        ("aÉb", "data-a-éb"), ("x1Y", "data-x1-y"), ("x_Y", "data-x--y"), ("x__y", "data-x--y"),
        ("_x", "data--x"),
        ("AID", "data-a-id"), ("aURLID", "data-a-url-id"), ("HTTPS", "data-https"),
        ("xHTTPSIP", "data-x-https-ip"),
    ])
    func namesAttributes(name: String, attribute: String) {
        let paragraph = Selection(Document(parsing: "<p \(attribute)=1>")).find("p")
        #expect(Show.value(paragraph.data(name)) == "number:1")
    }

    @Test(arguments: [
        ("data-a--b=1", "aB"), ("data--c=1", "C"), ("data-d-=1", "d"), ("data-e-F=1", "eF"),
        ("data-1=x", "1"),
        ("data-a_b=1", "a_b"), ("data-a-1b=2", "a1b"), ("id=x", ""), ("data-=1", ""), ("data-é=1", "é"),
        ("data-html-id=1", "htmlID"), ("data-a-id-b=1", "aIDB"), ("data-x-oauth=1", "xOAuth"),
        ("data-oauth-x=1", "oauthX"), ("data-x-utf8=1", "xUTF8"), ("data-a-b=1 data-c=2", "aB c"),
    ])
    func namesAll(attributes: String, names: String) {
        let data = Selection(Document(parsing: "<p \(attributes)>")).find("p").allData
        #expect(data?.map(\.name).joined(separator: " ") == names)
    }

    @Test func hasNoDataWithoutAttributes() {
        #expect(Selection(Document(parsing: "<p>")).find("p").allData == nil)
        #expect(Selection(Document(parsing: "<p>")).find("q").allData == nil)
    }

    @Test(arguments: [
        ("1", "number:1"), ("1.5", "number:1.5"), ("true", "boolean:true"), ("false", "boolean:false"),
        ("null", "undefined"), ("{\"x\":[1,2]}", "{\"x\":[1,2]}"), ("[1,2]", "[1,2]"),
        ("{bad", "string:\"{bad\""),
        ("", "undefined"), ("01", "string:\"01\""), ("1e3", "string:\"1e3\""), (" 1", "string:\" 1\""),
        ("-5", "number:-5"), ("1.0", "string:\"1.0\""), ("0x10", "string:\"0x10\""),
        ("undefined", "undefined"),
        ("NaN", "number:null"), ("TRUE", "string:\"TRUE\""),
        ("12345678901234567890", "string:\"12345678901234567890\""), ("1.", "string:\"1.\""),
        (".5", "string:\".5\""), ("{\"a\":1} ", "{\"a\":1} "), ("-0", "number:0"),
        ("1e400", "string:\"1e400\""),
        ("+1", "string:\"+1\""), ("1_0", "string:\"1_0\""),
        ("100000000000000000000", "number:100000000000000000000"),
        ("Infinity", "string:\"Infinity\""), ("+Inf", "number:null"), ("-Inf", "number:null"),
        ("  [1]", "string:\"  [1]\""), ("nan", "string:\"nan\""), ("0.000001", "number:0.000001"),
        ("0.0000001", "number:1e-7"), ("1000000000000000000000000", "number:1e+24"),
        ("9007199254740993", "string:\"9007199254740993\""), ("{\"a\":1}x", "string:\"{\\\"a\\\":1}x\""),
    ])
    func convertsData(text: String, value: String) {
        let page = Selection(Document(parsing: "<p data-a='\(text)'>"))
        #expect(Show.value(page.find("p").data("a")) == value)
    }
}
