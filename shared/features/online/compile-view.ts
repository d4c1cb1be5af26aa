import type { FeatureViewIr } from '../ir.ts';
import { viewKey } from '../references.ts';
import { applyEvents } from './apply-events.ts';
import { compileEvaluator } from './evaluate-view.ts';
import { viewLayout } from './layout.ts';
import type { OnlineView } from './online-view.ts';
import { statePosition } from './state-codec.ts';

/** Compiles a view for online use. */
export function compileView(view: FeatureViewIr): OnlineView {
  const layout = viewLayout(view);
  return {
    key: viewKey(view),
    featureNames: view.features.map((feature) => feature.name),
    apply: (state, events, nowUs, onInexact) => applyEvents(layout, state, events, nowUs, onInexact),
    evaluate: compileEvaluator(view, layout),
    position: (state) => (state === null ? 0 : statePosition(state)),
  };
}
