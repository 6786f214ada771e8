/// A part of a value that many values have in common: it is copied by one reference, and compared by it first.
///
///     @Shared public var billing: Billing
///
/// It is a value all the same: changing it changes no other.
@propertyWrapper
public struct Shared<Value: Hashable & Sendable>: Hashable, Sendable {
    private final class Storage: Sendable {
        let value: Value
        init(_ value: Value) { self.value = value }
    }

    private var storage: Storage

    public init(wrappedValue: Value) { storage = Storage(wrappedValue) }

    public var wrappedValue: Value {
        _read { yield storage.value }
        _modify {
            var value = storage.value
            yield &value
            storage = Storage(value)
        }
    }

    public static func == (left: Shared, right: Shared) -> Bool {
        left.storage === right.storage || left.storage.value == right.storage.value
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(storage.value) }
}
