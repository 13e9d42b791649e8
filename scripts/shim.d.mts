/** Tells, as its message, what is not there to compile with. */
export class Missing extends Error {}

export interface ProductOptions {
  arch?: string;
  sanitize?: boolean;
}

export function compile(product: string, options?: ProductOptions): string;

export function kernelHeaders(compiler: string): string[];
