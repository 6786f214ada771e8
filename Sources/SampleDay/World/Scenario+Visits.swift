import Claims

extension Scenario {
    static let diabetes = (code: "E11.9", words: "Type 2 diabetes")
    static let hypertension = (code: "I10", words: "Hypertension")
    static let lipids = (code: "E78.5", words: "High blood lipids")
    static let asthma = (code: "J45.909", words: "Asthma")
    static let gastritis = (code: "K29.70", words: "Gastritis without bleeding")
    static let backPain = (code: "M54.50", words: "Low back pain")
    static let kneePain = (code: "M25.561", words: "Right knee pain")
    static let kneeArthrosis = (code: "M17.11", words: "Right knee osteoarthritis")

    static let metformin = Drug("A10BA02", "metformin", "500 mg twice daily")
    static let lisinopril = Drug("C09AA03", "lisinopril", "10 mg daily")
    static let atorvastatin = Drug("C10AA05", "atorvastatin", "20 mg at night")
    static let omeprazole = Drug("A02BC01", "omeprazole", "20 mg daily")
    static let salbutamol = Drug("R03AC02", "albuterol", "2 puffs as needed")

    private static let practice: Set<Path> = [.hospital, .outside]
    private static let anywhere = Set(Path.allCases)

    /// Visits to the office, with and without laboratory tests.
    static let officeVisits: [Scenario] = [
        Scenario(
            "diabetes", "Diabetes follow-up", weight: 12, by: .internalMedicine, paths: practice, ages: 32...86,
            diagnoses: [[diabetes, hypertension], [diabetes, lipids]],
            services: [
                Service("99214", for: [0, 1]), Service("83036", ordered: true),
                Service("80053", for: [0, 1], ordered: true),
            ],
            drugs: [metformin],
            story: "Diabetes follow-up. Home glucose 110 to 150. No hypoglycemia. Feet without ulcers."),
        Scenario(
            "hypertension", "Blood pressure check", weight: 10, by: .family, paths: practice, ages: 30...88,
            diagnoses: [[hypertension]],
            services: [Service("99213"), Service("80053", ordered: true)], drugs: [lisinopril],
            story: "Blood pressure follow-up. Home readings near 134/82. No chest pain, no headache."),
        Scenario(
            "lipids", "Cholesterol follow-up", weight: 8, by: .family, paths: practice, ages: 35...84,
            diagnoses: [[lipids]],
            services: [Service("99213"), Service("80061", ordered: true)], drugs: [atorvastatin],
            story: "Lipid follow-up. Takes the statin every night, no muscle pain."),
        Scenario(
            "thyroid", "Thyroid follow-up", weight: 6, by: .internalMedicine, paths: practice, ages: 25...85,
            diagnoses: [[("E03.9", "Hypothyroidism")]],
            services: [Service("99213"), Service("84443", ordered: true)],
            drugs: [Drug("H03AA01", "levothyroxine", "75 mcg daily")],
            story: "Thyroid follow-up. Energy is better, weight is stable."),
        Scenario(
            "anemia", "Fatigue", weight: 5, by: .internalMedicine, paths: practice, ages: 20...86,
            diagnoses: [[("D64.9", "Anemia")]],
            services: [Service("99213"), Service("85025", ordered: true)],
            story: "Tired for a month. Pale conjunctivae. No bleeding seen."),
        Scenario(
            "urinary", "Burning urination", weight: 5, by: .family, paths: practice, sex: .female, ages: 18...82,
            diagnoses: [[("N39.0", "Urinary tract infection")]],
            services: [Service("99213"), Service("81002", ordered: true)],
            story: "Burning urination for two days. No fever, no flank pain."),
        Scenario(
            "asthma", "Asthma follow-up", weight: 8, by: .family, paths: anywhere, ages: 18...70,
            diagnoses: [[asthma]], services: [Service("99213")], drugs: [salbutamol],
            story: "Asthma follow-up. Uses the inhaler twice a week. Lungs clear today."),
        Scenario(
            "reflux", "Heartburn", weight: 7, by: .family, paths: anywhere, ages: 20...85,
            diagnoses: [[("K21.9", "Reflux without esophagitis")]], services: [Service("99213")], drugs: [omeprazole],
            story: "Heartburn after meals for three weeks. No trouble swallowing, no weight loss."),
        Scenario(
            "gastritis", "Stomach pain", weight: 4, by: .family, paths: anywhere, ages: 20...80,
            diagnoses: [[gastritis]], services: [Service("99213")], drugs: [omeprazole],
            story: "Upper abdominal pain for ten days, better with food. No black stools."),
        Scenario(
            "cold", "Cough and sore throat", weight: 6, by: .family, paths: anywhere, ages: 18...80,
            diagnoses: [[("J06.9", "Upper respiratory infection")]], services: [Service("99213")],
            story: "Runny nose and cough for four days. No fever today. Lungs clear."),
        Scenario(
            "chronic", "Long-term conditions review", weight: 10, by: .internalMedicine, paths: anywhere, ages: 45...88,
            diagnoses: [[diabetes, hypertension, lipids]], services: [Service("99214", for: [0, 1, 2])],
            drugs: [metformin, lisinopril, atorvastatin],
            story: "Review of diabetes, blood pressure and lipids. All medicines tolerated."),
        Scenario(
            "wellness", "Annual wellness visit", weight: 25, by: .family, paths: anywhere, payers: [.federal],
            ages: 65...90, diagnoses: [[("Z00.00", "General adult examination, nothing abnormal")]],
            services: [Service("G0439")],
            story: "Annual wellness visit. No new complaints. Screening plan updated."),
    ]
}
