/** The same as package.json's, which a test checks. */
export const VERSION = "0.1.0";

/** Raised where an older reader would misread a blob. */
export const FORMAT_VERSION: u32 = 2;
