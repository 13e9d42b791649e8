// Generated from nolf.fbs by scripts/schema.mjs, do not modify.

export enum Purpose {
  CONVOLUTION = 0,
  TRANSPOSE = 1,
  DETRANSPOSE = 2,
  SPACE_TO_DEPTH = 3,
  COPY = 4,
  PADDING = 5,
  ADDITION = 6,
  TABLE = 7,
  MAX_POOL = 8,
}
