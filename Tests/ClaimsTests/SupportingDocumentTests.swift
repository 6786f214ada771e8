import Claims
import HealthTypes
import Testing

@Suite struct SupportingDocumentTests {
    @Test func aLetterIsReadAsAPage() {
        let letter = SupportingDocument(
            title: "Letter <1>", contentType: "text/plain",
            text:
                "Letter of medical necessity\n\nTo: A & B\ncriterion x-ray: met\n  - \"Film <normal>\" [Observation/1]\nSigned: C"
        )
        #expect(
            letter.html == """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
                <title>Letter &lt;1&gt;</title></head><body>
                <h1>Letter of medical necessity</h1>
                <p>To: A &amp; B</p>
                <h2>criterion x-ray: met</h2>
                <ul>
                <li>&quot;Film &lt;normal&gt;&quot; [Observation/1]</li>
                </ul>
                <p>Signed: C</p>
                <footer><p>SHA-256 of the text: \(Digest(of: letter.text))</p></footer>
                </body></html>

                """)
    }

    @Test func theDigestIsOfTheText() {
        let letter = SupportingDocument(title: "t", contentType: "text/plain", text: "a")
        #expect(letter.digest == Digest(of: "a"))
    }
}
