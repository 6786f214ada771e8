import X12

/// Where a value lies that is written from there, as copying it would cost more than writing it.
///
/// It can be changed only so that a member's own place can be had by `&`: nobody changes what lies there.
typealias Place<Value> = UnsafeMutablePointer<Value>

/// A part of a value that many values have in common: it is copied by one reference, and compared by it first.
///
///     @Shared public var billing: Billing
///
/// It is a value all the same: changing it changes no other.
@propertyWrapper
public struct Shared<Value: Hashable & Sendable>: Hashable, Sendable {
    /// Unchecked, as nobody writes behind `place` once it is made.
    private final class Storage: @unchecked Sendable {
        let place: UnsafeMutablePointer<Value>

        init(_ value: Value) {
            place = .allocate(capacity: 1)
            place.initialize(to: value)
        }

        deinit {
            place.deinitialize(count: 1)
            place.deallocate()
        }
    }

    private var storage: Storage

    public init(wrappedValue: Value) { storage = Storage(wrappedValue) }

    public var wrappedValue: Value {
        _read { yield storage.place.pointee }
        _modify {
            var value = storage.place.pointee
            yield &value
            storage = Storage(value)
        }
    }

    /// Where the value lies for as long as one that shares it does; see ``Place``.
    var place: Place<Value> { storage.place }

    public static func == (left: Shared, right: Shared) -> Bool {
        left.storage === right.storage || left.storage.place.pointee == right.storage.place.pointee
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(storage.place.pointee) }
}
