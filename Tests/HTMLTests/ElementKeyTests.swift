// The members each tag adds to its elements, as the binary of k6 v1.1.0 listed them.

import HTML
import Testing

@Suite struct ElementKeyTests {
    /// Per tag the keys a script sees besides those of every element.
    static let keys: [(String, String)] = [
        (
            "a",
            "href_element element accessKey download hash host hostname href hrefLang origin password pathname port protocol referrerPolicy rel relList search target text type username"
        ),
        (
            "area",
            "href_element element accessKey download hash host hostname href hrefLang origin password pathname port protocol referrerPolicy rel relList search target text type username"
        ),
        (
            "audio",
            "media_element element autoplay controls crossOrigin currentSrc defaultMuted loop mediaGroup muted preload src textTracks"
        ),
        ("base", "element href target"),
        (
            "button",
            "form_field_element element accessKey autofocus disabled form formAction formEnctype formMethod formNoValidate formTarget labels name tabIndex type value"
        ),
        ("canvas", "element height width"),
        ("col", "element span"),
        ("data", "element value"),
        ("datalist", "element options"),
        ("del", "mod_element element cite datetime"),
        ("embed", "element height src type width"),
        ("fieldset", "element disabled elements form name type validity"),
        (
            "form",
            "element acceptCharset action autocomplete elements encoding enctype length method name noValidate target"
        ),
        ("iframe", "element allowfullscreen height name referrerPolicy src width"),
        (
            "img",
            "element alt crossOrigin currentSrc height isMap name referrerPolicy sizes src srcset useMap width"
        ),
        (
            "input",
            "form_field_element element accept accessKey alt autocomplete autofocus checked defaultChecked defaultValue dirName disabled form formAction formEnctype formMethod formNoValidate formTarget height labels list max maxLength min multiple name pattern placeholder readonly required size src step tabIndex type value width"
        ),
        ("ins", "mod_element element cite datetime"),
        ("keygen", "element autofocus challenge disabled form keytype labels name type"),
        ("label", "element control form htmlFor"),
        ("legend", "element accessKey form"),
        ("li", "element type value"),
        ("link", "element crossOrigin href hreflang media referrerPolicy rel relList target type"),
        ("map", "element areas images name"),
        ("meta", "element content httpEquiv name"),
        ("meter", "element high labels low max min optimum"),
        ("object", "element data form height name tabIndex type typeMustMatch useMap width"),
        ("ol", "element reversed start type"),
        ("optgroup", "element disabled label"),
        ("option", "element defaultSelected disabled form index label selected text value"),
        ("output", "element defaultValue form htmlFor labels name type value"),
        ("param", "element name value"),
        ("pre", "element name value"),
        ("progress", "element labels max position value"),
        ("script", "element async charset crossOrigin defer noModule src text type"),
        (
            "select",
            "element autofocus disabled form labels length multiple name options required selectedIndex selectedOptions size tabIndex type value"
        ),
        ("source", "element keySystem media sizes src srcset type"),
        ("style", "element media type"),
        ("table", "element caption rows sortable tBodies tFoot tHead"),
        ("tbody", "table_section_element element rows"),
        ("td", "table_cell_element element cellIndex colSpan headers rowSpan"),
        (
            "textarea",
            "element accessKey autocapitalize autocomplete cols defaultValue form labels length maxLength placeholder readOnly required rows tabIndex type value wrap"
        ),
        ("tfoot", "table_section_element element rows"),
        ("th", "table_cell_element element abbr cellIndex colSpan headers rowSpan scope sorted"),
        ("thead", "table_section_element element rows"),
        ("time", "element datetime"),
        ("title", "element text"),
        ("tr", "element cells rowIndex sectionRowIndex"),
        ("track", "element default kind label src srclang"),
        ("ul", "element type"),
        (
            "video",
            "media_element element autoplay controls crossOrigin currentSrc defaultMuted loop mediaGroup muted preload src textTracks"
        ),
    ]

    @Test(arguments: Self.keys)
    func hasMembers(tag: String, keys: String) {
        let kind = ElementKind.named(tag)
        #expect(
            (kind.embedded + kind.members.map(\.name).sorted(by: Show.inGoOrder)).joined(separator: " ")
                == keys)
    }
}
