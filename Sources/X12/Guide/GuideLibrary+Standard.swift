import Foundation
import HealthTypes

extension GuideLibrary {
    /// The guides that come with this library.
    public static let standard: GuideLibrary = {
        guard let folder = Bundle.module.url(forResource: "Guides", withExtension: nil) else {
            fatalError("the X12 guides are missing from the installation")
        }
        do {
            var files: [String: [UInt8]] = [:]
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where !name.hasPrefix(".") {
                files[name] = try bytes(ofFile: "\(folder.path)/\(name)")
            }
            return try GuideLibrary(lazily: files)
        } catch {
            fatalError("the X12 guides of the installation cannot be read: \(error)")
        }
    }()

    private static func bytes(ofFile path: String) throws -> [UInt8] {
        let source = try FileSource(path: path)
        return try [UInt8](unsafeUninitializedCapacity: source.size ?? 0) { buffer, count in
            while count < buffer.count {
                let rest = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[count...]))
                let read = try source.read(into: rest)
                guard read > 0 else { return }
                count += read
            }
        }
    }
}
