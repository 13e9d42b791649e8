import assert from "node:assert/strict";
import { CONSTANTS, fails, MODEL, STREAM, twoBuffers } from "./common.mjs";

export function opensOnlyEtnaviv(open) {
  assert.throws(() => open("absent"), fails("open", "ENOENT"));
  assert.throws(() => open("/dev/null"), fails("VERSION", "ENOTTY"));
  assert.throws(() => open("other"), fails("VERSION", "ENODEV"));
  assert.throws(() => open("old"), fails("VERSION", "ENODEV"));
  assert.throws(() => open("other"), /this is i915 1\.6, not etnaviv/);
  assert.throws(() => open("old"), /this is etnaviv 1\.3, not etnaviv 1\.4/);
  assert.deepEqual(open("healthy").driver, { name: "etnaviv", major: 1, minor: 4, patch: 0 });
}

export function tellsParameters(open) {
  const device = open("healthy");
  assert.equal(device.parameter(0, MODEL), 0x8000n);
  assert.throws(() => device.parameter(1, MODEL), fails("GET_PARAM", "ENXIO"));
  assert.throws(() => device.parameter(9, MODEL), fails("GET_PARAM", "EINVAL"));
  assert.throws(() => device.parameter(0, 0xff), fails("GET_PARAM", "EINVAL"));
}

export function tellsWhatIsRefused(open) {
  assert.throws(() => open("full").allocate(4096, CONSTANTS), fails("GEM_NEW", "ENOMEM"));
  const device = open("healthy");
  const list = twoBuffers(device);
  const submit = (words, buffers) => () => device.submit(0, words, buffers);
  assert.throws(submit(STREAM, [list[0], list[0]]), fails("GEM_SUBMIT", "EALREADY"));
  assert.throws(submit(STREAM, [{ ...list[0], access: 8 }]), fails("GEM_SUBMIT", "EINVAL"));
  assert.throws(submit(new Uint32Array(1 << 20), list), fails("GEM_SUBMIT", "EINVAL"));
  assert.throws(submit(new Uint8Array(3), list), fails("GEM_SUBMIT", "EINVAL"));
  assert.throws(() => device.submit(3, STREAM, list), fails("GEM_SUBMIT", "ENXIO"));
  const low = { buffer: device.allocate(4096, 0x1000), access: 1 };
  assert.throws(submit(STREAM, [low]), fails("GEM_SUBMIT", "EINVAL"));
  const [theirs] = twoBuffers(open("healthy"));
  assert.ok(theirs.buffer.handle <= 2, "two devices name their buffers alike");
}

export function takesNoNonsense(open) {
  const device = open("healthy");
  const { constructor: Device } = device;
  const { constructor: Buffer } = device.allocate(1, CONSTANTS);
  const nonsense = [
    () => new Device(),
    () => new Device(Symbol("path")),
    () => new Buffer(),
    () => new Buffer({}, 1, CONSTANTS),
    () => new Buffer(Object.create(Device.prototype), 1, CONSTANTS),
    () => device.allocate("1", CONSTANTS),
    () => device.allocate(1n, CONSTANTS),
    () => device.parameter(),
    () => device.wait(0, 1, "soon"),
    () => device.submit(0, [1, 2], []),
    () => device.submit(0, STREAM.buffer, []),
    () => device.submit(0, STREAM, undefined),
    () => device.submit(0, STREAM, {}),
    () => device.submit(0, STREAM, [null]),
    () => device.submit(0, STREAM, [{}]),
    () => device.submit(0, STREAM, [{ buffer: device, access: 1 }]),
    () => device.submit(0, STREAM, [{ buffer: Object.create(Buffer.prototype), access: 1 }]),
    () => device.submit(0, STREAM, [{ buffer: new Uint8Array(4), access: 1 }]),
    () => Device.prototype.close.call({}),
    () => Buffer.prototype.finish.call(device),
  ];
  for (const call of nonsense) assert.throws(call, Error, call.toString());
  const disguised = Object.setPrototypeOf(open("healthy"), Buffer.prototype);
  assert.throws(() => device.submit(0, STREAM, [{ buffer: disguised, access: 1 }]), TypeError);
  for (const bytes of [0, -1, -4096, Number.NaN, 2 ** 53, Infinity]) {
    assert.throws(() => device.allocate(bytes, CONSTANTS), /GEM_NEW|mmap/, `${bytes} bytes`);
  }
}

/** What reads an argument may run JavaScript that closes what was read before. */
export function outlivesItsArguments(open) {
  const device = open("healthy");
  const [first, second] = twoBuffers(device);
  const words = STREAM.slice();
  const hostile = {
    buffer: second.buffer,
    get access() {
      first.buffer.close();
      structuredClone(words.buffer, { transfer: [words.buffer] });
      return 3;
    },
  };
  const submit = () => device.submit(0, words, [first, hostile]);
  assert.ok(submit() > 0); // the buffer is held, the stream empty
  assert.equal(words.length, 0);
  assert.throws(submit, fails("GEM_SUBMIT", "EBADF"));
  const closing = {
    buffer: second.buffer,
    get access() {
      device.close();
      return 3;
    },
  };
  assert.throws(() => device.submit(0, STREAM, [closing]), fails("GEM_SUBMIT", "EBADF"));
}
