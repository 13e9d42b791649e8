import { OPERATOR_NAMES } from "../../assembly/tflite/operators.ts";
import { ModelSlot, OperatorSlot, SubgraphSlot, TensorSlot } from "../../assembly/tflite/slots.ts";
import { TableCursor } from "../compiler/read.cursor.ts";

// LiteRT.js 2.5.3 computes garbage for convolutions without a bias, and for RESHAPE and TILE whose shape
// is computed, it makes no tensor for an input whose shape signature leaves the batch open, and finds
// no outputs by some signatures. A twin of such a model has a bias of zeros, a constant shape and no
// signatures: the same by arithmetic, and LiteRT gets it right.
//
// FlatBuffers refer forward only. So all that is new goes before the old tables, which stay as they
// are and are referred to:
//
//     | root | new model, subgraph, vectors, operators, tensors, buffers | old file |

/** The kinds of a table's fields in the order of their slots: a number, or a reference. */
const LAYOUT = {
  /** The last, its signatures, is left out. */
  model: "number ref ref ref ref ref ref",
  subgraph: "ref ref ref ref ref number",
  operator: "number ref ref byte ref ref byte ref ref",
  tensor: "ref byte number ref ref byte",
  quantization: "ref ref ref ref",
} as const;

const INT32 = 2;
/** Slots of models and of tensors. */
const SIGNATURES = 7;
const SHAPE_SIGNATURE = 7;

/** Something new in the file; its position is known once all are laid out. */
interface Part {
  bytes: number;
  at: number;
  write(view: DataView, at: number, shift: number): void;
}

/** A part, or the position of something in the old file. */
type Reference = Part | number;
type Field = { slot: number; value: number } | { slot: number; to: Reference };

/** The model itself where LiteRT computes it right, else its twin. */
export function twinForLiteRt(bytes: Uint8Array): Uint8Array {
  const model = new OldModel(bytes);
  const twin = new Twin(model);
  model.tensors.forEach((tensor, i) => {
    if (model.integers(tensor, SHAPE_SIGNATURE).includes(-1)) twin.dropSignature(i);
  });
  model.operators.forEach((operator, i) => {
    const name = OPERATOR_NAMES[model.codeOf(operator)];
    const inputs = model.integers(operator, OperatorSlot.INPUTS);
    const isConvolution = name === "CONV_2D" || name === "DEPTHWISE_CONV_2D";
    if (isConvolution && (inputs[2] ?? -1) < 0) twin.giveBias(i, inputs);
    if (name === "RESHAPE" && model.isComputed(inputs[1])) {
      twin.giveConstant(i, inputs, 1, model.shapeOf(model.outputOf(operator)));
    }
    if (name === "TILE" && model.isComputed(inputs[1])) {
      const from = model.shapeOf(inputs[0] as number);
      const times = model.shapeOf(model.outputOf(operator)).map((e, k) => e / (from[k] as number));
      twin.giveConstant(i, inputs, 1, times);
    }
  });
  return twin.isChanged ? twin.bytes() : bytes;
}

/** The first subgraph of a file, and what of it is asked for. */
class OldModel {
  readonly view: DataView;
  readonly root: TableCursor;
  readonly subgraph: TableCursor;
  readonly operators: TableCursor[];
  readonly tensors: TableCursor[];
  readonly buffers: TableCursor[];
  private readonly codes: number[];

  constructor(readonly file: Uint8Array) {
    this.view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    this.root = TableCursor.root(file);
    this.subgraph = this.root.vector(ModelSlot.SUBGRAPHS).table(0);
    this.operators = this.tables(this.subgraph, SubgraphSlot.OPERATORS);
    this.tensors = this.tables(this.subgraph, SubgraphSlot.TENSORS);
    this.buffers = this.tables(this.root, ModelSlot.BUFFERS);
    this.codes = this.tables(this.root, ModelSlot.OPERATOR_CODES).map((code) => {
      return Math.max(this.byte(code, 0), this.number(code, 3));
    });
  }

  tables(table: TableCursor, slot: number): TableCursor[] {
    if (table.field(slot) === 0) return [];
    const vector = table.vector(slot);
    return Array.from({ length: vector.count }, (_, i) => vector.table(i));
  }

  integers(table: TableCursor, slot: number): number[] {
    if (table.field(slot) === 0) return [];
    const { count, first } = table.vector(slot);
    return Array.from({ length: count }, (_, i) => this.view.getInt32(first + 4 * i, true));
  }

  number(table: TableCursor, slot: number): number {
    const at = table.field(slot);
    return at === 0 ? 0 : this.view.getInt32(at, true);
  }

