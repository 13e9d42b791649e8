import { readFile } from "node:fs/promises";
import { compile, pixelMapping, readPicture, Session, type TensorInfo } from "../../host/index.ts";
import { hasShared, readShared } from "../support/shared.ts";

/** A model to be measured, and what it is fed. */
export interface Subject {
  name: string;
  model: Uint8Array;
  input: Uint8Array;
  /** What TFLite's reference kernels give for this input, where that is on record. */
  reference?: Uint8Array;
}

/** The networks of the shared data, with the side of their input. */
const NETWORKS = { "mobilenet_v1_1.0_224_quant": 224, "mobilenet_v1_0.25_128_quant": 128 };
const PICTURE = "cat";
const DIGITS = new URL("../../models/digits/", import.meta.url);

/** The models that are there; says which are not. */
export async function loadSubjects(): Promise<Subject[]> {
  const networks = Object.entries(NETWORKS)
    .filter(([name]) => hasShared(name))
    .map(([name, side]) => ({
      name,
      model: readShared(`models/${name}.tflite`),
      input: readShared(`images/${PICTURE}-${side}x${side}.rgb.gz`),
      reference: readShared(`reference/pictures/${name}.${PICTURE}.out0.bin.gz`),
    }));
  return [...networks, await digits()];
}

async function digits(): Promise<Subject> {
  const name = "digits_uint8";
  const model = new Uint8Array(await readFile(new URL(`${name}.tflite`, DIGITS)));
  const session = await Session.create(await compile(model, { target: "a311d" }));
  const mapping = pixelMapping(session.inputs[0] as TensorInfo);
  await session.release();
  const picture = await readPicture(await readFile(new URL("samples/7.png", DIGITS)), mapping);
  return { name, model, input: new Uint8Array(mapping.apply(picture)) };
}
