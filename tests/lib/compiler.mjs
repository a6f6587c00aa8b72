// SPDX-License-Identifier: Apache-2.0
// The host of compiler.wasm under Node (wasm/abi/COMPILER.md): for tests, and as an example of what an embedder needs.
import { readFileSync, writeSync } from 'node:fs';

const outputs = { program: 0, diagnostics: 1, manifest: 2, map: 3 };

/** The functions of WASI that the C++ library may call. What the compiler has no business with answers ENOSYS. */
function wasi(memory) {
  const ok = 0;
  const badDescriptor = 8;
  const noSystemCall = 52;
  const seek = 70; // ESPIPE: a stream has no position
  const view = () => new DataView(memory().buffer);
  const known = {
    fd_write(descriptor, vectors, count, written) {
      if (descriptor !== 1 && descriptor !== 2) return badDescriptor;
      let total = 0;
      for (let i = 0; i < count; i += 1) {
        const begin = view().getUint32(vectors + 8 * i, true);
        const length = view().getUint32(vectors + 8 * i + 4, true);
        total += writeSync(descriptor, new Uint8Array(memory().buffer, begin, length));
      }
      view().setUint32(written, total, true);
      return ok;
    },
    fd_seek: (descriptor) => (descriptor <= 2 ? seek : badDescriptor),
    fd_close: (descriptor) => (descriptor <= 2 ? ok : badDescriptor),
    environ_sizes_get(count, bytes) {
      view().setUint32(count, 0, true);
      view().setUint32(bytes, 0, true);
      return ok;
    },
    environ_get: () => ok,
    proc_exit(code) {
      throw new Error(`the compiler module exited with code ${code}`);
    },
  };
  return new Proxy(known, { get: (target, name) => target[name] ?? (() => noSystemCall) });
}

/**
 * Instantiates compiler.wasm from its bytes (or the path of a file) and answers `compile(source)`, which gives
 * `{errors, diagnostics, program, manifest, map}`; the last three are null where there are errors.
 */
export async function loadCompiler(module) {
  const bytes = typeof module === 'string' || module instanceof URL ? readFileSync(module) : module;
  const compiled = await WebAssembly.compile(bytes);
  let exports = null;
  const shims = wasi(() => exports.memory);
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(compiled)) {
    imports[from] ??= {};
    // What Emscripten tells a host about memory growth needs no answer; anything else is a WASI function.
    imports[from][name] = from === 'env' && name === 'emscripten_notify_memory_growth' ? () => {} : shims[name];
  }
  exports = (await WebAssembly.instantiate(compiled, imports)).exports;
  exports._initialize?.();

  const read = (kind) => {
    const begin = exports.compiler_output(outputs[kind]);
    return new Uint8Array(exports.memory.buffer, begin, exports.compiler_output_bytes(outputs[kind])).slice();
  };
  return {
    imports: WebAssembly.Module.imports(compiled),
    compile(source) {
      const text = typeof source === 'string' ? new TextEncoder().encode(source) : source;
      const buffer = exports.compiler_buffer(text.length);
      if (buffer === 0) throw new RangeError('the playbook is larger than the compiler takes');
      new Uint8Array(exports.memory.buffer, buffer, text.length).set(text);
      const errors = exports.compiler_compile(text.length);
      const decode = (kind) => JSON.parse(new TextDecoder().decode(read(kind)));
      return {
        errors,
        diagnostics: decode('diagnostics'),
        program: errors === 0 ? read('program') : null,
        manifest: errors === 0 ? decode('manifest') : null,
        map: errors === 0 ? decode('map') : null,
      };
    },
  };
}
