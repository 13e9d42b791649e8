import { Builder } from "flatbuffers";
import { FORMAT_VERSION } from "../../assembly/compiler/version.ts";
import { CORES } from "../../assembly/targets/cores.ts";
import * as nolf from "../../host/blob/nolf.generated.ts";
import { seal } from "./blob-editor.ts";

// Blobs that no compiler writes, put together by hand in the format of today.

export interface HandmadeJob {
  kind: "NN" | "TP";
  /** Where its descriptor lies in the constants. */
  descriptor: number;
}

export interface HandmadeBlob {
  core: string;
  constants: Uint8Array;
  constantsAddress: number;
  arenaAddress: number;
  arenaBytes: number;
  jobs: HandmadeJob[];
  stream: Uint32Array;
  init: Uint32Array;
  /** How many segments have these jobs and this stream, which lie in the file once. */
  segments: number;
}

/** Its only operator is on the NPU; it has no tensors. */
export function handmadeBlob(spec: HandmadeBlob): Uint8Array {
  const builder = new Builder(1024);
  const words = (values: Uint32Array) => {
    builder.startVector(4, values.length, 4);
    for (const value of [...values].reverse()) builder.addInt32(value | 0);
    return builder.endVector();
  };
  const repeated = (table: number, times: number) => {
    builder.startVector(4, times, 4);
    for (let i = 0; i < times; i++) builder.addOffset(table);
    return builder.endVector();
  };
  const constants = nolf.Blob.createConstantsVector(builder, spec.constants);
  const segment = segmentOf(builder, spec, words(spec.stream));
  const segments = repeated(segment, spec.segments);
  const init = words(spec.init);
  builder.startObject(1);
  const operators = repeated(builder.endObject(), 1);
  const target = targetOf(builder, spec.core);
  nolf.Blob.startBlob(builder);
  nolf.Blob.addVersion(builder, FORMAT_VERSION);
  // Any but 0, which would leave no room for it.
  nolf.Blob.addChecksum(builder, 1);
  nolf.Blob.addTarget(builder, target);
  nolf.Blob.addOperators(builder, operators);
  nolf.Blob.addSegments(builder, segments);
  nolf.Blob.addConstantsAddress(builder, spec.constantsAddress);
  nolf.Blob.addArenaAddress(builder, spec.arenaAddress);
  nolf.Blob.addArenaBytes(builder, spec.arenaBytes);
  nolf.Blob.addConstants(builder, constants);
  nolf.Blob.addInit(builder, init);
  builder.finish(nolf.Blob.endBlob(builder), "NOLF");
  const file = builder.asUint8Array();
  const bytes = new Uint8Array(Math.ceil(file.length / 4) * 4);
  bytes.set(file);
  return seal(bytes);
}

function segmentOf(builder: Builder, spec: HandmadeBlob, stream: number): number {
  const jobs = spec.jobs.map(({ kind, descriptor }) => {
    nolf.Job.startJob(builder);
    nolf.Job.addKind(builder, nolf.JobKind[kind]);
    nolf.Job.addDescriptor(builder, descriptor);
    nolf.Job.addInput(builder, nolf.BufferSlice.createBufferSlice(builder, nolf.Buffer.ARENA, 0));
    nolf.Job.addOutput(builder, nolf.BufferSlice.createBufferSlice(builder, nolf.Buffer.ARENA, 0));
    return nolf.Job.endJob(builder);
  });
  const list = nolf.Segment.createJobsVector(builder, jobs);
  nolf.Segment.startSegment(builder);
  nolf.Segment.addJobs(builder, list);
  nolf.Segment.addStream(builder, stream);
  return nolf.Segment.endSegment(builder);
}

function targetOf(builder: Builder, name: string): number {
  const core = CORES.find((one) => one.name === name);
  if (!core) throw new Error(`no core ${name}`);
  const text = builder.createString(name);
  nolf.Target.startTarget(builder);
  nolf.Target.addName(builder, text);
  nolf.Target.addModel(builder, core.model);
  nolf.Target.addRevision(builder, core.revision);
  nolf.Target.addProduct(builder, core.product);
  nolf.Target.addEco(builder, core.eco);
  nolf.Target.addCustomer(builder, core.customer);
  nolf.Target.addArchitecture(builder, core.architecture);
  return nolf.Target.endTarget(builder);
}
