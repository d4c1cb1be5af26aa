/**
 * The files of one service's image: node ops/images/assemble.ts inference /image [libxgboost0=1.7.4 ...]
 * Writes the service, the libraries of ours that it names, their packages, its bill of materials (sbom.cdx.json) and the migrations: control
 * applies them, and each service is ready when they are. The further arguments are packages of the distribution that the image carries, for the bill of materials.
 */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { closureOf, type Package } from './closure.ts';
import { bomOf } from './sbom.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export function assemble(service: string, out: string, system: readonly string[] = []): void {
  const folder = `services/${service}`;
  const packages = closureOf(ROOT, folder);
  const own = packages.find((one) => one.folder === folder);
  if (own === undefined) throw new Error(`${folder} is no service.`);
  for (const one of packages) copyPackage(one, out);
  cpSync(join(ROOT, 'migrations'), join(out, 'migrations'), { recursive: true });
  const named = system.map((pair) => {
    const [name = '', version = ''] = pair.split('=');
    return { name, version };
  });
  writeFileSync(join(out, 'sbom.cdx.json'), `${JSON.stringify(bomOf(own, packages, named), null, 1)}\n`);
}

function copyPackage({ name, folder, ours }: Package, out: string): void {
  const from = join(ROOT, folder);
  cpSync(from, join(out, folder), {
    recursive: true,
    filter: (path) => isNeeded(relative(from, path), ours),
  });
  if (!ours) return;
  const link = join(out, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(relative(dirname(link), join(out, folder)), link);
}

/** ONNX Runtime brings its library for every system; these are not this one. */
const ELSEWHERE = new RegExp(`^bin/napi-v\\d+/(?!linux(/${process.arch}(/|$)|$))`);

function isNeeded(path: string, ours: boolean): boolean {
  if (/(^|\/)node_modules(\/|$)/.test(path) || ELSEWHERE.test(path)) return false;
  return !(ours && /(\.test\.ts$|(^|\/)testing(\/|$))/.test(path));
}

if (import.meta.main) {
  const [service, out, ...system] = process.argv.slice(2);
  if (service === undefined || out === undefined) {
    process.stderr.write('usage: node ops/images/assemble.ts <service> <folder> [package=version ...]\n');
    process.exit(2);
  }
  mkdirSync(out, { recursive: true });
  assemble(service, out, system);
  const size = readFileSync(join(out, 'sbom.cdx.json'), 'utf8').length;
  process.stderr.write(`${service}: assembled in ${out}; bill of materials of ${size} bytes\n`);
}
