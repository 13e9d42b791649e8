import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type BrowserContextOptions, chromium } from "playwright-core";

/** Where Debian's package puts it. */
const CHROMIUM = "/usr/bin/chromium";

/** Without what a test run has no use for, above all the browser's own traffic. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Whether there is a Chromium. If not, says once what is skipped. */
export function hasChromium(what: string): boolean {
  const present = existsSync(CHROMIUM);
  if (!present) console.log(`skipped: ${what} (no ${CHROMIUM}: Debian's package chromium)`);
  return present;
}

/** Runs something in a headless browser with a profile of its own, which is gone afterwards. */
export async function inChromium<T>(
  use: (context: BrowserContext) => Promise<T>,
  options: BrowserContextOptions = {},
): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), "nolfet-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    args: FLAGS,
    ...options,
  });
  try {
    return await use(context);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
