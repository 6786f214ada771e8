import Claims

extension Scenario {
    /// Magnetic resonance, plain films and the screening mammogram.
    static let imaging: [Scenario] = [
        Scenario(
            "lumbar-mri", "MRI of the lower back", weight: 7, by: .radiology, ordering: .family, paths: [.hospital],
            ages: 22...84, diagnoses: [[backPain], [("M51.26", "Lumbar disc displacement"), backPain]],
            services: [Service("72148", ordered: true)], story: "Pain in the lower back.",
            criteria: [
                Criterion(
                    id: "conservative-therapy",
                    met: "Completed 6 weeks of physical therapy and medicine without relief.",
                    contradicted: "Denies prior therapy of any kind."),
                Criterion(
                    id: "red-flags-or-duration", met: "Has had 9 weeks of pain.",
                    contradicted: "Acute onset today, no red flags."),
                Criterion(
                    id: "exam-documented",
                    met: "On examination straight leg raise is positive on the right, no focal deficit.",
                    contradicted: "Exam deferred."),
            ]),
        Scenario(
            "knee-mri", "MRI of the right knee", weight: 6, by: .radiology, ordering: .orthopedics, paths: [.hospital],
            ages: 20...80, diagnoses: [[kneePain], [kneeArthrosis]],
            services: [Service("73721", ["RT"], ordered: true)], story: "Right knee pain with locking.",
            criteria: [
                Criterion(
                    id: "conservative-therapy",
                    met: "Completed 6 weeks of physical therapy and bracing without relief.",
                    contradicted: "Denies prior therapy of any kind."),
                Criterion(
                    id: "xray-first", met: "Knee x-ray two weeks ago showed mild joint space narrowing.",
                    contradicted: "There is no prior imaging of the knee."),
            ]),
        Scenario(
            "brain-mri", "MRI of the head", weight: 5, by: .radiology, ordering: .neurology, paths: [.hospital],
            ages: 18...84, diagnoses: [[("G43.909", "Migraine")], [("R51.9", "Headache")]],
            services: [Service("70551", ordered: true)], story: "Seen for headache over the last two months.",
            criteria: [
                Criterion(
                    id: "neuro-symptoms",
                    met: "Progressive headache with numbness of the left arm.",
                    contradicted: "Neurologic exam is normal and headache unchanged.")
            ]),
        Scenario(
            "knee-film", "X-ray of the right knee", weight: 6, by: .radiology, ordering: .family, paths: [.hospital],
            ages: 18...86, diagnoses: [[kneePain], [kneeArthrosis]],
            services: [Service("73562", ["RT"], ordered: true)],
            story: "Right knee pain after a long walk. Mild swelling."),
        Scenario(
            "chest-film", "Chest x-ray", weight: 6, by: .radiology, ordering: .internalMedicine, paths: [.hospital],
            diagnoses: [[("R05.9", "Cough")], [("J18.9", "Pneumonia")]],
            services: [Service("71046", ordered: true)], story: "Cough for two weeks, crackles on the right."),
        Scenario(
            "mammogram", "Screening mammogram", weight: 7, by: .radiology, ordering: .family, paths: [.hospital],
            sex: .female, ages: 42...78, diagnoses: [[("Z12.31", "Screening mammogram")]],
            services: [Service("77067", ordered: true)],
            story: "Due for the screening mammogram. No breast complaint."),
    ]
}
