import { inflateRawSync } from "node:zlib";

// TFLite's metadata puts files behind the model, as a ZIP archive of which the model is the preface: what
// reads ZIP finds them from the end. PKWARE's APPNOTE.TXT 6.3 describes the records.
//
//   … | entries | central directory: one record per entry | end record
//
//   end record        +0 "PK\5\6"  +10 count:16  +12 bytes of the directory:32  +16 its offset:32
//   directory record  +0 "PK\1\2"  +10 method:16  +20 packed:32  +24 size:32  +28 name:16  +30 extra:16
//                     +32 comment:16  +42 offset of the entry:32  +46 name
//   entry             +0 "PK\3\4"  +26 name:16  +28 extra:16  +30 name, extra, packed bytes

const END = 0x06054b50;
const RECORD = 0x02014b50;
const ENTRY = 0x04034b50;
const END_BYTES = 22;
const RECORD_BYTES = 46;
const ENTRY_BYTES = 30;
/** An archive's comment is no longer; it follows the end record. */
const MOST_COMMENT = 0xffff;
const MOST_ENTRIES = 64;
const MOST_BYTES = 1 << 20;
const STORED = 0;
const DEFLATED = 8;

/** The class names that a `.tflite` brings along, one a line of its first text file; undefined for none. */
export function labelsInside(model: Uint8Array): string[] | undefined {
  try {
    const text = textFile(model, new DataView(model.buffer, model.byteOffset, model.byteLength));
    return text && new TextDecoder("utf-8", { fatal: true }).decode(text).trimEnd().split(/\r?\n/);
  } catch {
    // Offsets that lead out of the file, broken packing, bytes that are no text: no labels.
    return undefined;
  }
}

function textFile(model: Uint8Array, view: DataView): Uint8Array | undefined {
  const end = endOf(view);
  if (end === undefined) return undefined;
  let at = view.getUint32(end + 16, true);
  for (let i = Math.min(view.getUint16(end + 10, true), MOST_ENTRIES); i > 0; i--) {
    if (view.getUint32(at, true) !== RECORD) return undefined;
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const next = at + RECORD_BYTES + (name ?? 0);
    const path = new TextDecoder().decode(model.subarray(at + RECORD_BYTES, next));
    if (/\.txt$/i.test(path)) return contentOf(model, view, at);
    at = next + (extra ?? 0) + (comment ?? 0);
  }
  return undefined;
}

function endOf(view: DataView): number | undefined {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - MOST_COMMENT); at--) {
    if (view.getUint32(at, true) === END) return at;
  }
  return undefined;
}

function contentOf(model: Uint8Array, view: DataView, record: number): Uint8Array | undefined {
  const method = view.getUint16(record + 10, true);
  const packed = view.getUint32(record + 20, true);
  const entry = view.getUint32(record + 42, true);
  if (view.getUint32(entry, true) !== ENTRY || packed > MOST_BYTES) return undefined;
  const names = view.getUint16(entry + 26, true) + view.getUint16(entry + 28, true);
  const start = entry + ENTRY_BYTES + names;
  const bytes = model.subarray(start, start + packed);
  if (method === STORED) return bytes;
  return method === DEFLATED ? inflateRawSync(bytes, { maxOutputLength: MOST_BYTES }) : undefined;
}
