import { createHash } from 'node:crypto';
import type { Package } from './closure.ts';

/** A package of the distribution that is copied into the image: name and version as dpkg says them. */
export interface SystemPackage {
  name: string;
  version: string;
}

/** CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json) of one image, the same bytes for the same packages. */
export function bomOf(
  service: Package,
  packages: readonly Package[],
  system: readonly SystemPackage[],
): object {
  const components = [
    ...packages.filter(({ folder }) => folder !== service.folder).map(npmComponent),
    ...system.map(({ name, version }) => ({
      type: 'library',
      'bom-ref': `pkg:deb/debian/${name}@${version}`,
      name,
      version,
      purl: `pkg:deb/debian/${name}@${encodeURIComponent(version)}`,
    })),
  ];
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(components))}`,
    version: 1,
    metadata: { component: { type: 'application', name: service.name, version: service.version } },
    components,
  };
}

function npmComponent({ name, version, license, folder }: Package): object {
  return {
    type: 'library',
    'bom-ref': `${name}@${version}:${folder}`,
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    ...(license !== undefined && { licenses: [{ expression: license }] }),
  };
}

/** A version 8 UUID (RFC 9562) of a text. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
