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

The table shows how much of each network runs on the NPU in default mode, and how far the results are
from the CPU kernels, which are exact to TFLite's reference kernels. \`npm run networks\` writes it, on
the emulator, with one picture.

- *Mesa*: operators that Mesa 25.0.7 runs on the NPU.
- *Alone*: the worst operator, fed with the CPU's tensors. The largest difference in steps of its output,
  and the largest share of elements that differ at all.
- *Outputs*: the mean difference of the network's outputs, in steps. TFLite_Detection_PostProcess, the last
  operator of MobileDet, gives real numbers; its difference is in their unit, not in steps.

| network | core | operators on the NPU | Mesa | multiply-accumulates | NPU segments | alone: largest | alone: share | outputs: mean |
| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: |
`;

const TAIL = `
## Why single operators differ

TFLite rounds the sums of uint8 layers twice, the NPU once. nolfet chooses the bias and the factor of each
layer to come close to two roundings
([double-rounding offset](../assembly/compiler/encode/rounding-correction.ts)). The elements that still differ are
one step off. Most of them are in layers with a large factor from sums to output:
\`mobilenet_v1_1.0_224_quant\` has two layers with a factor between 1/4 and 1/2.

## Why whole networks differ more

A few differing elements grow in later layers: rounding turns any difference that crosses a half into a
whole step, and the next layer sums many of them. yolox shows that this has little to do with the NPU. All
figures are for the outputs within 8 steps of TFLite's reference kernels, on two pictures, and
\`test/conformance/yolox.test.ts\` asserts them:

- nolfet, on both cores: 99.7 %, with a mean difference of 0.09 to 0.10;
- TFLite's faster kernels (XNNPACK, as in LiteRT 2.5.3): 99.71 and 99.75 %, mean 0.09 to 0.10;
- the reference kernels themselves, with one input byte in 10,000 one step higher: 99.75 and 99.78 %, mean
  0.09.

A closer match, such as 99.9 %, needs the same rounding in nearly every element of every layer. A unit that
rounds once cannot give that.
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
