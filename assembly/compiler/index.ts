export {
  failureCode,
  failurePlace,
  failurePlaceKind,
  failureText,
} from "../diagnostics/failure";

import { CORES } from "../targets/cores";

export function coreCount(): i32 {
  return CORES.length;
}
