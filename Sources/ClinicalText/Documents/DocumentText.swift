/// The text of a document by page, with the place of its words where the document has one.
public struct DocumentText: Sendable, Hashable {
    public enum Format: String, Sendable, Hashable, CaseIterable {
        case plain, pdf, image
    }

    public var format: Format
    public var pages: [DocumentPage]

    public init(format: Format, pages: [DocumentPage]) {
        self.format = format
        self.pages = pages
    }

    /// All pages one after the other, a form feed between them.
    public var text: String { pages.map(\.text).joined(separator: "\u{0c}") }

    /// Where in the document some bytes of ``text`` stand: the page, and the boxes of the words, if any.
    public func place(of range: Range<Int>) -> (page: Int, boxes: [PageBox])? {
        var start = 0
        for page in pages {
            let end = start + page.text.utf8.count
            if range.lowerBound < end || (range.lowerBound == end && range.isEmpty) {
                let local = range.lowerBound - start..<min(range.upperBound, end) - start
                return (page.number, page.words.filter { $0.range.overlaps(local) }.map(\.box))
            }
            start = end + 1
        }
        return nil
    }
}

public struct DocumentPage: Sendable, Hashable {
    /// From 1.
    public var number: Int
    public var text: String
    /// In points, of which 72 make an inch; nil where the document has no pages of a size.
    public var size: PageSize?
    /// In the order of the text; empty where the document has no places.
    public var words: [PageWord]
    /// Whether the text was read from a picture, so that it may have mistakes.
    public var isRecognized: Bool

    public init(number: Int, text: String, size: PageSize? = nil, words: [PageWord] = [], isRecognized: Bool = false) {
        self.number = number
        self.text = text
        self.size = size
        self.words = words
        self.isRecognized = isRecognized
    }
}

public struct PageSize: Sendable, Hashable {
    public var width: Double
    public var height: Double

    public init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }
}

/// A rectangle on a page in points, from the upper left corner.
public struct PageBox: Sendable, Hashable {
    public var left: Double
    public var top: Double
    public var right: Double
    public var bottom: Double

    public init(left: Double, top: Double, right: Double, bottom: Double) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }
}

public struct PageWord: Sendable, Hashable {
    /// UTF-8 offsets into the page's text.
    public var range: Range<Int>
    public var box: PageBox

    public init(range: Range<Int>, box: PageBox) {
        self.range = range
        self.box = box
    }
}

/// Puts words into a page's text, with line ends and blank lines where lines and blocks end.
struct PageBuilder {
    private(set) var text = ""
    private(set) var words: [PageWord] = []

    mutating func add(_ word: String, _ box: PageBox) {
        if !text.isEmpty, !text.hasSuffix("\n") { text += " " }
        let start = text.utf8.count
        text += word
        words.append(PageWord(range: start..<text.utf8.count, box: box))
    }

    mutating func endLine() {
        if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
    }

    mutating func endBlock() {
        endLine()
        if !text.isEmpty, !text.hasSuffix("\n\n") { text += "\n" }
    }

    func page(_ number: Int, size: PageSize?, isRecognized: Bool) -> DocumentPage {
        DocumentPage(number: number, text: text, size: size, words: words, isRecognized: isRecognized)
    }
}
