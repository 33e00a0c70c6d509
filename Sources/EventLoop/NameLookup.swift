// The system's blocking name look-up as a value. Runs on threads of the resolver, never on a loop.

import CUV
import Glibc

extension SocketAddress {
    public struct LookupFailure: Error {
        public let isTemporary: Bool
    }

    /// Every address of `host`, in the system's order, with port 0. Blocks.
    public static func resolve(_ host: String) -> Result<[SocketAddress], LookupFailure> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_family = AF_UNSPEC
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        if status != 0 { return .failure(LookupFailure(isTemporary: status == EAI_AGAIN)) }
        defer { freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = list
        while let info = next {
            var storage = sockaddr_storage()
            let length = min(Int(info.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
            withUnsafeMutableBytes(of: &storage) {
                $0.copyMemory(from: UnsafeRawBufferPointer(start: info.pointee.ai_addr, count: length))
            }
            if let address = SocketAddress(storage), !found.contains(address) { found.append(address) }
            next = info.pointee.ai_next
        }
        return found.isEmpty ? .failure(LookupFailure(isTemporary: false)) : .success(found)
    }
}
