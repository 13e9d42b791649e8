import {
  compile,
  coreView,
  explain,
  interpret,
  openBlob,
  pixelMapping,
  readPicture,
  Session,
  TARGETS,
  type Target,
  type TypedArray,
  topScores,
} from "../../host/browser.ts";
import { typed } from "../../host/errors.ts";
import type { TensorInfo } from "../../host/feeds.ts";
import { PLAIN } from "../../host/inspect/plain-style.ts";
import { wasmModule } from "../../host/modules.ts";
import {
  type NetworkDocument,
  networkDocument,
  type OperationDocument,
} from "../../host/nbg/document.ts";
import { openNetwork } from "../../host/nbg/open.ts";
import { describeNetwork, describeOperation } from "../../host/nbg/text.ts";
import { noiseFor } from "../../host/noise.ts";
import { printableAll } from "../../host/printable.ts";
import { classCount, extremesOf } from "../../host/scores.ts";
import type { CallName, Calls, Request, Response, RunResult } from "./messages.ts";

type Handlers = {
  [Name in CallName]: (args: Calls[Name][0]) => Promise<Calls[Name][1]>;
};

const handlers: Handlers = {
  async compile({ model, target }) {
    const begin = performance.now();
    const blob = await compile(model, { target });
    const milliseconds = performance.now() - begin;
    return { blob, explanation: explain(openBlob(blob), blob.length), milliseconds };
  },

  core: ({ model, index }) => coreView(model, TARGETS[index] as Target),

  async network({ bytes, operation }) {
    const document = documentOf(bytes);
    const { operations } = document;
    const overview = { ...document, operations: operations.map(withoutFields) };
    const chosen = operations[operation];
    return {
      overview: describeNetwork(overview, PLAIN),
      operation: chosen ? describeOperation(chosen, operation, document, PLAIN) : "",
      operations: operations.length,
    };
  },

  async pictureSize({ blob }) {
    const [input, ...others] = (await sessionOf(blob)).inputs;
    if (!input || others.length > 0) return undefined;
    try {
      const { width, height, channels } = pixelMapping(input);
      return { width, height, channels };
    } catch {
      return undefined; // no picture's shape or type
    }
  },

  async run({ blob, picture }) {
    const session = await sessionOf(blob);
    const { feeds, input } = await feedsFor(session.inputs, picture);
    const begin = performance.now();
    const values = await session.run(feeds);
    const milliseconds = performance.now() - begin;
    const result = picture && interpret(values, session.outputs, session.inputs);
    const device = session.device.name;
    return {
      input,
      milliseconds,
      device,
      ...(result ? { result } : {}),
      ...(await resultOf(session, values)),
    };
  },
};

let inspected: { bytes: Uint8Array; document: NetworkDocument } | undefined;

/** That of the network that was last asked for stays. No digests are shown. */
function documentOf(bytes: Uint8Array): NetworkDocument {
  if (inspected && equal(inspected.bytes, bytes)) return inspected.document;
  const options = { disassemble: true, sha256: () => "" };
  const document = printableAll(networkDocument(openNetwork(bytes), options));
  inspected = { bytes, document };
  return document;
}

function withoutFields({ packets, fields, unlisted, ...operation }: OperationDocument) {
  return operation;
}

let loaded: { bytes: Uint8Array; session: Session } | undefined;

/** The blob that was last asked for stays loaded. */
async function sessionOf(bytes: Uint8Array): Promise<Session> {
  if (loaded && equal(loaded.bytes, bytes)) return loaded.session;
  await loaded?.session.release();
  loaded = undefined;
  loaded = { bytes, session: await Session.create(bytes) };
  return loaded.session;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

async function feedsFor(inputs: readonly TensorInfo[], picture: Uint8Array | undefined) {
  const [info] = inputs;
  if (!picture || !info) return { feeds: noiseFor(inputs), input: "pseudo-random bytes" };
  const mapping = pixelMapping(info);
  const pixels = await readPicture(picture, mapping);
  const { width, height, channels, words } = mapping;
  return {
    feeds: { [info.name]: mapping.apply(pixels) },
    input: `resized to ${width}×${height}×${channels}, ${words}`,
  };
}

async function resultOf(
  { outputs }: Session,
  values: Record<string, TypedArray>,
): Promise<Pick<RunResult, "top" | "classes" | "outputs">> {
  const of = ({ name }: TensorInfo) => values[name] as TypedArray;
  const ranges = outputs.map((info) => {
    const { name, dtype, shape } = info;
    return { name, dtype, shape: [...shape], ...extremesOf(of(info), info) };
  });
  const [only] = outputs;
  const classes = classCount(outputs);
  if (!only || classes === undefined) return { outputs: ranges };
  const names = await namesOf(classes);
  const top = topScores(of(only), only).map((one) => ({ ...one, name: names?.[one.index] }));
  return { outputs: ranges, classes, top };
}

/** Fewer classes have no list of names, which is not loaded for them. */
const LEAST_NAMED = 1000;

async function namesOf(classes: number): Promise<readonly string[] | undefined> {
  if (classes < LEAST_NAMED) return undefined;
  const { classifierNames } = await import("../../host/results/names/classifier-names.ts");
  return classifierNames(classes);
}

// Whoever opens the page will want to compile.
wasmModule("compiler").catch(() => {}); // the first compilation tells what is wrong

self.onmessage = async ({ data: { id, name, args } }: MessageEvent<Request>) => {
  const handler = handlers[name] as (args: unknown) => Promise<unknown>;
  const answer = await handler(args).then(
    (result): Response => ({ id, result }),
    (error): Response => {
      const { code, message } = typed(error);
      return { id, fault: { code, message } };
    },
  );
  self.postMessage(answer);
};
