/** Where the edges of a picture lie, in parts of the input that it is fitted to. */
export interface Extent {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

export const WHOLE: Extent = { top: 0, left: 0, bottom: 1, right: 1 };
