// The members of forms, their controls, and tables, which look around in the document: the form a control
// belongs to, its labels, the place of a cell. Part of the tables of `ElementKind`.

import Base

extension ElementKind {
    static let controls: [(String, ElementKind)] = [
        (
            "button",
            ElementKind(
                "ButtonElement", embeds: "form_field_element",
                fieldMembers + [
                    .text("accessKey"), .flag("autofocus"), .flag("disabled"), .integer("tabIndex", 0),
                    .choice("type", ["submit", "reset", "button", "menu"]), .text("value"),
                ])
        ),
        (
            "input",
            ElementKind(
                "InputElement", embeds: "form_field_element",
                fieldMembers + [
                    .text("accept"), .text("accessKey"), .text("alt"),
                    .choice("autocomplete", ["on", "off"]),
                    .flag("autofocus"), .flag("checked"), .flag("defaultChecked", "checked"),
                    .text("defaultValue", "value"), .text("dirName"), .flag("disabled"), .text("height"),
                    ElementMember("list") { element in
                        guard let id = element.attribute("list") else { return .undefined }
                        return Form.first(element, "datalist[id=\(SelectorText.quoted(id))]")
                    },
                    .text("max"), .integer("maxLength", -1), .text("min"), .flag("multiple"),
                    .text("pattern"),
                    .text("placeholder"), .flag("readonly"), .flag("required"), .integer("size", 0),
                    .address("src"),
                    .text("step"), .integer("tabIndex", 0), .choice("type", inputTypes), .text("value"),
                    .text("width"),
                ])
        ),
        (
            "keygen",
            ElementKind(
                "KeygenElement",
                [
                    .flag("autofocus"), .text("challenge"), .flag("disabled"), .form,
                    .choice("keytype", ["RSA", "DSA", "EC"]), .labels, .text("name"),
                    .fixed("type", "keygen"),
                ])
        ),
        (
            "select",
            ElementKind(
                "SelectElement",
                [
                    .flag("autofocus"), .flag("disabled"), .form, .labels,
                    ElementMember("length") { .number(Double($0.selection.find("option").count)) },
                    .flag("multiple"), .text("name"), .found("options", "option"), .flag("required"),
                    ElementMember("selectedIndex") { element in
                        let options = element.selection.find("option").each
                        return .number(Double(options.firstIndex { $0.hasAttribute("selected") } ?? -1))
                    },
                    .found("selectedOptions", "option[selected]"),
                    ElementMember("size") { .number($0.hasAttribute("multiple") ? 4 : 1) },
                    .integer("tabIndex", 0),
                    ElementMember("type") {
                        .string($0.hasAttribute("multiple") ? "select-multiple" : "select")
                    },
                    ElementMember("value") { element in
                        let selected = element.selection.find("option[selected]").first
                        return .string(selected.isEmpty ? "" : selected.optionValue)
                    },
                ])
        ),
        (
            "textarea",
            ElementKind(
                "TextAreaElement",
                [
                    .text("accessKey"),
                    .choice("autocapitalize", ["sentences", "none", "off", "characters", "words"]),
                    .choice("autocomplete", ["on", "off"]), .integer("cols", 0),
                    .text("defaultValue", "value"),
                    .form, .labels,
                    ElementMember("length") { .number(Double(($0.attribute("value") ?? "").utf8.count)) },
                    .integer("maxLength", 0), .text("placeholder"), .flag("readOnly"), .flag("required"),
                    .integer("rows", 0), .integer("tabIndex", 0), .fixed("type", "textarea"), .text("value"),
                    .choice("wrap", ["soft", "hard", "off"]),
                ])
        ),
    ]

    private static let fieldMembers: [ElementMember] = [
        .form,
        ElementMember("formAction") { element in
            let action = Form.inherited(element, "formaction", "action") ?? ""
            return .string(element.resolved(action) ?? action)
        },
        ElementMember("formEnctype") { element in
            let type = Form.inherited(element, "formenctype", "enctype") ?? ""
            return .string(Form.encodings.contains(type) ? type : Form.encodings[0])
        },
        ElementMember("formMethod") { element in
            let method = (Form.inherited(element, "formmethod", "method") ?? "").lowercased()
            return .string(method == "post" ? "post" : "get")
        },
        ElementMember("formNoValidate") { element in
            if element.hasAttribute("formnovalidate") { return .boolean(true) }
            return .boolean(Form.form(of: element)?.hasAttribute("novalidate") ?? false)
        },
        ElementMember("formTarget") { .string(Form.inherited($0, "formtarget", "target") ?? "") },
        .labels, .text("name"),
    ]

    private static let inputTypes = [
        "text", "button", "checkbox", "color", "date", "datetime-local", "email", "file", "hidden", "image",
        "month", "number", "password", "radio", "range", "reset", "search", "submit", "tel", "time", "url",
        "week",
    ]

