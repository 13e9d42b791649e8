import { NolfetError } from "./errors.ts";

/** How elements are stored, by their code in the header. */
const TYPES = {
  "<f4": Float32Array,
  "<f8": Float64Array,
  "|u1": Uint8Array,
  "|i1": Int8Array,
} as const;

/** Whether bytes are an array as NumPy saves one (`.npy`). */
export function isNpy(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, 6)) === "\x93NUMPY";
}

/**
 * The numbers of a `.npy` file in the order of its axes: magic, version, the header's length in 2 or 4
 * bytes, a header in Python's syntax, the elements. Throws BAD_INPUT for other element types and orders.
 */
export function readNpy(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isOld = bytes[6] === 1;
  const start = isOld ? 10 : 12;
  const length =
    bytes.length < start ? 0 : isOld ? view.getUint16(8, true) : view.getUint32(8, true);
  const header = new TextDecoder().decode(bytes.subarray(start, start + length));
  const type = /'descr':\s*'([^']+)'/.exec(header)?.[1] ?? "no type";
  const Elements = TYPES[type as keyof typeof TYPES];
  if (!Elements || !/'fortran_order':\s*False/.test(header)) {
    const expected = `a .npy file of ${Object.keys(TYPES).join(", ")} in C order`;
    throw new NolfetError("BAD_INPUT", expected, Elements ? "another order" : type);
  }
  const data = bytes.slice(start + length);
  const count = Math.floor(data.length / Elements.BYTES_PER_ELEMENT);
  return Float32Array.from(new Elements(data.buffer, 0, count));
}
