import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { Span } from "../graph";

/** How other files that people hand in begin. */
class Signature {
  constructor(
    public at: u32,
    public bytes: string,
    public name: string,
  ) {}
}

const SIGNATURES: Signature[] = [
  new Signature(0, "\x89PNG", "a PNG picture"),
  new Signature(0, "\xff\xd8\xff", "a JPEG picture"),
  new Signature(0, "PK\x03\x04", "a ZIP archive"),
  new Signature(0, "\x1f\x8b", "a gzip archive"),
  new Signature(0, "\x89HDF", "an HDF5 file (Keras)"),
  new Signature(0, "GGUF", "a GGUF model"),
  new Signature(4, "NOLF", "a .nolf blob, compiled already"),
  new Signature(8, "TFL3", "a model with its size put in front"),
];

const IDENTIFIER_AT: u32 = 4;
const SHORTEST: u32 = 8;

/** Whether the bytes say that they are a TensorFlow Lite model; if not, says what they are. */
export function isModel(file: Span): bool {
  if (startsWith(file, IDENTIFIER_AT, "TFL3")) return true;
  const short = file.bytes < SHORTEST;
  const code = short ? Code.TRUNCATED : Code.NOT_A_MODEL;
  const found = short ? `${file.bytes} bytes` : whatElse(file);
  return fail(code, LocationKind.NONE, 0, "a TensorFlow Lite model", found);
}

function whatElse(file: Span): string {
  for (let i = 0; i < SIGNATURES.length; i++) {
    const signature = SIGNATURES[i];
    if (startsWith(file, signature.at, signature.bytes)) return signature.name;
  }
  let bytes = "a file that begins with the bytes";
  for (let i: u32 = 0; i < SHORTEST; i++) {
    const byte = load<u8>(file.pointer + i);
    bytes += ` ${(byte >> 4).toString(16)}${(byte & 15).toString(16)}`;
  }
  return bytes;
}

function startsWith(file: Span, at: u32, bytes: string): bool {
  if ((at as u64) + (bytes.length as u64) > (file.bytes as u64)) return false;
  for (let i = 0; i < bytes.length; i++) {
    if (load<u8>(file.pointer + at + i) != bytes.charCodeAt(i)) return false;
  }
  return true;
}
