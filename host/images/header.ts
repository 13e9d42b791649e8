// What a picture says of itself before any of it is decoded: a small file may announce pixels
// without end. Numbers lie where each format has them; all is read within the file's bytes.

/** What is known of a picture from its bytes alone. */
export interface PictureHeader {
  format: string;
  /** The largest that any of its parts announces; 0 where none does. */
  width: number;
  height: number;
  /** How often a decoder goes over all pixels. */
  passes: number;
  /** Bits of a pixel. */
  depth: number;
  /** Whether it has its end. */
  isWhole: boolean;
  /** Bytes that its parts say they have together, where it says that of parts. */
  coded?: number;
}

interface Format {
  name: string;
  /** Bytes that it begins with, at an offset. */
  at: number;
  begin: string;
  /** Absent where the format is known by name alone. */
  read?(bytes: Bytes): Omit<PictureHeader, "format">;
}

// biome-ignore format: a table
const FORMATS: Format[] = [
  { name: "PNG",  at: 0, begin: "\x89PNG\r\n\x1a\n", read: readPng },
  { name: "JPEG", at: 0, begin: "\xff\xd8\xff",      read: readJpeg },
  { name: "GIF",  at: 0, begin: "GIF8",              read: readGif },
  { name: "BMP",  at: 0, begin: "BM",                read: readBmp },
  { name: "TIFF", at: 0, begin: "II*\0",             read: readTiff },
  { name: "TIFF", at: 0, begin: "MM\0*",             read: readTiff },
  { name: "WebP", at: 8, begin: "WEBP" },
  { name: "AVIF", at: 4, begin: "ftypavif" },
  { name: "HEIC", at: 4, begin: "ftyphei" },
  { name: "HEIC", at: 4, begin: "ftypmif1" },
  { name: "JPEG XL", at: 0, begin: "\xff\x0a" },
  { name: "JPEG XL", at: 4, begin: "JXL " },
  { name: "SVG",  at: 0, begin: "<svg" },
];

/** The name of a picture's format, where its first bytes are known. */
export function pictureFormat(file: Uint8Array): string | undefined {
  return formatOf(file)?.name;
}

/** Undefined where the format is not one of those that can be read. */
export function pictureHeader(file: Uint8Array): PictureHeader | undefined {
  const format = formatOf(file);
  return format?.read && { format: format.name, ...format.read(new Bytes(file)) };
}

function formatOf(file: Uint8Array): Format | undefined {
  return FORMATS.find(({ at, begin }) => textAt(file, at, begin.length) === begin);
}

function textAt(file: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...file.subarray(at, at + length));
}

/** Numbers of a file: 0 where it has ended. */
class Bytes {
  readonly length: number;
  private readonly view: DataView;

  constructor(
    readonly file: Uint8Array,
    private readonly littleEndian = false,
  ) {
    this.length = file.length;
    this.view = new DataView(file.buffer, file.byteOffset, file.length);
  }

  u8(at: number): number {
    return this.file[at] ?? 0;
  }

  u16(at: number): number {
    return at + 2 <= this.length ? this.view.getUint16(at, this.littleEndian) : 0;
  }

  u32(at: number): number {
    return at + 4 <= this.length ? this.view.getUint32(at, this.littleEndian) : 0;
  }

  i32(at: number): number {
    return this.u32(at) | 0;
  }

  ordered(littleEndian: boolean): Bytes {
    return new Bytes(this.file, littleEndian);
  }
}

/** Channels of PNG's kinds of colour. */
const PNG_CHANNELS = [1, 0, 3, 1, 2, 0, 4];

/** Chunks: │ u32 length │ 4 letters │ content │ u32 checksum │ */
function readPng(bytes: Bytes): Omit<PictureHeader, "format"> {
  const header = { width: 0, height: 0, passes: 1, depth: 0, isWhole: false };
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.u32(at)) {
    const kind = textAt(bytes.file, at + 4, 4);
    if (kind === "IHDR") {
      header.width = Math.max(header.width, bytes.u32(at + 8));
      header.height = Math.max(header.height, bytes.u32(at + 12));
      header.depth = bytes.u8(at + 16) * (PNG_CHANNELS[bytes.u8(at + 17)] ?? 0);
    }
    if (kind === "IEND") header.isWhole = true;
  }
  return header;
}

