import Claims
import HealthTypes

/// Names, addresses and numbers that belong to nobody: all are put together from syllables that make no real name.
enum InventedNames {
    private static let openings = [
        "Bre", "Cald", "Dor", "Fenn", "Hal", "Jor", "Kel", "Lam", "Mir", "Nor", "Pel", "Quin", "Ras", "Sel", "Tav",
        "Ul", "Ven", "Wex", "Yar", "Zel",
    ]
    private static let femaleEndings = ["ana", "etha", "issa", "ora", "une", "ynne", "ille", "emi"]
    private static let maleEndings = ["ock", "ander", "umb", "ix", "eth", "orn", "aff", "udd"]
    private static let familyOpenings = [
        "Ald", "Birch", "Crom", "Drex", "Elm", "Fos", "Grin", "Hask", "Ick", "Jasp", "Knar", "Lorn", "Mossel", "Nib",
        "Ost", "Pruss", "Quor", "Rusk", "Skel", "Tarn", "Umber", "Vosk", "Whim", "Yew", "Zand",
    ]
    private static let familyEndings = [
        "bary", "combel", "dask", "fernel", "gallow", "holtby", "mirren", "nocker", "quill", "rookby", "stavel",
        "thornby", "vanek", "wickel", "zorne",
    ]
    private static let streets = [
        "Alderquay Road", "Brindle Row", "Copperwhistle Lane", "Dunnock Way", "Eldermoss Avenue", "Fiddlefern Street",
        "Gorsefall Drive", "Hobmill Court", "Ivory Larch Street", "Kestrelgate Road",
    ]
    private static let towns: [(name: String, zip: String)] = [
        ("Larkfield", "62998"), ("Brookhaven Mills", "62997"), ("Quarrel Bend", "62996"), ("Tansy Prairie", "62995"),
    ]

    static func given(_ sex: Person.Sex, _ random: inout SeededRandom) -> String {
        random.pick(openings) + random.pick(sex == .female ? femaleEndings : maleEndings)
    }

    static func family(_ random: inout SeededRandom) -> String {
        random.pick(familyOpenings) + random.pick(familyEndings)
    }

    static func address(_ random: inout SeededRandom) -> Address {
        let town = random.pick(towns)
        return Address(
            line1: "\(random.integer(in: 100..<9900)) \(random.pick(streets))", city: town.name, state: "IL",
            postalCode: town.zip + padded(random.integer(in: 1000..<9000), to: 4))
    }
}
