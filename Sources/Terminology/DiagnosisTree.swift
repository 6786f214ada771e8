import HealthTypes

/// The blocks and chapters of ICD-10-CM, by the categories that belong to them.
///
/// Membership is listed and not computed from the range in a block's name, since C4A belongs to C43-C44 and M1A to
/// M05-M14, which no ordering of the codes gives. A block whose list holds other blocks is a heading over them.
struct DiagnosisTree: Sendable {
    /// One block or chapter: its id, such as `icd10cm-block:K20-K31`, and its title.
    struct Group: Sendable {
        let id: String
        let name: String
        let title: String
        /// The chapter of a block.
        let chapter: String?
        /// Categories, or the names of blocks.
        let members: [String]
    }

    let header: TableHeader
    private let groups: [String: Group]
    private let blockOfCategory: [String: String]
    /// The heading or chapter above each block and heading.
    private let parents: [String: String]
    /// What lies directly below: blocks and headings of a chapter or heading, categories of a block.
    private let below: [String: [String]]

    init(file: String, in files: DataFiles) throws {
        let table = try CodeTable(file, in: files) { row in
            let code = try row.text("code")
            let chapter = try row.optional("chapter")
            return Group(
                id: chapter == nil ? "icd10cm-chapter:\(code)" : "icd10cm-block:\(code)", name: code,
                title: try row.text("title"), chapter: chapter.map { "icd10cm-chapter:\($0)" },
                members: try row.words("categories"))
        }
        header = table.header
        let blocks = table.sorted.filter { $0.chapter != nil }
        let names = Set(blocks.map(\.name))
        let headings = blocks.filter { block in
            !block.members.isEmpty && block.members.allSatisfy { $0 != block.name && names.contains($0) }
        }
        var parents: [String: String] = [:]
        for block in blocks {
            let members = Set(block.members)
            // The smallest heading that holds the block, or all that it holds if it is a heading itself.
            let above = headings.filter { heading in
                heading.name != block.name
                    && heading.members.count > (headings.contains { $0.id == block.id } ? members.count : 0)
                    && (heading.members.contains(block.name) || members.isSubset(of: heading.members))
            }
            parents[block.id] = above.min { $0.members.count < $1.members.count }?.id ?? block.chapter
        }
        let isHeading = Set(headings.map(\.id))
        groups = Dictionary(uniqueKeysWithValues: table.entries.values.map { ($0.id, $0) })
        blockOfCategory = Dictionary(
            blocks.filter { !isHeading.contains($0.id) }.flatMap { block in block.members.map { ($0, block.id) } },
            uniquingKeysWith: { first, second in min(first, second) })
        var below = Dictionary(grouping: parents.keys.sorted()) { parents[$0] ?? "" }
        for block in blocks where !isHeading.contains(block.id) { below[block.id] = block.members }
        self.parents = parents
        self.below = below
    }

    /// The blocks, headings or categories directly below, in order.
    func children(of id: String) -> [String] { below[id] ?? [] }

    /// The ids of the block of a category, of the headings over it, and of its chapter.
    func groups(of category: String) -> [String] { blockOfCategory[category].map { path(from: $0) } ?? [] }

    /// The id of a block or chapter and of what stands above it.
    func path(from id: String) -> [String] {
        var path: [String] = []
        var next = groups[id] == nil ? nil : id
        while let id = next {
            path.append(id)
            next = parents[id]
        }
        return path
    }

    func title(_ id: String) -> String? { groups[id]?.title }

    var count: Int { groups.count }

    /// The categories of a block, or of all that lies below a heading or chapter.
    func categories(of id: String) -> [String] {
        guard let group = groups[id] else { return [] }
        let children = below[id] ?? []
        let isBlock = children.first.map { groups[$0] == nil } ?? true
        return isBlock ? group.members : children.flatMap { categories(of: $0) }
    }
}
