import Foundation
public import HealthTypes
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why a file is no image of a knowledge base that this program can use.
public enum KnowledgeImageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file cannot be opened or mapped; the system's error number.
    case unreadable(Int32)
    /// It does not begin as an image does, or was made on a machine with another byte order.
    case notAnImage
    /// It was made by another version of the program.
    case otherFormat(UInt32)
    /// It is shorter or longer than it says, or a section lies outside of it.
    case damaged
    /// Its bytes do not have the hash that it names.
    case wrongHash
    /// A table is too large for the format.
    case tooLarge

    public var description: String {
        switch self {
        case .unreadable(let code): "the knowledge image cannot be read (error \(code))"
        case .notAnImage: "not a knowledge image"
        case .otherFormat(let format): "a knowledge image of format \(format); build it again"
        case .damaged: "the knowledge image is cut short or damaged"
        case .wrongHash: "the knowledge image does not have the content that its hash names"
        case .tooLarge: "the knowledge is too large for an image"
        }
    }
}

/// The knowledge compiled to flat tables: one block of bytes, the same in memory and in a file.
///
/// A file is mapped, not read, so that it opens in milliseconds and several processes share its pages. It begins with
/// eight bytes of magic, a mark of byte order, the format's number, the count of sections, the length and the SHA-256
/// of all that follows; then one entry a section (id, record size, offset, count); then the sections, each aligned to
/// eight bytes. A file in use must be replaced by renaming another over it, as ``write(to:)`` does, never in place.
public final class KnowledgeImage: @unchecked Sendable {
    static let magic: [UInt8] = Array("CWKNOWL\n".utf8)
    /// To be raised with every change of the layout, or of what the compiler makes of the same tables: an image that
    /// is kept for the next start is used as long as the tables are the same.
    static let format: UInt32 = 2
    static let byteOrder: UInt32 = 0x0102_0304
    static let headerSize = 64
    static let entrySize = 24

    /// SHA-256 of everything behind the header.
    public let contentHash: Digest
    /// The release and the digest of the folder that the image was compiled from.
    public let version: String
    public let sourceDigest: Digest

    let bytes: UnsafeRawBufferPointer
    private let isMapped: Bool
    let pool: UnsafeRawBufferPointer
    let meta: Section<TextSpan>
    let rows: Section<RowRecord>
    let cells: Section<TextSpan>
    let treatments: Section<TreatmentRecord>
    let statements: Section<StatementRecord>
    let terms: Section<TermRecord>
    let keys: Section<UInt64>
    let numbers: Section<UInt32>
    let codes: Section<CodeSlot>
    let pairs: Section<PairSlot>
    let edges: Section<EdgeRecord>
    let treatmentCodes: Section<NameSlot>
    let drugNames: Section<NameSlot>
    let serviceNames: Section<NameSlot>
    let patterns: Section<PatternRecord>
    let classes: Section<ClassRecord>
    private let tables = Mutex<KnowledgeFiles?>(nil)

