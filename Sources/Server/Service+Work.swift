import HealthTypes
public import Logging
public import Pipeline
import Store
import Synchronization

extension Service {
    /// Works what comes in, what timers bring and what is to be delivered, until the task is cancelled, and tells the
    /// service's health how it goes. It runs beside the application, of which the same `health` answers `/readyz`.
    ///
    /// The log gets a line where the store begins to fail, where a lane or the mailbox begins to fail or gets on again, and
    /// one for each round that sets cases aside or fails otherwise: kinds of faults and counts, never data.
    public static func work(_ pipeline: Pipeline, health: Health, logger: Logger) async {
        let clock = pipeline.clock
        let said = Mutex<StoreFault?>(nil)
        await pipeline.run { event in
            switch event {
            case .workerBegan: health.workerBegan()
            case .workerFinished(let setAside):
                health.workerFinished(at: clock.now)
                said.withLock { $0 = nil }
                if setAside > 0 { logger.warning("cases were set aside", metadata: ["count": "\(setAside)"]) }
            case .storeFailed(let fault):
                health.storeFailed(Health.StoreFault(fault))
                let isNew = said.withLock { said in
                    defer { said = fault }
                    return said != fault
                }
                if isNew { logger.error("the record cannot be used", metadata: ["fault": "\(fault.kind.rawValue)"]) }
            case .workerFailed(let kind):
                health.workerFailed(at: clock.now)
                logger.error("working cases failed", metadata: ["error": "\(kind)"])
            case .deliveryTroubled(let place, let kind):
                logger.error(
                    place == .mailbox ? "the mailbox cannot be read" : "deliveries do not get through",
                    metadata: place.metadata(kind))
            case .deliveryRecovered(let place):
                logger.warning(
                    place == .mailbox ? "the mailbox is read again" : "deliveries get through again",
                    metadata: place.metadata(nil))
            case .untaken(let kind):
                logger.error("an item of the mailbox was kept and not taken in", metadata: ["error": "\(kind)"])
            case .failed(let kind): logger.error("working failed", metadata: ["error": "\(kind)"])
            }
        }
    }
}

extension DeliveryPlace {
    fileprivate func metadata(_ trouble: DeliveryTrouble.Kind?) -> Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        if let lane {
            metadata["kind"] = "\(lane.kind)"
            metadata["receiver"] = "\(lane.receiver)"
        }
        if let trouble { metadata["trouble"] = "\(trouble.code)" }
        if case .failed(let error)? = trouble { metadata["error"] = "\(error)" }
        return metadata
    }
}

extension Health.StoreFault {
    init(_ fault: StoreFault) {
        switch fault.kind {
        case .full: self = .full
        case .busy: self = .busy
        case .readOnly: self = .readOnly
        case .unavailable: self = .unavailable
        }
    }
}
