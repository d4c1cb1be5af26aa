import { encodeOnnx, type OnnxModel } from '../onnx/onnx-codec.ts';
import { treeEnsembleNode } from '../onnx/tree-ensemble.ts';
import { parseXgboostModel, type XgboostModel, XgboostModelError } from './parse-model.ts';

/** Names of the graph's input [rows, features] and output [rows, 1], both float32. */
export const ONNX_INPUT = 'features';
export const ONNX_OUTPUT = 'churn_probability';

export interface OnnxOptions {
  /** In the order of the columns that the trees were trained on. */
  features: readonly string[];
  /** Platt scaling: p = sigmoid(slope * margin + intercept). */
  slope: number;
  intercept: number;
}

const FLOAT = 1;

/**
 * Turns a model that XGBoost saved as JSON into ONNX: TreeEnsembleRegressor -> Mul -> Add -> Sigmoid. Missing values are NaN and follow each
 * split's default. Throws XgboostModelError for a model of another kind or width.
 */
export function xgboostJsonToOnnx(json: unknown, options: OnnxOptions): Uint8Array {
  const model = parseXgboostModel(json);
  if (model.features !== options.features.length) {
    throw new XgboostModelError(
      `The XGBoost model was trained on ${model.features} features, and ${options.features.length} are named`,
    );
  }
  return encodeOnnx(graphOf(model, options));
}

function graphOf(model: XgboostModel, { slope, intercept }: OnnxOptions): OnnxModel {
  return {
    irVersion: 8,
    producerName: 'churn-platform',
    opsetImport: [
      { domain: '', version: 17 },
      { domain: 'ai.onnx.ml', version: 3 },
    ],
    graph: {
      name: 'churn',
      node: [
        treeEnsembleNode(model, ONNX_INPUT, 'margin'),
        { name: 'scale', opType: 'Mul', input: ['margin', 'slope'], output: ['scaled'] },
        { name: 'shift', opType: 'Add', input: ['scaled', 'intercept'], output: ['logit'] },
        { name: 'squash', opType: 'Sigmoid', input: ['logit'], output: [ONNX_OUTPUT] },
      ],
      initializer: [
        { name: 'slope', dataType: FLOAT, dims: [1], floatData: [slope] },
        { name: 'intercept', dataType: FLOAT, dims: [1], floatData: [intercept] },
      ],
      input: [tensorInfo(ONNX_INPUT, model.features)],
      output: [tensorInfo(ONNX_OUTPUT, 1)],
    },
  };
}

function tensorInfo(name: string, width: number): OnnxModel['graph']['input'][number] {
  const shape = { dim: [{ dimParam: 'rows' }, { dimValue: width }] };
  return { name, type: { tensorType: { elemType: FLOAT, shape } } };
}