    /// Maps the image in the file at `path` and makes sure that it is whole.
    public convenience init(opening path: String) throws(KnowledgeImageError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .unreadable(errno) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .unreadable(errno) }
        let size = Int(status.st_size)
        guard size >= Self.headerSize else { throw .notAnImage }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
            throw .unreadable(errno)
        }
        do { try self.init(UnsafeRawBufferPointer(start: start, count: size), isMapped: true) } catch {
            munmap(start, size)
            throw error
        }
    }

    /// Compiles the tables of a folder; see ``KnowledgeBase/init(_:)-(DataFiles)``.
    public convenience init(compiling files: DataFiles) throws {
        try self.init(compiling: KnowledgeFiles(files), digest: files.digest)
    }

    convenience init(compiling files: KnowledgeFiles, digest: Digest) throws {
        let builder = try ImageBuilder(files, digest: digest)
        let content = try builder.image()
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 8)
        copy.copyBytes(from: content)
        do { try self.init(UnsafeRawBufferPointer(copy), isMapped: false) } catch {
            copy.deallocate()
            throw error
        }
    }

    private init(_ bytes: UnsafeRawBufferPointer, isMapped: Bool) throws(KnowledgeImageError) {
        let reader = try ImageReader(bytes)
        pool = try reader.bytes(.pool)
        meta = try reader.section(.meta)
        rows = try reader.section(.rows)
        cells = try reader.section(.cells)
        treatments = try reader.section(.treatments)
        statements = try reader.section(.statements)
        terms = try reader.section(.terms)
        keys = try reader.section(.keys)
        numbers = try reader.section(.numbers)
        codes = try reader.section(.codes)
        pairs = try reader.section(.pairs)
        edges = try reader.section(.edges)
        treatmentCodes = try reader.section(.treatmentCodes)
        drugNames = try reader.section(.drugNames)
        serviceNames = try reader.section(.serviceNames)
        patterns = try reader.section(.patterns)
        classes = try reader.section(.classes)
        let powersOfTwo = [codes.count, pairs.count, treatmentCodes.count, drugNames.count, serviceNames.count]
        guard meta.count >= 2, powersOfTwo.allSatisfy({ $0 > 0 && $0 & ($0 - 1) == 0 }),
            let digest = Digest(hex: Self.text(meta[1], in: pool))
        else { throw .damaged }
        version = Self.text(meta[0], in: pool)
        sourceDigest = digest
        contentHash = reader.hash
        self.bytes = bytes
        self.isMapped = isMapped
    }

    deinit {
        if isMapped {
            munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        } else {
            bytes.deallocate()
        }
    }

    public var byteCount: Int { bytes.count }

    /// Writes the image beside `path` and renames it there, so that whoever has the old one open keeps it whole.
    public func write(to path: String) throws {
        try Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: bytes.baseAddress!), count: bytes.count, deallocator: .none
        )
        .write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private static func text(_ span: TextSpan, in pool: UnsafeRawBufferPointer) -> String {
        guard Int(span.start) + Int(span.count) <= pool.count else { return "" }
        return String(decoding: pool[Int(span.start)..<Int(span.start) + Int(span.count)], as: UTF8.self)
    }

    @inline(__always)
    func utf8(_ span: TextSpan) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: pool[Int(span.start)..<Int(span.start) + Int(span.count)])
    }

    @inline(__always)
    func text(_ span: TextSpan) -> String { String(decoding: utf8(span), as: UTF8.self) }

    /// The tables as they were read, shaped once and kept: only checks, statistics and lists ask for them.
    var files: KnowledgeFiles {
        tables.withLock { kept in
            if let kept { return kept }
            // Every row was shaped before the image was made.
            guard let files = try? KnowledgeFiles(self) else {
                fatalError("the image's rows are not those of its tables")
            }
            kept = files
            return files
        }
    }
}

/// The records of one section; an index outside of it stops the program rather than read elsewhere.
struct Section<Record>: @unchecked Sendable {
    private let start: UnsafePointer<Record>
    let count: Int

    init(start: UnsafePointer<Record>, count: Int) {
        self.start = start
        self.count = count
    }

    @inline(__always)
    subscript(index: Int) -> Record {
        precondition(index >= 0 && index < count, "outside of a section of the knowledge image")
        return start[index]
    }

    @inline(__always)
    subscript(index: UInt32) -> Record { self[Int(index)] }
}

/// Reads the header and the list of sections, and refuses what does not hold together.
private struct ImageReader {
    private struct Entry {
        let stride: Int
        let offset: Int
        let count: Int
    }

    let hash: Digest
    private let bytes: UnsafeRawBufferPointer
    private var entries: [UInt32: Entry] = [:]

