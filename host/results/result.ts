/** A point, in parts of the picture: 0 is its top or left edge, 1 its bottom or right one. */
export interface Point {
  row: number;
  column: number;
  /** From 0 to 1; 1 where the network gives none. */
  score: number;
}

/** Edges in parts of the picture, in the order top, left, bottom, right. */
export type Box = [top: number, left: number, bottom: number, right: number];

export interface Detection {
  /** Index of the class, from 0. */
  class: number;
  /** From 0 to 1. */
  score: number;
  box: Box;
  /** Key points, where the network gives some. */
  points?: Point[];
}

export interface Detections {
  kind: "detections";
  /** Highest score first, after non-maximum suppression. */
  detections: Detection[];
  /** How many classes the network knows; undefined where its outputs do not tell. */
  classes?: number | undefined;
}

/** One pose or one face: points without a box. */
export interface Points {
  kind: "points";
  points: Point[];
}

export interface Mask {
  kind: "mask";
  width: number;
  height: number;
  /** The class of each pixel, row by row. */
  values: Uint16Array;
  /** How many classes the network knows; undefined where its outputs do not tell. */
  classes?: number | undefined;
}

/** What the network makes of a picture is a picture. */
export interface Picture {
  kind: "picture";
  width: number;
  height: number;
  /** Red, green, blue and opacity of each pixel, row by row. */
  rgba: Uint8Array;
}

/** What outputs mean for the picture that was fed. */
export type Result = Detections | Points | Mask | Picture;

/** A network's output: real values with their shape. */
export interface Output {
  shape: number[];
  values: Float64Array;
}

/** The picture as the network sees it, in pixels. */
export interface InputSize {
  width: number;
  height: number;
  channels: number;
}
