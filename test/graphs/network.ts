import { bytesOf, DTYPES, elementsOf, type TypedArray } from "../../host/dtype.ts";
import type { CompileOptions } from "../../host/index.ts";
import {
  buildModel,
  type ModelSpec,
  type OperatorSpec,
  type TensorSpec,
} from "../../host/tflite/builder.ts";
import { isBytes } from "./quantizations.ts";

/** A drawn network, how it is to be compiled, and what it is fed. */
export interface Network {
  /** All references are names. */
  spec: ModelSpec;
  options: CompileOptions;
  /** By the name of an input. */
  feeds: Map<string, Uint8Array>;
  /** By name: computed tensors that follow from shapes alone, and so do not depend on feeds. */
  known: ReadonlyMap<string, TypedArray>;
}

export function modelOf({ spec }: Network): Uint8Array {
  return buildModel(spec);
}

export function namesOf(references: ModelSpec["inputs"]): string[] {
  return references as string[];
}

export function tensorOf({ spec }: Network, name: string): TensorSpec {
  const tensor = spec.tensors.find((one) => one.name === name);
  if (!tensor) throw new Error(`no tensor is named ${name}`);
  return tensor;
}

/** Tensors that operators compute. */
export function computed(operators: readonly OperatorSpec[]): Set<string> {
  return new Set(operators.flatMap(({ outputs }) => namesOf(outputs)));
}

/** Stands after the name of a computed tensor that is fed instead. */
const FED = " fed";

/**
 * The same operators, each on its own: what one computes is an output, and what another reads of it
 * is an input, `… fed`. So one run tells what each of them makes of any values. Operators that are
 * read by others without a copy (`kept`, by their outputs) stay together with these.
 */
export function takenApart(network: Network, kept: ReadonlySet<string> = new Set()): Network {
  const { tensors, operators, inputs } = network.spec;
  const made = computed(operators);
  const fed = new Set<string>();
  const apart = operators.map((operator) => ({
    ...operator,
    inputs: namesOf(operator.inputs).map((name) => {
      if (!made.has(name) || kept.has(name)) return name;
      fed.add(name);
      return name + FED;
    }),
  }));
  const twins = [...fed].map((name) => ({ ...tensorOf(network, name), name: name + FED }));
  const spec: ModelSpec = {
    tensors: [...tensors, ...twins],
    operators: apart,
    inputs: [...inputs, ...twins.map(({ name }) => name)],
    outputs: [...made],
  };
  return { ...network, spec };
}

/** The feeds of a network taken apart: those of the whole, and values of its computed tensors. */
export function feedsApart(
  network: Network,
  values: ReadonlyMap<string, TypedArray>,
): Map<string, Uint8Array> {
  const feeds = new Map(network.feeds);
  for (const [name, value] of values) feeds.set(name + FED, bytesOf(value));
  return feeds;
}

/**
 * Some operators of a network: what they read of the others becomes an input with the values given,
 * and what nobody else reads, or what the network puts out, an output.
 */
export function subnetwork(
  network: Network,
  kept: readonly number[],
  values: ReadonlyMap<string, TypedArray>,
): Network {
  const { spec, feeds } = network;
  const operators = kept.map((index) => spec.operators[index] as OperatorSpec);
  const made = computed(operators);
  const read = new Set(operators.flatMap(({ inputs }) => namesOf(inputs)));
  const isInput = (name: string) =>
    read.has(name) && !made.has(name) && isActivation(network, name);
  const inputs = spec.tensors.map(({ name }) => name).filter(isInput);
  const outputs = [...made].filter((name) => !read.has(name) || spec.outputs.includes(name));
  // A model all of float32 is refused, so one tensor of 8 bits stays whatever is taken.
  const quantized = spec.tensors.find(({ dtype }) => isBytes(dtype))?.name ?? "";
  const used = new Set([...read, ...made, quantized]);
  const bytes = inputs.map((name) => {
    const value = values.get(name);
    return [name, feeds.get(name) ?? (value ? bytesOf(value) : zeros(network, name))] as const;
  });
  return {
    ...network,
    spec: {
      tensors: spec.tensors.filter(({ name }) => used.has(name)),
      operators,
      inputs,
      outputs,
    },
    feeds: new Map(bytes),
  };
}

function isActivation(network: Network, name: string): boolean {
  return tensorOf(network, name).data === undefined;
}

function zeros(network: Network, name: string): Uint8Array {
  const { shape, dtype } = tensorOf(network, name);
  return new Uint8Array(elementsOf(shape) * DTYPES[dtype as "uint8"].bytes);
}

/** A network in words, an operator a line. */
export function describe(network: Network): string {
  const { spec, options } = network;
  const lines = spec.operators.map(({ operator, inputs, outputs, options }) => {
    const values = Object.entries(options ?? {}).map(([name, value]) => `${name} ${value}`);
    const sides = [inputs, outputs].map((names) => {
      return namesOf(names).map((name) => describeOperand(network, name));
    });
    return `  ${operator} ${sides[0]?.join(", ")} → ${sides[1]?.join(", ")}  {${values.join(", ")}}`;
  });
  const ends = `  in ${namesOf(spec.inputs).join(", ")}; out ${namesOf(spec.outputs).join(", ")}`;
  return [`  ${JSON.stringify(options)}`, ...lines, ends].join("\n");
}

/** An operand that is left out is a number. */
function describeOperand(network: Network, name: string | number): string {
  return typeof name === "number" ? "none" : describeTensor(tensorOf(network, name));
}

const FEW = 8;

function describeTensor({ name, shape, dtype, quantization, data }: TensorSpec): string {
  const scales = [quantization?.scale ?? []].flat();
  const zeroPoints = [quantization?.zeroPoint ?? []].flat();
  const scale = scales.length > 1 ? `${scales.length} scales` : scales[0]?.toPrecision(4);
  const values = data && shape.length <= 2 && elementsOf(shape) <= FEW ? ` = ${data}` : "";
  const steps = scale === undefined ? "" : ` ${scale}·(q−${zeroPoints[0]})`;
  return `${name}:${dtype}[${shape.join("×")}]${steps}${values}`;
}
