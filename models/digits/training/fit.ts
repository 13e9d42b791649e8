import * as tf from "@tensorflow/tfjs-core";
import type * as keras from "@tensorflow/tfjs-layers";
import { augment } from "../data/augment.ts";
import { CLASSES, type Digit } from "../data/digits.ts";
import type { Random } from "../data/random.ts";
import { logitsOf } from "./network.ts";
import { picturesOf } from "./pictures.ts";

export interface Schedule {
  epochs: number;
  batch: number;
  /** Learning rate of the first step; it falls to 0 along half a cosine wave. */
  rate: number;
}

/** Adam with a learning rate that can be set between steps. */
class ScheduledAdam extends tf.AdamOptimizer {
  set rate(rate: number) {
    this.learningRate = rate;
  }
}

/**
 * Trains on the digits, each moved anew in every epoch.
 *
 * @param afterEpoch hears the mean loss of every epoch
 */
export function fit(
  network: keras.LayersModel,
  digits: readonly Digit[],
  { epochs, batch, rate }: Schedule,
  random: Random,
  afterEpoch: (epoch: number, loss: number) => void,
): void {
  const optimizer = new ScheduledAdam(rate, 0.9, 0.999);
  const steps = Math.floor(digits.length / batch);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = random.shuffle([...digits]);
    let loss = 0;
    for (let step = 0; step < steps; step++) {
      const progress = (epoch + step / steps) / epochs;
      optimizer.rate = (rate * (1 + Math.cos(Math.PI * progress))) / 2;
      loss += descend(network, optimizer, order.slice(step * batch, (step + 1) * batch), random);
    }
    afterEpoch(epoch, loss / steps);
  }
  optimizer.dispose();
}

/** One step; gives the loss before it. */
function descend(
  network: keras.LayersModel,
  optimizer: tf.Optimizer,
  digits: readonly Digit[],
  random: Random,
): number {
  return tf.tidy(() => {
    const pictures = picturesOf(digits, (pixels, target) => augment(pixels, random, target));
    const labels = tf.oneHot(
      digits.map(({ label }) => label),
      CLASSES,
    );
    const loss = optimizer.minimize(() => {
      const logits = logitsOf(network.apply(pictures) as tf.Tensor[]);
      return tf.losses.softmaxCrossEntropy(labels, logits);
    }, true);
    return loss?.dataSync()[0] ?? Number.NaN;
  });
}

/** The share of digits whose largest logit is that of their label. */
export function accuracy(network: keras.LayersModel, digits: readonly Digit[]): number {
  const answers = tf.tidy(() =>
    tf.argMax(logitsOf(network.predict(picturesOf(digits))), 1).dataSync(),
  );
  return digits.filter(({ label }, i) => answers[i] === label).length / digits.length;
}
