import Claims
import HealthTypes
import X12

/// Between whom X12 answers travel, and whether they are for production: as the claim came, the other way round.
struct Route: Hashable, Sendable {
    var payerQualifier: String
    var payer: String
    var providerQualifier: String
    var provider: String
    var applicationPayer: String
    var applicationProvider: String
    /// ISA15.
    var usage: String

    init(_ header: SetHeader) {
        payerQualifier = header.receiverQualifier
        payer = header.receiver
        providerQualifier = header.senderQualifier
        provider = header.sender
        applicationPayer = header.applicationReceiver
        applicationProvider = header.applicationSender
        usage = header.usage == "P" ? "P" : "T"
    }

    /// One text for each route.
    var name: String {
        [payerQualifier, payer, providerQualifier, provider, applicationPayer, applicationProvider, usage]
            .joined(separator: "\u{1f}")
    }

    /// The envelope of an answer.
    func heading(controlNumber: Int, at instant: Instant) -> InterchangeHeading {
        InterchangeHeading(
            parties: InterchangeParties(
                senderQualifier: payerQualifier, sender: payer, receiverQualifier: providerQualifier,
                receiver: provider, applicationSender: applicationPayer, applicationReceiver: applicationProvider),
            controlNumber: controlNumber, at: instant, usage: usage)
    }
}
