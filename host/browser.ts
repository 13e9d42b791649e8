export { NolfetError } from "./errors.ts";
