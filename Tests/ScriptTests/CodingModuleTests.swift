// `k6/encoding`, `k6/crypto`, `k6/crypto/x509` and the global `crypto` as scripts call them. The expected
// texts are what real k6 v1.1.0 logged for the same expressions.

import Base
import Script
import Testing

@Suite struct CodingModuleTests {
    private static let imports = """
        import enc from "k6/encoding";
        import { b64encode } from "k6/encoding";
        import crypto6 from "k6/crypto";
        import x509 from "k6/crypto/x509";

        """

    private static let cases: [(String, String)] = [
        (#"b64encode("hello?>~é")"#, "string:aGVsbG8/Pn7DqQ=="),
        (#"enc.b64encode("hello?>~éx", "rawstd")"#, "string:aGVsbG8/Pn7DqXg"),
        (#"enc.b64encode("hello?>~éx", "url")"#, "string:aGVsbG8_Pn7DqXg="),
        (#"enc.b64encode("hello?>~éx", "rawurl")"#, "string:aGVsbG8_Pn7DqXg"),
        (#"enc.b64encode("hello?>~éx", "zzz")"#, "string:aGVsbG8/Pn7DqXg="),
        (#"enc.b64encode(new Uint8Array([1, 2, 3]).buffer)"#, "string:AQID"),
        (
            #"enc.b64encode([1, 2, 3])"#,
            "EXC GoError: invalid type []interface {}, expected string, []byte or ArrayBuffer"
        ),
        (#"enc.b64decode("AQID")"#, "AB:1,2,3"),
        (#"enc.b64decode("YWJj", "std", "b")"#, "AB:97,98,99"),
        (#"enc.b64decode("aGVsbG8/Pn7DqQ==", null, "s")"#, "string:hello?>~é"),
        (#"enc.b64decode("/w==", "std", "s")"#, "string:\u{FFFD}"),
        (#"enc.b64decode("Zg=")"#, "EXC GoError: illegal base64 data at input byte 3"),
        (#"enc.b64decode()"#, "AB:"),
        (#"crypto6.md4("hello world", "hex")"#, "string:aa010fbc1d14c795d86ef98c95479d17"),
        (#"crypto6.sha1("hello world", "base64rawurl")"#, "string:Kq5sNclPz7QV2-lfQIuc6R7oRu0"),
        (
            #"crypto6.md5(new Uint8Array([104, 105, 106]).subarray(1), "hex")"#,
            "string:7bed657a775c37c2570786d0cbeefd88"
        ),
        (#"crypto6.md5("\ud800", "hex")"#, "string:9b759040321a408a5c7768b4511287a6"),
        (
            #"crypto6.md5("hello world", "binary")"#,
            "AB:94,182,59,187,224,30,238,208,147,203,34,187,143,90,205,195"
        ),
        (
            #"crypto6.hmac("sha512_224", "key", "hello", "hex")"#,
            "string:65f0de09201bada199441610a81e6fa6e805bc96684444139a7fc3aa"
        ),
        (#"crypto6.md5("x")"#, "EXC GoError: invalid output encoding: "),
        (#"crypto6.hmac("SHA256", "k", "d", "hex")"#, "EXC GoError: invalid algorithm: SHA256"),
        (#"crypto6.createHash("zzz")"#, "EXC GoError: invalid algorithm: zzz"),
        (
            #"crypto6.md5(1.5, "hex")"#,
            "EXC GoError: md5 failed: invalid type float64, expected string, []byte or ArrayBuffer"
        ),
        (
            #"crypto6.md5(new Uint16Array(1), "hex")"#,
            "EXC GoError: md5 failed: invalid type []uint16, expected string, []byte or ArrayBuffer"
        ),
        (
            #"crypto6.hexEncode(new Date())"#,
            "EXC GoError: invalid type time.Time, expected string, []byte or ArrayBuffer"
        ),
        (
            #"(() => { const h = crypto6.createHash("sha1"); h.update("a"); const first = h.digest("hex"); h.update("b"); return first + h.digest("base64"); })()"#,
            "string:86f7e437faa5a7fce15d1ddcb9eaeaea377667b82iNhTgJGmg18e9G9q1ycR0sZBNw="
        ),
        (
            #"(() => { const { update, digest } = crypto6.createHMAC("sha1", "k"); update("ab"); return digest("hex"); })()"#,
            "string:8b1ed7cf3e08549a8e262d59f7d2aa364a8577f7"
        ),
        (
            #"crypto6.createHash("md5").update(5)"#,
            "EXC GoError: invalid type int64, expected string, []byte or ArrayBuffer"
        ),
        (#"Object.keys(crypto6.createHash("md5"))"#, "object:digest,update"),
        (#"crypto6.randomBytes(4).byteLength"#, "number:4"),
        (#"crypto6.randomBytes("2.7").byteLength"#, "number:2"),
        (#"crypto6.randomBytes(-1)"#, "EXC GoError: invalid size"),
        (#"crypto6.hexEncode(new Uint8Array([255, 0]).buffer)"#, "string:ff00"),
        (#"x509.parse("not pem")"#, "EXC GoError: failed to decode certificate PEM file"),
        (#"/^[0-9a-f-]{36}$/.test(crypto.randomUUID())"#, "boolean:true"),
        (#"crypto.getRandomValues(new Uint32Array(64)).some((x) => x > 0xffff)"#, "boolean:true"),
        (
            #"crypto.getRandomValues(new Float32Array(1))"#,
            "EXC GoError: TypeMismatchError: typedArray parameter isn't a TypedArray instance"
        ),
        (
            #"crypto.getRandomValues(new Uint8Array(65537))"#,
            "EXC GoError: QuotaExceededError: typedArray parameter is too big; maximum length is 65536"
        ),
        (
            #"crypto.subtle.digest("SHA-1", new Uint8Array(1))"#,
            "EXC GoError: crypto.subtle is not available: Apus does not have WebCrypto yet; "
                + "k6/crypto has hashes and HMAC"
        ),
    ]

    /// All in one script, so that they share a VU.
    @Test func expressions() {
        let run = Init(Init.shown(imports: Self.imports, Self.cases.map(\.0)))
        #expect(run.failure == nil)
        #expect(run.lines.count == Self.cases.count)
        for (index, (line, expected)) in zip(run.lines, Self.cases.map(\.1)).enumerated() {
            #expect(line == "\(index) => \(expected)", "\(Self.cases[index].0)")
        }
    }

    /// An EC certificate made with `openssl req -x509`.
    private static let pem = """
        -----BEGIN CERTIFICATE-----
        MIIBxzCCAW2gAwIBAgIUe6NFkRTugYKbJaMBNdo8rCV58Z8wCgYIKoZIzj0EAwIw
        KzENMAsGA1UEAwwEVGVzdDEMMAoGA1UECgwDT3JnMQwwCgYDVQQLDANPbmUwHhcN
        MjYxMTI1MjIyNzUwWhcNMjYxMjI1MjIyNzUwWjArMQ0wCwYDVQQDDARUZXN0MQww
        CgYDVQQKDANPcmcxDDAKBgNVBAsMA09uZTBZMBMGByqGSM49AgEGCCqGSM49AwEH
        A0IABB7yjP7Pr+LbpLo84demCok9pfeDe8UREjQcXfUeqFEhXnv3vM6iBy29ay4g
        dTuA2hFRu94CeWoy2rD4mWvgXEejbzBtMB0GA1UdDgQWBBR5BvyS1zvzR4YOkoPt
        UmlLFBcWVDAfBgNVHSMEGDAWgBR5BvyS1zvzR4YOkoPtUmlLFBcWVDAPBgNVHRMB
        Af8EBTADAQH/MBoGA1UdEQQTMBGCCWEuZXhhbXBsZYcECgAAATAKBggqhkjOPQQD
        AgNIADBFAiBdXumohwm5/GRw/qSV/uga5q2kXWa3hvkBbeun8aCONgIhAPHHrnVL
        e1ws7ltwc3kXnHNVb0xaBzsLt0iU1aMrvRJa
        -----END CERTIFICATE-----
        """

    @Test func certificate() {
        let source = """
            import { parse, getAltNames, getIssuer } from "k6/crypto/x509";
            const pem = open("cert.pem");
            const all = parse(pem);
            console.log(JSON.stringify(all, (key, value) => typeof value === "bigint" ? `big ${value}` : value));
            console.log(getAltNames(pem), getIssuer(pem).commonName);
            """
        let run = Init(source, files: ["/test/cert.pem": Self.pem])
        #expect(run.failure == nil)
        #expect(
            run.lines == [
                #"{"subject":{"commonName":"Test","country":"","postalCode":"","stateOrProvinceName":"","localityName":"","streetAddress":"","organizationName":"Org","organizationalUnitName":["One"],"names":[{"type":"2.5.4.3","value":"Test"},{"type":"2.5.4.10","value":"Org"},{"type":"2.5.4.11","value":"One"}]},"issuer":{"commonName":"Test","country":"","stateOrProvinceName":"","localityName":"","organizationName":"Org","names":[{"type":"2.5.4.3","value":"Test"},{"type":"2.5.4.10","value":"Org"},{"type":"2.5.4.11","value":"One"}]},"notBefore":"2026-11-25T22:27:50Z","notAfter":"2026-12-25T22:27:50Z","altNames":["a.example","10.0.0.1"],"signatureAlgorithm":"ECDSA-SHA256","fingerPrint":[209,7,4,104,116,166,182,72,238,26,6,28,242,252,75,28,208,209,80,87],"publicKey":{"algorithm":"ECDSA","key":{"curve":{},"x":"big 13997935561361364540648160843055434746348546461651547902364790812513275498785","y":"big 42736439777373399027181703979965343079819377319565060323505020137687796964423"}}}"#,
                #"["a.example","10.0.0.1"] Test"#,
            ])
    }
}
