import { decodeOnnx, encodeOnnx, xgboostJsonToOnnx } from '@churn/model';
import { serveTraining } from '../child/serve.ts';

/** A training process whose conversion loses where missing values and small ones part: one threshold is another. */
serveTraining((saved, options) => {
  const model = decodeOnnx(xgboostJsonToOnnx(saved, options));
  const values = model.graph.node[0]?.attribute?.find(({ name }) => name === 'nodes_values');
  if (values?.floats === undefined) throw new Error('the graph has no thresholds');
  values.floats = values.floats.map((value, at) => (at === 0 ? value + 5 : value));
  return encodeOnnx(model);
});
