/**
 * `npm run networks`: writes docs/networks.md, how much of each network the NPU takes on two
 * cores, and how far its results are from the CPU kernels' (TFLite's reference).
 */
import { writeFileSync } from "node:fs";
import { openBlob } from "../../host/blob/open.ts";
import { compareModel } from "../../host/compare/compare.ts";
import { compile } from "../../host/index.ts";
import { hasShared, readShared } from "../support/shared.ts";

const FILE = new URL("../../docs/networks.md", import.meta.url);

const TARGETS = ["a311d", "imx8mp"];

interface Network {
  model: string;
  /** Of the picture that it is compared on, columns × rows. */
  picture: string;
  /** What Mesa 25.0.7 gives to the NPU. */
  mesa: string;
}

const NETWORKS: Network[] = [
  { model: "mobilenet_v1_1.0_224_quant", picture: "224x224", mesa: "28 of 31" },
  { model: "mobilenet_v1_0.25_128_quant", picture: "128x128", mesa: "28 of 31" },
  { model: "mobilenet_v2_1.0_224_quant", picture: "224x224", mesa: "63 of 66" },
  { model: "ssdlite_mobiledet_coco_qat_postprocess", picture: "320x320", mesa: "108 of 125" },
  { model: "yolox", picture: "416x320", mesa: "110 of 128" },
  { model: "deeplabv3_mnv2_dm05_pascal_quant", picture: "513x513", mesa: "" },
];

const HEAD = `# Whole networks

How much of each network runs on the NPU, in default mode, and how far that is from the CPU's
kernels, which are exact to TFLite's reference kernels. Written by \`npm run networks\`, on the
emulator, with one picture. *Alone* is the worst operator fed with the CPU's own tensors: the
largest difference in steps of its output, and the largest share of elements that differ at all.
*Outputs* is the mean difference of the network's outputs, in steps. Mesa's operators are those of
version 25.0.7.

| network | core | operators on the NPU | Mesa | multiply-accumulates | NPU segments | alone: largest | alone: share | outputs: mean |
| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: |
`;

const TAIL = `
TFLite rounds the sums of uint8 layers twice, the NPU once. A bias and a factor of its own bring a
layer near to what two roundings give ([rounding.ts](../assembly/compiler/encode/double-rounding.ts)); what
still differs is one step off, and most of it in layers whose factor from sums to output is large:
\`mobilenet_v1_1.0_224_quant\` has two between 1/4 and 1/2.

In whole networks it matters little how few elements differ at first: rounding makes a whole step
of any difference that crosses a half, and the next layer adds up many of them. yolox shows it.
Of its outputs, 99.7 % lie within 8 steps of TFLite's reference kernels on both cores and pictures,
with a mean difference of 0.09 to 0.10. The reference kernels themselves, fed the same pictures with
one byte in 10,000 one step higher, come as near to their own outputs (99.75 and 99.78 %, mean 0.09),
and TFLite's faster kernels (XNNPACK, as in LiteRT 2.5.3) as near to them (99.71 and 99.75 %, mean
0.09 to 0.10). A closer match, such as 99.9 %, would take the very same roundings in nearly every
element of every layer, which a unit that rounds once cannot give; \`test/conformance/yolox.test.ts\`
holds all of these figures.

TFLite_Detection_PostProcess, the last operator of MobileDet, gives real numbers, whose mean
difference is in their own unit.
`;

if (hasShared("whole networks")) {
  const rows: string[] = [];
  for (const network of NETWORKS) {
    for (const target of TARGETS) rows.push(await row(network, target));
  }
  writeFileSync(FILE, HEAD + rows.join("") + TAIL);
  console.log(HEAD + rows.join("") + TAIL);
}

async function row({ model, picture, mesa }: Network, target: string): Promise<string> {
  const bytes = readShared(`models/${model}.tflite`);
  const pixels = readShared(`images/cat-${picture}.rgb.gz`);
  const blob = await compile(bytes, { target });
  const { operators, segments, macs } = blob.report;
  const comparison = await compareModel(bytes, { target }, async (inputs) => ({
    [inputs[0]?.name ?? ""]: pixels,
  }));
  const alone = comparison.operators.flatMap(({ alone }) => alone ?? []);
  const outputs = new Set(openBlob(blob).outputs);
  const ends = comparison.operators.filter(({ index }) =>
    openBlob(blob).operators[index]?.outputs.some((tensor) => outputs.has(tensor)),
  );
  const mean = ends.reduce((sum, { together }) => sum + together.mean, 0) / ends.length;
  const cells = [
    model,
    target,
    `${operators.filter(({ placement }) => placement === "NPU").length} of ${operators.length}`,
    mesa,
    `${((100 * macs.npu) / macs.total).toFixed(2)} %`,
    segments.filter(({ placement }) => placement === "NPU").length,
    Math.max(...alone.map(({ largest }) => largest)),
    `${(100 * Math.max(...alone.map(({ share }) => share))).toFixed(1)} %`,
    mean.toFixed(4),
  ];
  return `| ${cells.join(" | ")} |\n`;
}
