import { test } from "uvu";
import * as assert from "uvu/assert";
import { Coding } from "../../assembly/targets/cores.ts";
import { emulatorFor } from "../support/emulator.ts";
import { hasShared } from "../support/shared.ts";
import {
  decodeKernels,
  decodeRows,
  fullyConnectedStreams,
  networkOf,
  nnStreams,
  planeOf,
  type Stream,
  VENDOR_FILES,
} from "./streams.ts";

/** Coefficient buffers in a file, those of several jobs counted once. */
const STREAMS: Record<string, [NN: number, fullyConnected: number]> = {
  "a311d-alike-int8.nb": [16, 0],
  "a311d-densenet_ctc-int8.nb": [30, 0],
  "a311d-yolov8n-uint8.nb": [63, 0],
  "s905d3-mobilenet_v1-uint8.nb": [27, 8],
  "0xb9-mobilenet_v1-uint8.nb": [28, 8],
  "lenet/v853-lenet-uint8.nb": [5, 0],
};

if (hasShared("the coefficients of the vendor's networks")) {
  for (const file of VENDOR_FILES) {
    test(`${file.name}: every coefficient stream decodes to its last bit`, async () => {
      const emulator = await emulatorFor("vipnano-qi.a311d");
      const network = networkOf(file);
      const nn = nnStreams(network);
      const fullyConnected = fullyConnectedStreams(network);
      assert.equal([nn.length, fullyConnected.length], STREAMS[file.name]);
      for (const stream of nn) {
        const { kernels, bytes } = decodeKernels(emulator, stream, file);
        assertRest(stream, bytes);
        assertOutputs(
          stream,
          kernels.map(({ output }) => output),
        );
      }
      for (const stream of fullyConnected) {
        const { rows, bytes } = decodeRows(emulator, stream, file);
        assert.is(rows.length, 1024);
        assertRest(stream, bytes);
      }
    });
  }
}

/**
 * What follows the streams are zeros: on v7 64 bytes for each core without kernels, else up to 64,
 * and once 128 after a fully connected job's rows.
 */
function assertRest({ coefficients, operation }: Stream, bytes: number): void {
  const rest = coefficients.subarray(bytes);
  assert.ok(
    rest.every((byte) => byte === 0),
    `operation ${operation}: ${rest.length} bytes are left`,
  );
  assert.ok(rest.length <= 8 * 64, `operation ${operation}: ${rest.length} bytes are left`);
}

/** Every output channel has one kernel, a plane for each. */
function assertOutputs(stream: Stream, outputs: (number | null)[]): void {
  const { words, operation } = stream;
  const channels = (words[4] as number) & 0x3fff;
  const plane = planeOf(stream);
  const expected = Array.from({ length: channels }, (_, channel) => channel * plane);
  const stored = outputs.filter((output) => output !== null).sort((a, b) => a - b);
  assert.equal(stored, expected, `operation ${operation}`);
}

test("nothing is decoded where there is no core or no coding", async () => {
  const emulator = await emulatorFor("vipnano-qi.a311d");
  for (const [coding, nnCores] of [
    [Coding.HUFFMAN, 0],
    [Coding.HUFFMAN, 10],
    [3 as Coding, 1],
  ] as const) {
    assert.throws(() => emulator.kernels(0x10000, coding, nnCores), /a coding and 1 to 9 NN cores/);
  }
  assert.throws(() => emulator.kernels(0x10000, Coding.HUFFMAN, 1), /the NN descriptor/);
});

test.run();
