import HealthTypes

/// What an answer of the service rests on besides the question: as the ground of a decision, without a time and
/// without anything that lies in a case. All answers of one start share it.
struct ServiceGround: Codable, Sendable {
    /// The program's own version: its code is part of what an answer rests on.
    var program: String
    /// Digests of the data folders.
    var data: [String: Digest]
    /// Their versions, for people.
    var versions: [String: String]
}
