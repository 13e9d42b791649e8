/** What the stand-in kernel was given to execute, in its order. */
export interface Submission {
  pid: number;
  /** Number of the open file, from 1. */
  context: number;
  /** Words of the command stream, in hexadecimal. */
  stream: string[];
  buffers: SubmissionBuffer[];
  /** What the emulator refused. */
  error?: string;
}

export interface SubmissionBuffer {
  address: number;
  bytes: number;
  writable: boolean;
  /** SHA-256 of its bytes. */
  before: string;
  after: string;
}
