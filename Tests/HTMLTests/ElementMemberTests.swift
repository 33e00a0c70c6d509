// What the members of elements return for some values of the attribute they read. The results are what the
// binary of k6 v1.1.0 printed.

import HTML
import Testing

@Suite struct ElementMemberTests {
    /// What members return without the attribute, then for "7", "", "abc", "-7" and "7.5"; and where that is
    /// so: "tag.member attribute". Members that no attribute changes have one result.
    static let results: [([String], [String])] = [
        (
            [
                "string:\"\"", "string:\"7\"", "string:\"\"", "string:\"abc\"", "string:\"-7\"",
                "string:\"7.5\"",
            ],
            [
                "a.accessKey accesskey", "a.download download", "a.href href", "a.hrefLang hreflang",
                "a.rel rel", "a.target target", "a.type type", "area.accessKey accesskey",
                "area.download download", "area.href href", "area.hrefLang hreflang", "area.rel rel",
                "area.target target", "area.type type", "audio.currentSrc src",
                "audio.mediaGroup mediagroup", "audio.src src", "base.href href", "base.target target",
                "button.accessKey accesskey", "button.formAction formaction",
                "button.formTarget formtarget", "button.name name", "button.value value",
                "data.value value", "del.cite cite", "del.datetime datetime", "embed.height height",
                "embed.src src", "embed.type type", "embed.width width", "fieldset.name name",
                "form.acceptCharset accept-charset", "form.action action", "form.name name",
                "form.target target", "iframe.height height", "iframe.name name", "iframe.src src",
                "iframe.width width", "img.alt alt", "img.currentSrc src", "img.name name",
                "img.sizes sizes", "img.src src", "img.srcset srcset", "img.useMap usemap",
                "input.accept accept", "input.accessKey accesskey", "input.alt alt",
                "input.defaultValue value", "input.dirName dirname", "input.formAction formaction",
                "input.formTarget formtarget", "input.height height", "input.max max", "input.min min",
                "input.name name", "input.pattern pattern", "input.placeholder placeholder",
                "input.src src", "input.step step", "input.value value", "input.width width",
                "ins.cite cite", "ins.datetime datetime", "keygen.challenge challenge", "keygen.name name",
                "label.htmlFor for", "legend.accessKey accesskey", "link.href href",
                "link.hreflang hreflang", "link.media media", "link.rel rel", "link.target target",
                "link.type type", "map.name name", "meta.content content", "meta.name name",
                "object.data data", "object.height height", "object.name name", "object.type type",
                "object.useMap usemap", "object.width width", "optgroup.label label", "option.label label",
                "option.value value", "output.htmlFor for", "output.name name", "param.name name",
                "param.value value", "pre.name name", "pre.value value", "script.charset charset",
                "script.crossOrigin crossorigin", "script.src src", "script.type type", "select.name name",
                "source.keySystem keysystem", "source.media media", "source.sizes sizes", "source.src src",
                "source.srcset srcset", "source.type type", "style.media media", "td.headers headers",
                "textarea.accessKey accesskey", "textarea.defaultValue value",
                "textarea.placeholder placeholder", "textarea.value value", "th.abbr abbr",
                "th.headers headers", "time.datetime datetime", "track.label label", "track.src src",
                "track.srclang srclang", "ul.type type", "video.currentSrc src",
                "video.mediaGroup mediagroup", "video.src src",
            ]
        ),
        (
            ["string:\"\""],
            [
                "a.hash", "a.host", "a.hostname", "a.origin", "a.password", "a.port", "a.referrerPolicy",
                "a.search", "a.text", "a.username", "area.hash", "area.host", "area.hostname",
                "area.origin", "area.password", "area.port", "area.referrerPolicy", "area.search",
                "area.text", "area.username", "iframe.referrerPolicy", "img.referrerPolicy", "li.type",
                "link.referrerPolicy", "option.text", "output.defaultValue", "output.value", "script.text",
                "select.value", "th.scope", "title.text",
            ]
        ),
        (
            [
                "string:\"\"", "string:\"/7\"", "string:\"\"", "string:\"/abc\"", "string:\"/-7\"",
                "string:\"/7.5\"",
            ],
            [
                "a.pathname href", "area.pathname href",
            ]
        ),
        (
            ["string:\":\""],
            [
                "a.protocol", "area.protocol",
            ]
        ),
        (
            ["[]", "[string:\"7\"]", "[]", "[string:\"abc\"]", "[string:\"-7\"]", "[string:\"7.5\"]"],
            [
                "a.relList rel", "area.relList rel", "link.relList rel",
            ]
        ),
        (
            [
                "boolean:false", "boolean:true", "boolean:true", "boolean:true", "boolean:true",
                "boolean:true",
            ],
            [
                "audio.autoplay autoplay", "audio.controls controls", "audio.defaultMuted muted",
                "audio.loop loop", "audio.muted muted", "button.autofocus autofocus",
                "button.disabled disabled", "button.formNoValidate formnovalidate",
                "fieldset.disabled disabled", "form.noValidate novalidate",
                "iframe.allowfullscreen allowfullscreen", "img.isMap ismap", "input.autofocus autofocus",
                "input.checked checked", "input.defaultChecked checked", "input.disabled disabled",
                "input.formNoValidate formnovalidate", "input.multiple multiple",
                "input.readonly readonly", "input.required required", "keygen.autofocus autofocus",
                "keygen.disabled disabled", "object.typeMustMatch typemustmatch", "ol.reversed reversed",
                "optgroup.disabled disabled", "option.defaultSelected selected",
                "option.disabled disabled", "option.selected selected", "script.async async",
                "script.defer defer", "script.noModule nomodule", "select.autofocus autofocus",
                "select.disabled disabled", "select.multiple multiple", "select.required required",
                "table.sortable sortable", "textarea.readOnly readonly", "textarea.required required",
                "th.sorted sorted", "track.default default", "video.autoplay autoplay",
                "video.controls controls", "video.defaultMuted muted", "video.loop loop",
                "video.muted muted",
            ]
        ),
        (
            ["undefined"],
            [
                "audio.crossOrigin", "button.form", "fieldset.form", "fieldset.validity",
                "img.crossOrigin", "input.form", "input.list", "keygen.form", "label.control",
                "label.form", "legend.form", "link.crossOrigin", "object.form", "option.form",
                "output.form", "select.form", "table.caption", "table.tFoot", "table.tHead",
                "textarea.form", "video.crossOrigin",
            ]
        ),
        (
            ["string:\"auto\""],
            [
                "audio.preload", "video.preload",
            ]
        ),
        (
            ["[]"],
            [
                "audio.textTracks", "button.labels", "datalist.options", "fieldset.elements",
                "form.elements", "input.labels", "keygen.labels", "map.areas", "map.images",
                "meter.labels", "output.labels", "progress.labels", "select.labels", "select.options",
                "select.selectedOptions", "table.rows", "table.tBodies", "tbody.rows", "textarea.labels",
                "tfoot.rows", "thead.rows", "tr.cells", "video.textTracks",
            ]
        ),
        (
            ["string:\"application/x-www-form-urlencoded\""],
            [
                "button.formEnctype", "form.encoding", "form.enctype", "input.formEnctype",
            ]
        ),
        (
            ["string:\"get\""],
            [
                "button.formMethod", "form.method", "input.formMethod",
            ]
        ),
        (
            ["number:0", "number:7", "number:0", "number:0", "number:-7", "number:0"],
            [
                "button.tabIndex tabindex", "img.height height", "img.width width", "input.size size",
                "input.tabIndex tabindex", "li.value value", "meter.high high", "meter.low low",
                "meter.max max", "meter.min min", "meter.optimum optimum", "object.tabIndex tabindex",
                "ol.start start", "select.tabIndex tabindex", "textarea.cols cols",
                "textarea.maxLength maxlength", "textarea.rows rows", "textarea.tabIndex tabindex",
            ]
        ),
        (
            ["string:\"submit\""],
            [
                "button.type"
            ]
        ),
        (
            ["number:150", "number:7", "number:150", "number:150", "number:-7", "number:150"],
            [
                "canvas.height height", "canvas.width width",
            ]
        ),
        (
            ["number:1", "number:7", "number:1", "number:1", "number:1", "number:1"],
            [
                "col.span span"
            ]
        ),
        (
            ["string:\"fieldset\""],
            [
                "fieldset.type"
            ]
        ),
        (
            ["string:\"on\""],
            [
                "form.autocomplete", "input.autocomplete", "textarea.autocomplete",
            ]
        ),
        (
            ["number:0"],
            [
                "form.length", "option.index", "select.length", "td.cellIndex", "th.cellIndex",
                "tr.rowIndex", "tr.sectionRowIndex",
            ]
        ),
        (
            ["number:-1", "number:7", "number:-1", "number:-1", "number:-7", "number:-1"],
            [
                "input.maxLength maxlength"
            ]
        ),
        (
            ["string:\"text\""],
            [
                "input.type"
            ]
        ),
        (
            ["string:\"RSA\""],
            [
                "keygen.keytype"
            ]
        ),
        (
            ["string:\"keygen\""],
            [
                "keygen.type"
            ]
        ),
        (
            ["string:\"content-type\""],
            [
                "meta.httpEquiv"
            ]
        ),
        (
            ["string:\"1\""],
            [
                "ol.type"
            ]
        ),
        (
            ["string:\"output\""],
            [
                "output.type"
            ]
        ),
        (
            ["number:1", "number:7", "number:1", "number:1", "number:1", "number:7.5"],
            [
                "progress.max max"
            ]
        ),
        (
            ["number:-1", "number:7", "number:-1", "number:-1", "number:-1", "number:7.5"],
            [
                "progress.position value"
            ]
        ),
        (
            ["number:0", "number:7", "number:0", "number:0", "number:0", "number:7.5"],
            [
                "progress.value value"
            ]
        ),
        (
            ["number:-1"],
            [
                "select.selectedIndex"
            ]
        ),
        (
            ["number:1", "number:4", "number:4", "number:4", "number:4", "number:4"],
            [
                "select.size multiple"
            ]
        ),
        (
            [
                "string:\"select\"", "string:\"select-multiple\"", "string:\"select-multiple\"",
                "string:\"select-multiple\"", "string:\"select-multiple\"", "string:\"select-multiple\"",
            ],
            [
                "select.type multiple"
            ]
        ),
        (
            [
                "string:\"text/css\"", "string:\"7\"", "string:\"text/css\"", "string:\"abc\"",
                "string:\"-7\"", "string:\"7.5\"",
            ],
            [
                "style.type type"
            ]
        ),
        (
            ["number:1", "number:7", "number:1", "number:1", "number:-7", "number:1"],
            [
                "td.colSpan colspan", "td.rowSpan rowspan", "th.colSpan colspan", "th.rowSpan rowspan",
            ]
        ),
        (
            ["string:\"sentences\""],
            [
                "textarea.autocapitalize"
            ]
        ),
        (
            ["number:0", "number:1", "number:0", "number:3", "number:2", "number:3"],
            [
                "textarea.length value"
            ]
        ),
        (
            ["string:\"textarea\""],
            [
                "textarea.type"
            ]
        ),
        (
            ["string:\"soft\""],
            [
                "textarea.wrap"
            ]
        ),
        (
            ["string:\"subtitle\""],
            [
                "track.kind"
            ]
        ),
    ]

    @Test(arguments: Self.results)
    func reads(results: [String], members: [String]) throws {
        for member in members {
            let words = member.split(separator: " ").map(String.init)
            for (value, result) in zip([nil, "7", "", "abc", "-7", "7.5"], results) {
                let attribute = value.map { "\(words[1])=\"\($0)\"" } ?? ""
                #expect(try Show.member(words[0], attribute) == result, "\(member)=\(value ?? "none")")
            }
        }
    }
}
