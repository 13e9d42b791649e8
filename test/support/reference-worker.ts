/** Runs models on LiteRT, one question after the other; test/support/reference.ts asks. */
import { loadLiteRtWith } from "../../host/litert/module.ts";
import { loadInstalledLiteRt } from "../../host/litert/node.ts";
import { compileForLiteRt } from "../../host/litert/runtime.ts";
import { chooseReferenceKernels } from "./litert.ts";
import { twinForLiteRt } from "./litert-twin.ts";
import type { Answer, Kernels, Question } from "./reference.ts";

if ((process.argv[2] as Kernels) === "reference") chooseReferenceKernels();
else loadLiteRtWith(loadInstalledLiteRt);

process.on("message", async (question: Question) => {
  process.send?.(await answerTo(question));
});

async function answerTo({ model, inputs }: Question): Promise<Answer> {
  try {
    const runner = await compileForLiteRt(twinForLiteRt(model));
    const outputs = await runner.run(inputs);
    runner.release();
    return { outputs };
  } catch (error) {
    return { error: error instanceof Error ? error.message : `${error}` };
  }
}
