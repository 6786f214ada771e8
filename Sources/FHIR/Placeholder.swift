enum FHIRPlaceholder {}
