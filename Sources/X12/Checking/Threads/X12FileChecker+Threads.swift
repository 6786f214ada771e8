extension X12FileChecker {
    enum Input {
        case stream(any ByteSource)
        case memory(UnsafeBufferPointer<UInt8>)
    }

    /// Checks an input with a second thread that places its segments; nil where there is none to be had, and nothing
    /// was read.
    func runOnTwoThreads(
        _ input: Input, windowBytes: Int = SegmentCursor.windowBytes, _ name: String?, _ answering: AnswerMaker?,
        _ finding: (Finding) -> Void
    ) throws -> X12Summary? {
        var source: (any ByteSource)?
        var memory: UnsafeBufferPointer<UInt8>?
        switch input {
        case .stream(let stream): source = stream
        case .memory(let bytes): memory = bytes
        }
        let exchange = PlacingExchange(readsPieces: source != nil)
        let work = PlacingThread.Work(
            exchange, guides: guides, limits: limits, windowBytes: windowBytes, memory: memory)
        guard let thread = PlacingThread(work) else { return nil }
        var pass = CheckPass<PlacedSegments>(
            guides: guides, tables: tables, snip: snip, limits: limits, name: name, answering: answering)
        var found: [SegmentCursor.Found] = []
        var failure: (any Error)?
        while true {
            switch exchange.nextTask() {
            case .fill(let piece):
                do {
                    piece.count = try source?.read(into: piece.bytes) ?? 0
                    exchange.give(piece)
                } catch {
                    failure = error
                    exchange.failInput()
                }
            case .check(let batch):
                check(batch, &pass, &found, finding)
                exchange.giveBack(batch)
            case .stop(let outcome):
                thread.join()
                if let failure { throw failure }
                if case .done(let bytes, let segments, let strayBytes) = outcome {
                    pass.summary.bytes = bytes
                    pass.summary.segments = segments
                    pass.summary.strayBytes = strayBytes
                }
                return pass.summary
            }
        }
    }

    private func check(
        _ batch: PlacedBatch, _ pass: inout CheckPass<PlacedSegments>, _ found: inout [SegmentCursor.Found],
        _ finding: (Finding) -> Void
    ) {
        pass.checker.placer.load(batch)
        let lent = batch.lent
        var taken = 0
        for index in 0..<batch.stepCount {
            let step = batch.steps[index]
            if step.found > 0 {
                found += batch.found[taken..<taken + Int(step.found)]
                taken += Int(step.found)
            }
            switch step.kind {
            case .segment: pass.take(lent ?? batch.slice(step), &found)
            case .header: pass.begin(lent ?? batch.slice(step), isReadable: true, &found)
            case .unreadableHeader: pass.begin(lent ?? batch.slice(step), isReadable: false, &found)
            case .end: pass.finish(&found)
            }
            if !pass.findings.isEmpty {
                for one in pass.findings { finding(one) }
                pass.findings.removeAll(keepingCapacity: true)
            }
        }
    }
}
