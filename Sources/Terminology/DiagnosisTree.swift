import HealthTypes

/// The blocks and chapters of ICD-10-CM, by the categories that belong to them.
///
/// Membership is listed and not computed from the range in a block's name, since C4A belongs to C43-C44 and M1A to
/// M05-M14, which no ordering of the codes gives.
struct DiagnosisTree: Sendable {
    /// One block or chapter: its id, such as `icd10cm-block:K20-K31`, and its title.
    struct Group: Sendable {
        let id: String
        let title: String
        /// The chapter of a block.
        let chapter: String?
        let categories: [String]
    }

    let header: TableHeader
    private let groups: [String: Group]
    private let blockOfCategory: [String: String]
    private let blocksOfChapter: [String: [String]]

    init(file: String, in files: DataFiles) throws {
        let table = try CodeTable(file, in: files) { row in
            let code = try row.text("code")
            let chapter = try row.optional("chapter")
            return Group(
                id: chapter == nil ? "icd10cm-chapter:\(code)" : "icd10cm-block:\(code)", title: try row.text("title"),
                chapter: chapter.map { "icd10cm-chapter:\($0)" }, categories: try row.words("categories"))
        }
        header = table.header
        groups = Dictionary(uniqueKeysWithValues: table.entries.values.map { ($0.id, $0) })
        blockOfCategory = Dictionary(
            table.entries.values.flatMap { group in group.categories.map { ($0, group.id) } },
            uniquingKeysWith: { first, second in min(first, second) })
        blocksOfChapter = Dictionary(grouping: table.entries.values.filter { $0.chapter != nil }) { $0.chapter ?? "" }
            .mapValues { $0.map(\.id).sorted() }
    }

    /// The blocks of a chapter, or the categories of a block, in order.
    func children(of id: String) -> [String] { blocksOfChapter[id] ?? groups[id]?.categories ?? [] }

    /// The ids of the block and the chapter of a category.
    func groups(of category: String) -> [String] {
        guard let block = blockOfCategory[category] else { return [] }
        return [block] + (groups[block]?.chapter.map { [$0] } ?? [])
    }

    func title(_ id: String) -> String? { groups[id]?.title }

    /// The categories of a block, or of all the blocks of a chapter.
    func categories(of id: String) -> [String] {
        guard let group = groups[id] else { return [] }
        return group.chapter == nil
            ? (blocksOfChapter[id] ?? []).flatMap { groups[$0]?.categories ?? [] } : group.categories
    }
}