/**
 * The coded rows of a PNG whose rows are interlaced, and how many bytes they may be without the code:
 * no more than twice the rows of the picture, each with a byte of its own. Undefined for other files.
 */
export function interlacedRows(
  file: Uint8Array,
): { coded: Uint8Array[]; most: number } | undefined {
  if (pictureFormat(file) !== "PNG") return undefined;
  const bytes = new Bytes(file);
  const { width, height, depth } = readPng(bytes);
  const coded: Uint8Array[] = [];
  let isInterlaced = false;
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.u32(at)) {
    const kind = textAt(file, at + 4, 4);
    if (kind === "IHDR" && bytes.u8(at + 20) !== 0) isInterlaced = true;
    if (kind === "IDAT") coded.push(file.subarray(at + 8, at + 8 + bytes.u32(at)));
  }
  const most = 2 * (height + 8) * (Math.ceil((width * depth) / 8) + 2);
  return isInterlaced ? { coded, most } : undefined;
}

/** Start of a frame: C0 to CF, but for tables (C4, CC) and an extension (C8). */
function startsFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

const JPEG = { SCAN: 0xda, END: 0xd9, FIRST_RESTART: 0xd0, LAST_RESTART: 0xd7 };

/** Segments: │ FF │ marker │ u16 length with itself │ content │, coded pixels after a scan's. */
function readJpeg(bytes: Bytes): Omit<PictureHeader, "format"> {
  const header = { width: 0, height: 0, passes: 0, depth: 24, isWhole: false };
  let at = 2;
  while (at < bytes.length) {
    at = bytes.file.indexOf(0xff, at);
    if (at < 0) break;
    const marker = bytes.u8(at + 1);
    if (marker === JPEG.END) {
      header.isWhole = true;
      break;
    }
    const isAlone = marker >= JPEG.FIRST_RESTART && marker <= JPEG.LAST_RESTART;
    if (marker === 0 || marker === 1 || isAlone) at += 2;
    else if (marker === 0xff) at += 1;
    else {
      if (startsFrame(marker)) {
        header.height = Math.max(header.height, bytes.u16(at + 5));
        header.width = Math.max(header.width, bytes.u16(at + 7));
      }
      if (marker === JPEG.SCAN) header.passes++;
      at += 2 + Math.max(2, bytes.u16(at + 2));
    }
  }
  return header;
}

/** │ 6 letters │ screen │ colours │ blocks … │ u8 0x3b │; the first picture may exceed the screen. */
function readGif(big: Bytes): Omit<PictureHeader, "format"> {
  const bytes = big.ordered(true);
  const [EXTENSION, PICTURE, END] = [0x21, 0x2c, 0x3b];
  const colours = bytes.u8(10);
  let at = 13 + (colours & 0x80 ? 3 << ((colours & 7) + 1) : 0);
  while (bytes.u8(at) === EXTENSION) {
    at += 2;
    while (bytes.u8(at) !== 0) at += 1 + bytes.u8(at);
    at++;
  }
  const isPicture = bytes.u8(at) === PICTURE;
  return {
    width: Math.max(bytes.u16(6), isPicture ? bytes.u16(at + 5) : 0),
    height: Math.max(bytes.u16(8), isPicture ? bytes.u16(at + 7) : 0),
    passes: 1,
    depth: 8,
    isWhole: isPicture && bytes.u8(bytes.length - 1) === END,
  };
}

const OLD_BMP_HEADER = 12;

function readBmp(big: Bytes): Omit<PictureHeader, "format"> {
  const bytes = big.ordered(true);
  const isOld = bytes.u32(14) === OLD_BMP_HEADER;
  return {
    width: isOld ? bytes.u16(18) : Math.abs(bytes.i32(18)),
    height: isOld ? bytes.u16(20) : Math.abs(bytes.i32(22)),
    passes: 1,
    depth: bytes.u16(isOld ? 24 : 28),
    isWhole: bytes.u32(2) <= bytes.length,
  };
}

