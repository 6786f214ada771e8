enum PayerSimulatorPlaceholder {}
