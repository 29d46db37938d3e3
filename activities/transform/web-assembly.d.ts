// The few WebAssembly names that the engine's types and the runner use. Node has them at run time, but the
// compiler knows them from the browser's library only, which would bring `window` and `fetch` along.

type BufferSource = ArrayBufferView | ArrayBuffer;

declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]?: string;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  interface Global {
    value: unknown;
  }
  interface Table {
    readonly length: number;
  }
  class RuntimeError extends Error {}
  function compile(bytes: BufferSource): Promise<Module>;
}