const TIFF = {
  WIDTH: 256,
  HEIGHT: 257,
  BITS: 258,
  COMPRESSION: 259,
  STRIPS: 273,
  SAMPLES: 277,
  STRIP_BYTES: 279,
  TILE_WIDTH: 322,
  TILE_HEIGHT: 323,
  TILES: 324,
  TILE_BYTES: 325,
};
const TIFF_SHORT = 3;
/** Kinds of compression whose parts may become any number of bytes: streams of zlib's, and LZW. */
const TIFF_CODES: Record<number, CodedParts["code"]> = { 5: "lzw", 8: "deflate", 32946: "deflate" };

/** Gives the numbers of an entry of the first page, none where it has no such. */
type TiffEntries = (tag: number) => number[];

/**
 * At an offset: │ u16 entries │ entry … │ u32 next │; entry: │ u16 tag │ u16 type │ u32 count │ value │,
 * where values of more than four bytes lie at an offset. No more are read than the file has bytes for.
 */
function tiffEntries(bytes: Bytes): TiffEntries {
  const directory = bytes.u32(4);
  const positions = new Map<number, number>();
  for (let i = 0; i < bytes.u16(directory); i++) {
    const at = directory + 2 + 12 * i;
    positions.set(bytes.u16(at), at);
  }
  return (tag) => {
    const at = positions.get(tag);
    if (at === undefined) return [];
    const isShort = bytes.u16(at + 2) === TIFF_SHORT;
    const size = isShort ? 2 : 4;
    const count = bytes.u32(at + 4);
    const position = count * size > 4 ? bytes.u32(at + 8) : at + 8;
    const length = Math.max(1, Math.min(count, Math.floor((bytes.length - position) / size)));
    return Array.from({ length }, (_, i) => {
      return isShort ? bytes.u16(position + size * i) : bytes.u32(position + size * i);
    });
  };
}

function readTiff(big: Bytes): Omit<PictureHeader, "format"> {
  const bytes = big.ordered(big.u8(0) === 0x49);
  const directory = bytes.u32(4);
  const entries = bytes.u16(directory);
  const list = tiffEntries(bytes);
  const value = (tag: number) => list(tag)[0] ?? 0;
  const parts = [...list(TIFF.STRIP_BYTES), ...list(TIFF.TILE_BYTES)];
  return {
    coded: parts.reduce((sum, part) => sum + part, 0),
    width: Math.max(value(TIFF.WIDTH), value(TIFF.TILE_WIDTH)),
    height: Math.max(value(TIFF.HEIGHT), value(TIFF.TILE_HEIGHT)),
    passes: 1,
    depth: Math.max(1, value(TIFF.BITS)) * Math.max(1, value(TIFF.SAMPLES)),
    isWhole: entries > 0 && directory + 6 + 12 * entries <= bytes.length,
  };
}

export interface CodedParts {
  code: "deflate" | "lzw";
  coded: Uint8Array[];
  /** How many bytes they may become: about twice the picture. */
  most: number;
}

/** The parts of a TIFF that may become any number of bytes. Undefined for other files. */
export function codedParts(file: Uint8Array): CodedParts | undefined {
  if (pictureFormat(file) !== "TIFF") return undefined;
  const list = tiffEntries(new Bytes(file, file[0] === 0x49));
  const code = TIFF_CODES[list(TIFF.COMPRESSION)[0] ?? 0];
  if (code === undefined) return undefined;
  const lengths = [...list(TIFF.STRIP_BYTES), ...list(TIFF.TILE_BYTES)];
  const coded = [...list(TIFF.STRIPS), ...list(TIFF.TILES)].map((at, i) => {
    return file.subarray(at, at + (lengths[i] ?? 0));
  });
  const { width, height, depth } = readTiff(new Bytes(file));
  return { code, coded, most: 2 * (height + 512) * (Math.ceil((width * depth) / 8) + 512) };
}

/**
 * The file with its first picture alone: where a TIFF names its next directory is 0. Later ones may
 * be of any size, or lead back to the first.
 */
export function firstPictureOf(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(file);
  if (pictureFormat(file) !== "TIFF") return copy;
  const bytes = new Bytes(copy, copy[0] === 0x49);
  const directory = bytes.u32(4);
  const next = directory + 2 + 12 * bytes.u16(directory);
  copy.fill(0, next, next + 4);
  return copy;
}
