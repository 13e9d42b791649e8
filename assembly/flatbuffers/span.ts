/** Bytes inside a file; `bytes` is 0 where there are none. */
export class Span {
  constructor(
    public pointer: usize = 0,
    public bytes: u32 = 0,
  ) {}
}
