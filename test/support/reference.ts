import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** LiteRT's reference kernels, exact to TFLite's specification; or those that it uses by default. */
export type Kernels = "reference" | "xnnpack";

/** What the process is asked; `inputs` are the bytes of each in the model's order. */
export interface Question {
  model: Uint8Array;
  inputs: Uint8Array[];
}

export type Answer = { outputs: Uint8Array[] } | { error: string };

const WORKER = fileURLToPath(new URL("reference-worker.ts", import.meta.url));
const PATIENCE = 120_000;

/**
 * LiteRT in a process of its own. Models that it does not take may leave its module damaged, or hang
 * it, so whatever goes wrong ends the process, and the next model has another.
 */
export class Reference {
  private process: ChildProcess | undefined;

  constructor(private readonly kernels: Kernels) {}

  /** The outputs' bytes in the model's order. Rejects with what LiteRT says. */
  async run(model: Uint8Array, inputs: Uint8Array[]): Promise<Uint8Array[]> {
    const answer = await this.ask({ model, inputs });
    if ("outputs" in answer) return answer.outputs;
    this.close();
    throw new Error(answer.error);
  }

  close(): void {
    this.process?.kill("SIGKILL");
    this.process = undefined;
  }

  private ask(question: Question): Promise<Answer> {
    this.process ??= fork(WORKER, [this.kernels], {
      execArgv: ["--import", "tsx"],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const worker = this.process;
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle({ error: "it hangs" }), PATIENCE);
      const onEnd = () => settle({ error: "its process ended" });
      const settle = (answer: Answer) => {
        clearTimeout(timer);
        worker.off("message", settle);
        worker.off("exit", onEnd);
        resolve(answer);
      };
      worker.once("message", settle);
      worker.once("exit", onEnd);
      worker.send(question);
    });
  }
}