  byte(table: TableCursor, slot: number): number {
    const at = table.field(slot);
    return at === 0 ? 0 : this.view.getUint8(at);
  }

  codeOf(operator: TableCursor): number {
    return this.codes[this.number(operator, OperatorSlot.CODE_INDEX)] as number;
  }

  outputOf(operator: TableCursor): number {
    return this.integers(operator, OperatorSlot.OUTPUTS)[0] as number;
  }

  shapeOf(tensor: number): number[] {
    return this.integers(this.tensors[tensor] as TableCursor, TensorSlot.SHAPE);
  }

  isComputed(tensor = -1): boolean {
    if (tensor < 0) return false;
    const index = this.number(this.tensors[tensor] as TableCursor, TensorSlot.BUFFER);
    const buffer = this.buffers[index];
    return buffer === undefined || buffer.field(0) === 0;
  }

  scales(tensor: number): number[] {
    const table = this.tensors[tensor] as TableCursor;
    if (table.field(TensorSlot.QUANTIZATION) === 0) return [];
    const quantization = table.table(TensorSlot.QUANTIZATION);
    if (quantization.field(2) === 0) return [];
    const { count, first } = quantization.vector(2);
    return Array.from({ length: count }, (_, i) => this.view.getFloat32(first + 4 * i, true));
  }
}

class Twin {
  private readonly operators: Reference[];
  private readonly tensors: Reference[];
  private readonly buffers: Reference[];
  /** In the order of the file: whoever refers comes before what is referred to. */
  private readonly parts: Part[] = [];

  constructor(private readonly model: OldModel) {
    this.operators = model.operators.map(({ at }) => at);
    this.tensors = model.tensors.map(({ at }) => at);
    this.buffers = model.buffers.map(({ at }) => at);
  }

  get isChanged(): boolean {
    return this.parts.length > 0 || this.model.root.field(SIGNATURES) !== 0;
  }

  dropSignature(tensor: number): void {
    const part = this.changed(LAYOUT.tensor, this.model.tensors[tensor] as TableCursor, []);
    this.tensors[tensor] = part;
    this.parts.push(part);
  }

  giveBias(operator: number, inputs: number[]): void {
    const [image = 0, weights = 0] = inputs;
    const units =
      this.model
        .shapeOf(this.model.outputOf(this.model.operators[operator] as TableCursor))
        .at(-1) ?? 0;
    const [scale = 0] = this.model.scales(image);
    const scales = this.model.scales(weights).map((one) => Math.fround(one * scale));
    const zeros = new Array(units).fill(0);
    this.replace(operator, [image, weights, this.constant(zeros, [units], scales)]);
  }

  giveConstant(operator: number, inputs: number[], operand: number, values: number[]): void {
    const constant = this.constant(values, [values.length], []);
    this.replace(
      operator,
      inputs.map((input, i) => (i === operand ? constant : input)),
    );
  }

  bytes(): Uint8Array {
    const { root, subgraph } = this.model;
    const operators = references(this.operators);
    const tensors = references(this.tensors);
    const buffers = references(this.buffers);
    const newSubgraph = this.changed(LAYOUT.subgraph, subgraph, [
      { slot: SubgraphSlot.TENSORS, to: tensors },
      { slot: SubgraphSlot.OPERATORS, to: operators },
    ]);
    const others = this.model.tables(root, ModelSlot.SUBGRAPHS).slice(1);
    const subgraphs = references([newSubgraph, ...others.map(({ at }) => at)]);
    const newRoot = this.changed(LAYOUT.model, root, [
      { slot: ModelSlot.SUBGRAPHS, to: subgraphs },
      { slot: ModelSlot.BUFFERS, to: buffers },
    ]);
    const parts = [newRoot, subgraphs, newSubgraph, operators, tensors, buffers, ...this.parts];
    let end = 8;
    for (const part of parts) {
      part.at = align(end);
      end = part.at + part.bytes;
    }
    const shift = align(end);
    const file = new Uint8Array(shift + this.model.file.length);
    file.set(this.model.file.subarray(0, 8));
    file.set(this.model.file, shift);
    const view = new DataView(file.buffer);
    view.setUint32(0, tableStart(newRoot), true);
    for (const part of parts) part.write(view, part.at, shift);
    return file;
  }

  private replace(operator: number, inputs: number[]): void {
    const old = this.model.operators[operator] as TableCursor;
    const list = integers(inputs);
    const table = this.changed(LAYOUT.operator, old, [{ slot: OperatorSlot.INPUTS, to: list }]);
    this.operators[operator] = table;
    this.parts.push(table, list);
  }

