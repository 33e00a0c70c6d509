// How threads find each other: the control thread's inbox, and the table of the workers' mailboxes. Made by
// Run.

import Base
import EventLoop

/// Messages to the control thread.
final class ControlInbox: Sendable {
    private let messages = Locked<[ControlMessage]>([])
    let wakeup: Wakeup

    init(wakeup: Wakeup) { self.wakeup = wakeup }

    func post(_ message: ControlMessage) {
        messages.withLock { $0.append(message) }
        wakeup.send()
    }

    func take() -> [ControlMessage] {
        messages.withLock { list in
            defer { list = [] }
            return list
        }
    }
}

/// The workers' mailboxes as workers see each other.
final class Neighbours: Sendable {
    private let mailboxes = Locked<[Int: Mailbox]>([:])

    func set(_ index: Int, _ mailbox: Mailbox) { mailboxes.withLock { $0[index] = mailbox } }
    subscript(index: Int) -> Mailbox? { mailboxes.withLock { $0[index] } }
}
