// What a certificate tells scripts, against what real k6 v1.1.0 printed for the same certificates.

import Codec
import Testing

@Suite struct X509Tests {
    @Test func names() throws {
        let certificate = try X509Certificate(pem: Certificates.names)
        let subject = certificate.subject
        #expect(subject == certificate.issuer)
        #expect(subject.commonName == "example.com")
        #expect(subject.country == "US")
        #expect(subject.postalCode == "10001")
        #expect(subject.stateOrProvinceName == "New York")
        #expect(subject.localityName == "NYC")
        #expect(subject.streetAddress == "1 Main")
        #expect(subject.organizationName == "Org Ltd")
        #expect(subject.organizationalUnitNames == ["U1", "U2"])
        #expect(
            subject.attributes.map { "\($0.type)=\($0.value)" } == [
                "2.5.4.3=one",
                "2.5.4.3=example.com",
                "2.5.4.6=US",
                "2.5.4.8=New York",
                "2.5.4.7=NYC",
                "2.5.4.9=1 Main",
                "2.5.4.17=10001",
                "2.5.4.10=Org Ltd",
                "2.5.4.10=Second",
                "2.5.4.11=U1",
                "2.5.4.11=U2",
                "1.2.840.113549.1.9.1=a@b.c",
            ])
        #expect(
            certificate.altNames == [
                "a.com",
                "*.b.com",
                "x@y.z",
                "::1",
                "127.0.0.1",
                "2001:db8::1:0:0:1",
                "1:0:2:3:4:5:6:7",
                "1.2.3.4",
                "fe80::",
                "https://u.r/i?x=1",
            ])
    }

    @Test(arguments: [
        (
            Certificates.names, "SHA256-RSA",
            [187, 240, 72, 176, 9, 77, 5, 202, 78, 71, 232, 2, 160, 177, 228, 239, 61, 183, 16, 3],
            "2026-11-25T21:44:08Z", "2027-12-30T21:44:08Z"
        ),
        (
            Certificates.ec, "ECDSA-SHA256",
            [9, 139, 253, 239, 40, 42, 126, 152, 2, 55, 225, 113, 117, 30, 240, 41, 170, 56, 229, 34],
            "2026-11-25T21:33:06Z", "2027-12-30T21:33:06Z"
        ),
        (
            Certificates.dsa, "DSA-SHA256",
            [222, 211, 235, 182, 157, 186, 111, 244, 208, 44, 37, 181, 16, 18, 233, 74, 90, 217, 38, 125],
            "2026-11-25T21:33:07Z", "2026-11-30T21:33:07Z"
        ),
        (
            Certificates.pss, "SHA256-RSAPSS",
            [229, 49, 250, 10, 62, 66, 211, 105, 156, 37, 170, 114, 200, 44, 45, 91, 190, 241, 53, 96],
            "2026-11-25T21:44:08Z", "2026-11-30T21:44:08Z"
        ),
        (
            Certificates.psssalt, "UnknownSignatureAlgorithm",
            [32, 128, 156, 165, 241, 240, 79, 26, 139, 194, 106, 127, 171, 223, 240, 106, 153, 248, 25, 199],
            "2026-11-25T21:44:08Z", "2026-11-30T21:44:08Z"
        ),
    ])
    func facts(pem: String, signature: String, fingerprint: [UInt8], from: String, to: String) throws {
        let certificate = try X509Certificate(pem: pem)
        #expect(certificate.signatureAlgorithm == signature)
        #expect(certificate.fingerprint == fingerprint)
        #expect(certificate.notBefore == from)
        #expect(certificate.notAfter == to)
    }

    @Test(arguments: [
        (
            Certificates.names,
            X509Certificate.PublicKey.rsa(
                n:
                    "170096031728401714911350521751413271432196305193953844221662885254681555927098853803058054503260590216467378597557900672220293542727790854192351480011899062909622294162730689405681742984156298452700379300672568692843219055272792357457247011217636445540057154649025296797744160760327824169169437580483539619401",
                e: "65537")
        ),
        (
            Certificates.ec,
            X509Certificate.PublicKey.ecdsa(
                curve: "P-256",
                x: "11976423551699797988574002884486912734715306128562880519467038435762070702903",
                y: "45217753303744371147206554254350639609083657186638560056934472858429837055041")
        ),
        (
            Certificates.dsa,
            X509Certificate.PublicKey.dsa(
                p:
                    "118725109335410361972851786603509659790661363322543890671381831641360548017629863569319992477420340738209471020978499009136430310225567591145193912929101026917775971522889800824097311943614240147393871444539816003975133387368676749954031607776456297735022683052559949488792715292396883924706187837540135049513",
                q: "21210178873070261001428536790992640855095335719248199657433733429691",
                g:
                    "7769949102013479449165396350339643175052341553181119983402464794852174818543229963603086190927168370977941832091479684066034256813807864799047563423876634814816385196910798483523027790462986451152245471558631196190412890938231116042528209754367284177987661853100022736170360377025425063676957075000850025599",
                y:
                    "81234473344051000860437178522422511553096553030560956848195394251594012460163919717834790142113731767032957483133363928426571675401490835402259259312423469060781102578918821447692457094971201196508004970538127927026017188727192318867004130087916471554478099074433040900924581527043628223101390756860103580464"
            )
        ),
        (
            Certificates.pss,
            X509Certificate.PublicKey.rsa(
                n:
                    "137944128301353666988830476551940658576571818116922029982751716495004212765557151671895432979149287473725630124275571936424882684729994679506652729430218513130752202202558786248379041759074814033135635509877148907797395710858798810768857665687098579007490827413158220748835743924699602076081947351357697054321",
                e: "65537")
        ),
    ])
    func keys(pem: String, key: X509Certificate.PublicKey) throws {
        #expect(try X509Certificate(pem: pem).publicKey == key)
    }

    /// k6 refuses the certificate when it is asked for all of it, but tells its names.
    @Test func unknownKey() throws {
        let certificate = try X509Certificate(pem: Certificates.ed)
        #expect(certificate.publicKey == nil)
        #expect(certificate.subject.commonName == "ed é ü")
    }

    private static func block(_ digits: String) -> String {
        "-----BEGIN CERTIFICATE-----\n\(digits)\n-----END CERTIFICATE-----\n"
    }

    private static let refused: [(String, String)] = [
        ("", "failed to decode certificate PEM file"),
        ("not pem", "failed to decode certificate PEM file"),
        (String(Certificates.ec.prefix(300)), "failed to decode certificate PEM file"),
        (block("!!!!"), "failed to decode certificate PEM file"),
        (block("AAAA"), "failed to parse certificate: x509: malformed certificate"),
        (block("MAMCAQE="), "failed to parse certificate: x509: malformed tbs certificate"),
        (Certificates.k1, "failed to parse certificate: x509: unsupported elliptic curve"),
    ]

    @Test(arguments: refused)
    func refusals(pem: String, message: String) {
        do throws(X509Certificate.Problem) {
            _ = try X509Certificate(pem: pem)
            Issue.record("the certificate was taken")
        } catch {
            #expect(error.description == message)
        }
    }

    /// Text around the block, another label, line ends of another system and a second certificate do not
    /// matter; an unreadable block before it does not either.
    private static let wrapped: [String] = [
        "some text\n" + Certificates.ec + "\nmore",
        Certificates.ec.replacing("CERTIFICATE", with: "X509 CERTIFICATE"),
        Certificates.ec.replacing("\n", with: "\r\n"),
        Certificates.ec + "\n" + Certificates.dsa,
        block("!!!!") + Certificates.ec,
    ]

    @Test(arguments: wrapped)
    func wrappings(pem: String) throws {
        #expect(try X509Certificate(pem: pem) == X509Certificate(pem: Certificates.ec))
    }
}
