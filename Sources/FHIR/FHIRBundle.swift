public import HealthTypes

/// A FHIR R4 Bundle, held as its JSON, with its entries opened.
public struct FHIRBundle: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        /// Position in `Bundle.entry`, from zero.
        public let index: Int
        public let fullUrl: String?
        public let resource: Resource
    }

    /// The Bundle as the resource that it is.
    public private(set) var resource: Resource
    /// The entries that hold a resource, in order.
    public private(set) var entries: [Entry]

    /// Nil unless it is a resource of type Bundle.
    public init?(_ json: JSON) {
        guard let resource = Resource(json), resource.type == "Bundle" else { return nil }
        self.resource = resource
        entries = (json["entry"]?.elements ?? []).enumerated().compactMap { index, entry in
            guard let resource = entry["resource"].flatMap(Resource.init) else { return nil }
            return Entry(index: index, fullUrl: entry["fullUrl"]?.string, resource: resource)
        }
    }

    /// An empty Bundle to be filled by ``add(fullUrl:resource:)``.
    public init(type: String, timestamp: Instant? = nil, identifier: FHIRIdentifier? = nil) {
        resource = Resource(
            type: "Bundle",
            [
                "identifier": identifier?.json, "type": .string(type),
                "timestamp": timestamp.map { .string($0.description) },
            ])
        entries = []
    }

    public mutating func add(fullUrl: String?, resource: Resource) {
        guard case .object(var members) = json else { return }
        var list = members["entry"]?.elements ?? []
        entries.append(Entry(index: list.count, fullUrl: fullUrl, resource: resource))
        list.append(.compact(["fullUrl": fullUrl.map(JSON.string), "resource": resource.json]))
        members["entry"] = .array(list)
        self.resource.json = .object(members)
    }

    public var json: JSON { resource.json }
    public var type: String { json["type"]?.string ?? "" }
    public var identifier: FHIRIdentifier? { json["identifier"].flatMap(FHIRIdentifier.init) }
    public var timestamp: Instant? { json["timestamp"]?.string.flatMap { Instant($0) } }
    public var resources: [Resource] { entries.map(\.resource) }

    public func resources(ofType type: String) -> [Resource] { resources.filter { $0.type == type } }

    /// The resource that `reference` names when it stands in `source` (R4 "Resolving references in Bundles").
    ///
    /// `#id` stays inside its resource. An absolute URL or URN is a fullUrl. A relative reference is taken against
    /// the base of the source's own fullUrl; where that finds nothing, the one entry of that type and id will do.
    public func resolve(_ reference: String, from source: Entry? = nil) -> Resource? {
        if reference.hasPrefix("#") {
            guard let source else { return nil }
            let id = reference.dropFirst()
            return id.isEmpty ? source.resource : source.resource.contained.first { $0.id.map { $0 == id } == true }
        }
        return entry(reference, from: source)?.resource
    }

    /// The entry that a reference other than `#id` names.
    public func entry(_ reference: String, from source: Entry? = nil) -> Entry? {
        let target = Self.withoutVersion(reference)
        if let found = entries.first(where: { $0.fullUrl == target || $0.fullUrl == reference }) { return found }
        let parts = target.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, !target.contains(":") else { return nil }
        if let base = source.flatMap(Self.base), let found = entries.first(where: { $0.fullUrl == base + target }) {
            return found
        }
        let named = entries.filter { $0.resource.type == parts[0] && $0.resource.id.map { $0 == parts[1] } == true }
        return named.count == 1 ? named[0] : nil
    }

    /// `http://server/fhir/` where the entry's fullUrl is `http://server/fhir/Claim/1`.
    private static func base(of entry: Entry) -> String? {
        guard let url = entry.fullUrl, !url.hasPrefix("urn:") else { return nil }
        let parts = url.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 2 else { return nil }
        return parts.dropLast(2).joined(separator: "/") + "/"
    }

    private static func withoutVersion(_ reference: String) -> String {
        guard let history = reference.firstRange(of: "/_history/") else { return reference }
        return String(reference[..<history.lowerBound])
    }

    /// The entries that the given ones lead to by their references, and they themselves, each once, in order of
    /// discovery.
    func reach(from starts: [Entry]) -> [Entry] {
        var found: [Entry] = []
        var seen: Set<Int> = []
        var waiting = starts[...]
        while let next = waiting.popFirst() {
            guard seen.insert(next.index).inserted else { continue }
            found.append(next)
            for reference in FHIRReference.all(in: next.resource.json) {
                if let entry = entry(reference.target, from: next) { waiting.append(entry) }
            }
        }
        return found
    }
}

/// A literal reference somewhere inside a resource.
struct FHIRReference {
    let target: String
    /// FHIRPath inside the resource, such as `.item[0].encounter[1]`.
    let path: String

    static func all(in json: JSON) -> [FHIRReference] {
        var found: [FHIRReference] = []
        gather(json, path: "", into: &found)
        return found
    }

    private static func gather(_ json: JSON, path: String, into found: inout [FHIRReference]) {
        switch json {
        case .array(let values):
            for (index, value) in values.enumerated() { gather(value, path: "\(path)[\(index)]", into: &found) }
        case .object(let object):
            for (name, value) in object.members {
                if name == "reference", let target = value.string {
                    found.append(FHIRReference(target: target, path: path))
                } else {
                    gather(value, path: "\(path).\(name)", into: &found)
                }
            }
        default: break
        }
    }
}
