import { NolfetError } from "../errors.ts";
import { firstPictureOf } from "../images/header.ts";
import { type Colour, colourOf } from "../results/palette.ts";
import type { Box, Mask, Picture, Point, Result } from "../results/result.ts";
import { darkened, LEAST_POINT_SCORE } from "../results/showing.ts";

/** What Jimp gives, as far as it is used here. */
interface Image {
  bitmap: { width: number; height: number; data: Uint8Array };
  print(options: { font: unknown; x: number; y: number; text: string }): unknown;
  getBuffer(mime: "image/png"): Promise<Uint8Array>;
}

/** Pixels of the picture's longer side for each pixel of a line's width. */
const PIXELS_A_LINE = 300;
/** From this side on, labels take the larger font. */
const LARGE_SIDE = 1200;
const MASK_OPACITY = 0.5;

/**
 * Draws a result on the picture that was fed and gives a PNG: boxes with names and scores, points,
 * or a mask with a legend. A result that is a picture is given as it is. `file` must have been read
 * as a picture before, which checks its size.
 */
export async function draw(
  file: Uint8Array,
  result: Result,
  nameOf: (index: number) => string,
): Promise<Uint8Array> {
  if (result.kind === "picture") return png(result);
  const { Jimp } = await import("jimp");
  const image = (await Jimp.read(firstPictureOf(file).buffer)) as unknown as Image;
  const canvas = await Canvas.on(image);
  if (result.kind === "mask") {
    canvas.mask(result);
    canvas.legend(
      [...new Set(result.values)].sort((a, b) => a - b),
      nameOf,
    );
  } else if (result.kind === "points") canvas.points(result.points, colourOf(0));
  else {
    // The best one last, so that nothing covers it.
    for (const { class: index, score, box, points = [] } of [...result.detections].reverse()) {
      canvas.box(box, colourOf(index), `${nameOf(index)} ${score.toFixed(2)}`);
      canvas.points(points, colourOf(index));
    }
  }
  return image.getBuffer("image/png");
}

async function png({ width, height, rgba }: Picture): Promise<Uint8Array> {
  const { Jimp } = await import("jimp");
  const image = Jimp.fromBitmap({ width, height, data: Buffer.from(rgba) }) as unknown as Image;
  return image.getBuffer("image/png");
}

class Canvas {
  private constructor(
    private image: Image,
    private font: unknown,
    private fontHeight: number,
    private widthOf: (text: string) => number,
  ) {}

  static async on(image: Image): Promise<Canvas> {
    const { loadFont, measureText, measureTextHeight } = await import("jimp");
    const { SANS_16_WHITE, SANS_32_WHITE } = await import("jimp/fonts");
    const { width, height } = image.bitmap;
    const isLarge = Math.max(width, height) >= LARGE_SIDE;
    const font = await loadFont(isLarge ? SANS_32_WHITE : SANS_16_WHITE);
    const lineHeight = measureTextHeight(font, "Ag", width);
    return new Canvas(image, font, lineHeight, (text) => measureText(font, text));
  }

  private get line(): number {
    const { width, height } = this.image.bitmap;
    return Math.max(1, Math.round(Math.max(width, height) / PIXELS_A_LINE));
  }

  box([top, left, bottom, right]: Box, colour: Colour, label: string): void {
    const { width, height } = this.image.bitmap;
    const [x0, x1] = [left, right].map((part) => Math.round(part * width)) as [number, number];
    const [y0, y1] = [top, bottom].map((part) => Math.round(part * height)) as [number, number];
    const { line } = this;
    this.fill(x0, y0, x1, y0 + line, colour);
    this.fill(x0, y1 - line, x1, y1, colour);
    this.fill(x0, y0, x0 + line, y1, colour);
    this.fill(x1 - line, y0, x1, y1, colour);
    const above = y0 - this.fontHeight;
    this.label(Math.max(0, x0), above >= 0 ? above : Math.max(0, y0), colour, label);
  }

  points(points: readonly Point[], colour: Colour): void {
    const { width, height } = this.image.bitmap;
    const radius = points.length > 100 ? this.line / 2 : 1.5 * this.line;
    for (const { row, column, score } of points) {
      if (score < LEAST_POINT_SCORE) continue;
      const [x, y] = [column * width, row * height];
      this.fill(x - radius, y - radius, x + radius, y + radius, colour);
    }
  }

  mask({ width, height, values }: Mask): void {
    const { bitmap } = this.image;
    for (let y = 0; y < bitmap.height; y++) {
      const row = Math.floor((y * height) / bitmap.height) * width;
      for (let x = 0; x < bitmap.width; x++) {
        const index = values[row + Math.floor((x * width) / bitmap.width)] as number;
        if (index !== 0) this.blend(4 * (y * bitmap.width + x), colourOf(index));
      }
    }
  }

  private blend(at: number, colour: Colour): void {
    const { data } = this.image.bitmap;
    colour.forEach((value, c) => {
      data[at + c] = Math.round(
        (data[at + c] as number) * (1 - MASK_OPACITY) + value * MASK_OPACITY,
      );
    });
  }

  /** The classes that occur, one below the other, as far as they fit. */
  legend(classes: number[], nameOf: (index: number) => string): void {
    const rows = Math.floor(this.image.bitmap.height / this.fontHeight);
    for (const [row, index] of classes.slice(0, rows).entries()) {
      const colour: Colour = index === 0 ? [0, 0, 0] : colourOf(index);
      this.label(0, row * this.fontHeight, colour, nameOf(index));
    }
  }

  /** Text over a filled background. */
  private label(x: number, y: number, colour: Colour, text: string): void {
    const shown = toLatin(text);
    this.fill(x, y, x + this.widthOf(shown), y + this.fontHeight, darkened(colour));
    this.image.print({ font: this.font, x, y, text: shown });
  }

  private fill(x0: number, y0: number, x1: number, y1: number, colour: Colour): void {
    const { width, height, data } = this.image.bitmap;
    const [left, right] = [x0, x1].map((x) => clamp(x, width)) as [number, number];
    const [top, bottom] = [y0, y1].map((y) => clamp(y, height)) as [number, number];
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) data.set([...colour, 255], 4 * (y * width + x));
    }
  }
}

function clamp(value: number, size: number): number {
  return Math.min(size, Math.max(0, Math.round(value)));
}

/** The font has Latin letters only. */
function toLatin(text: string): string {
  return text.replace(/[^ -~]/g, "?");
}

/** Throws BAD_OPTION where there is nothing to draw. */
export function checkDrawable(result: Result | undefined): asserts result is Result {
  if (result) return;
  const found = "a network whose outputs no decoder knows (--output-dir writes them)";
  throw new NolfetError("BAD_OPTION", "--output with detections, points or masks", found);
}
