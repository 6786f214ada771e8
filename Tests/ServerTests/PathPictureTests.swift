import ClinicalText
import HealthTypes
import Hummingbird
import Testing

@testable import Server

@Suite struct PathPictureTests {
    @Test func linesAreWrappedAndCut() {
        #expect(PathPicture.wrapped("") == [""])
        #expect(PathPicture.wrapped("Heart failure") == ["Heart failure"])
        let long = PathPicture.wrapped(String(repeating: "diagnosis ", count: 40))
        #expect(long.count == 3 && long.allSatisfy { $0.count <= 38 } && long[2].hasSuffix("…"))
        let word = PathPicture.wrapped(String(repeating: "x", count: 90))
        #expect(word == [String(repeating: "x", count: 37) + "…"])
    }

    @Test func idsReadAsWords() {
        #expect(PathPicture.words(ofID: "drug:calcium-carbonate") == "calcium carbonate")
        #expect(PathPicture.words(ofID: "plain") == "plain")
    }

    @Test func aProgramThatIsMissingIsTheInstallationsFault() {
        let problem = Problem(TextError(.missingTextRecognition))
        #expect(problem.status.code == 503)
        #expect(problem.code == "text-tesseract-missing")
        #expect(problem.detail.contains("apt-get install tesseract-ocr"))
        #expect(problem.retryAfterSeconds == nil)
        #expect(Problem(TextError(.tooManyPages)).status.code == 413)
        #expect(Problem(TextError(.noText)).status.code == 422)
    }

    @Test func busyIsAnAnswerWithATime() {
        let response = Frontier.answer(
            Problem.busy,
            to: .init(
                head: .init(method: .post, scheme: nil, authority: nil, path: "/analyze"), body: .init(buffer: .init()))
        )
        #expect(response.status.code == 503)
        #expect(response.headers[.retryAfter] == "1")
    }
}
