/// The control numbers that were met, kept as runs: in a file whose numbers count up they cost one run.
struct NumberSet {
    private var runs: [ClosedRange<UInt64>] = []
    private var names: Set<UInt64> = []
    private(set) var isFull = false

    private static let limit = 100_000

    mutating func removeAll() {
        runs.removeAll(keepingCapacity: true)
        names.removeAll(keepingCapacity: true)
        isFull = false
    }

    /// False where the number was there already. Past its limit it takes no more and says that they are new.
    mutating func insert(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let number = Digits.number(bytes) else {
            guard names.count < Self.limit else {
                isFull = true
                return true
            }
            return names.insert(bytes.fingerprint).inserted
        }
        return insert(number)
    }

    private mutating func insert(_ number: UInt64) -> Bool {
        // Nearly always the number goes on from the last run.
        if let last = runs.last, number == last.upperBound + 1 {
            runs[runs.count - 1] = last.lowerBound...number
            return true
        }
        var low = 0
        var high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].upperBound < number { low = middle + 1 } else { high = middle }
        }
        if low < runs.count, runs[low].contains(number) { return false }
        guard runs.count < Self.limit else {
            isFull = true
            return true
        }
        let joinsBefore = low > 0 && runs[low - 1].upperBound + 1 == number
        let joinsAfter = low < runs.count && runs[low].lowerBound == number + 1
        switch (joinsBefore, joinsAfter) {
        case (true, true):
            runs[low - 1] = runs[low - 1].lowerBound...runs[low].upperBound
            runs.remove(at: low)
        case (true, false): runs[low - 1] = runs[low - 1].lowerBound...number
        case (false, true): runs[low] = number...runs[low].upperBound
        case (false, false): runs.insert(number...number, at: low)
        }
        return true
    }
}
