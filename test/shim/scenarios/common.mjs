import assert from "node:assert/strict";

export const READ = 1;
export const WRITE = 2;

/** Where compiled blobs have their two buffers. */
export const CONSTANTS = 0x10000000;
export const ARENA = 0x40000000;

/** A command stream that only sets two states: PA_SYSTEM_MODE and GL_API_MODE. */
export const STREAM = Uint32Array.of(0x0801028a, 0x11, 0x08010e13, 2);

/** An etnaviv parameter: the core's model. */
export const MODEL = 1;

/** Holds an error of the shim to its ioctl and errno. */
export function fails(ioctl, errnoName) {
  return (error) => {
    assert.ok(error instanceof Error);
    assert.equal(`${error.ioctl} ${error.errnoName}`, `${ioctl} ${errnoName}`);
    assert.ok(error.errno > 0 && error.meaning.length > 0);
    assert.equal(error.message, `${ioctl}: ${errnoName}, ${error.meaning}`);
    return true;
  };
}

/** Two buffers as a blob has them, listed for a submission. */
export function twoBuffers(device) {
  return [
    { buffer: device.allocate(10_000, CONSTANTS), access: READ },
    { buffer: device.allocate(4096, ARENA), access: READ | WRITE },
  ];
}

/** Lets everything run that has been put off: what closed buffers leave is given back so. */
export const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
