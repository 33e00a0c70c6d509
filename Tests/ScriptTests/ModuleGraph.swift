// Programs of several ES modules made at random: functions and classes of all forms that call each other
// through imports, re-exports, namespaces and `require`, most of which nothing reaches. Each one logs what it
// computed, errors with their places included.

import Base

struct ModuleGraph {
    private(set) var main = ""
    /// By path.
    private(set) var files: [String: String] = [:]

    private struct Module {
        var number: Int
        var imports: [String] = []
        var code: [String] = []
        /// Expressions that are functions here.
        var callables: [String] = []
        /// Functions declared here, and how each is exported.
        var locals: [String] = []
        /// As others know them.
        var exports: [String] = []
        /// Exports that are objects of all exports of another module.
        var namespaces: [(name: String, of: Int)] = []
        /// The function that is its default export.
        var defaultName: String?
    }

    private var random: SeededRandom
    private var modules: [Module] = []
    private var nameCount = 0

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        modules = (0..<(2 + pick(5))).map { Module(number: $0) }
        for index in modules.indices { declare(index) }
        for index in modules.indices { reexport(index) }
        for index in modules.indices { importSome(index) }
        for index in modules.indices { write(index) }
    }

    private mutating func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    private mutating func chance(_ percent: Int) -> Bool { pick(100) < percent }

    private mutating func one<Element>(_ list: [Element]) -> Element { list[pick(list.count)] }

    private mutating func newName(_ letter: String) -> String {
        nameCount += 1
        return "\(letter)\(nameCount)"
    }

    // MARK: - who has what

    private mutating func declare(_ index: Int) {
        for _ in 0..<(5 + pick(10)) {
            let name = newName("f")
            modules[index].locals.append(name)
            modules[index].callables.append(name)
        }
        if index > 0, chance(50) { modules[index].defaultName = one(modules[index].locals) }
    }

    private mutating func reexport(_ index: Int) {
        for name in modules[index].locals where chance(70) {
            modules[index].exports.append(name)
        }
        guard index > 0 else { return }
        let other = pick(index)
        let path = "'./m\(other).js'"
        if other > 0, chance(40) {
            modules[index].imports.append("export * from \(path);")
            modules[index].exports += modules[other].exports.filter { !modules[index].exports.contains($0) }
        }
        for name in modules[other].exports where other > 0 && chance(30) {
            let alias = newName("r")
            modules[index].imports.append("export { \(name) as \(alias) } from \(path);")
            modules[index].exports.append(alias)
        }
        if other > 0, chance(30) {
            let name = newName("s")
            modules[index].imports.append("export * as \(name) from \(path);")
            modules[index].namespaces.append((name, other))
        }
    }

    private mutating func importSome(_ index: Int) {
        for other in modules.indices where other != 0 && other != index && chance(60) {
            let path = "'./m\(other).js'"
            let exports = modules[other].exports
            guard !exports.isEmpty else { continue }
            switch pick(4) {
            case 0:
                let name = newName("n")
                modules[index].imports.append("import * as \(name) from \(path);")
                for export in exports where chance(40) {
                    let forms = [
                        "\(name).\(export)", "\(name)?.\(export)", "\(name)['\(export)']",
                        "{ ...\(name) }.\(export)",
                    ]
                    modules[index].callables.append(chance(80) ? forms[pick(2)] : "(\(forms[2 + pick(2)]))")
                }
                for inner in modules[other].namespaces {
                    for export in modules[inner.of].exports where chance(30) {
                        modules[index].callables.append("\(name).\(inner.name).\(export)")
                    }
                }
            case 1 where index == 0:
                let name = newName("q")
                let argument = chance(70) ? path : "'./m' + \(other) + '.js'"
                modules[index].code.append("const \(name) = require(\(argument));")
                modules[index].callables.append("\(name).\(one(exports))")
            default:
                var listed: [String] = []
                for export in exports where chance(50) {
                    let alias = newName("i")
                    listed.append("\(export) as \(alias)")
                    modules[index].callables.append(alias)
                }
                var first = ""
                if modules[other].defaultName != nil, chance(70) {
                    let alias = newName("d")
                    modules[index].callables.append(alias)
                    first = "\(alias), "
                }
                modules[index].imports.append(
                    "import \(first){ \(listed.joined(separator: ", ")) } from \(path);")
            }
        }
    }

    // MARK: - code

    private mutating func write(_ index: Int) {
        let number = modules[index].number
        var lines = modules[index].imports + modules[index].code
        // What calls whatever it is given.
        lines.append(
            """
            function call\(number)(f, d) {
                if (typeof f !== "function") return "no function"
                const r = f.prototype && f.prototype.run ? new f().run(d) : f(d)
                if (r && typeof r.next === "function") return typeof r.then + [...r].join("+")
                return r && typeof r.then === "function" ? (r.catch(() => 0), "promise") : `${r}`
            }
            """)
        for name in modules[index].locals { lines.append(declaration(of: name, in: index)) }
        if chance(40) {
            let name = newName("t")
            lines.append(
                "let \(name)\ntry { \(name) = \(call(index, "1")) } catch (e) { \(name) = e.stack }\n"
                    + "console.log(\"top \(number)\", \(name))")
        }
        // Statements that must not run together with what is left of their neighbours.
        if chance(30) { lines.insert(";[1].forEach(() => 0)", at: lines.count - pick(3)) }
        if index == 0 {
            let calls = (0..<(1 + pick(3))).map { _ in call(index, "4") }
            lines.append("export default function () { console.log(\(calls.joined(separator: ", "))) }")
            main = lines.joined(separator: "\n") + "\n"
        } else {
            files["/test/m\(number).js"] = lines.joined(separator: chance(20) ? "\r\n" : "\n") + "\n"
        }
    }

    private mutating func call(_ index: Int, _ depth: String) -> String {
        let number = modules[index].number
        let name = one(modules[index].callables)
        let isPlain = name.allSatisfy { $0.isLetter || $0.isNumber }
        switch pick(8) {
        case 0 where isPlain: return "call\(number)({ \(name) }.\(name), \(depth))"
        case 1: return "call\(number)([...[\(name)]][0], \(depth))"
        case 2: return "`${call\(number)(\(name), \(depth))}${`}`}`"
        case 3: return "(typeof \(name) === 'function' ? call\(number)(\(name), \(depth)) : 'none')"
        case 4: return "((g = \(name)) => call\(number)(g, \(depth)))()"
        default: return "call\(number)(\(name), \(depth))"
        }
    }

    /// Text that means nothing, with names in it.
    private mutating func noise(_ index: Int) -> String {
        let name = one(modules[index].locals)
        switch pick(12) {
        case 0: return "/* \(name)() } */ "
        case 1: return "const a = '} \(name)'; "
        case 2: return "const b = /[/}]\(name)'/.test('`'); "
        case 3: return "let c = 4 / 2 / 1; c++ / 2; "
        case 4: return "const { \(name): e = 1 } = {}; "
        case 5: return "// \(name) {\n    "
        case 6: return "const g = `${1}\(name){`; "
        case 7: return "if (d) /}/.test(d); "
        case 8: return "const é\(nameCount) = 1; ".replacing("é", with: chance(3) ? "é" : "h")
        case 9: return "const k = '😀é'; "
        default: return ""
        }
    }

    private mutating func declaration(of name: String, in index: Int) -> String {
        let sum =
            "\"\(name)(\" + \(call(index, "d - 1"))\(chance(50) ? " + " + call(index, "d - 2") : "") + \")\""
        let end = chance(25) ? "try { null.x } catch (e) { return e.stack }" : "return \"\(name)\""
        let body = "{ \(noise(index))if (d <= 0) { \(end) } return \(sum) }"
        let generator = "{ \(noise(index))if (d > 0) yield \(sum) }"
        var (exported, suffix) = (false, "")
        if modules[index].exports.contains(name) {
            if chance(60) {
                exported = true
            } else {
                suffix = "\nexport { \(name) }" + (chance(50) ? ";" : "")
            }
        }
        let isDefault = modules[index].defaultName == name
        if isDefault, !exported, suffix.isEmpty, chance(50) {
            return chance(50)
                ? "export default function \(name)(d) \(body)"
                : "export default class \(name) { run(d) \(body) }"
        }
        if isDefault {
            suffix += chance(50) ? "\nexport default \(name);" : "\nexport { \(name) as default };"
        }
        let head = exported ? "export " : ""
        switch pick(9) {
        case 0: return "\(head)async function \(name)(d) \(body)\(suffix)"
        case 1: return "\(head)function* \(name)(d) \(generator)\(suffix)"
        case 2: return "\(head)class \(name) { run(d) \(body) }\(suffix)"
        case 3: return "\(head)class \(name) { static z = 1; run(d) \(body) }\(suffix)"
        case 4: return "\(head)const \(name) = (d) => \(body)\(suffix)"
        case 5: return "\(head)const \(name) = (d) => d <= 0 ? \"\(name)\" : \(sum);\(suffix)"
        case 6: return "\(head)let \(name) = function (d) \(body);\(suffix)"
        default: return "\(head)function \(name)(d) \(body)\(suffix)"
        }
    }
}
