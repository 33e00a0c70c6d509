// Bodies made of an object's fields: URL-encoded, or multipart when a file is among them. Pure.

import HTTP

enum FormValue {
    case text(String)
    case file(ScriptFile)
}

struct FormBody {
    var fields: [(name: String, values: [FormValue])]

    /// - Returns: the content type and the bytes.
    func encode(boundary: () -> String) -> (type: String, bytes: [UInt8]) {
        let hasFile = fields.contains { field in
            field.values.contains { if case .file = $0 { true } else { false } }
        }
        if !hasFile { return ("application/x-www-form-urlencoded", urlEncoded()) }
        let boundary = boundary()
        return ("multipart/form-data; boundary=\(boundary)", multipart(boundary))
    }

    private func urlEncoded() -> [UInt8] {
        var pairs: [String] = []
        for field in fields {
            for case .text(let value) in field.values {
                pairs.append(FormBody.escape(field.name) + "=" + FormBody.escape(value))
            }
        }
        return Array(pairs.joined(separator: "&").utf8)
    }

    /// Query escaping: a space is "+".
    static func escape(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var output: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                output.append(byte)
            case UInt8(ascii: " "): output.append(UInt8(ascii: "+"))
            default: output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private func multipart(_ boundary: String) -> [UInt8] {
        var output: [UInt8] = []
        func line(_ text: String) { output += Array(text.utf8) + [13, 10] }
        for field in fields {
            for value in field.values {
                line("--\(boundary)")
                let name = FormBody.quoted(field.name)
                switch value {
                case .text(let text):
                    line("Content-Disposition: form-data; name=\"\(name)\"")
                    line("")
                    line(text)
                case .file(let file):
                    line(
                        "Content-Disposition: form-data; name=\"\(name)\"; filename=\"\(FormBody.quoted(file.filename))\""
                    )
                    line("Content-Type: \(file.contentType)")
                    line("")
                    output += file.data + [13, 10]
                }
            }
        }
        line("--\(boundary)--")
        return output
    }

    private static func quoted(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}
