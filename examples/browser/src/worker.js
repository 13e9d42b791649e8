// The worker: compiles a model, and runs the blob on the emulator with an input of zeros.
import { compile, Session } from "nolfet";

addEventListener("message", async ({ data }) => {
  try {
    postMessage(await describe(new Uint8Array(data)));
  } catch (error) {
    postMessage(`${error.code}: ${error.message}`);
  }
});

async function describe(model) {
  const blob = await compile(model, { target: "a311d" });
  const { operators, target } = blob.report;
  const onNpu = operators.filter(({ placement }) => placement === "NPU").length;
  const session = await Session.create(blob);
  const zeros = session.inputs.map(({ name, shape }) => [name, new Uint8Array(product(shape))]);
  const outputs = await session.run(Object.fromEntries(zeros));
  await session.release();
  const [[name, values]] = Object.entries(outputs);
  return `${target}: ${onNpu} of ${operators.length} operators on the NPU\n${name}: ${values.join(" ")}`;
}

function product(shape) {
  return shape.reduce((elements, extent) => elements * extent, 1);
}
