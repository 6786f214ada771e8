import HealthTypes

/// A note of the ICD-10-CM tabular list under a code, block or chapter.
public struct DiagnosisNote: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case includes
        /// A term that is coded here.
        case inclusion
        /// Never coded together with this code.
        case excludes1
        /// Not part of this code, and may be coded beside it.
        case excludes2
        case codeFirst = "code_first"
        case useAdditional = "use_additional"
        case codeAlso = "code_also"
    }

    public let kind: Kind
    public let text: String
    /// The code, block or chapter under which the note stands, as `ancestors(ofDiagnosis:)` writes it.
    public let standsUnder: String

    /// The codes and ranges that the note names in brackets, without dots: `J02` for `(J02.-)`, `A00-B99`.
    public var codes: [String] {
        var found: [String] = []
        for part in text.split(separator: "(", omittingEmptySubsequences: false).dropFirst() {
            guard let end = part.firstIndex(of: ")") else { continue }
            for item in part[..<end].split(whereSeparator: { $0 == "," || $0 == " " }) {
                let word = item.hasSuffix("-") ? item.dropLast() : item
                let ends = word.split(separator: "-").map { $0.hasSuffix(".") ? $0.dropLast() : $0 }
                let codes = ends.compactMap { DiagnosisCode.normalized($0) }
                if codes.count == ends.count, (1...2).contains(codes.count) {
                    found.append(codes.joined(separator: "-"))
                }
            }
        }
        return found
    }

    /// Whether a code lies under one of the codes and ranges that the note names.
    public func names(_ code: String) -> Bool {
        guard let code = DiagnosisCode.normalized(code) else { return false }
        return codes.contains { item in
            let ends = item.split(separator: "-")
            guard let first = ends.first, let last = ends.last else { return false }
            if ends.count == 1 { return code.hasPrefix(first) }
            return code.prefix(first.count) >= first && code.prefix(last.count) <= last
        }
    }
}

/// The notes, kept as the bytes of their file; a note becomes a string when it is asked for.
struct DiagnosisNotes: Sendable {
    let header: TableHeader?
    private let bytes: [UInt8]
    /// The lines of each code, by its id in the file.
    private let lines: [String: Range<Int>]

    /// A folder of an earlier version has no such file, and then no notes.
    init(file: String, in files: DataFiles) throws {
        guard let bytes = files.files[file] else {
            header = nil
            bytes = []
            lines = [:]
            return
        }
        header = try TableHeader(file: file, bytes: bytes)
        self.bytes = bytes
        lines = try bytes.withUnsafeBufferPointer { try Self.index($0, file: file) }
    }

    private static func index(_ bytes: UnsafeBufferPointer<UInt8>, file: String) throws -> [String: Range<Int>] {
        var found: [String: Range<Int>] = [:]
        var open: (code: Range<Int>, lines: Range<Int>)?
        var line = 0
        var start = 0
        var hasColumns = false
        func close() throws {
            guard let done = open else { return }
            let code = String(decoding: bytes[done.code], as: UTF8.self)
            guard found.updateValue(done.lines, forKey: code) == nil else {
                throw DataFileError(file: file, line: line, reason: "the notes of a code do not stand together")
            }
        }
        while start < bytes.count {
            line += 1
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            defer { start = end + 1 }
            if end == start || bytes[start] == UInt8(ascii: "#") { continue }
            guard hasColumns else {
                guard bytes[start..<end].elementsEqual("code\tkind\ttext".utf8) else {
                    throw DataFileError(file: file, line: line, reason: "its columns are not code, kind, text")
                }
                hasColumns = true
                continue
            }
            let cells = bytes[start..<end].split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            guard cells.count == 3, !cells[0].isEmpty,
                DiagnosisNote.Kind(rawValue: String(decoding: cells[1], as: UTF8.self)) != nil
            else { throw DataFileError(file: file, line: line, reason: "is not code, kind, text") }
            let code = start..<start + cells[0].count
            if let last = open, bytes[last.code].elementsEqual(bytes[code]) {
                open = (last.code, last.lines.lowerBound..<end)
            } else {
                try close()
                open = (code, start..<end)
            }
        }
        line += 1
        try close()
        return found
    }

    /// The notes under a code without its dot, or under the id of a block or chapter, which the file writes short.
    func notes(under id: String) -> [DiagnosisNote] {
        let name = id.hasPrefix("icd10cm-") ? String(id.dropFirst(8)) : id
        guard let range = lines[name] else { return [] }
        return bytes[range].split(separator: UInt8(ascii: "\n")).compactMap { line in
            let cells = line.split(separator: UInt8(ascii: "\t")).map { String(decoding: $0, as: UTF8.self) }
            guard cells.count == 3, let kind = DiagnosisNote.Kind(rawValue: cells[1]) else { return nil }
            return DiagnosisNote(kind: kind, text: cells[2], standsUnder: id)
        }
    }
}

/// For whom a code is meant, and whether it may stand first.
public struct DiagnosisApplicability: Hashable, Sendable {
    /// The age classes of the Medicare Code Editor.
    public enum AgeClass: String, Sendable, CaseIterable {
        case newborn, pediatric, maternity, adult

        /// Full years.
        public var years: ClosedRange<Int> {
            switch self {
            case .newborn: 0...0
            case .pediatric: 0...17
            case .maternity: 9...64
            case .adult: 15...124
            }
        }
    }

    /// Why a code may not be the principal diagnosis of a hospital stay.
    public enum Principal: String, Sendable, CaseIterable {
        case manifestation, unacceptable
        case externalCause = "external_cause"
    }

    public var age: AgeClass?
    /// `F` or `M`, by the words of the title: it advises, and no claim is to be held for it.
    public var sex: String?
    public var principal: Principal?

    public init(age: AgeClass? = nil, sex: String? = nil, principal: Principal? = nil) {
        self.age = age
        self.sex = sex
        self.principal = principal
    }

    /// Whether a patient of that age may have the code.
    public func admits(age years: Int) -> Bool { age?.years.contains(years) ?? true }
}

/// One row a code, which stands for every code that begins with it and has no longer row.
struct ApplicabilityTable: Sendable {
    let header: TableHeader?
    private let entries: [String: DiagnosisApplicability]

    init(file: String, in files: DataFiles) throws {
        guard files.files[file] != nil else {
            header = nil
            entries = [:]
            return
        }
        let table = try CodeTable(file, in: files) { row in
            let sex = try row.optional("sex")
            guard sex == nil || sex == "F" || sex == "M" else { throw row.fail("'sex' is neither F nor M") }
            return DiagnosisApplicability(
                age: try row.optionalChoice("age"), sex: sex, principal: try row.optionalChoice("principal"))
        }
        header = table.header
        entries = table.entries
    }

    func entry(of code: String) -> DiagnosisApplicability {
        var prefix = code[...]
        while prefix.utf8.count >= 3 {
            if let entry = entries[String(prefix)] { return entry }
            prefix = prefix.dropLast()
        }
        return DiagnosisApplicability()
    }
}
