export { decodeOnnx, encodeOnnx } from './onnx/onnx-codec.ts';
export { packReference, unpackReference } from './reference.ts';
export { riskOf } from './risk.ts';
export { createScorer, type Scorer } from './scorer.ts';
export { gainShares } from './xgboost/gain-shares.ts';
export { parseXgboostModel } from './xgboost/parse-model.ts';
export { ONNX_INPUT, ONNX_OUTPUT, xgboostJsonToOnnx } from './xgboost/xgboost-to-onnx.ts';
