import ClinicalKnowledge
import Foundation
import HealthTypes
import Pipeline
import Testing

/// Where compiled knowledge is kept, and when it is made anew.
@Suite struct ClinicalDataTests {
    @Test func theImageLiesInTheNamedFolder() throws {
        func path(_ environment: [String: String], root: String = "/data") -> String? {
            ClinicalData.keptImage(root: root, environment: environment)
        }
        let own = try #require(path(["CLAIMWRIGHT_CACHE": "/c", "XDG_CACHE_HOME": "/x", "HOME": "/h"]))
        #expect(own.hasPrefix("/c/knowledge-") && own.hasSuffix(".image"))
        #expect(path(["XDG_CACHE_HOME": "/x", "HOME": "/h"])?.hasPrefix("/x/claimwright/knowledge-") == true)
        #expect(path(["HOME": "/h"])?.hasPrefix("/h/.cache/claimwright/knowledge-") == true)
        #expect(path([:]) == nil)
        #expect(path(["XDG_CACHE_HOME": "relative"]) == nil, "as the specification of XDG has it")
        #expect(path(["HOME": "/h"]) == path(["HOME": "/h"], root: "/data/"))
        #expect(path(["HOME": "/h"]) != path(["HOME": "/h"], root: "/other"))
    }

    @Test func anotherFolderOrAnImageServesAsKnowledge() throws {
        let folder = try TemporaryFolder()
        let shipped = try ClinicalData.knowledge(at: "\(Shipped.root)/Knowledge")
        try shipped.image.write(to: "\(folder.path)/k.image")
        let opened = try ClinicalData.knowledge(at: "\(folder.path)/k.image")
        #expect(opened.version == shipped.version)
        #expect(throws: DataFileError.self) { try ClinicalData.knowledge(at: "\(folder.path)/none") }
        #expect(throws: KnowledgeImageError.self) { try ClinicalData.knowledge(at: "\(Shipped.root)/Package.swift") }
        #expect(throws: DataFileError.self) { try ClinicalData.tables(root: folder.path) }
    }
}
