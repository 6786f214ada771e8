import Foundation
import HealthTypes

/// The lock that makes one process the writer of a record: held on a file beside it while the record is open, and
/// released by the kernel should the process die.
final class WriterLock: Sendable {
    private let descriptor: CInt

    /// Where the lock of a record stands.
    static func path(of record: String) -> String { record + ".lock" }

    /// Takes the lock; what is written into it tells others who holds it.
    init(record: String, now: Instant) throws(StoreOpenError) {
        // Not inherited by child processes, which would go on holding it.
        descriptor = open(Self.path(of: record), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            switch errno {
            case EACCES, EPERM, EROFS: throw .notPermitted(record)
            case ENOSPC, EDQUOT: throw .fault(record, StoreFault(.full))
            case ENOENT, ENOTDIR: throw .noSuchFile(record)
            default: throw .fault(record, StoreFault(.unavailable))
            }
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let holder = Self.text(in: descriptor)
            close(descriptor)
            throw isHeld ? .writtenByAnother(record, holder: holder) : .fault(record, StoreFault(.unavailable))
        }
        let text = Array("process \(getpid()), since \(now)\n".utf8)
        // For the message only: a lock whose text cannot be written holds as well.
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
    }

    /// Lets another process take it.
    func release() { _ = flock(descriptor, LOCK_UN) }

    private static func text(in descriptor: CInt) -> String {
        var bytes = [UInt8](repeating: 0, count: 120)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let line = bytes.prefix(max(0, count)).prefix { $0 >= 0x20 && $0 < 0x7f }
        return String(decoding: line, as: UTF8.self)
    }

    deinit { close(descriptor) }
}