  /** Adds a constant of 32-bit integers; gives its index. */
  private constant(values: number[], extents: number[], scales: number[]): number {
    const data = bytesOf(Int32Array.from(values));
    const buffer = table([{ slot: 0, to: data }], ["ref"]);
    const shape = integers(extents);
    const name = bytesOf(new Uint8Array());
    const fields: Field[] = [
      { slot: TensorSlot.SHAPE, to: shape },
      { slot: TensorSlot.TYPE, value: INT32 },
      { slot: TensorSlot.BUFFER, value: this.buffers.length },
      { slot: TensorSlot.NAME, to: name },
    ];
    const quantization: Part[] = [];
    if (scales.length > 0) {
      const vectors = [floats(scales), longZeros(scales.length)] as const;
      const pair = [2, 3].map((slot, i) => ({ slot, to: vectors[i] as Part }));
      quantization.push(table(pair, LAYOUT.quantization.split(" ")), ...vectors);
      fields.push({ slot: TensorSlot.QUANTIZATION, to: quantization[0] as Part });
    }
    const tensor = table(fields, LAYOUT.tensor.split(" "));
    this.buffers.push(buffer);
    this.parts.push(tensor, shape, name, ...quantization, buffer, data);
    return this.tensors.push(tensor) - 1;
  }

  /** A table's fields, some of them others. */
  private changed(layout: string, old: TableCursor, others: Field[]): Part {
    const kinds = layout.split(" ");
    const kept = kinds.flatMap((kind, slot): Field[] => {
      if (old.field(slot) === 0 || others.some((other) => other.slot === slot)) return [];
      if (kind === "number") return [{ slot, value: this.model.number(old, slot) }];
      if (kind === "byte") return [{ slot, value: this.model.byte(old, slot) }];
      const at = old.field(slot);
      return [{ slot, to: at + this.model.view.getUint32(at, true) }];
    });
    return table([...kept, ...others], kinds);
  }
}

/** A vtable, and after it the table with four bytes for each field. */
function table(fields: Field[], kinds: string[]): Part {
  const head = vtableBytes(kinds.length);
  const part: TablePart = {
    bytes: head + 4 + 4 * kinds.length,
    at: 0,
    head,
    write(view, at, shift) {
      const start = at + head;
      view.setUint16(at, 4 + 2 * kinds.length, true);
      view.setUint16(at + 2, 4 + 4 * kinds.length, true);
      view.setInt32(start, head, true);
      for (const field of fields) {
        const position = 4 + 4 * field.slot;
        view.setUint16(at + 4 + 2 * field.slot, position, true);
        if ("to" in field) refer(view, start + position, field.to, shift);
        else view.setInt32(start + position, field.value, true);
      }
    },
  };
  return part;
}

interface TablePart extends Part {
  head: number;
}

/** Rounded up, so that the table after it is aligned. */
function vtableBytes(fields: number): number {
  return (4 + 2 * fields + 3) & ~3;
}

function tableStart(part: Part): number {
  return part.at + ("head" in part ? (part as TablePart).head : 0);
}

function refer(view: DataView, from: number, to: Reference, shift: number): void {
  view.setUint32(from, (typeof to === "number" ? to + shift : tableStart(to)) - from, true);
}

function vector(
  count: number,
  width: number,
  put: (view: DataView, at: number, shift: number) => void,
): Part {
  return {
    bytes: VECTOR_HEAD + count * width,
    at: 0,
    head: VECTOR_HEAD - 4,
    write(view, at, shift) {
      view.setUint32(at + VECTOR_HEAD - 4, count, true);
      put(view, at + VECTOR_HEAD, shift);
    },
  } as TablePart;
}

/** The count stands right before the elements, which are aligned to 16 bytes. */
const VECTOR_HEAD = 16;

function references(to: Reference[]): Part {
  return vector(to.length, 4, (view, at, shift) => {
    to.forEach((one, i) => {
      refer(view, at + 4 * i, one, shift);
    });
  });
}

function integers(values: number[]): Part {
  return vector(values.length, 4, (view, at) => {
    values.forEach((value, i) => {
      view.setInt32(at + 4 * i, value, true);
    });
  });
}

function floats(values: number[]): Part {
  return vector(values.length, 4, (view, at) => {
    values.forEach((value, i) => {
      view.setFloat32(at + 4 * i, value, true);
    });
  });
}

function longZeros(count: number): Part {
  return vector(count, 8, () => {});
}

/** A string ends in a byte of 0, which no vector minds. */
function bytesOf(values: Int32Array | Uint8Array): Part {
  const bytes = new Uint8Array(values.buffer);
  const part = vector(bytes.length, 1, (view, at) => {
    new Uint8Array(view.buffer).set(bytes, at);
  });
  part.bytes += 4;
  return part;
}

function align(at: number): number {
  return (at + 15) & ~15;
}
