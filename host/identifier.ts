import { LAYOUT } from "./blob/layout.generated.ts";

/** FlatBuffers files name their schema by four letters after the offset of their root. */
function hasIdentifier(head: Uint8Array, identifier: string): boolean {
  return String.fromCharCode(...head.subarray(4, 8)) === identifier;
}

/** Whether bytes begin like a `.nolf` file. */
export function isBlob(head: Uint8Array): boolean {
  return hasIdentifier(head, LAYOUT.identifier);
}

/** Whether bytes begin like a `.tflite` file. */
export function isTflite(head: Uint8Array): boolean {
  return hasIdentifier(head, "TFL3");
}
