import type { EnvironmentContext, JestEnvironmentConfig } from '@jest/environment';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest's Node environment with the outer realm's binary types: native modules (onnxruntime-node, DuckDB) recognise a typed array
 * by its constructor and refuse those of the sandbox.
 */
class OuterBinaryTypesEnvironment extends TestEnvironment {
  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    super(config, context);
    Object.assign(this.global, {
      ArrayBuffer,
      SharedArrayBuffer,
      DataView,
      Int8Array,
      Uint8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
      Float32Array,
      Float64Array,
      BigInt64Array,
      BigUint64Array,
    });
    // The sandbox's process.env is a copy, which no library sees (shared/model/no-telemetry.ts).
    process.env.ORT_DISABLE_TELEMETRY = '1';
  }
}

/** @public Jest loads it by the file's name. */
// biome-ignore lint/style/noDefaultExport: Jest takes an environment from the default export
export default OuterBinaryTypesEnvironment;
