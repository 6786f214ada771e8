import ArgumentParser
import SampleDay

struct Synth: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a day of a synthetic health system as the files that such a system emits.",
        discussion: """
            HL7 v2 (SIU, ADT, ORM, DFT), FHIR R4, an outside 837P batch, JSON claims, a directory and a charge master, \
            with known problems planted and the truth in truth.csv. The same seed gives the same bytes.

            Exit codes: 0 written; 2 the folder cannot be used.
            """)

    @Option(help: "Encounters, 0 to 100000.")
    var encounters = 200

    @Option(help: "The seed.")
    var seed: UInt64 = 7

    @Option(help: "The folder to write to; it must be empty or absent.")
    var out: String

    func validate() throws {
        guard (0...SampleDay.maximumEncounters).contains(encounters) else {
            throw ValidationError("--encounters is from 0 to \(SampleDay.maximumEncounters).")
        }
    }

    func run() throws {
        try explained {
            do {
                let manifest = try SampleDay(SampleDay.Options(encounters: encounters, seed: seed)).write(to: out) {
                    done, all in if done % 100 == 0 { Say.progress("\(done) of \(all) encounters") }
                }
                Say.progressEnd()
                print("\(manifest.files.count) files for \(encounters) encounters in \(out)")
            } catch let error as SampleDay.FolderNotEmpty {
                throw CommandFailure(error.description)
            }
        }
    }
}
