/// Phrases as paths over word numbers, in one flat table of edges, for the longest match at a token.
struct PhraseTrie: Sendable {
    private var keys: [UInt64] = Array(repeating: .max, count: 1 << 12)
    private var targets: [Int32] = Array(repeating: 0, count: 1 << 12)
    private var edgeCount = 0
    /// What each node ends, or -1. Node 0 is the root.
    private var payloads: [Int32] = [-1]
    /// For each word, the node that it leads to from the root, or 0.
    private var roots: [Int32] = []

    /// Adds a phrase; where it stood already, keeps the old payload and gives it back.
    @discardableResult
    mutating func insert(_ words: some Collection<Int32>, payload: Int32) -> Int32? {
        var node: Int32 = 0
        for word in words { node = node == 0 ? rootStep(word) : step(node, word) }
        if payloads[Int(node)] >= 0 { return payloads[Int(node)] }
        payloads[Int(node)] = payload
        return nil
    }

    /// The node to which a first word leads, or 0.
    @inline(__always)
    func first(_ word: Int32) -> Int32 { Int(word) < roots.count ? roots[Int(word)] : 0 }

    /// The node to which a further word leads, or 0.
    @inline(__always)
    func next(_ node: Int32, _ word: Int32) -> Int32 {
        let key = Self.key(node, word)
        let mask = keys.count - 1
        var slot = Self.slot(key, mask)
        return keys.withUnsafeBufferPointer { keys in
            while keys[slot] != .max {
                if keys[slot] == key { return targets[slot] }
                slot = (slot + 1) & mask
            }
            return 0
        }
    }

    @inline(__always)
    func payload(_ node: Int32) -> Int32 { payloads[Int(node)] }

    private mutating func rootStep(_ word: Int32) -> Int32 {
        if roots.count <= Int(word) {
            roots.append(contentsOf: repeatElement(0, count: Int(word) + 1 - roots.count))
        }
        if roots[Int(word)] == 0 { roots[Int(word)] = newNode() }
        return roots[Int(word)]
    }

    private mutating func step(_ node: Int32, _ word: Int32) -> Int32 {
        let found = next(node, word)
        if found != 0 { return found }
        if (edgeCount + 1) * 2 > keys.count { grow() }
        let made = newNode()
        place(Self.key(node, word), made)
        edgeCount += 1
        return made
    }

    private mutating func newNode() -> Int32 {
        payloads.append(-1)
        return Int32(payloads.count - 1)
    }

    private mutating func place(_ key: UInt64, _ target: Int32) {
        let mask = keys.count - 1
        var slot = Self.slot(key, mask)
        while keys[slot] != .max { slot = (slot + 1) & mask }
        keys[slot] = key
        targets[slot] = target
    }

    private mutating func grow() {
        let old = zip(keys, targets).filter { $0.0 != .max }
        keys = Array(repeating: .max, count: keys.count * 4)
        targets = Array(repeating: 0, count: keys.count)
        for (key, target) in old { place(key, target) }
    }

    @inline(__always)
    private static func key(_ node: Int32, _ word: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: node)) << 32 | UInt64(UInt32(bitPattern: word))
    }

    @inline(__always)
    private static func slot(_ key: UInt64, _ mask: Int) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 20) & mask
    }
}
