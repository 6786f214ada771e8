import HealthTypes
import Testing

@testable import HL7v2

private let noon = Instant("2026-03-02T12:00:00Z")!

@Suite struct HL7WritingTests {
    @Test func writesAndReadsBack() throws {
        var writer = HL7MessageWriter(
            type: "ADT", trigger: "A04", structure: "ADT_A01", controlID: "C|1", at: noon, sendingApplication: "REG")
        writer.add(
            "PID",
            [
                "1", "", .repetitions([.parts("MRN1", "", "", "NORTH"), "X~2"]), "",
                .components([.components(["Vale", "van der"]), "A^da"]), .null, "", "line\r\nnext\u{1}", "",
            ])
        let message = writer.message()
        #expect(
            message.raw
                == #"MSH|^~\&|REG||||20260302120000+0000||ADT^A04^ADT_A01|C\F\1|P|2.5.1||||||UNICODE UTF-8"# + "\r"
                + #"PID|1||MRN1^^^NORTH~X\R\2||Vale&van der^A\S\da|""||line\.br\next\X01\"# + "\r")
        #expect(message.controlID == "C|1")
        #expect(message.value("PID-3[2]") == "X~2")
        #expect(message.value("PID-5.1.2") == "van der")
        #expect(message.value("PID-5.2") == "A^da")
        #expect(message.first("PID")?.isExplicitNull(6) == true)
        #expect(message.value("PID-8") == "line\nnext\u{1}")
        #expect(message.first("PID")?.count == 8)
    }

    @Test func anyTextSurvives() throws {
        var random = SeededRandom(seed: 7)
        let alphabet = Array("|^~\\&#@ aZ.brX0F\u{e9}\u{301}\u{1F600}\n\t\"").map(String.init)
        let delimiters = try HL7Delimiters(header: Array("MSH@~&#\\@".utf8)[...])
        for _ in 0..<500 {
            let text = (0..<random.integer(in: 0..<12)).map { _ in random.pick(alphabet) }.joined()
            if text == "\"\"" { continue }
            for delimiters in [HL7Delimiters.standard, delimiters] {
                var writer = HL7MessageWriter(
                    type: "ADT", trigger: "A01", controlID: "1", at: noon, delimiters: delimiters)
                writer.add("NTE", ["1", "", .text(text)])
                #expect(writer.message().value("NTE-3") ?? "" == text)
            }
        }
    }

    @Test func acknowledgmentEchoesTheControlNumberByteForByte() throws {
        let odd = Array("MSH@~&#\\@REG@NORTH@CLAIMS@MAIN@20260302@@ADT~A08@7#S#".utf8) + [0xfc] + Array("@T@2.3\r".utf8)
        let message = try HL7Message(parsing: odd)
        let answer = HL7Acknowledgment.make(for: message, code: .accept, controlID: "ACK1", at: noon)
        let msa = Array("\rMSA@AA@7#S#".utf8) + [0xfc, 0x0d]
        #expect(answer.bytes.suffix(msa.count).elementsEqual(msa))
        #expect(answer.value("MSH-3") == "CLAIMS")
        #expect(answer.value("MSH-5") == "REG")
        #expect(answer.type == "ACK" && answer.trigger == "A08")
        #expect(answer.value("MSH-11") == "T")
        #expect(answer.version == "2.3")
        #expect(answer.first("ERR") == nil)
    }

    @Test func acknowledgmentOfAnError() throws {
        let message = try HL7Message(parsing: admission)
        let issue = Issue(.error, "intake.member", at: Location(path: "IN1[2]-36"), message: "No such member | here.")
        let answer = HL7Acknowledgment.make(for: message, code: .error, controlID: "ACK2", at: noon, error: issue)
        #expect(
            answer.segments.map(\.raw) == [
                #"MSH|^~\&|CLAIMS|NORTH|REG|NORTH|20260302120000+0000||ACK^A04^ACK|ACK2|P|2.5.1"#,
                "MSA|AE|MSG0001", #"ERR||IN1^2^36^1^1|207|E|intake.member|||No such member \F\ here."#,
            ])
    }

    @Test func explanationInPlainWords() throws {
        let lines = try HL7Message(parsing: admission).explanation().lines
        #expect(
            lines[2].words
                == "Patient: number MRN100 NORTH MR; 99887 STATE SS, name Vale Ada Q, born 197"
                + "00314, sex F, address 1 Elm St Springfield MA 01101"
        )
        #expect(lines[4].fields.last?.value == "(delete)")
        #expect(lines[10].title == "zz1")
        #expect(lines[10].fields.map(\.position) == ["zz1-1", "zz1-2"])
        #expect(lines.allSatisfy { !$0.raw.isEmpty })
    }
}

@Suite struct HL7BatchTests {
    @Test func splitsAFileWithAndWithoutEnvelopes() throws {
        let plain = Array((admission + "\r\n" + admission).utf8)
        #expect(HL7Message.split(plain).count == 2)
        let file = "FHS|^~\\&|REG\rBHS|^~\\&|REG\r" + admission + admission + "BTS|2\rFTS|1\r"
        let batch = HL7Batch([0xef, 0xbb, 0xbf] + Array(file.utf8))
        #expect(batch.envelopeSegments == 4)
        #expect(batch.issues.isEmpty)
        for slice in batch.messages { #expect(slice.elementsEqual(admission.utf8)) }
    }

    @Test func wrongCountsAndStrayText() {
        let file = "hello\rFHS|^~\\&\rBHS@^~\\&\r" + admission + "BTS@3\rFTS"
        let batch = HL7Batch(Array(file.utf8))
        #expect(batch.issues.map(\.code) == ["hl7.stray-bytes", "hl7.batch-count"])
        #expect(batch.issues.first?.location.byte == 0)
        #expect(batch.messages.count == 1)
        #expect(HL7Batch([]).messages.isEmpty)
    }
}

@Suite struct HL7MutationTests {
    /// Whatever the bytes are, reading ends, keeps them, and every accessor answers.
    @Test func mutatedMessagesNeverCrash() {
        var random = SeededRandom(seed: 20_260_302)
        let original = Array(admission.utf8)
        var readable = 0
        for _ in 0..<3_000 {
            var bytes = original
            for _ in 0...random.integer(in: 0..<6) {
                let position = random.integer(in: 0..<bytes.count)
                switch random.integer(in: 0..<4) {
                case 0: bytes[position] = UInt8(random.integer(in: 0..<256))
                case 1: bytes.remove(at: position)
                case 2: bytes.insert(random.pick(Array("|^~\\&\"\rMSH".utf8)), at: position)
                default: bytes.removeSubrange(position..<min(bytes.count, position + 40))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            _ = HL7Batch(bytes)
            guard let message = try? HL7Message(parsing: bytes) else { continue }
            readable += 1
            #expect(message.bytes == bytes)
            _ = message.explanation()
            _ = (message.raw, message.type, message.trigger, message.value("PID-5[2].1.2"))
            for segment in message.segments { _ = (segment.time(2), segment.date(7), segment.isTruncated(3)) }
            let answer = HL7Acknowledgment.make(
                for: message, code: .reject, controlID: "A", at: Instant(milliseconds: 0))
            #expect(answer.rawHeaderField(3).elementsEqual(message.rawHeaderField(5)))
            #expect(answer.controlID == "A")
        }
        #expect(readable > 1_000)
    }
}
