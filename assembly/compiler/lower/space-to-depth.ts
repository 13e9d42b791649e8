import { Access, MoveJob, Purpose, Value } from "./jobs";
import { Workshop } from "./workshop";

/**
 * Planar image → planar image of half the size with four times the channels, one for each
 * pixel of a 2×2 block: with u = y + padY and v = x + padX,
 *
 *     input (c, y, x)  →  output (4c + 2·(u mod 2) + (v mod 2), ⌊u/2⌋, ⌊v/2⌋)
 *
 * and the zero point everywhere else. The work is split over TP cores along one dimension.
 */
export class SpaceToDepth {
  inputX: i32 = 0;
  inputY: i32 = 0;
  channels: i32 = 0;
  outputX: i32 = 0;
  outputY: i32 = 0;
  padX: i32 = 0;
  padY: i32 = 0;
  /** Bytes from row to row: those of the images, but for a fault that compat has. */
  rowPitch: i32 = 0;
  outputRowPitch: i32 = 0;
  zero: i32 = 0;

  get inputBytes(): u32 {
    return this.inputX * this.inputY * this.channels;
  }

  get outputBytes(): u32 {
    return 4 * this.outputX * this.outputY * this.channels;
  }

  /** Adds a job for each of `most` TP cores, or for as many as there is work for. */
  split(most: i32, input: Access, output: Access, workshop: Workshop): void {
    const axis = this.splitAxis();
    const cores = workshop.settings.compatMesa ? most : min(most, this.outputSize(axis));
    let inputsLeft = this.inputSize(axis);
    let outputsLeft = this.outputSize(axis);
    let inputOffset = 0;
    let outputOffset = 0;
    for (let core = 0; core < cores; core++) {
      const outputs = (outputsLeft + cores - core - 1) / (cores - core);
      const inputs =
        core == cores - 1 ? inputsLeft : min(this.inputsFor(outputs, axis, core), inputsLeft);
      const job = this.part(axis, core, inputs, outputs);
      job.input = input.plus(inputOffset);
      job.output = output.plus(outputOffset);
      job.cores = cores;
      workshop.add(job);
      inputsLeft -= inputs;
      outputsLeft -= outputs;
      inputOffset += inputs * this.inputPitch(axis);
      outputOffset += outputs * this.outputPitch(axis);
    }
  }

  /** Rows pay the least, then columns; channels where there are enough of them. */
  private splitAxis(): Axis {
    const axis = this.outputY >= this.outputX ? Axis.Y : Axis.X;
    return this.channels >= this.outputSize(axis) ? Axis.CHANNELS : axis;
  }

  private part(axis: Axis, core: i32, inputs: i32, outputs: i32): MoveJob {
    const job = new MoveJob(Purpose.SPACE_TO_DEPTH, NOWHERE, NOWHERE);
    const outX = axis == Axis.X ? outputs : this.outputX;
    const outY = axis == Axis.Y ? outputs : this.outputY;
    const padX = axis == Axis.X && core > 0 ? 0 : this.padX;
    const padY = axis == Axis.Y && core > 0 ? 0 : this.padY;
    job.core = core;
    job.sizeX = axis == Axis.X ? inputs : this.inputX;
    job.sizeY = axis == Axis.Y ? inputs : this.inputY;
    job.sizeZ = axis == Axis.CHANNELS ? inputs : this.channels;
    job.inputBytes = job.sizeX * job.sizeY * job.sizeZ;
    job.outputBytes = 4 * outX * outY * job.sizeZ;
    job.rowPitch = this.rowPitch;
    job.planePitch = this.inputX * this.inputY;
    job.tileX = 2 * outX;
    job.tileY = 2 * outY;
    job.windowX0 = -padX;
    job.windowY0 = -padY;
    job.windowX1 = job.tileX - 1 - padX;
    job.windowY1 = job.tileY - 1 - padY;
    job.reset1 = true;
    job.reset3 = true;
    job.zero = this.zero;
    job.outputZero = this.zero;
    const plane = this.outputX * this.outputY;
    job.increments[6] = 4 * plane;
    return job
      .loop(0, plane, 2)
      .loop(1, 1, outX)
      .loop(2, 2 * plane, 2)
      .loop(3, this.outputX, outY);
  }

  private inputsFor(outputs: i32, axis: Axis, core: i32): i32 {
    if (axis == Axis.CHANNELS) return outputs;
    return 2 * outputs - (core > 0 ? 0 : axis == Axis.X ? this.padX : this.padY);
  }

  private inputSize(axis: Axis): i32 {
    return axis == Axis.X ? this.inputX : axis == Axis.Y ? this.inputY : this.channels;
  }

  private outputSize(axis: Axis): i32 {
    return axis == Axis.X ? this.outputX : axis == Axis.Y ? this.outputY : this.channels;
  }

  private inputPitch(axis: Axis): i32 {
    return axis == Axis.X ? 1 : axis == Axis.Y ? this.rowPitch : this.inputX * this.inputY;
  }

  private outputPitch(axis: Axis): i32 {
    const plane = this.outputX * this.outputY;
    return axis == Axis.X ? 1 : axis == Axis.Y ? this.outputRowPitch : 4 * plane;
  }
}

enum Axis {
  X,
  Y,
  CHANNELS,
}

const NOWHERE = new Access(new Value(-1, 0));
