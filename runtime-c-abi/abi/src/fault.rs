//! Faults: what generated code can find wrong by itself. Numbers are part of the ABI, messages of the language.

macro_rules! faults {
    ($($name:ident = $number:literal, $message:literal, $code:literal;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u32)]
        pub enum FaultKind { $($name = $number),* }

        impl FaultKind {
            pub const ALL: &'static [FaultKind] = &[$(FaultKind::$name),*];

            /// What users see.
            pub fn message(self) -> &'static str {
                match self { $(FaultKind::$name => $message),* }
            }

            /// Stable field code of the JSON form.
            pub fn code(self) -> &'static str {
                match self { $(FaultKind::$name => $code),* }
            }

            pub fn from_number(number: u32) -> Option<FaultKind> {
                match number { $($number => Some(FaultKind::$name),)* _ => None }
            }
        }
    };
}

faults! {
    IntegerOverflow = 1, "integer overflow", "runtime_error";
    DivisionByZero = 2, "division by zero", "runtime_error";
    IndexOutOfBounds = 3, "index out of bounds", "runtime_index_bounds";
    NullAccess = 4, "null access", "runtime_null_access";
    RangeOrder = 5, "range start must be <= end", "runtime_range_error";
    RangeBounds = 6, "invalid range bounds", "runtime_range_error";
    StackOverflow = 7, "stack overflow", "runtime_error";
    OutOfMemory = 8, "out of memory", "runtime_error";
    MissingMapEntry = 9, "missing map entry", "runtime_error";
    OptionalAssignment = 10, "cannot assign through optional access", "runtime_error";
    ForPattern = 11, "for pattern did not match value", "runtime_error";
    EmptySeparator = 12, "split expects a non-empty separator", "runtime_invalid_arguments";
    NegativeCount = 13, "repeat expects a non-negative count", "runtime_invalid_arguments";
    ListIndex = 40, "list index must be Int", "runtime_invalid_index";
    MapKey = 41, "map keys must be strings", "runtime_invalid_index";
    IndexAccess = 42, "index access not supported on this value", "runtime_error";
    Comparison = 43, "unsupported comparison operands", "runtime_type_error";
    InternalError = 14, "internal error", "runtime_error";
}
