import Hummingbird

/// What is answered at the door, before any handler is asked.
extension Problem {
    static func malformed(_ detail: String) -> Problem {
        Problem(.badRequest, "malformed", "Not a request", detail)
    }

    static let badHost = malformed("The request must name its host once, as a name or an address and perhaps a port.")

    static let unreadableRequest = malformed("The request does not follow HTTP/1.1.")

    static let truncated = malformed("The body ended before the length that was stated for it.")

    static let misdirected = Problem(
        .misdirectedRequest, "misdirected", "Asked under another name",
        "This service does not answer to the name that the request asks for. "
            + "Its operator can allow a name with --allow-host.")

    static let noToken = Problem(
        .unauthorized, "no-token", "A token is needed",
        "Open the link that the program printed when it started, or send the token as Authorization: Bearer.")

    static func longTarget(_ limit: Int) -> Problem {
        Problem(.uriTooLong, "target-too-long", "Address too long", "An address may have \(limit) bytes at most.")
    }

    static func largeHead(_ limits: ServerLimits) -> Problem {
        Problem(
            .requestHeaderFieldsTooLarge, "head-too-large", "Header fields too large",
            "A request may have \(limits.fields) header fields of \(limits.fieldBytes) bytes each, "
                + "\(limits.headBytes) bytes in all.")
    }

    static let slow = Problem(
        .requestTimeout, "slow", "Too slow", "The request did not come in the time that it may take.")

    /// All requests' bodies together hold as much as they may.
    static let crowded = Problem(
        .serviceUnavailable, "crowded", "Busy",
        "More is being sent by all senders together than can be held at once. Send it again in some seconds.",
        retryAfterSeconds: 5)

    static let fullHouse = Problem(
        .serviceUnavailable, "connections", "Busy", "There are as many connections as may be. Ask again in a second.",
        retryAfterSeconds: 1)
}
