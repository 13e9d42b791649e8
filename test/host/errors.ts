import * as assert from "uvu/assert";
import { type ErrorCode, NolfetError } from "../../host/errors.ts";

/** Asserts that something throws or rejects with a NolfetError, and gives it for a closer look. */
export async function fails(code: ErrorCode, work: () => unknown): Promise<NolfetError> {
  try {
    await work();
  } catch (error) {
    assert.instance(error, NolfetError, `${error}`);
    assert.is((error as NolfetError).code, code, (error as NolfetError).message);
    return error as NolfetError;
  }
  assert.unreachable(`expected ${code}, nothing was thrown`);
  throw new Error("unreachable");
}
