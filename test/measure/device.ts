import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasAddon } from "../devices/addon.ts";
import { hasTools, StandIn } from "../support/stand-in.ts";

const LOAD = fileURLToPath(new URL("load.ts", import.meta.url));
const NAME = "renderD128";

/** A device below the stand-in kernel, which has the system calls of a board but not its memory. */
export class MeasuredDevice {
  private readonly folder = mkdtempSync(join(tmpdir(), "nolfet-measure-"));

  private constructor(private readonly standIn: StandIn) {}

  /** Undefined where what it takes is not there, which is told. */
  static async create(): Promise<MeasuredDevice | undefined> {
    const what = "loading into a device";
    if (!hasTools(what) || !hasAddon(what)) return undefined;
    return new MeasuredDevice(await StandIn.create({}));
  }

  /** Milliseconds that loading a blob takes, so many times after each other. */
  async load(blob: Uint8Array, core: string, times: number): Promise<number[]> {
    const path = join(this.folder, "blob.nolf");
    writeFileSync(path, blob);
    this.standIn.describe(NAME, { cores: [core] });
    const args = ["--import", "tsx", LOAD, path, `/dev/dri/${NAME}`, `${times}`];
    const { stdout, stderr } = await this.standIn.run(process.execPath, args);
    if (stderr !== "") throw new Error(stderr);
    return JSON.parse(stdout);
  }

  async close(): Promise<void> {
    await this.standIn.close();
    rmSync(this.folder, { recursive: true });
  }
}
