// A look at what the kernel holds for a socket without taking it: whether the peer has said or ended anything
// since the last read, and how. Called by HTTPClient before it reuses a connection for a request that must
// not be sent twice, and at a connection's end.

import CUV
import Glibc

extension Socket {
    private var descriptor: uv_os_fd_t? {
        var descriptor: uv_os_fd_t = 0
        return uv_fileno(apus_handle(raw), &descriptor) == 0 ? descriptor : nil
    }

    /// Neither bytes nor the end of the stream nor an error wait to be read. One system call.
    public var isSilent: Bool {
        guard let descriptor else { return false }
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        return count < 0 && (errno == EAGAIN || errno == EINTR)
    }

    /// Takes the error that waits at the socket: 0 or a libuv error code. Behind a FIN reading tells the end
    /// of the stream, although a reset may have followed it; this tells the two apart. One system call.
    public func takeError() -> Int32 {
        guard let descriptor else { return 0 }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? -code : -errno
    }
}
