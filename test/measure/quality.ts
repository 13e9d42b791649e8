import { readFileSync } from "node:fs";
import { compile, type QuantizedModel, RealNetwork, Session } from "../../host/index.ts";
import { hasShared, SHARED } from "../support/shared.ts";
import { DECODERS, greatest, matches, suppressed } from "./quality/boxes.ts";
import { NETWORKS, type Network } from "./quality/networks.ts";
import { type Sample, samplesOf } from "./quality/samples.ts";

// How near quantized networks come to real ones, each calibrated with samples of one part of the
// labelled data and measured on the other:
//
//   npm run quality -- [--on cpu,a311d,imx8mp] [--samples N] [NETWORK …]

interface Quality {
  agreement?: number;
  accuracy?: [real: number, quantized: number];
  f1?: number;
  decibels: number[];
}

/** Runs a quantized model and gives its outputs as real numbers. */
type Run = (values: Float32Array) => Promise<Float32Array[]>;

async function runnerOf(
  model: Uint8Array,
  on: string,
): Promise<{ run: Run; release(): Promise<void> }> {
  const settings = on === "cpu" ? { target: "a311d", cpuOnly: true } : { target: on };
  const session = await Session.create(await compile(model, settings), { device: "emulator" });
  const [input] = session.inputs;
  if (!input) throw new Error("no input");
  const { scale = 1, zeroPoint = 0 } = input.quantization ?? {};
  const run: Run = async (values) => {
    const codes = Uint8Array.from(values, (value) =>
      Math.min(Math.max(Math.round(value / scale) + zeroPoint, 0), 255),
    );
    const feed = input.dtype === "float32" ? values : codes;
    const results = await session.run({ [input.name]: feed });
    return session.outputs.map(({ name, quantization }) => {
      const stored = results[name] as Uint8Array | Float32Array;
      const { scale: step = 1, zeroPoint: zero = 0 } = quantization ?? {};
      return Float32Array.from(stored, (value) => (value - zero) * step);
    });
  };
  return { run, release: () => session.release() };
}

/** Mean squares that add up over samples. */
class Noise {
  private sum = 0;
  private squares = 0;
  private errors = 0;
  private count = 0;

  add(real: Float32Array, found: Float32Array): void {
    real.forEach((value, i) => {
      this.sum += value;
      this.squares += value * value;
      this.errors += (value - (found[i] as number)) ** 2;
    });
    this.count += real.length;
  }

  get decibels(): number {
    const variance = this.squares / this.count - (this.sum / this.count) ** 2;
    return 10 * Math.log10(variance / Math.max(this.errors / this.count, 1e-30));
  }
}

async function qualityOf(
  network: Network,
  reals: Float32Array[][],
  samples: Sample[],
  run: Run,
): Promise<Quality> {
  const noise = (reals[0] ?? []).map(() => new Noise());
  const counts = { agree: 0, real: 0, quantized: 0, found: 0, expected: 0, matched: 0 };
  const decode = network.boxes ? DECODERS[network.boxes] : undefined;
  for (const [i, { values, label }] of samples.entries()) {
    const real = reals[i] as Float32Array[];
    const found = await run(values);
    noise.forEach((one, k) => {
      one.add(real[k] as Float32Array, found[k] as Float32Array);
    });
    if (decode) {
      const [a, b] = [suppressed(decode(found)), suppressed(decode(real))];
      counts.found += a.length;
      counts.expected += b.length;
      counts.matched += matches(a, b);
    }
    if (!network.classes) continue;
    const [a, b] = [greatest(found[0] as Float32Array), greatest(real[0] as Float32Array)];
    const truth = label + (network.firstLabel ?? 0);
    if (a === b) counts.agree++;
    if (a === truth) counts.quantized++;
    if (b === truth) counts.real++;
  }
  const share = (count: number) => count / samples.length;
  return {
    decibels: noise.map(({ decibels }) => decibels),
    ...(network.classes ? { agreement: share(counts.agree) } : {}),
    ...(network.firstLabel === undefined
      ? {}
      : { accuracy: [share(counts.real), share(counts.quantized)] as [number, number] }),
    ...(decode ? { f1: (2 * counts.matched) / Math.max(counts.found + counts.expected, 1) } : {}),
  };
}

function words({ agreement, accuracy, f1, decibels }: Quality, { least }: Network): string {
  const mean = decibels.reduce((sum, one) => sum + one, 0) / decibels.length;
  const parts = [
    agreement === undefined ? "" : `agreement ${(100 * agreement).toFixed(1)} %`,
    f1 === undefined ? "" : `F1 ${f1.toFixed(3)}`,
    `${mean.toFixed(1)} dB`,
    accuracy ? `first class ${accuracy.map((one) => (100 * one).toFixed(1)).join(" → ")} %` : "",
  ];
  const isReached =
    (agreement ?? 1) >= (least.agreement ?? 0) &&
    (f1 ?? 1) >= (least.f1 ?? 0) &&
    mean >= least.decibels;
  return `${parts.filter(Boolean).join(", ")} ${isReached ? "" : "(below what it should reach)"}`;
}

async function measure(network: Network, targets: string[], most: number): Promise<void> {
  const model = readFileSync(`${SHARED}/onnx/models/${network.file}`);
  const real = await RealNetwork.open(model);
  const shape = real.inputs[0]?.shape ?? [];
  for (const { values } of await samplesOf(network, "calibrate", shape, network.samples)) {
    real.addSample([values]);
  }
  real.setInputRange(0, network.range);
  const start = performance.now();
  const quantized: QuantizedModel = real.quantize();
  const seconds = (performance.now() - start) / 1000;
  const samples = await samplesOf(network, "dev", shape, most);
  const other = await RealNetwork.open(model);
  const reals = samples.map(({ values }) => other.compute([values]));
  console.log(`${network.name}: quantized in ${seconds.toFixed(1)} s`);
  for (const { name, decibels } of quantized.ways)
    console.log(`  ${decibels.toFixed(1)} dB by ${name}`);
  for (const on of targets) {
    const { run, release } = await runnerOf(quantized.model, on);
    console.log(
      `  ${on.padEnd(7)} ${words(await qualityOf(network, reals, samples, run), network)}`,
    );
    await release();
  }
}

const NAMED = ["--on", "--samples"];

async function main(words: string[]): Promise<void> {
  if (!hasShared("labelled data")) return;
  const option = (name: string) =>
    words.includes(name) ? words[words.indexOf(name) + 1] : undefined;
  const names = words.filter(
    (word, i) => !NAMED.includes(word) && !NAMED.includes(words[i - 1] ?? ""),
  );
  const targets = (option("--on") ?? "a311d,imx8mp").split(",");
  const most = Number(option("--samples") ?? 1000);
  for (const network of NETWORKS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    await measure(network, targets, most);
  }
}

await main(process.argv.slice(2));
