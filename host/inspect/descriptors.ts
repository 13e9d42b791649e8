import { NN_DESCRIPTOR } from "./nn-descriptor.ts";
import { TP_DESCRIPTOR } from "./tp-descriptor.ts";

/** The two kinds of descriptors, by the kind of their job. */
export const DESCRIPTORS = { NN: NN_DESCRIPTOR, TP: TP_DESCRIPTOR } as const;
