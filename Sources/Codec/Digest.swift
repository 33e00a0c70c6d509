// Message digests by OpenSSL: of bytes held in memory, or piece by piece, with a key (HMAC) or without. Used
// for digest authentication, fingerprints, hashes in outputs and scripts' `k6/crypto`; not on the path of a
// request.

import COpenSSL

public enum Digest: String, Sendable, CaseIterable {
    case md4, md5, sha1, sha256, sha384, sha512, ripemd160
    case sha512_224, sha512_256

    public var byteCount: Int {
        switch self {
        case .md4, .md5: 16
        case .sha1, .ripemd160: 20
        case .sha512_224: 28
        case .sha256, .sha512_256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// The block HMAC fills its key up to.
    var blockBytes: Int {
        switch self {
        case .md4, .md5, .sha1, .sha256, .ripemd160: 64
        case .sha384, .sha512, .sha512_224, .sha512_256: 128
        }
    }

    /// - Returns: nil when this machine's OpenSSL refuses the algorithm (MD5 under FIPS rules, MD4 without
    ///   the legacy provider).
    public func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let algorithm = Self.fetched[self]?.handle else { return nil }
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

    public func hmac(key: UnsafeRawBufferPointer, _ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let stream = DigestStream(self, key: key) else { return nil }
        stream.update(bytes)
        return stream.digest()
    }

    /// OpenSSL's name for it, which since version 3 is looked up once and then passed along.
    private var name: String {
        switch self {
        case .md4: "MD4"
        case .md5: "MD5"
        case .sha1: "SHA1"
        case .sha256: "SHA2-256"
        case .sha384: "SHA2-384"
        case .sha512: "SHA2-512"
        case .sha512_224: "SHA2-512/224"
        case .sha512_256: "SHA2-512/256"
        case .ripemd160: "RIPEMD160"
        }
    }

    fileprivate struct Algorithm: @unchecked Sendable {
        /// An `EVP_MD`, which never changes and may be used by every thread.
        let handle: OpaquePointer
    }

    /// MD4, and RIPEMD-160 in some versions, live in the legacy provider. It is loaded into a library context
    /// of its own: loaded beside the default one, it would turn off that one's automatic loading.
    private static let legacy: Algorithm? = {
        guard let context = OSSL_LIB_CTX_new() else { return nil }
        guard OSSL_PROVIDER_load(context, "legacy") != nil else {
            OSSL_LIB_CTX_free(context)
            ERR_clear_error()
            return nil
        }
        return Algorithm(handle: context)
    }()

    fileprivate static let fetched: [Digest: Algorithm] = {
        var fetched: [Digest: Algorithm] = [:]
        for digest in allCases where digest != .md4 {
            if let handle = EVP_MD_fetch(nil, digest.name, nil) {
                fetched[digest] = Algorithm(handle: handle)
            }
        }
        for digest in allCases where fetched[digest] == nil {
            if let context = legacy?.handle, let handle = EVP_MD_fetch(context, digest.name, nil) {
                fetched[digest] = Algorithm(handle: handle)
            }
        }
        ERR_clear_error()
        return fetched
    }()
}

/// A digest fed piece by piece. It may be asked for its value at any time and fed on afterwards.
public final class DigestStream {
    public let algorithm: Digest
    private let inner: OpaquePointer
    /// HMAC's second pass, fed with the padded key.
    private let outer: OpaquePointer?

    /// - Returns: nil when this machine's OpenSSL refuses the algorithm.
    public init?(_ algorithm: Digest) {
        guard let inner = Self.context(algorithm) else { return nil }
        self.algorithm = algorithm
        self.inner = inner
        outer = nil
    }

    /// HMAC with `key`.
    public init?(_ algorithm: Digest, key: UnsafeRawBufferPointer) {
        var block = Array(key)
        if block.count > algorithm.blockBytes {
            guard let short = algorithm.hash(key) else { return nil }
            block = short
        }
        block += Array(repeating: 0, count: algorithm.blockBytes - block.count)
        guard let inner = Self.context(algorithm) else { return nil }
        guard let outer = Self.context(algorithm) else {
            EVP_MD_CTX_free(inner)
            return nil
        }
        self.algorithm = algorithm
        self.inner = inner
        self.outer = outer
        Self.feed(inner, block.map { $0 ^ 0x36 })
        Self.feed(outer, block.map { $0 ^ 0x5C })
    }

    deinit {
        EVP_MD_CTX_free(inner)
        EVP_MD_CTX_free(outer)
    }

    private static func context(_ algorithm: Digest) -> OpaquePointer? {
        guard let handle = Digest.fetched[algorithm]?.handle, let context = EVP_MD_CTX_new() else {
            return nil
        }
        if EVP_DigestInit_ex(context, handle, nil) == 1 { return context }
        ERR_clear_error()
        EVP_MD_CTX_free(context)
        return nil
    }

    private static func feed(_ context: OpaquePointer, _ bytes: [UInt8]) {
        bytes.withUnsafeBytes { feed(context, $0) }
    }

    private static func feed(_ context: OpaquePointer, _ bytes: UnsafeRawBufferPointer) {
        precondition(
            EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "a running digest took no bytes")
    }

    public func update(_ bytes: UnsafeRawBufferPointer) { Self.feed(inner, bytes) }

    /// The digest of all bytes so far.
    public func digest() -> [UInt8] {
        let first = finished(inner, with: [])
        return outer.map { finished($0, with: first) } ?? first
    }

    /// The context's value after `bytes`, in a copy of it, so that it can be fed on.
    private func finished(_ context: OpaquePointer, with bytes: [UInt8]) -> [UInt8] {
        guard let copy = EVP_MD_CTX_new(), EVP_MD_CTX_copy_ex(copy, context) == 1 else {
            fatalError("out of memory for a digest")
        }
        defer { EVP_MD_CTX_free(copy) }
        Self.feed(copy, bytes)
        return [UInt8](unsafeUninitializedCapacity: algorithm.byteCount) { target, count in
            var length: UInt32 = 0
            precondition(
                EVP_DigestFinal_ex(copy, target.baseAddress, &length) == 1, "a running digest did not end")
            count = Int(length)
        }
    }
}
