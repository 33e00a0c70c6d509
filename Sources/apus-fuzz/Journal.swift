// The input under test, kept so that it outlives whatever happens: a mapped file in a folder of its own under
// the temporary one, and a handler of fatal signals that prints it with the command that replays it. One per
// process, owned by the driver.

import Glibc

/// What the signal handler may touch: plain memory, filled before every case.
private struct Pending {
    var input: UnsafeMutablePointer<UInt8>
    var count = 0
    var number: UInt64 = 0
    var target: UnsafeMutablePointer<CChar>
    var seed: UInt64
}

nonisolated(unsafe) private var pending: UnsafeMutablePointer<Pending>! = nil

struct Journal {
    static let inputBytesMax = 64 * 1024
    /// A case that takes longer hangs.
    private static let caseSecondsMax: UInt32 = 30

    let path: String
    private let folder: String

    init(target: String, seed: UInt64) {
        let root = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        folder = "\(root)/apus-fuzz-\(getpid())"
        path = "\(folder)/input"
        mkdir(folder, 0o700)
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0, ftruncate(descriptor, Self.inputBytesMax) == 0,
            let memory = mmap(
                nil, Self.inputBytesMax, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            memory != MAP_FAILED
        else { fatalError("cannot keep inputs in \(path): \(String(cString: strerror(errno)))") }
        close(descriptor)
        pending = .allocate(capacity: 1)
        pending.initialize(
            to: Pending(
                input: memory.assumingMemoryBound(to: UInt8.self), target: strdup(target), seed: seed))
        Self.catchSignals()
    }

    /// On a stack of its own: the one of the code under test may have overflowed.
    private static func catchSignals() {
        let bytes = 64 * 1024
        var stack = stack_t(
            ss_sp: UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16), ss_flags: 0,
            ss_size: bytes)
        sigaltstack(&stack, nil)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = onSignal
        action.sa_flags = SA_ONSTACK
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGALRM] {
            sigaction(number, &action, nil)
        }
    }

    /// Keeps the case about to run.
    func begin(_ number: UInt64, _ input: [UInt8]) {
        precondition(input.count <= Self.inputBytesMax, "an input is larger than what can be kept")
        pending.pointee.count = input.count
        pending.pointee.number = number
        input.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { memcpy(pending.pointee.input, start, bytes.count) }
        }
        if number % 256 == 0 { alarm(Self.caseSecondsMax) }
    }

    /// Prints the case under test: the input and how to run it again. Leaves the file, cut to the input.
    func report() {
        truncate(path, pending.pointee.count)
        // What was printed so far comes first.
        fflush(nil)
        writeCase()
    }

    func remove() {
        alarm(0)
        unlink(path)
        rmdir(folder)
    }
}

private func put(_ text: StaticString) { write(STDOUT_FILENO, text.utf8Start, text.utf8CodeUnitCount) }

private func put(_ value: UInt64) {
    var rest = value
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
        var at = 20
        repeat {
            at -= 1
            digits[at] = UInt8(48 + rest % 10)
            rest /= 10
        } while rest > 0
        write(STDOUT_FILENO, digits.baseAddress! + at, 20 - at)
    }
}

private func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }

/// Only system calls: it also runs in a signal handler.
private func writeCase() {
    let state = pending!
    put("apus-fuzz: input (")
    put(UInt64(state.pointee.count))
    put(" bytes): ")
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2) { pair in
        for index in 0..<state.pointee.count {
            let byte = state.pointee.input[index]
            pair[0] = hexDigit(byte >> 4)
            pair[1] = hexDigit(byte & 15)
            write(STDOUT_FILENO, pair.baseAddress!, 2)
        }
    }
    put("\napus-fuzz: replay with: apus-fuzz --target ")
    write(STDOUT_FILENO, state.pointee.target, strlen(state.pointee.target))
    put(" --seed ")
    put(state.pointee.seed)
    put(" --first ")
    put(state.pointee.number)
    put(" --iterations 1\n")
}

private func onSignal(_ number: Int32) {
    signal(number, SIG_DFL)
    put(number == SIGALRM ? "apus-fuzz: a case does not end\n" : "apus-fuzz: the code under test crashed\n")
    writeCase()
    raise(number)
}
