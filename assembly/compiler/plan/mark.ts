/** How well a job's words are known to work on silicon; a greater mark is a weaker claim. */
export enum Mark {
  PROVEN = 0,
  EXPECTED = 1,
  UNPROVEN = 2,
}
