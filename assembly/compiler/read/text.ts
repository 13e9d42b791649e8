import { Span } from "../graph";

const LONGEST_QUOTE: u32 = 64;

/** A name from the model as it can stand in a message: one line, not too long. */
export function quote(name: Span): string {
  const length = min(name.bytes, LONGEST_QUOTE);
  const text = String.UTF8.decodeUnsafe(name.pointer, length);
  let shown = '"';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const control = unit < 0x20 || unit == 0x7f || unit == 0x2028 || unit == 0x2029;
    shown += control ? "?" : text.charAt(i);
  }
  return shown + (length < name.bytes ? '…"' : '"');
}
