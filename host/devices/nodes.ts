import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Core } from "../../assembly/targets/cores.ts";
import { fileError, type SystemError } from "../errors.ts";
import { reasonOf } from "./device-error.ts";
import { coreOf, type Identity } from "./identity.ts";
import type { Native, NativeDevice } from "./native.ts";

/** A render node, and the cores behind it; `error` where it is none of etnaviv's, or closed to us. */
export interface RenderNode {
  path: string;
  driver?: NativeDevice["driver"];
  pipes: Pipe[];
  error?: string;
}

/** One core of a device. */
export interface Pipe {
  index: number;
  identity: Identity;
  /** The least address that submissions may ask for; undefined where they may not. */
  softpinStart?: number;
  /** Its row in the table of cores. */
  core?: Core;
}

const FOLDER = "/dev/dri";

/** Parameters that the kernel driver reports for a pipe. */
const PARAMETERS = {
  model: 0x01,
  revision: 0x02,
  product: 0x1c,
  customer: 0x1d,
  eco: 0x1e,
} as const;
const SOFTPIN_START = 0x1b;
const ADDRESS_SPACE_BYTES = 2n ** 32n;
const MOST_PIPES = 4;

/** The render nodes' paths, in order. Throws FILE where their folder cannot be read. */
export function nodePaths(): string[] {
  try {
    const names = readdirSync(FOLDER).filter((name) => /^renderD\d+$/.test(name));
    return names.sort().map((name) => join(FOLDER, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw fileError("a folder of render nodes", error);
  }
}

/** Opens a node to look at its cores. */
export function readNode(native: Native, path: string): RenderNode {
  let device: NativeDevice | undefined;
  try {
    device = new native.Device(path);
    return { path, driver: device.driver, pipes: readPipes(device) };
  } catch (error) {
    return { path, pipes: [], error: reasonOf(error) };
  } finally {
    device?.close();
  }
}

function readPipes(device: NativeDevice): Pipe[] {
  const pipes: Pipe[] = [];
  for (let index = 0; index < MOST_PIPES; index++) {
    const pipe = readPipe(device, index);
    if (!pipe) break;
    pipes.push(pipe);
  }
  return pipes;
}

function readPipe(device: NativeDevice, index: number): Pipe | undefined {
  const parameter = (number: number) => Number(device.parameter(index, number));
  try {
    const entries = Object.entries(PARAMETERS).map(([name, number]) => [name, parameter(number)]);
    const identity = Object.fromEntries(entries) as Identity;
    const core = coreOf(identity);
    const start = device.parameter(index, SOFTPIN_START);
    const softpin = start < ADDRESS_SPACE_BYTES ? { softpinStart: Number(start) } : {};
    return { index, identity, ...softpin, ...(core ? { core } : {}) };
  } catch (error) {
    if ((error as SystemError).errnoName === "ENXIO") return undefined;
    throw error;
  }
}
