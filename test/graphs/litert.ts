import { compileForLiteRt } from "../../host/litert/runtime.ts";
import { chooseReferenceKernels } from "../support/litert.ts";
import { twinForLiteRt } from "../support/litert-twin.ts";

/** Compiled models that one module sees: its memory only grows. */
const MOST_RUNS = 200;

/** LiteRT's reference kernels in this process, with a fresh module after every failure. */
export class ReferenceKernels {
  private runs = MOST_RUNS;

  /** The outputs' bytes; undefined where LiteRT does not take the model. */
  async run(model: Uint8Array, inputs: Uint8Array[]): Promise<Uint8Array[] | undefined> {
    if (this.runs >= MOST_RUNS) this.renew();
    this.runs++;
    try {
      const runner = await compileForLiteRt(twinForLiteRt(model));
      const outputs = await runner.run(inputs);
      runner.release();
      return outputs;
    } catch {
      this.renew();
      return undefined;
    }
  }

  private renew(): void {
    chooseReferenceKernels();
    this.runs = 0;
  }
}
