import { Span } from "../graph";

/** Compilers for other accelerators put what they compile into a custom operator. */
class Foreign {
  constructor(
    /** How the operator's name begins. */
    public prefix: string,
    public accelerator: string,
  ) {}
}

const FOREIGN: Foreign[] = [
  new Foreign("edgetpu-custom-op", "the Coral Edge TPU"),
  new Foreign("ethos-u", "an Arm Ethos-U (by Vela)"),
  new Foreign("NeutronGraph", "an NXP Neutron NPU"),
  new Foreign("XC_", "an XMOS xcore"),
  new Foreign("vsi-npu", "a VeriSilicon NPU (by its own compiler)"),
];

/** What a model with a custom operator of that name was compiled for; "" for any other. */
export function compiledFor(name: Span): string {
  for (let i = 0; i < FOREIGN.length; i++) {
    if (startsWith(name, FOREIGN[i].prefix)) return FOREIGN[i].accelerator;
  }
  return "";
}

function startsWith(name: Span, prefix: string): bool {
  if (name.bytes < (prefix.length as u32)) return false;
  for (let i = 0; i < prefix.length; i++) {
    if ((load<u8>(name.pointer + i) as i32) != prefix.charCodeAt(i)) return false;
  }
  return true;
}
