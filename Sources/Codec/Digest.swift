// Message digests of bytes held in memory, by OpenSSL. Used for digest authentication, fingerprints and
// hashes in outputs; not on the path of a request.

import COpenSSL

public enum Digest: Sendable, CaseIterable {
    case md5, sha1, sha256, sha384, sha512

    public var byteCount: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// - Returns: nil when this machine's OpenSSL refuses the algorithm (MD5 under FIPS rules).
    public func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        var worked = false
        let digest = [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
            var length: UInt32 = 0
            worked =
                EVP_Digest(bytes.baseAddress, bytes.count, target.baseAddress, &length, algorithm, nil) == 1
            // A refusal must not stay in the thread's error queue, where the next TLS call would find it.
            if !worked { ERR_clear_error() }
            count = worked ? Int(length) : 0
        }
        return worked ? digest : nil
    }

    public func hash(_ bytes: [UInt8]) -> [UInt8]? { bytes.withUnsafeBytes { hash($0) } }

    private var algorithm: OpaquePointer? {
        switch self {
        case .md5: EVP_md5()
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        }
    }
}
