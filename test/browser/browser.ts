import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { context } from "esbuild";
import { type BrowserContext, type BrowserContextOptions, chromium } from "playwright-core";

/** Debian's package. */
const CHROMIUM = "/usr/bin/chromium";

export const hasChromium = existsSync(CHROMIUM);

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Browser {
  /** Opens what the folder serves, in a profile of its own. */
  context: BrowserContext;
  /** Of the folder, with a slash at its end. */
  address: string;
  close(): Promise<void>;
}

/** Serves a folder and starts a browser without a head. */
export async function openBrowser(
  folder: string,
  options: BrowserContextOptions = {},
): Promise<Browser> {
  const server = await context({});
  const { port } = await server.serve({ servedir: folder, host: "127.0.0.1" });
  const profile = mkdtempSync(join(tmpdir(), "nolfet-browser-"));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    args: ARGUMENTS,
    ...options,
  });
  return {
    context: browser,
    address: `http://127.0.0.1:${port}/`,
    async close() {
      await browser.close();
      await server.dispose();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
