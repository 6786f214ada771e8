/// A random number generator that gives the same numbers for the same seed on every machine (SplitMix64).
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    /// A stream of its own for `name` under `seed`: drawing more from one stream moves no other.
    public init(seed: UInt64, stream name: String) {
        state = seed
        var mixed = next()
        for byte in name.utf8 {
            mixed = (mixed ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        state = mixed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// A number in `range`, by multiplication, which unlike the standard library's way is fixed for ever.
    public mutating func integer(in range: Range<Int>) -> Int {
        let width = UInt64(range.upperBound - range.lowerBound)
        return range.lowerBound + Int(next().multipliedFullWidth(by: width).high)
    }

    /// True `percent` times in a hundred.
    public mutating func chance(_ percent: Int) -> Bool { integer(in: 0..<100) < percent }

    public mutating func pick<T>(_ choices: [T]) -> T { choices[integer(in: 0..<choices.count)] }
}
