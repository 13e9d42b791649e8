import { Coding } from "../../targets/cores";
import { refuse } from "../descriptor";
import { countMultiplications } from "../jobs";
import { Scratch } from "../memory/scratch";
import { dropOverwrittenKernels } from "../memory/sram";
import { markRow } from "../memory/written";
import * as field from "./fields";
import { FullyConnectedWeights } from "./fully_connected";
import { TpJob } from "./job";

/**
 * A fully connected layer on the TP unit:
 *
 * ```
 * out = clamp(round((bias + sum((in - in_zp) * (w - coef_zp))) * (1 + multiplier / 2^15) / 2^shift) + out_zp)
 * ```
 *
 * Rounding is to the nearest, ties away from zero, as in the NN unit.
 */

const weights = new FullyConnectedWeights();
const sums = new Scratch();

export function executeFullyConnected(job: TpJob, coding: Coding): bool {
  const outputs = job.outputs;
  const address = field.outAddress.value;
  const ring = job.outputRing;
  if (ring.isUsed && ring.wraps(address, outputs)) return refuse(field.outRing, "without a wrap");
  if (job.outputBase + outputs > <i64>job.output.bytes) {
    return refuse(field.outAddress, "with room for all outputs");
  }
  if (!weights.open(job.table, job.depth, outputs, job.weightZero, coding)) return false;
  if (!sums.reserve((<u64>outputs) << 2)) return false;
  for (let i = 0; i < outputs; i++) store<i32>(sums.pointer + (i << 2), weights.bias(i));
  for (let z = 0; z < job.depth; z++) {
    const row = weights.decodeRow();
    if (row == 0) return false;
    addRow(row, <i32>load<u8>(job.input + <usize>(z * job.slice)) - job.inputZero, outputs);
  }
  storeResults(job, job.output.pointer + <usize>job.outputBase);
  countMultiplications(<u64>job.depth * outputs);
  dropOverwrittenKernels(address, <u64>address + outputs);
  markRow(ring, address, outputs);
  return true;
}

function addRow(row: usize, value: i32, outputs: i32): void {
  for (let i = 0; i < outputs; i++) {
    const sum = sums.pointer + (i << 2);
    store<i32>(sum, load<i32>(sum) + load<i16>(row + (i << 1)) * value);
  }
}

function storeResults(job: TpJob, target: usize): void {
  const factor =
    reinterpret<f64>((<u64>(1023 - job.shift)) << 52) * (1 + <f64>job.multiplier / 0x8000);
  for (let i = 0; i < job.outputs; i++) {
    const exact = <f64>load<i32>(sums.pointer + (i << 2)) * factor;
    const rounded = copysign(floor(abs(exact) + 0.5), exact);
    store<u8>(target + i, <u8>max<f64>(0, min<f64>(255, rounded + job.outputZero)));
  }
}
