/** Buffers begin at a page's address and are whole pages. */
export const PAGE_BYTES = 4096;
/** What the NPU's addresses of 32 bits reach. */
export const ADDRESS_SPACE_BYTES = 2 ** 32;

/** The bytes that a buffer takes in the address space: at least one page. */
export function wholePages(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / PAGE_BYTES)) * PAGE_BYTES;
}
