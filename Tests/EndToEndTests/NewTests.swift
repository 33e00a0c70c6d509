// `apus new` as a user runs it: the file it writes, and that it keeps what is there.

import ProcessSupport
import Testing

@Suite struct NewTests {
    @Test(arguments: ["minimal", "protocol"])
    func writesAScript(template: String) throws {
        let path = Scratch.path("\(template).js")
        let end = try Apus.start(["new", path, "--template", template]).finish()
        #expect(end.code == 0)
        #expect(end.out == "New script created: \(path) (\(template) template).\n")
        let text = Scratch.read(path)
        #expect(text.contains("import http from 'k6/http';"))
        #expect(text.contains("export default function") || text.contains("export function"))
        let again = try Apus.start(["new", path]).finish()
        #expect(again.code == 255)
        #expect(again.logLines("error").count == 1)
        #expect(Scratch.read(path) == text)
        #expect(try Apus.start(["new", "--force", path]).finish().code == 0)
    }

    @Test func whatCannotBeWrittenIsOneLine() throws {
        let end = try Apus.start(["new", "/nonexistent/folder/x.js"]).finish()
        #expect(end.code == 255)
        #expect(end.out == "")
        #expect(end.logLines("error").count == 1)
        #expect(end.err.contains("No such file or directory"))
    }
}
