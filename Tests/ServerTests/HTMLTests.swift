import Testing

@testable import Server

@Suite struct HTMLTests {
    @Test func whatIsPutIntoMarkupIsText() {
        let text = "<a href=\"x\" title='y'>&\u{0}</a>"
        let html: HTML = "<p title=\"\(text)\">\(text)</p>"
        let escaped = "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;\u{fffd}&lt;/a&gt;"
        #expect(html.markup == "<p title=\"\(escaped)\">\(escaped)</p>")
    }

    @Test func markupInMarkupStaysAsItIs() {
        let inner: HTML = "<b>\("1 < 2")</b>"
        let none: HTML? = nil
        let outer: HTML = "<p>\(inner)\([inner, inner])\(none)\(7)</p>"
        #expect(outer.markup == "<p><b>1 &lt; 2</b><b>1 &lt; 2</b><b>1 &lt; 2</b>7</p>")
    }

    @Test func formsAreReadAsBrowsersSendThem() throws {
        let fields = try #require(FormFields("a=1+2&b=%C3%A9%26&a=3&empty=&blank=++&flag".utf8))
        #expect(fields["a"] == "1 2")
        #expect(fields["b"] == "é&")
        #expect(fields["empty"] == nil)
        #expect(fields["blank"] == nil)
        #expect(fields["flag"] == nil)
        #expect(FormFields("a=%ZZ".utf8) == nil)
        #expect(FormFields("a=%C3".utf8) == nil)
        #expect(FormFields("a=%4".utf8) == nil)
        #expect(FormFields(String(repeating: "a&", count: 1001).utf8) == nil)
        #expect(FormFields.query([("q", "a b&c"), ("page", "")]) == "?q=a%20b%26c")
    }

    @Test func metricsEscapeTheirLabels() {
        var metrics = MetricsText()
        metrics.gauge("x", "Help", [(["state": "a\"b\\c\nd"], 1)])
        #expect(metrics.text.contains("claimwright_x{state=\"a\\\"b\\\\c\\nd\"} 1\n"))
    }
}
