// The certificate of the embedded server: from files, or made in memory for this machine's own names. Used
// once per server, and once per thread for the context.

import TLS

enum TargetIdentity {
    private static let ownHosts = ["localhost", "127.0.0.1", "::1"]

    static func make(_ settings: TargetSettings) throws(TargetStartError) -> TLSIdentity {
        do {
            switch (settings.certificateFile, settings.keyFile) {
            case (let certificate?, let key?):
                return try TLSIdentity(certificateFile: certificate, keyFile: key)
            case (nil, nil):
                var hosts = ownHosts
                if !hosts.contains(settings.address) { hosts.append(settings.address) }
                return try CertificateAuthority.selfSigned(CertificateSpec(hosts: hosts))
            default:
                throw TLSSetupError("a certificate and a key are needed together")
            }
        } catch let error as TLSSetupError {
            throw TargetStartError("TLS: \(error.description)")
        } catch {
            throw TargetStartError("TLS: \(error)")
        }
    }

    static func context(_ identity: TLSIdentity) throws(TLSSetupError) -> TLSServerContext {
        try TLSServerContext(TLSServerOptions(identity: identity))
    }
}
