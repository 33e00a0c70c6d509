// What a remote write request looks like on the wire, before compression. Called by the Prometheus output,
// which fills the messages that protoc made of remote_write.proto.

import SwiftProtobuf

extension Prometheus_WriteRequest {
    /// - Throws: never in practice: proto3 has no required fields, and no request nears the format's 2 GiB.
    public func bytes() throws -> [UInt8] { try serializedBytes() }

    public init(bytes: [UInt8]) throws { try self.init(serializedBytes: bytes) }
}
