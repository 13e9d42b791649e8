/**
 * The part of TFLite's schema (schema.fbs, version 3) that the file uses: the numbers of its
 * enumerations, and for each table the slots of the fields that are written.
 */
export const IDENTIFIER = "TFL3";
export const VERSION = 3;

export const TENSOR_TYPE = { int32: 2, uint8: 3, int8: 9 } as const;
export const PADDING = { same: 0, valid: 1 } as const;
export const ACTIVATION = { none: 0, relu: 1, relu6: 3 } as const;

export const MODEL = { version: 0, operatorCodes: 1, subgraphs: 2, description: 3, buffers: 4 };
export const OPERATOR_CODE = { deprecatedCode: 0, version: 2, code: 3 };
export const SUBGRAPH = { tensors: 0, inputs: 1, outputs: 2, operators: 3, name: 4 };
export const TENSOR = { shape: 0, type: 1, buffer: 2, name: 3, quantization: 4 };
export const QUANTIZATION = { scale: 2, zeroPoint: 3, dimension: 6 };
export const OPERATOR = { code: 0, inputs: 1, outputs: 2, optionsType: 3, options: 4 };
export const BUFFER = { data: 0 };

/**
 * Operators by name: their code, the version that came with int8 tensors, and the type and slots
 * of the table that holds their options.
 */
export const OPERATORS = {
  AVERAGE_POOL_2D: {
    code: 1,
    int8Version: 2,
    optionsType: 5,
    options: { padding: 0, strideWidth: 1, strideHeight: 2, filterWidth: 3, filterHeight: 4 },
  },
  CONV_2D: {
    code: 3,
    int8Version: 3,
    optionsType: 1,
    options: { padding: 0, strideWidth: 1, strideHeight: 2, activation: 3 },
  },
  DEPTHWISE_CONV_2D: {
    code: 4,
    int8Version: 3,
    optionsType: 2,
    options: { padding: 0, strideWidth: 1, strideHeight: 2, depthMultiplier: 3, activation: 4 },
  },
  RESHAPE: { code: 22, int8Version: 1, optionsType: 17, options: { newShape: 0 } },
  SOFTMAX: { code: 25, int8Version: 2, optionsType: 9, options: { beta: 0 } },
} as const;
