import { test } from "uvu";
import * as assert from "uvu/assert";
import { Coding } from "../../assembly/targets/cores.ts";
import type { DecodedKernel, DecodedRows } from "../../host/devices/emulator.ts";
import { type FailureExports, failureOf, instantiate } from "../../host/wasm.ts";
import { emulatorFor } from "../support/emulator.ts";
import { buildProbe } from "../support/probe.ts";
import { hasShared } from "../support/shared.ts";
import {
  decodeKernels,
  decodeRows,
  fullyConnectedStreams,
  networkOf,
  nnStreams,
  planeOf,
  type Stream,
  shapeOf,
  VENDOR_FILES,
  type VendorFile,
} from "./streams.ts";

// The compiler's encoders give the vendor's streams again, byte for byte, with the choices that the
// formats leave free taken from the file: the order of kernels, the width of runs or the map of
// symbols, the table of runs, and the average bias. Where tokens and runs begin is not among them.

interface Recoder extends FailureExports {
  allocate(bytes: number): number;
  recode(...numbers: (number | boolean)[]): number;
  recodeRows(...numbers: number[]): number;
  resultPointer(): number;
  resultBytes(): number;
}

if (hasShared("the vendor's streams, encoded again")) {
  const module = await buildProbe("assembly/compiler/encode/recode.ts");
  for (const file of VENDOR_FILES) {
    test(`${file.name}: encoding what was decoded gives the same bytes`, async () => {
      const emulator = await emulatorFor("vipnano-qi.a311d");
      const streams = nnStreams(networkOf(file));
      for (const stream of streams) {
        const { kernels, bytes } = decodeKernels(emulator, stream, file);
        const again = await recode(module, stream, kernels, file);
        const difference = again.findIndex((byte, i) => byte !== stream.coefficients[i]);
        assert.is(difference, -1, `operation ${stream.operation}: byte ${difference}`);
        assert.is(again.length, bytes);
      }
      console.log(`${file.name}: ${streams.length} of ${streams.length} streams`);
    });
    const connected = fullyConnectedStreams(networkOf(file));
    if (connected.length === 0) continue;
    test(`${file.name}: the same for its fully connected TP jobs`, async () => {
      const emulator = await emulatorFor("vipnano-qi.a311d");
      for (const stream of connected) {
        const { bytes, ...rows } = decodeRows(emulator, stream, file);
        const again = await recodeRows(module, stream, rows, file);
        const difference = again.findIndex((byte, i) => byte !== stream.coefficients[i]);
        assert.is(difference, -1, `operation ${stream.operation}: byte ${difference}`);
        assert.is(again.length, bytes);
      }
      console.log(
        `${file.name}: ${connected.length} of ${connected.length} fully connected streams`,
      );
    });
  }
}

/** An instance for each stream, as its memory is never freed. */
async function recode(
  module: WebAssembly.Module,
  stream: Stream,
  kernels: DecodedKernel[],
  file: VendorFile,
): Promise<Uint8Array> {
  const recoder = await instantiate<Recoder>(module);
  const put = (bytes: Uint8Array) => putInto(recoder, bytes);
  const [first = 0] = stream.words;
  const { area, depthwise } = shapeOf(stream);
  const outputs = (stream.words[4] as number) & 0x3fff;
  const perPass = (first >>> 20) & 127;
  const plane = planeOf(stream);
  const zero = (stream.words[22] as number) & 255;
  const byOutput = new Map(kernels.map((kernel) => [(kernel.output ?? -plane) / plane, kernel]));
  const inOrder = Array.from({ length: outputs }, (_, i) => byOutput.get(i) as DecodedKernel);
  const bytesOf = ({ weights }: DecodedKernel, output: number) =>
    depthwise ? weights.subarray(output * area, (output + 1) * area) : weights;
  const weights = Buffer.concat(
    inOrder.map((kernel, output) => Uint8Array.from(bytesOf(kernel, output), (w) => w + zero)),
  );
  const biases = Int32Array.from(inOrder, ({ bias }) => bias);
  const order = orderOf(kernels, plane, perPass, Math.min(outputs, file.nnCores));
  const status = recoder.recode(
    ...[file.coding, file.nnCores, outputs],
    ...[depthwise ? 1 : (first >>> 6) & 0x3fff, Math.sqrt(area), depthwise],
    ...[perPass, plane, zero, put(weights), put(new Uint8Array(biases.buffer))],
    put(new Uint8Array(choicesOf(stream, order.slice(0, outputs), file.coding).buffer)),
  );
  return resultOf(recoder, status);
}

async function recodeRows(
  module: WebAssembly.Module,
  { words, coefficients }: Stream,
  { rows, biases }: Omit<DecodedRows, "bytes">,
  { coding }: VendorFile,
): Promise<Uint8Array> {
  const recoder = await instantiate<Recoder>(module);
  const zero = ((words[29] as number) >>> 16) & 0xff;
  const weights = Buffer.concat(rows.map((row) => Uint8Array.from(row, (weight) => weight + zero)));
  const choices = new Int32Array(22);
  const view = new DataView(coefficients.buffer, coefficients.byteOffset);
  // On the S905D3 no row has runs; the codes of the others are in the header.
  if (coding === Coding.HUFFMAN)
    choices.set([-1, view.getUint16(24, true), view.getUint32(20, true), 0]);
  const status = recoder.recodeRows(
    ...[coding, rows.length, biases.length, zero],
    putInto(recoder, weights),
    putInto(recoder, new Uint8Array(biases.buffer)),
    putInto(recoder, new Uint8Array(choices.buffer)),
  );
  return resultOf(recoder, status);
}

function putInto(recoder: Recoder, bytes: Uint8Array): number {
  const pointer = recoder.allocate(bytes.length);
  new Uint8Array(recoder.memory.buffer, pointer, bytes.length).set(bytes);
  return pointer;
}

function resultOf(recoder: Recoder, status: number): Uint8Array {
  if (status !== 0) throw failureOf(recoder);
  const { memory, resultPointer, resultBytes } = recoder;
  return new Uint8Array(memory.buffer, resultPointer(), resultBytes()).slice();
}

/** By kernel number, which goes round the cores in every superblock: its output channel. */
function orderOf(kernels: DecodedKernel[], plane: number, perPass: number, cores: number) {
  const order: number[] = [];
  for (let core = 0; core < cores; core++) {
    const own = kernels.filter(({ nnCore }) => nnCore === core);
    own.forEach(({ output }, i) => {
      const start = i - (i % perPass);
      const count = Math.min(perPass, own.length - start);
      if (output !== null) order[start * cores + core * count + i - start] = output / plane;
    });
  }
  return order;
}

/** What the file chose, in the order of recode.ts. */
function choicesOf({ coefficients }: Stream, order: number[], coding: Coding): Int32Array {
  const choices = new Int32Array(22 + order.length);
  choices.set(order, 22);
  const view = new DataView(coefficients.buffer, coefficients.byteOffset);
  if (coding === Coding.ZERO_RUNS) {
    choices[0] = view.getUint8(64);
    return choices;
  }
  const runLengths = view.getUint8(1);
  choices.set([-1, view.getUint16(24, true), view.getUint32(20, true), runLengths]);
  choices.set(
    [...coefficients.subarray(2, 2 + runLengths)].map((zeros) => zeros + 1),
    4,
  );
  return choices;
}

test.run();
