/// Names as people write them, made comparable.
enum TreatmentName {
    /// Lower case, words of letters and digits with one space between.
    static func normalised(_ text: String) -> String {
        text.lowercased().split { !($0.isLetter || $0.isNumber) }.joined(separator: " ")
    }

    /// Salts, forms, routes and units that follow an ingredient's name and do not change which one it is.
    private static let trailing: Set<String> = [
        "mg", "mcg", "g", "ml", "unit", "units", "iu", "tablet", "tablets", "tab", "tabs", "capsule", "capsules", "cap",
        "caps", "oral", "injection", "inj", "inhaler", "inhalation", "hfa", "solution", "suspension", "cream",
        "ointment", "patch", "er", "xr", "xl", "sr", "la", "cr", "dr", "ec", "odt", "iv", "im", "sc", "po", "hcl",
        "hydrochloride", "sodium", "potassium", "calcium", "magnesium", "sulfate", "succinate", "tartrate", "maleate",
        "besylate", "mesylate", "fumarate", "acetate", "phosphate", "hbr", "hydrobromide", "citrate", "nitrate",
        "bid", "tid", "qid", "daily", "qd", "pen", "vial", "spray", "nasal", "extended", "delayed", "release",
    ]

    /// The name, then the name without its trailing doses, forms and salts.
    static func candidates(_ text: String) -> [String] {
        var words = normalised(text).split(separator: " ")
        var found = [words.joined(separator: " ")]
        while words.count > 1, let last = words.last, isTrailing(last) {
            words.removeLast()
            found.append(words.joined(separator: " "))
        }
        return found
    }

    /// Waters, salts and esters that tables of products write and people seldom do.
    private static let salts: Set<String> = [
        "anhydrous", "hemihydrate", "monohydrate", "dihydrate", "trihydrate", "hydrate", "disodium", "bitartrate",
        "bromide", "chloride", "dihydrochloride", "pamoate", "medoxomil", "cilexetil", "etexilate", "axetil",
    ]

    /// The name of an active substance, then the name without its salt. What is left is never a salt's own metal: the
    /// ingredient of potassium chloride is not potassium.
    static func substances(_ text: String) -> [String] {
        var words = normalised(text).split(separator: " ")
        var found = [words.joined(separator: " ")]
        while words.count > 1, let last = words.last, trailing.contains(String(last)) || salts.contains(String(last)) {
            words.removeLast()
            if words.allSatisfy({ trailing.contains(String($0)) }) { break }
            found.append(words.joined(separator: " "))
        }
        return found
    }

    private static func isTrailing(_ word: Substring) -> Bool {
        trailing.contains(String(word)) || word.first?.isNumber == true
    }
}
