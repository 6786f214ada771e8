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

    init(_ interchange: Interchange, _ group: FunctionalGroup) {
        payerQualifier = interchange.receiverQualifier
        payer = interchange.receiverID
        providerQualifier = interchange.senderQualifier
        provider = interchange.senderID
        applicationPayer = group.receiver
        applicationProvider = group.sender
        usage = interchange.usage == "P" ? "P" : "T"
    }

    /// One text for each route.
    var name: String {
        [payerQualifier, payer, providerQualifier, provider, applicationPayer, applicationProvider, usage]
            .joined(separator: "\u{1f}")
    }

    /// One interchange of one group.
    func interchange(
        _ functionalID: String, _ transaction: TransactionWriter, controlNumber: Int, at instant: Instant
    ) -> [UInt8] {
        var writer = InterchangeWriter(
            parties: InterchangeWriter.Parties(
                senderQualifier: payerQualifier, sender: payer, receiverQualifier: providerQualifier,
                receiver: provider, applicationSender: applicationPayer, applicationReceiver: applicationProvider),
            controlNumber: controlNumber, at: instant, usage: usage)
        writer.addGroup(functionalID: functionalID, version: transaction.guide, transactions: [transaction])
        return writer.bytes()
    }
}
