import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Go modules with custom resource definitions, and the kinds of them that the chart renders. */
const MODULES = [
  {
    module: 'github.com/kedacore/keda/v2@v2.21.0',
    folder: 'config/crd/bases',
    kinds: ['ScaledObject', 'TriggerAuthentication'],
  },
  { module: 'sigs.k8s.io/gateway-api@v1.4.0', folder: 'config/crd/standard', kinds: ['HTTPRoute'] },
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    folder: 'example/prometheus-operator-crd',
    kinds: ['ServiceMonitor', 'PrometheusRule'],
  },
];

/** The folders of those that can be had, and the modules that cannot. */
export function definitions(): { folders: string[]; missing: { module: string; kinds: string[] }[] } {
  const found = MODULES.map((one) => ({ ...one, dir: download(one.module) }));
  return {
    folders: found.flatMap(({ dir, folder }) => (dir === undefined ? [] : [join(dir, folder)])),
    missing: found.filter(({ dir }) => dir === undefined),
  };
}

function download(module: string): string | undefined {
  try {
    const answer = execFileSync('go', ['mod', 'download', '-json', module], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return String(JSON.parse(answer).Dir);
  } catch {
    return undefined;
  }
}
