import { CORES } from "../../assembly/targets/cores.ts";
import type { Dtype } from "../dtype.ts";
import { type Location, NolfetError } from "../errors.ts";
import type {
  Binding,
  Blob,
  Buffer,
  BufferLifetime,
  BufferSlice,
  Job,
  Mark,
  Operator,
  Placement,
  Relocation,
  Segment,
  State,
  Tensor,
} from "./blob.ts";
import { operatorOptions } from "./decode-options.ts";
import { lowerNameOf, nameOf } from "./names.ts";
import * as nolf from "./nolf.generated.ts";

/**
 * Turns the accessors of a structurally sound file into plain values. Throws BAD_BLOB for enum
 * values that do not exist and required parts that are absent; ranges are `checkReferences`'s.
 */
export function decodeBlob(root: nolf.Blob): Blob {
  return {
    version: root.version(),
    compiler: root.compiler() ?? "",
    ...target(root.target()),
    options: {
      compatMesa: root.options()?.compatMesa() ?? false,
      strict: root.options()?.strict() ?? false,
      allowUnproven: root.options()?.allowUnproven() ?? false,
      cpuOnly: root.options()?.cpuOnly() ?? false,
    },
    tensors: list(root.tensorsLength(), (i) => tensor(root.tensors(i) as nolf.Tensor, i)),
    operators: list(root.operatorsLength(), (i) => operator(root.operators(i) as nolf.Operator, i)),
    segments: list(root.segmentsLength(), (i) => segment(root.segments(i) as nolf.Segment)),
    inputs: list(root.inputsLength(), (i) => root.inputs(i) as number),
    outputs: list(root.outputsLength(), (i) => root.outputs(i) as number),
    constantsAddress: root.constantsAddress(),
    constants: root.constantsArray() ?? new Uint8Array(),
    arenaAddress: root.arenaAddress(),
    arenaBytes: root.arenaBytes(),
    init: Uint32Array.from(list(root.initLength(), (i) => root.init(i) as number)),
    states: list(root.statesLength(), (i) => state(root.states(i) as nolf.State)),
  };
}

function list<T>(length: number, item: (index: number) => T): T[] {
  return Array.from({ length }, (_, i) => item(i));
}

function target(record: nolf.Target | null): Pick<Blob, "core" | "coreIndex"> {
  const name = record?.name() ?? "";
  const coreIndex = CORES.findIndex((core) => core.name === name);
  const core = CORES[coreIndex];
  if (!record || !core) {
    throw new NolfetError("BAD_BLOB", "a target that is known here", JSON.stringify(name));
  }
  for (const field of IDENTITY) {
    if (record[field]() !== core[field]) {
      const hex = (value: number) => `0x${value.toString(16)}`;
      const expected = `${field} ${hex(core[field])} of ${name}`;
      throw new NolfetError("BAD_BLOB", expected, hex(record[field]()));
    }
  }
  return { core, coreIndex };
}

const IDENTITY = ["model", "revision", "product", "eco", "customer", "architecture"] as const;

function tensor(record: nolf.Tensor, index: number): Tensor {
  const quantization = record.quantization();
  return {
    index,
    name: record.name() ?? "",
    shape: list(record.shapeLength(), (i) => record.shape(i) as number),
    dtype: lowerNameOf<Dtype>(nolf.Dtype, record.dtype(), "dtype", { kind: "TENSOR", at: index }),
    quantization: {
      scales: list(quantization?.scalesLength() ?? 0, (i) => quantization?.scales(i) as number),
      zeroPoints: list(quantization?.zeroPointsLength() ?? 0, (i) =>
        Number(quantization?.zeroPoints(i)),
      ),
      axis: quantization?.axis() ?? 0,
    },
    data: record.dataArray() ?? new Uint8Array(),
  };
}

