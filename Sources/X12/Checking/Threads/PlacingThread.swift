#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The thread that places the segments of one input.
struct PlacingThread: ~Copyable {
    /// What it works on.
    ///
    /// Not checked by the compiler as Sendable, as the bytes of an input in memory are not: the caller keeps them, and
    /// nobody changes them, until the thread has ended.
    final class Work: @unchecked Sendable {
        let exchange: PlacingExchange
        let guides: GuideLibrary
        let limits: X12Limits
        let windowBytes: Int
        /// The input, where it is in memory; others come through the exchange.
        let memory: UnsafeBufferPointer<UInt8>?

        init(
            _ exchange: PlacingExchange, guides: GuideLibrary, limits: X12Limits, windowBytes: Int,
            memory: UnsafeBufferPointer<UInt8>?
        ) {
            self.exchange = exchange
            self.guides = guides
            self.limits = limits
            self.windowBytes = windowBytes
            self.memory = memory
        }

        fileprivate func run() {
            var cursor: SegmentCursor
            if let memory {
                cursor = SegmentCursor(memory, limits: limits)
            } else {
                cursor = SegmentCursor(RelayedSource(exchange), limits: limits, windowBytes: windowBytes)
            }
            var pass = PlacingPass(exchange, guides: guides)
            do {
                try pass.run(&cursor)
                exchange.stop(
                    .done(bytes: cursor.byteOffset, segments: cursor.segmentCount, strayBytes: cursor.strayBytes))
            } catch { exchange.stop(.failed) }
        }
    }

    private let thread: pthread_t

    /// Starts it; nil where the operating system gives no thread.
    init?(_ work: Work) {
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let argument = Unmanaged.passRetained(work)
        let code = pthread_create(&thread, nil, { PlacingThread.main($0) }, argument.toOpaque())
        #if canImport(Darwin)
            let started = code == 0 ? thread : nil
        #else
            let started = code == 0 ? Optional(thread) : nil
        #endif
        guard let started else {
            argument.release()
            return nil
        }
        self.thread = started
    }

    private static func main(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
    }

    /// Waits until it has ended.
    consuming func join() { pthread_join(thread, nil) }
}
