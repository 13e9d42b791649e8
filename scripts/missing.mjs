/** Tells, as its message, what is not there to compile with. */
export class Missing extends Error {}