function operator(record: nolf.Operator, index: number): Operator {
  const location: Location = { kind: "OPERATOR", at: index };
  return {
    index,
    code: record.code(),
    name: record.name() ?? "",
    inputs: list(record.inputsLength(), (i) => record.inputs(i) as number),
    outputs: list(record.outputsLength(), (i) => record.outputs(i) as number),
    placement: nameOf<Placement>(nolf.Placement, record.placement(), "placement", location),
    reason: record.reason() ?? "",
    mark: lowerNameOf<Mark>(nolf.Mark, record.mark(), "mark", location),
    options: operatorOptions(record, location),
    macs: Number(record.macs()),
    weightBytes: record.weightBytes(),
    coefficientBytes: record.coefficientBytes(),
    entropyBytes: record.entropyBytes(),
    channelGroups: record.channelGroups(),
    inputCopies: record.inputCopies(),
    error: record.error(),
  };
}

function segment(record: nolf.Segment): Segment {
  return {
    placement: nameOf<Placement>(nolf.Placement, record.placement(), "placement"),
    operators: list(record.operatorsLength(), (i) => record.operators(i) as number),
    inputs: list(record.inputsLength(), (i) => binding(record.inputs(i) as nolf.Binding)),
    outputs: list(record.outputsLength(), (i) => binding(record.outputs(i) as nolf.Binding)),
    jobs: list(record.jobsLength(), (i) => job(record.jobs(i) as nolf.Job, i)),
    stream: Uint32Array.from(list(record.streamLength(), (i) => record.stream(i) as number)),
    relocations: list(record.relocationsLength(), (i) =>
      relocation(record.relocations(i) as nolf.Relocation),
    ),
    model: record.modelArray() ?? new Uint8Array(),
    modelInputs: list(record.modelInputsLength(), (i) => record.modelInputs(i) as number),
    modelOutputs: list(record.modelOutputsLength(), (i) => record.modelOutputs(i) as number),
    buffers: list(record.buffersLength(), (i) =>
      lifetime(record.buffers(i) as nolf.BufferLifetime),
    ),
    hasSignedBytes: record.signedBytes(),
  };
}

function state(record: nolf.State): State {
  const initial = record.initialArray() ?? new Uint8Array();
  return { input: record.input(), output: record.output(), initial };
}

function binding(record: nolf.Binding): Binding {
  const tensor = record.tensor();
  const values = record.values() < 0 ? tensor : record.values();
  return { tensor, offset: record.offset(), bytes: record.bytes(), values };
}

function job(record: nolf.Job, index: number): Job {
  const fault: Location = { kind: "JOB", at: index };
  return {
    kind: nameOf<Job["kind"]>(nolf.JobKind, record.kind(), "kind of job", fault),
    purpose: lowerNameOf(nolf.Purpose, record.purpose(), "purpose", fault),
    operator: record.operator(),
    mark: lowerNameOf<Mark>(nolf.Mark, record.mark(), "mark", fault),
    descriptor: record.descriptor(),
    input: sliceOf(record.input(), fault),
    output: sliceOf(record.output(), fault),
    coefficients: record.coefficients(),
    coefficientBytes: record.coefficientBytes(),
    macs: Number(record.macs()),
    inputBytes: record.inputBytes(),
    outputBytes: record.outputBytes(),
    core: record.core(),
    cores: record.cores(),
  };
}

function sliceOf(record: nolf.BufferSlice | null, fault: Location): BufferSlice {
  if (!record) throw new NolfetError("BAD_BLOB", "an input and an output", "none", fault);
  return {
    buffer: lowerNameOf<Buffer>(nolf.Buffer, record.buffer(), "buffer", fault),
    offset: record.offset(),
  };
}

function lifetime(record: nolf.BufferLifetime): BufferLifetime {
  return {
    offset: record.offset(),
    bytes: record.bytes(),
    first: record.first(),
    last: record.last(),
    tensor: record.tensor(),
  };
}

function relocation(record: nolf.Relocation): Relocation {
  return {
    inStream: record.inStream(),
    target: lowerNameOf<Buffer>(nolf.Buffer, record.target(), "buffer"),
    shift: record.shift(),
    position: record.position(),
  };
}
