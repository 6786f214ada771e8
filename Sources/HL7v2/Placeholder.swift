enum HL7v2Placeholder {}
