import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '../..');
export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The services of the platform and where each listens. */
export const PORTS: Record<string, number> = {
  inference: 8000,
  ingestion: 8001,
  batch: 8002,
  training: 8003,
  monitoring: 8004,
  control: 8080,
};

/** What a service's pods are found by, in a release named churn. */
export const selectorOf = (service: string) => ({
  'app.kubernetes.io/name': 'churn',
  'app.kubernetes.io/instance': 'churn',
  'app.kubernetes.io/component': service,
});

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  env: z.array(z.object({ name: z.string(), value: z.string() })),
  resources: z.unknown().optional(),
  securityContext: z.unknown().optional(),
});
const pod = z.looseObject({
  containers: z.tuple([container]),
  volumes: z.array(z.looseObject({ name: z.string() })),
  terminationGracePeriodSeconds: z.int().optional(),
});
const manifest = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).optional() }),
  spec: z.looseObject({ template: z.looseObject({ spec: pod }).optional() }).optional(),
});

export type Manifest = z.infer<typeof manifest>;
export type Pod = z.infer<typeof pod>;

/** The objects of a rendered file, such as k8s/churn.yaml. */
export function manifestsIn(path: string): Manifest[] {
  return parseAllDocuments(read(path)).map((document) => manifest.parse(document.toJS()));
}

/** A kind's specs by name. */
export function specs(objects: readonly Manifest[], kind: string): Record<string, Manifest['spec']> {
  return Object.fromEntries(
    objects.filter((object) => object.kind === kind).map(({ metadata, spec }) => [metadata.name, spec]),
  );
}

/** The pods that Deployments and Jobs make, by the name of what makes them. */
export function pods(objects: readonly Manifest[]): [string, Pod][] {
  return objects.flatMap(({ metadata, spec }) =>
    spec?.template === undefined ? [] : [[metadata.name, spec.template.spec] satisfies [string, Pod]],
  );
}

/** A file of YAML whose shape the caller knows. */
export function yaml<T extends z.ZodType>(path: string, schema: T): z.infer<T> {
  return schema.parse(parse(read(path), { merge: true }));
}
