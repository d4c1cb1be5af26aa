import { defineRoute, type Route } from '@churn/platform';
import type { Context } from '../context.ts';

/** A page of links for whoever opens the address of control in a browser. */
export function home({ config }: Context): Route {
  const services = [
    ['inference', config.CHURN_INFERENCE_URL],
    ['ingestion', config.CHURN_INGESTION_URL],
    ['batch', config.CHURN_BATCH_URL],
    ['training', config.CHURN_TRAINING_URL],
    ['monitoring', config.CHURN_MONITORING_URL],
    ['control', ''],
  ] as const;
  const rows = services.map(([name, url]) => row(name, url)).join('\n');
  return defineRoute({
    method: 'get',
    path: '/',
    summary: 'A page that links the services',
    role: 'public',
    responses: { 200: { description: 'HTML', contentType: 'text/html' } },
    accessLog: false,
    handler: async () => ({ contentType: 'text/html', body: page(rows) }),
  });
}

function row(name: string, base: string): string {
  const links = ['health', 'metrics', 'openapi.json']
    .map((path) => `<td><a href="${base}/${path}">${path}</a></td>`)
    .join('');
  const extra =
    name === 'monitoring'
      ? `<td><a href="${base}/drift-runs/latest/report">drift report</a></td>`
      : '<td></td>';
  return `<tr><th scope="row">${name}</th>${links}${extra}</tr>`;
}

const page = (rows: string) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>churn</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 44rem; margin: 3rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .4rem .8rem; border-bottom: 1px solid #8884 }
</style>
<main><h1>churn</h1>
<p>The services of this installation. The command line has the rest: <code>npx churn --help</code>.</p>
<table>${rows}</table></main></html>`;
