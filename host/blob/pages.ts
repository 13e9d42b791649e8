/** Buffers begin at a page's address and are whole pages. */
export const PAGE_BYTES = 4096;

/** The bytes that a buffer takes in the address space: at least one page. */
export function wholePages(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / PAGE_BYTES)) * PAGE_BYTES;
}
