import X12

// Prints the number and the charge of each claim of 837 files.
for path in CommandLine.arguments.dropFirst() {
    try X12UnitReader(FileSource(path: path)).forEach(Claim837.self) { claim in
        print(claim.controlNumber, claim.charge?.description ?? "no amount")
    }
}
