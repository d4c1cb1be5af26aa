import { existsSync } from 'node:fs';
import koffi from 'koffi';

/** Where the library usually is: Debian's package, then Homebrew's. */
const PLACES = [
  'libxgboost.so.0',
  'libxgboost.so',
  '/opt/homebrew/lib/libxgboost.dylib',
  '/usr/local/lib/libxgboost.dylib',
];

/** XGBoost's C API, as far as training needs it. Calls throw with the library's own words. */
export interface XgboostLibrary {
  version: string;
  call(name: string, ...args: unknown[]): void;
}

const SIGNATURES = [
  'const char *XGBGetLastError()',
  'void XGBoostVersion(_Out_ int *major, _Out_ int *minor, _Out_ int *patch)',
  'int XGDMatrixCreateFromMat(const float *data, uint64_t rows, uint64_t columns, float missing, _Out_ void **out)',
  'int XGDMatrixSetFloatInfo(void *matrix, const char *field, const float *values, uint64_t length)',
  'int XGDMatrixFree(void *matrix)',
  'int XGBoosterCreate(const void **matrices, uint64_t count, _Out_ void **out)',
  'int XGBoosterFree(void *booster)',
  'int XGBoosterSetParam(void *booster, const char *name, const char *value)',
  'int XGBoosterUpdateOneIter(void *booster, int iteration, void *matrix)',
  'int XGBoosterPredictFromDMatrix(void *booster, void *matrix, const char *config, _Out_ void **shape, _Out_ uint64_t *dimensions, _Out_ void **result)',
  'int XGBoosterSaveModelToBuffer(void *booster, const char *config, _Out_ uint64_t *length, _Out_ void **buffer)',
];

/** Loads the library. Throws one sentence that says what to install when there is none. */
export function loadXgboost(path: string | undefined): XgboostLibrary {
  const library = open(path);
  const functions = new Map(
    SIGNATURES.map((signature) => [/(\w+)\(/.exec(signature)?.[1] ?? '', library.func(signature)]),
  );
  const found = (name: string) => {
    const fn = functions.get(name);
    if (fn === undefined) throw new Error(`XGBoost's C API has no ${name} here.`);
    return fn;
  };
  const parts = [[0], [0], [0]];
  found('XGBoostVersion')(...parts);
  return {
    version: parts.map(([part]) => part).join('.'),
    call(name, ...args) {
      if (found(name)(...args) !== 0)
        throw new Error(`XGBoost: ${String(found('XGBGetLastError')()).split('\n')[0]}`);
    },
  };
}

function open(path: string | undefined): ReturnType<typeof koffi.load> {
  for (const place of path === undefined ? PLACES : [path]) {
    if (place.startsWith('/') && !existsSync(place)) continue;
    try {
      return koffi.load(place);
    } catch {
      // The next place; what is said below covers them all.
    }
  }
  throw new Error(
    path === undefined
      ? 'The XGBoost library is not installed. Run: sudo apt-get install -y libxgboost0 (or brew install xgboost), or set XGBOOST_LIBRARY.'
      : `XGBOOST_LIBRARY is ${path}, and no library can be loaded from there: name the file libxgboost.so (or .dylib) itself, or leave the setting out to look in the usual places.`,
  );
}
