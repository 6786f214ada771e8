enum ClinicalKnowledgePlaceholder {}
