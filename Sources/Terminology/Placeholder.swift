enum TerminologyPlaceholder {}
