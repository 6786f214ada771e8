import Store
import Testing

@Suite struct SQLiteConformanceTests {
    @Test(arguments: CaseStoreConformance.allCases)
    func conforms(_ check: CaseStoreConformance) async throws {
        let file = try StoreFile()
        try await check.run(file.bench())
        try await file.store.close()
    }
}
