import Foundation
import HealthTypes
import Hummingbird
import Logging
import Pipeline
import Store

/// What every handler works with.
struct Site: Sendable {
    let pipeline: Pipeline
    let options: ServerOptions
    let health: Health
    let doors: Doors
    let counters = RequestCounters()
    let counts: Counted<SiteCounts>
    let patterns: Counted<PatternsView>
    let stylesheet: [UInt8]
    let icon: [UInt8]

    /// Rows on a page of a list.
    static let pageSize = 50

    init(pipeline: Pipeline, options: ServerOptions, health: Health) {
        self.pipeline = pipeline
        self.options = options
        self.health = health
        counts = Counted(seconds: options.countingSeconds)
        patterns = Counted(seconds: options.countingSeconds)
        doors = Doors(
            hosts: AllowedHosts(listening: options.host, also: options.allowedHosts), access: options.access,
            limits: options.limits)
        func asset(_ name: String) -> [UInt8] {
            guard let url = Bundle.module.url(forResource: "Assets/\(name)", withExtension: nil),
                let data = try? Data(contentsOf: url)
            else { preconditionFailure("the installation is not whole: \(name) is not in the Server's bundle") }
            return [UInt8](data)
        }
        stylesheet = asset("style.css")
        icon = asset("icon.svg")
    }

    /// The limit of a body that is no file: a claim, a form, a question.
    var smallBody: Int { min(2 << 20, options.maximumBodyBytes) }

    /// Reads of one moment, on the store's own threads.
    func read<Result: Sendable>(_ body: @escaping @Sendable (any PageReader) throws -> Result) async throws -> Result {
        try await pipeline.store.read(body)
    }

    /// A reader and its page or JSON, by what the sender reads.
    func show<View>(
        _ exchange: Exchange, _ view: View, json: (View) throws -> JSON, page: (View) throws -> Page
    ) rethrows -> Response {
        exchange.wantsJSON ? .json(try json(view)) : .page(try page(view))
    }

    /// Everything that is served.
    var endpoints: [Endpoint] {
        intakeEndpoints + clinicalEndpoints + extractEndpoints + caseEndpoints + taskEndpoints + recordEndpoints
            + operationEndpoints + healthEndpoints
    }
}

extension Endpoint {
    /// Whether its answer is a list that is both a page and JSON, so that it has an address ending in `.json` too.
    var isList: Bool {
        let types = Set(answers.first?.contents.map(\.type) ?? [])
        return !path.contains("{") && types.isSuperset(of: ["text/html", "application/json"])
    }
}
