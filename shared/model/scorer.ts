// First: it is read as the library below is loaded.
import './no-telemetry.ts';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** What of a model's manifest its scorer needs. */
export interface ScorerManifest {
  features: readonly string[];
  onnx: { input: string; output: string };
}

export interface Scorer {
  /** Columns of a row. */
  readonly width: number;
  /**
   * Churn probabilities of `rows` rows, row after row in the manifest's order of features, NaN for missing. Blocks the event loop while
   * it runs: some 0.3 s for 100,000 rows of 100 trees. Throws RangeError when the matrix has another size.
   */
  score(matrix: Float32Array, rows: number): Promise<Float32Array>;
  /** Ends the session once; its memory returns to the system with the process. */
  release(): Promise<void>;
}

/** One thread a session: the default takes every core of the host, whatever the container may use. */
const SESSION: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
};

/** Loads ONNX bytes into ONNX Runtime. Throws when the graph has not the manifest's input or output. */
export async function createScorer(onnx: Uint8Array, manifest: ScorerManifest): Promise<Scorer> {
  const { input, output } = manifest.onnx;
  const session = await InferenceSession.create(onnx, SESSION);
  if (!session.inputNames.includes(input) || !session.outputNames.includes(output)) {
    await session.release();
    throw new Error(
      `The model's graph has inputs ${session.inputNames.join(', ')} and outputs ${session.outputNames.join(', ')}; its manifest names ${input} and ${output}.`,
    );
  }
  const width = manifest.features.length;
  let released: Promise<void> | undefined;
  return {
    width,
    async score(matrix, rows) {
      if (matrix.length !== rows * width) {
        throw new RangeError(
          `${rows} rows of ${width} features are ${rows * width} values, got ${matrix.length}`,
        );
      }
      if (rows === 0) return new Float32Array(0);
      const result = await session.run({ [input]: new Tensor('float32', matrix, [rows, width]) }, [output]);
      return probabilitiesOf(result[output], rows);
    },
    release() {
      released ??= session.release();
      return released;
    },
  };
}

function probabilitiesOf(
  tensor: InferenceSession.OnnxValueMapType[string] | undefined,
  rows: number,
): Float32Array {
  const data = tensor?.data;
  if (data instanceof Float32Array && data.length === rows) return data;
  throw new Error(
    `The model answered ${tensor?.dims.join('x') ?? 'nothing'} of ${tensor?.type ?? 'no type'} for ${rows} rows of float32.`,
  );
}
