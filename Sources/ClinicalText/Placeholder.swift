enum ClinicalTextPlaceholder {}
