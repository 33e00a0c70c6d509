// The embedded server's limits, with their reasons. Read by the request parser (HTTP) and by the server
// (Control).

extension Limits {
    /// The largest request body the embedded server keeps in order to echo it; larger ones are answered with
    /// 413.
    public static let requestBodyBytesMax = 64 * 1024 * 1024
    /// Answers to requests that arrived together are written together up to this size.
    public static let targetOutputBytesMax = 256 * 1024
    /// What a client may send ahead of the answers it still waits for, before the server stops reading from
    /// it.
    public static let targetAheadBytesMax = 256 * 1024
    /// The largest body `/bytes/N`, `/chunked/N` and their kin promise: more is a typing error.
    public static let targetBodyBytesMax = 1 << 40
    /// The longest wait `/delay/MS` and the paced faults take: a day, so that a deadline cannot overflow.
    public static let targetWaitMsMax = 24 * 3600 * 1000
    /// A body larger than this is written in pieces, so that one client cannot hold a loop for long.
    public static let targetPieceBytes = 64 * 1024
    /// Pieces one client gets before the loop looks at the others.
    public static let targetPiecesPerTurn = 16
    /// How long the server reads on after refusing a request, so that the refusal arrives before a reset
    /// does.
    public static let targetDrainNs = Ns.perSecond
    /// Connections the kernel may hold until they are accepted; the kernel cuts this to its own limit.
    public static let targetBacklog: Int32 = 16_384
    /// Redirects in a row that `/redirect/N` gives.
    public static let targetRedirectsMax = 1_000
}
