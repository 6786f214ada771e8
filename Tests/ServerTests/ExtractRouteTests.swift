import Foundation
import HealthTypes
import Pipeline
import Server
import Store
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite(.serialized) struct ExtractRouteTests {
    private static let note = "Assessment: type 2 diabetes (E11.9). Denies chest pain. Metformin 500 mg twice daily."

    private func send(_ world: ServedWorld, _ bytes: [UInt8], type: String?) async throws -> (status: Int, json: JSON) {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(world.port)/extract")))
        request.httpMethod = "POST"
        request.httpBody = Data(bytes)
        request.setValue(type, forHTTPHeaderField: "content-type")
        request.setValue(world.authorization, forHTTPHeaderField: "authorization")
        let (data, response) = try await URLSession.shared.data(for: request)
        return (try #require(response as? HTTPURLResponse).statusCode, (try? JSON(parsing: [UInt8](data))) ?? .null)
    }

    private static var hasPDFReader: Bool {
        ["/usr/bin", "/usr/local/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/pdftotext") }
    }

    /// A PDF of one page with one line, written by hand.
    private static func pdf(_ line: String) -> [UInt8] {
        let stream = "BT /F1 12 Tf 72 720 Td (\(line)) Tj ET"
        let objects = [
            "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
            "<</Length \(stream.utf8.count)>>stream\n\(stream)\nendstream",
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        ]
        var text = "%PDF-1.4\n"
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(text.utf8.count)
            text += "\(index + 1) 0 obj\(object)endobj\n"
        }
        let table = text.utf8.count
        text += "xref\n0 6\n0000000000 65535 f \n"
        for offset in offsets {
            let digits = String(offset)
            text += String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n"
        }
        return Array((text + "trailer<</Size 6/Root 1 0 R>>\nstartxref\n\(table)\n%%EOF\n").utf8)
    }

    @Test func aTextIsReadByContractAndReplays() async throws {
        try await ServedWorld.run { world in
            let answer = try await world.send("POST", "/extract", Self.note, type: "text/plain; charset=utf-8")
            #expect(answer.status == 200)
            #expect(world.pipeline.home.contracts.violations(of: "extract-response", in: answer.json) == [])
            #expect(answer.json["document"]?["digest"]?.string == Digest(of: Self.note).hex)
            #expect(
                answer.json["mentions"]?.elements.map { $0["text"]?.string }
                    == ["type 2 diabetes", "chest pain", "Metformin"])
            #expect(answer.json["codes"]?[0]?["code"]?.string == "E11.9")
            let path = try #require(answer.json["links"]?["decision"]?.string)
            let record = try await world.getJSON(path)
            #expect(world.pipeline.home.contracts.violations(of: "extraction", in: record.json) == [])
            #expect(try await world.getJSON("\(path)/replay").json["identical"]?.bool == true)
            let page = try await world.get(path)
            #expect(page.body.contains("Metformin") && page.body.contains("negated"))
            #expect(try await world.get("\(path)/replay").body.contains("The same bytes came out."))
        }
    }

    @Test(.enabled(if: hasPDFReader)) func aPDFIsRead() async throws {
        try await ServedWorld.run { world in
            let (status, json) = try await send(world, Self.pdf("Acute gastritis today"), type: "application/pdf")
            #expect(status == 200)
            #expect(json["document"]?["format"]?.string == "pdf")
            #expect(json["document"]?["pages"]?[0]?["text"]?.string?.contains("Acute gastritis") == true)
            #expect(json["mentions"]?[0]?["page"]?.integer == 1)
        }
    }

    @Test func whatCannotBeReadIsSaid() async throws {
        try await ServedWorld.run { world in
            func problem(_ bytes: [UInt8], _ type: String?) async throws -> String {
                let (status, json) = try await send(world, bytes, type: type)
                return "\(status) \(json["type"]?.string?.split(separator: ":").last ?? "")"
            }
            let empty = try await problem([], "text/plain")
            #expect(empty == "422 unusable")
            #expect(try await problem([0xff, 0xfe, 0x41], "text/plain") == "422 text-not-text")
            #expect(try await problem([0x41, 0x00], "text/plain") == "415 text-unknown-format")
            #expect(try await problem(Array("abc".utf8), "application/pdf") == "415 media-type")
            #expect(try await problem(Array("abc".utf8), "application/msword") == "415 media-type")
            let long = Array(repeating: UInt8(ascii: "a"), count: Pipeline.maximumExtractedBytes + 1)
            #expect(try await problem(long, "text/plain") == "413 text-output-too-large")
            if Self.hasPDFReader {
                #expect(try await problem(Array("%PDF-1.4 broken".utf8), "application/pdf").hasPrefix("422 text-"))
            }
            #expect(try await world.read { try $0.serviceCounts().isEmpty })
        }
    }

    /// Nothing of a document stands in a problem.
    @Test func problemsDoNotRepeatTheDocument() async throws {
        try await ServedWorld.run { world in
            let (_, json) = try await send(world, Array("Quillfeather\u{0}".utf8), type: "text/plain")
            #expect(!json.text.contains("Quillfeather"))
        }
    }
}
