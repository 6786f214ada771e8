import Claims

extension Scenario {
    private static let practice: Set<Path> = [.hospital, .outside]
    /// Labeler 99999 is nobody's.
    private static let ketorolac = Service("J1885", units: 2, ndc: "99999018501")
    private static let triamcinolone = Service("J3301", units: 4, ndc: "99999033011")
    private static let cobalamin = Service("J3420", ndc: "99999034201")
    private static let infliximab = Service("J1745", units: 40, ordered: true, ndc: "99999017451")
    private static let digoxin = Service("J1160", ndc: "99999011601")

    /// Injections, infusions, therapy and the sleep laboratory.
    static let treatments: [Scenario] = [
        Scenario(
            "knee-injection", "Knee injection", weight: 6, by: .orthopedics, paths: practice, ages: 48...84,
            diagnoses: [[kneeArthrosis]],
            services: [Service("99214", ["25"]), Service("20610", ["RT"]), triamcinolone],
            story: "Right knee osteoarthritis, worse for two months. Options reviewed at length, injection chosen."),
        Scenario(
            "back-injection", "Acute back pain", weight: 6, by: .family, paths: practice,
            payers: [.meridian, .northstar, .civic], ages: 20...60, diagnoses: [[backPain]],
            services: [Service("99213", ["25"]), Service("96372"), ketorolac],
            story: "Back pain since lifting a box two days ago. No numbness. No history of ulcer or kidney disease."),
        Scenario(
            "vitamin-b12", "Vitamin B12 injection", weight: 7, by: .family, paths: practice, ages: 40...88,
            diagnoses: [[("D51.0", "Pernicious anemia")]], services: [Service("96372"), cobalamin],
            drugs: [Drug("B03BA01", "cyanocobalamin", "1 mg monthly by injection")],
            story: "Monthly vitamin B12 injection. Well tolerated so far."),
        Scenario(
            "infusion", "Infliximab infusion", weight: 6, by: .rheumatology, paths: [.hospital],
            payers: [.meridian, .northstar, .federal], ages: 22...78,
            diagnoses: [[("M06.9", "Rheumatoid arthritis")], [("K50.90", "Crohn's disease")]],
            services: [Service("96413"), Service("96415"), infliximab],
            story: "Active disease, planned for infliximab infusion.", criteria: infusionCriteria),
        Scenario(
            "therapy", "Physical therapy", weight: 10, by: .therapy, ordering: .orthopedics, paths: [.hospital],
            ages: 25...86, diagnoses: [[backPain], [kneePain], [("M62.81", "Muscle weakness")]],
            services: [Service("97110", ["GP"], units: 4, ordered: true, planned: 12)],
            story: "Referred for therapeutic exercise.", criteria: therapyCriteria),
        Scenario(
            "sleep-study", "Overnight sleep study", weight: 4, by: .pulmonology, ordering: .internalMedicine,
            paths: [.hospital], ages: 30...80, diagnoses: [[("G47.33", "Obstructive sleep apnea")]],
            services: [Service("95810", ordered: true)],
            story: "Tired by day, sleep is not restful.", criteria: sleepCriteria),
    ]

    /// Encounters that only a planted problem makes.
    static let plantedOnly: [Scenario] = [
        Scenario(
            "digoxin", "Stomach pain", weight: 0, by: .family, paths: practice, ages: 25...80,
            diagnoses: [[gastritis]], services: [Service("99213", ["25"]), Service("96372"), digoxin],
            story: "Upper abdominal pain for a week. Heart regular."),
        Scenario(
            "digoxin-only", "Injection", weight: 0, by: .family, paths: [.web],
            // A line of JSON has no drug code, without which the Medicaid plan takes no drug.
            payers: [.meridian, .northstar, .federal], ages: 25...80, diagnoses: [[gastritis]],
            services: [Service("96372"), digoxin], story: "Injection visit."),
        Scenario(
            "ketorolac-bleeding", "Dark stools", weight: 0, by: .family, paths: practice, ages: 25...60,
            diagnoses: [[("K92.2", "Gastrointestinal bleeding")]],
            services: [Service("99213", ["25"]), Service("96372"), ketorolac],
            story: "Dark stools for two days and cramps."),
        Scenario(
            "ketorolac-kidney", "Flank pain", weight: 0, by: .internalMedicine, paths: practice, ages: 40...64,
            diagnoses: [[("N18.5", "Chronic kidney disease, stage 5")]],
            services: [Service("99213", ["25"]), Service("96372"), ketorolac],
            story: "Flank pain. Kidney function very low for a year."),
        Scenario(
            "beta-blocker-asthma", "Asthma follow-up", weight: 0, by: .family, paths: [.hospital], ages: 30...64,
            diagnoses: [[asthma]], services: [Service("99213")],
            drugs: [salbutamol, Drug("C07AA05", "propranolol", "40 mg twice daily", isNew: true)],
            story: "Asthma follow-up. Wheezes most evenings."),
        Scenario(
            "civic-infusion", "Infliximab infusion", weight: 0, by: .rheumatology, paths: [.hospital], payers: [.civic],
            ages: 22...60, diagnoses: [[("K50.90", "Crohn's disease")]],
            services: [Service("96413"), Service("96415"), infliximab],
            story: "Active disease, planned for infliximab infusion.", criteria: infusionCriteria),
    ]

    private static let infusionCriteria = [
        Criterion(
            id: "tb-screen", met: "QuantiFERON negative in January.",
            contradicted: "TB screen not done."),
        Criterion(
            id: "dx-confirmed", met: "Diagnosis confirmed by the specialist with biopsy and serology.",
            contradicted: "Diagnosis uncertain."),
        Criterion(
            id: "methotrexate-tried", met: "Inadequate response to methotrexate 15 mg weekly for 4 months.",
            contradicted: "Treatment naive; has not tried an older agent."),
    ]

    private static let therapyCriteria = [
        Criterion(
            id: "functional-deficit",
            met: "Functional deficit: LEFS 34 of 80, unable to climb stairs.",
            contradicted: "No functional limitation; climbs stairs freely.")
    ]

    private static let sleepCriteria = [
        Criterion(
            id: "stop-bang", met: "STOP-BANG score 6.", contradicted: "Bed partner reports no snoring.")
    ]
}
