/** A point of the box that a digit fills: x to the right and y down, both from 0 to 1. */
export type Point = readonly [x: number, y: number];

/** For each digit the strokes of the pen, each a line through a few points. */
export const STROKES: readonly (readonly Point[])[][] = [
  ["56,2 28,14 14,55 33,95 66,93 86,55 76,14 50,3"],
  ["60,1 52,50 42,99"],
  ["17,27 36,5 69,7 75,34 47,68 12,94", "12,94 30,87 58,93 92,91"],
  ["19,13 48,1 77,14 68,38 39,48", "39,48 73,54 83,79 53,99 14,88"],
  ["24,5 17,34 20,52 50,55 88,48", "76,8 68,50 62,99"],
  ["84,4 55,5 31,6", "31,6 27,24 21,45", "21,45 52,37 80,56 72,87 42,99 13,90"],
  ["68,2 38,28 22,64 34,95 66,93 77,70 54,55 26,72"],
  ["14,10 34,6 60,10 87,6", "87,6 62,46 43,99"],
  ["74,16 50,2 26,18 42,42 72,68 66,94 36,96 25,74 50,48 72,25"],
  ["75,17 50,3 26,20 32,43 58,45 75,19", "75,19 73,58 62,99"],
].map((strokes) => strokes.map(pointsOf));

/** Points are written as in the attribute `points` of SVG, in hundredths. */
function pointsOf(stroke: string): Point[] {
  return stroke.split(" ").map((point) => {
    const [x = 0, y = 0] = point.split(",").map((hundredths) => Number(hundredths) / 100);
    return [x, y];
  });
}
