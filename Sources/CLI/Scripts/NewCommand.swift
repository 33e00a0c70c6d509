// `apus new`: writes a script to start from. Called by the entry point, which prints what it returns.

struct NewCommand {
    let settings: NewSettings
    var files = FileAccess.system
    var write: ([UInt8], String) throws(FileError) -> Void = { (bytes, path) throws(FileError) in
        try FileOutput.write(bytes, to: path)
    }

    /// - Returns: the line that says what was written.
    /// - Throws: exit code 255 for an unknown template and a file that is there already or cannot be written.
    func execute() throws(CLIError) -> String {
        if files.exists(settings.file) && !settings.overwrites {
            throw CLIError("\(settings.file) already exists", hint: "--force overwrites it")
        }
        let text = try ScriptTemplate.render(
            try template(), name: settings.template, scriptName: settings.file, projectID: settings.projectID)
        do { try write(Array(text.utf8), settings.file) } catch {
            throw CLIError("\(settings.file) cannot be written: \(error.reason)")
        }
        return "New script created: \(settings.file) (\(settings.template) template).\n"
    }

    private func template() throws(CLIError) -> String {
        switch settings.template {
        case "minimal": return ScriptTemplate.minimal
        case "protocol": return ScriptTemplate.fullTest
        case "browser":
            throw CLIError(
                "the template \"browser\" is for k6's browser module, which Apus does not have",
                hint: "there are minimal and protocol")
        default: break
        }
        guard settings.template.contains("/") else {
            throw CLIError(
                "unknown template \"\(settings.template)\"; there are minimal, protocol and the path of a file",
                hint: files.exists(settings.template) ? "did you mean ./\(settings.template)?" : nil)
        }
        let bytes: [UInt8]
        do { bytes = try files.read(settings.template) } catch {
            throw CLIError("the template \(settings.template) cannot be read: \(error.reason)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CLIError("the template \(settings.template) is not UTF-8")
        }
        return text
    }
}
