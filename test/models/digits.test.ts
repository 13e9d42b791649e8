import { readFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, pixelMapping, readPicture, Session, topScores } from "../../host/index.ts";

const DIGITS = new URL("../../models/digits/", import.meta.url);
/** The least value of each model's type, which is black in its input and no probability in its output. */
const MODELS = { uint8: 0, int8: -128 } as const;

for (const [dtype, zeroPoint] of Object.entries(MODELS)) {
  const model = await readFile(new URL(`digits_${dtype}.tflite`, DIGITS));
  const blob = await compile(model, { target: "a311d" });

  test(`${dtype}: has the ends that its README tells`, async () => {
    const session = await Session.create(blob, { device: "emulator" });
    assert.equal(session.inputs, [
      {
        name: "input",
        shape: [1, 28, 28, 1],
        dtype,
        quantization: { scale: Math.fround(1 / 255), zeroPoint },
      },
    ]);
    assert.equal(session.outputs, [
      {
        name: "probabilities",
        shape: [1, 10],
        dtype,
        quantization: { scale: 1 / 256, zeroPoint },
      },
    ]);
    await session.release();
  });

  test(`${dtype}: has convolutions of all kinds, and the NPU takes those with one scale`, () => {
    const convolutions = blob.report.operators.filter(({ name }) => name.endsWith("CONV_2D"));
    const onCpu = convolutions.filter(({ placement }) => placement !== "NPU");
    if (dtype === "uint8") assert.equal(onCpu, []);
    assert.equal(new Set(convolutions.map(({ name }) => name)).size, 2);
  });

  test(`${dtype}: reads the drawn samples as what they are`, async () => {
    const session = await Session.create(blob, { device: "emulator" });
    const [input, output] = [session.inputs[0], session.outputs[0]];
    assert.ok(input && output);
    const mapping = pixelMapping(input);
    const answers: number[] = [];
    for (let digit = 0; digit < 10; digit++) {
      const picture = await readPicture(
        await readFile(new URL(`samples/${digit}.png`, DIGITS)),
        mapping,
      );
      const { probabilities } = await session.run({ input: mapping.apply(picture) });
      assert.ok(probabilities);
      answers.push(topScores(probabilities, output, 1)[0]?.index ?? -1);
    }
    assert.equal(answers, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await session.release();
  });
}

test.run();