    static let formParts: [(String, ElementKind)] = [
        ("datalist", ElementKind("DataListElement", [.found("options", "option")])),
        (
            "fieldset",
            ElementKind(
                "FieldSetElement",
                [
                    .flag("disabled"), .found("elements", "input,select,button,textarea"), .form,
                    .text("name"),
                    .fixed("type", "fieldset"), ElementMember("validity") { _ in .undefined },
                ])
        ),
        (
            "form",
            ElementKind(
                "FormElement",
                [
                    .text("acceptCharset", "accept-charset"), .address("action", "action"),
                    .choice("autocomplete", ["on", "off"]), .found("elements", Form.elements),
                    .choice("encoding", Form.encodings, of: "enctype"), .choice("enctype", Form.encodings),
                    ElementMember("length") { .number(Double($0.selection.find(Form.elements).count)) },
                    .choice("method", ["get", "post"]), .text("name"), .flag("noValidate"), .text("target"),
                ])
        ),
        (
            "label",
            ElementKind(
                "LabelElement",
                [
                    ElementMember("control") { element in
                        guard let id = element.attribute("for") else { return .undefined }
                        return Form.first(element, "#" + id)
                    },
                    .form, .text("htmlFor", "for"),
                ])
        ),
        ("legend", ElementKind("LegendElement", [.text("accessKey"), .form])),
        (
            "meter",
            ElementKind(
                "MeterElement",
                [
                    .integer("high", 0), .labels, .integer("low", 0), .integer("max", 0), .integer("min", 0),
                    .integer("optimum", 0),
                ])
        ),
        ("optgroup", ElementKind("OptGroupElement", [.flag("disabled"), .text("label")])),
        (
            "option",
            ElementKind(
                "OptionElement",
                [
                    .flag("defaultSelected", "selected"), .flag("disabled"), .form,
                    .place("index", in: "datalist,select", among: "option"),
                    ElementMember("label") { .string($0.attribute("label") ?? $0.textContent) },
                    .flag("selected"), .content("text"),
                    ElementMember("value") { .string($0.selection.optionValue) },
                ])
        ),
        (
            "output",
            ElementKind(
                "OutputElement",
                [
                    .content("defaultValue"), .form, .text("htmlFor", "for"), .labels, .text("name"),
                    .fixed("type", "output"), .content("value"),
                ])
        ),
        (
            "progress",
            ElementKind(
                "ProgressElement",
                [
                    .labels, ElementMember("max") { .number(Form.amount($0, "max") ?? 1) },
                    ElementMember("position") { element in
                        guard let value = Form.amount(element, "value") else { return .number(-1) }
                        return .number(value / (Form.amount(element, "max") ?? 1))
                    },
                    ElementMember("value") { .number(Form.amount($0, "value") ?? 0) },
                ])
        ),
    ]

    static let tables: [(String, ElementKind)] = [
        (
            "table",
            ElementKind(
                "TableElement",
                [
                    .firstFound("caption", "caption"), .found("rows", "tr"), .flag("sortable"),
                    .found("tBodies", "tbody"), .firstFound("tFoot", "tfoot"), .firstFound("tHead", "thead"),
                ])
        ),
        ("tbody", ElementKind("TableBodyElement", embeds: "table_section_element", [.found("rows", "tr")])),
        ("tfoot", ElementKind("TableFootElement", embeds: "table_section_element", [.found("rows", "tr")])),
        ("thead", ElementKind("TableHeadElement", embeds: "table_section_element", [.found("rows", "tr")])),
        (
            "col",
            ElementKind(
                "TableColElement",
                [
                    ElementMember("span") { element in
                        let span = element.attribute("span").flatMap { Int($0) } ?? 1
                        return .number(Double(max(span, 1)))
                    }
                ])
        ),
        ("td", ElementKind("TableDataCellElement", embeds: "table_cell_element", cellMembers)),
        (
            "th",
            ElementKind(
                "TableHeaderCellElement", embeds: "table_cell_element",
                cellMembers + [
                    .text("abbr"), .choice("scope", ["", "row", "col", "colgroup", "rowgroup"]),
                    .flag("sorted"),
                ])
        ),
        (
            "tr",
            ElementKind(
                "TableRowElement",
                [
                    .found("cells", "th,td"), .place("rowIndex", in: "table", among: "tr"),
                    .place("sectionRowIndex", in: "thead,tbody,tfoot", among: "tr"),
                ])
        ),
    ]

    private static let cellMembers: [ElementMember] = [
        .place("cellIndex", in: "tr", among: "th,td"), .integer("colSpan", 1), .text("headers"),
        .integer("rowSpan", 1),
    ]
}

/// What form controls find around them.
enum Form {
    static let encodings = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]
    static let elements = "input,select,button,textarea,fieldset"

    static func first(_ element: Element, _ selector: String) -> ElementValue {
        let found = Selection(element.document, url: element.selection.url).find(selector).first
        return Element(optional: found).map { .element($0) } ?? .undefined
    }

    /// The form the element names or, failing that, the one around it. An option asks its list.
    static func form(of element: Element) -> Element? {
        if let id = element.attribute("form"), case .element(let form) = first(element, "form#" + id) {
            return form
        }
        if element.nodeName == "option", let list = Element(optional: element.selection.closest("select")) {
            return form(of: list)
        }
        return Element(optional: element.selection.closest("form").first)
    }

    /// The control's own attribute or else the form's.
    static func inherited(_ element: Element, _ own: String, _ ofForm: String) -> String? {
        element.attribute(own) ?? form(of: element)?.attribute(ofForm)
    }

    /// A number that is not negative.
    static func amount(_ element: Element, _ name: String) -> Double? {
        guard let text = element.attribute(name) else { return nil }
        do {
            let amount = try GoText.parseFloat(text)
            return amount < 0 ? nil : amount
        } catch {
            return nil
        }
    }
}

extension ElementMember {
    static let form = ElementMember("form") { element in
        Form.form(of: element).map { .element($0) } ?? .undefined
    }

    /// The label around the control, then those that name it.
    static let labels = ElementMember("labels") { element in
        var labels = element.selection.closest("label").elements
        if let id = element.attribute("id") {
            let selector = "label[for=\(SelectorText.quoted(id))]"
            labels += Selection(element.document, url: element.selection.url).find(selector).elements
        }
        return .elements(labels)
    }
}
