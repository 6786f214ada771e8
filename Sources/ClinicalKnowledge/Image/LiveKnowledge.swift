import Foundation
public import HealthTypes
import Synchronization

/// The knowledge of an image file that may be replaced while the program runs.
///
/// Whoever asks gets a whole knowledge base and keeps it as long as it likes: an answer is never made half from the
/// old and half from the new.
public final class LiveKnowledge: Sendable {
    private struct State {
        var base: KnowledgeBase
        var identity: Identity
    }

    /// What changes when another file is renamed over the old one.
    private struct Identity: Equatable {
        let file: UInt64
        let size: UInt64
        let modified: Date

        init(path: String) throws {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            file = (attributes[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0
            size = (attributes[.size] as? NSNumber)?.uint64Value ?? 0
            modified = attributes[.modificationDate] as? Date ?? .distantPast
        }
    }

    private let path: String
    private let state: Mutex<State>

    /// Opens the image at `path`.
    public init(path: String) throws {
        self.path = path
        let identity = try Identity(path: path)
        state = Mutex(State(base: KnowledgeBase(try KnowledgeImage(opening: path)), identity: identity))
    }

    /// The knowledge in force.
    public var current: KnowledgeBase { state.withLock { $0.base } }

    /// Opens the file again if it was replaced; whether it was.
    ///
    /// Throws where the new file cannot be used, and leaves the old knowledge in force.
    @discardableResult
    public func refresh() throws -> Bool {
        let identity = try Identity(path: path)
        guard state.withLock({ $0.identity != identity }) else { return false }
        let base = KnowledgeBase(try KnowledgeImage(opening: path))
        state.withLock { $0 = State(base: base, identity: identity) }
        return true
    }
}

extension KnowledgeBase {
    /// The knowledge of `files`, from the image at `path` where it was compiled from these very files, else compiled
    /// anew and written there for the next time.
    ///
    /// A path that cannot be written does no harm. Throws what ``init(_:)-(DataFiles)`` throws.
    public init(_ files: DataFiles, keptAt path: String) throws {
        if let image = try? KnowledgeImage(opening: path), image.sourceDigest == files.digest {
            self.init(image)
            return
        }
        let image = try KnowledgeImage(compiling: files)
        try? image.write(to: path)
        self.init(image)
    }
}
