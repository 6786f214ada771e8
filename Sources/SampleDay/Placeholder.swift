enum SampleDayPlaceholder {}
