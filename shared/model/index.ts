export { decodeOnnx, encodeOnnx, type OnnxModel } from './onnx/onnx-codec.ts';
export { packReference, type ReferenceColumns, unpackReference } from './reference.ts';
export { type RiskThresholds, riskOf } from './risk.ts';
export { createScorer, type Scorer, type ScorerManifest } from './scorer.ts';
export { gainShares } from './xgboost/gain-shares.ts';
export {
  parseXgboostModel,
  type XgboostModel,
  XgboostModelError,
  type XgboostTree,
} from './xgboost/parse-model.ts';
export { ONNX_INPUT, ONNX_OUTPUT, xgboostJsonToOnnx } from './xgboost/xgboost-to-onnx.ts';
