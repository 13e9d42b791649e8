import * as tf from "@tensorflow/tfjs-core";

/**
 * The gradients of convolutions that the WebAssembly backend of TensorFlow.js lacks, or has slow
 * kernels of; for square pictures and filters, with SAME padding, sizes that are multiples of the
 * stride. Each is a convolution itself: a filter's gradient that of the input with the output's
 * gradient, an input's gradient that of the output's gradient with the flipped filter.
 */
export function registerGradientKernels(): void {
  tf.unregisterKernel("Conv2DBackpropInput", BACKEND);
  for (const [kernelName, kernel] of Object.entries(KERNELS)) {
    tf.registerKernel({
      kernelName,
      backendName: BACKEND,
      kernelFunc: ({ inputs, attrs }) => tf.tidy(() => kernel(inputs as Inputs, attrs as Attrs)),
    });
  }
}

const BACKEND = "wasm";

/** `x`: the input, `dy`: the output's gradient, both [pictures, rows, columns, channels]. */
type Inputs = { x: tf.Tensor4D; dy: tf.Tensor4D; filter: tf.Tensor4D };

type Attrs = {
  strides: [number, number] | number;
  filterShape: [rows: number, columns: number, channels: number, outputs: number];
};

const KERNELS: Record<string, (inputs: Inputs, attrs: Attrs) => tf.Tensor> = {
  Conv2DBackpropFilter({ x, dy }, { strides, filterShape }) {
    // The sum runs over the pictures, so they take the place of the channels.
    const stride = first(strides);
    const pictures = tf.transpose(padded(x, filterShape[0], stride), [3, 1, 2, 0]);
    const gradients = tf.transpose(dy, [1, 2, 0, 3]);
    const sums = tf.conv2d(pictures, gradients, 1, "valid", "NHWC", stride);
    return tf.transpose(sums, [1, 2, 0, 3]);
  },

  DepthwiseConv2dNativeBackpropFilter({ x, dy }, { strides, filterShape }) {
    // Each channel of each picture is a channel of its own, until the pictures are added up.
    const [size, , channels] = filterShape;
    const stride = first(strides);
    const picture = asOnePicture(padded(x, size, stride));
    const [, rows, columns, planes] = asOnePicture(dy).shape;
    const gradients = tf.reshape(asOnePicture(dy), [rows, columns, planes, 1]) as tf.Tensor4D;
    const sums = tf.depthwiseConv2d(picture, gradients, 1, "valid", "NHWC", stride);
    const perPicture = tf.reshape(sums, [size * size, planes / channels, channels]);
    return tf.reshape(tf.sum(perPicture, 1), filterShape);
  },

  Conv2DBackpropInput({ dy, filter }, { strides }) {
    const flipped = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
    return tf.conv2d(spread(dy, filter.shape[0], first(strides)), flipped, 1, "valid");
  },

  DepthwiseConv2dNativeBackpropInput({ dy, filter }, { strides }) {
    const flipped = tf.reverse(filter, [0, 1]);
    return tf.depthwiseConv2d(spread(dy, filter.shape[0], first(strides)), flipped, 1, "valid");
  },
};

function first(strides: [number, number] | number): number {
  return Array.isArray(strides) ? strides[0] : strides;
}

/** Rows and columns that SAME padding adds before and after a picture of `outputs` × stride. */
function samePadding(filterSize: number, stride: number): [before: number, after: number] {
  const total = Math.max(filterSize - stride, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** The input with its padding in place. */
function padded(x: tf.Tensor4D, filterSize: number, stride: number): tf.Tensor4D {
  return surround(x, samePadding(filterSize, stride));
}

/**
 * The output's gradient at the size of the input, zeros between its elements, padded so that
 * the flipped filter, moved over it by single steps, gives the input's gradient.
 */
function spread(dy: tf.Tensor4D, filterSize: number, stride: number): tf.Tensor4D {
  const [pictures, rows, columns, channels] = dy.shape;
  const line = columns * stride * channels;
  const wide = follow(tf.reshape(dy, [-1, channels]), (stride - 1) * channels);
  const high = follow(tf.reshape(wide, [-1, line]), (stride - 1) * line);
  const spaced = tf.reshape(high, [pictures, rows * stride, columns * stride, channels]);
  const [before] = samePadding(filterSize, stride);
  return surround(spaced as tf.Tensor4D, [filterSize - 1 - before, before]);
}

/** Puts zeros behind every row of a matrix. */
function follow(matrix: tf.Tensor, zeros: number): tf.Tensor {
  return tf.pad(matrix, [
    [0, 0],
    [0, zeros],
  ]);
}

/** Puts rows and columns of zeros around the pictures. */
function surround(pictures: tf.Tensor4D, zeros: [before: number, after: number]): tf.Tensor4D {
  return tf.pad(pictures, [[0, 0], zeros, zeros, [0, 0]]);
}

/** All channels of all pictures as the channels of one picture. */
function asOnePicture(pictures: tf.Tensor4D): tf.Tensor4D {
  const [count, rows, columns, channels] = pictures.shape;
  const mixed = tf.transpose(pictures, [1, 2, 0, 3]);
  return tf.reshape(mixed, [1, rows, columns, count * channels]) as tf.Tensor4D;
}