    init(_ bytes: UnsafeRawBufferPointer) throws(KnowledgeImageError) {
        self.bytes = bytes
        func number<Value: FixedWidthInteger>(at offset: Int, _: Value.Type) -> Value {
            bytes.loadUnaligned(fromByteOffset: offset, as: Value.self)
        }
        guard bytes.count >= KnowledgeImage.headerSize, bytes.prefix(8).elementsEqual(KnowledgeImage.magic),
            number(at: 8, UInt32.self) == KnowledgeImage.byteOrder
        else { throw .notAnImage }
        let format = number(at: 12, UInt32.self)
        guard format == KnowledgeImage.format else { throw .otherFormat(format) }
        let sections = Int(number(at: 16, UInt32.self))
        guard number(at: 24, UInt64.self) == UInt64(bytes.count),
            sections <= 64, KnowledgeImage.headerSize + sections * KnowledgeImage.entrySize <= bytes.count
        else { throw .damaged }
        let content = UnsafeRawBufferPointer(rebasing: bytes[KnowledgeImage.headerSize...])
        hash = Digest(of: content)
        guard
            hash.hex
                == bytes[32..<64].map({ byte in [byte >> 4, byte & 15] }).joined().map({
                    String($0, radix: 16)
                }).joined()
        else { throw .wrongHash }
        for index in 0..<sections {
            let start = KnowledgeImage.headerSize + index * KnowledgeImage.entrySize
            let stride = Int(number(at: start + 4, UInt32.self))
            let (offset, count) = (number(at: start + 8, UInt64.self), number(at: start + 16, UInt64.self))
            let (size, isOver) = count.multipliedReportingOverflow(by: UInt64(stride))
            let (end, isBeyond) = offset.addingReportingOverflow(size)
            guard !isOver, !isBeyond, end <= UInt64(bytes.count), offset % 8 == 0 else { throw .damaged }
            entries[number(at: start, UInt32.self)] = Entry(stride: stride, offset: Int(offset), count: Int(count))
        }
    }

    func bytes(_ id: ImageSection) throws(KnowledgeImageError) -> UnsafeRawBufferPointer {
        guard let entry = entries[id.rawValue], entry.stride == 1 else { throw .damaged }
        return UnsafeRawBufferPointer(rebasing: bytes[entry.offset..<entry.offset + entry.count])
    }

    func section<Record>(_ id: ImageSection) throws(KnowledgeImageError) -> Section<Record> {
        guard let entry = entries[id.rawValue], entry.stride == MemoryLayout<Record>.stride,
            let start = bytes.baseAddress
        else { throw .damaged }
        return Section(
            start: (start + entry.offset).assumingMemoryBound(to: Record.self), count: entry.count)
    }
}

/// Puts sections one behind the other under their header.
struct ImageWriter {
    private var entries: [(id: ImageSection, stride: Int, count: Int, bytes: [UInt8])] = []

    mutating func add<Record>(_ id: ImageSection, _ records: [Record]) {
        let bytes = records.withUnsafeBytes { Array($0) }
        entries.append((id, MemoryLayout<Record>.stride, records.count, bytes))
    }

    func image() throws(KnowledgeImageError) -> [UInt8] {
        func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
            withUnsafeBytes(of: value.littleEndian) { Array($0) }
        }
        func aligned(_ size: Int) -> Int { (size + 7) & ~7 }
        var offset = KnowledgeImage.headerSize + entries.count * KnowledgeImage.entrySize
        var content: [UInt8] = []
        for entry in entries {
            guard entry.count < Int(UInt32.max) else { throw .tooLarge }
            content += little(entry.id.rawValue) + little(UInt32(entry.stride))
            content += little(UInt64(aligned(offset))) + little(UInt64(entry.count))
            offset = aligned(offset) + entry.bytes.count
        }
        for entry in entries {
            content += [UInt8](repeating: 0, count: aligned(content.count) - content.count)
            content += entry.bytes
        }
        let hash = Digest(of: content)
        var header = KnowledgeImage.magic + little(KnowledgeImage.byteOrder) + little(KnowledgeImage.format)
        header += little(UInt32(entries.count)) + little(UInt32(0))
        header += little(UInt64(KnowledgeImage.headerSize + content.count))
        let digits = Array(hash.hex.utf8).map { Character(Unicode.Scalar($0)).hexDigitValue ?? 0 }
        header += stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        return header + content
    }
}
