/// Chooses the guide of one transaction set after the other.
struct GuideChoice {
    private let guides: GuideLibrary
    private var alternatives: [CompiledGuide] = []
    /// ST03, or GS08 where it is empty.
    private(set) var id = ""

    init(_ guides: GuideLibrary) { self.guides = guides }

    /// The guide of the set whose ST this is; `version` is GS08. Nil where there is none.
    mutating func begin(_ slice: SegmentSlice, version: String) -> CompiledGuide? {
        id = slice.isEmpty(3) ? version : slice.brief(3)
        alternatives = guides.candidates(set: slice.text(1), guide: id)
        return alternatives.first
    }

    /// The guide that the set's second segment asks for, where BHT02 tells several apart.
    func second(_ slice: SegmentSlice) -> CompiledGuide? {
        guard alternatives.count > 1, slice.has(0, "BHT") else { return nil }
        let purpose = slice[2].packed
        return alternatives.first { $0.purposes.contains(purpose) } ?? alternatives.first { $0.purposes.isEmpty }
    }
}
