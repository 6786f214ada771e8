import Foundation
import HealthTypes

extension GuideLibrary {
    /// The guides that come with this library.
    public static let standard: GuideLibrary = {
        guard let folder = Bundle.module.url(forResource: "Guides", withExtension: nil) else {
            fatalError("the X12 guides are missing from the installation")
        }
        do {
            return try GuideLibrary(lazily: DataFiles(folder: folder.path))
        } catch {
            fatalError("the X12 guides of the installation cannot be read: \(error)")
        }
    }()
}
