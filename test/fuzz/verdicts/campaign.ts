import { compile } from "../../../host/index.ts";
import { PATTERNS } from "../../../host/selftest/patterns.ts";
import { convolutionModel } from "../../../host/tflite/convolution.ts";
import { everyJobModel } from "../../c/every-job.ts";
import { hostVerdict, libraryVerdicts } from "../../c/verdicts.ts";
import { classifierModel } from "../../host/models.ts";
import { MODELS } from "../../support/models.ts";
import { Random } from "../../support/random.ts";
import { pickSubject, type Subject } from "../subjects.ts";
import { type BlobMutant, blobMutant } from "./mutants.ts";

/** A run over mutants of sound blobs, which sessions and the C library both judge. */

/** A blob, and the core that it is for. */
interface BlobSubject extends Subject {
  core: string;
}

export interface Difference {
  index: number;
  subject: string;
  changes: string[];
  host: string;
  library: string;
}

export interface Campaign {
  accepted: number;
  refused: number;
  /** Those with an operator on the CPU that no kernel runs, which loading alone does not find in sessions. */
  onCpu: number;
  differences: Difference[];
}

/** One of every generation and coding. */
const CORES = [
  "vipnano-qi.a311d",
  "vipnano-si+.imx8mp",
  "gcnanoultra31_vip2.stm32mp2",
  "vippico_v3.s905d3",
];
const ON_CPU = /^(2|10): /; // no kernel, or no memory for one
const BATCH = 500;
/** Larger ones take their time, and have nothing to break that others have not. */
const MOST_BYTES = 100_000;

/** One weight in nine is not 0. */
const SPARSE = { height: 8, width: 8, channels: 24, weights: { scale: 0.03, zeroPoint: 120 } };
const sparseModel = () =>
  convolutionModel({ ...SPARSE, weightAt: (n) => (n % 9 === 0 ? 37 * n : 120) });

/** One blob of every pattern of job and some networks, for each of these cores. */
export async function verdictSubjects(): Promise<BlobSubject[]> {
  const sources: [name: string, weight: number, model: () => Uint8Array, stopAt?: string][] = [
    ["every job", 8, everyJobModel],
    ["digits", 4, MODELS.digits as () => Uint8Array, "logits"],
    ["an int8 classifier", 4, () => classifierModel({ dtype: "int8" }), "features"],
    ["sparse weights", 8, sparseModel],
    ...PATTERNS.map(({ name, model }) => [name, 1, model] as [string, number, () => Uint8Array]),
  ];
  const subjects: BlobSubject[] = [];
  for (const core of CORES) {
    for (const [name, weight, model, stopAt] of sources) {
      const bytes = await compile(model(), stopAt ? { target: core, stopAt } : { target: core });
      const metadata = [{ start: 0, end: bytes.length }];
      if (bytes.length > MOST_BYTES) continue;
      subjects.push({ name: `${name} for ${core}`, bytes, metadata, weight, core });
    }
  }
  return subjects;
}

/** The mutant with an index of a seed. */
export function mutantOf(subjects: readonly BlobSubject[], seed: number, index: number) {
  const random = new Random(seed, index);
  const subject = pickSubject(subjects, random) as BlobSubject;
  return { subject, ...blobMutant(subject, random) };
}

/** Compares mutants `from` to `from + count - 1` of a seed; `progress` is told how many are done. */
export async function compareVerdicts(
  program: string,
  { seed, from, count }: { seed: number; from: number; count: number },
  progress: (done: number, differences: number) => void = () => {},
): Promise<Campaign> {
  const subjects = await verdictSubjects();
  const campaign: Campaign = { accepted: 0, refused: 0, onCpu: 0, differences: [] };
  for (let first = from; first < from + count; first += BATCH) {
    const length = Math.min(BATCH, from + count - first);
    const mutants = Array.from({ length }, (_, i) => mutantOf(subjects, seed, first + i));
    const library = await libraryVerdicts(
      program,
      mutants.map(({ bytes }) => bytes),
    );
    for (const [i, mutant] of mutants.entries()) {
      await judge(campaign, first + i, mutant, library[i] ?? "the program ended");
    }
    progress(first - from + length, campaign.differences.length);
  }
  return campaign;
}

async function judge(
  campaign: Campaign,
  index: number,
  { subject, bytes, changes }: BlobMutant & { subject: BlobSubject },
  library: string,
): Promise<void> {
  const host = await hostVerdict(bytes, subject.core);
  if (host === "") campaign.accepted++;
  else campaign.refused++;
  if (host === "" && ON_CPU.test(library)) campaign.onCpu++;
  else if ((host === "") !== (library === "")) {
    campaign.differences.push({ index, subject: subject.name, changes, host, library });
  }
}
