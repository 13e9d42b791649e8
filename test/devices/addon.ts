import { compile, Missing } from "../../scripts/shim.mjs";

/** Whether the native addon is there or can be compiled. If not, says what is skipped. */
export function hasAddon(what: string): boolean {
  try {
    return compile("addon") !== "";
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.log(`skipped: ${what} (${error.message})`);
    return false;
  }
}
