// Names that AssemblyScript knows, for the few files that both it and TypeScript read.
type bool = boolean;
type i32 = number;
type u32 = number;
type f64 = number;
