import { STATUS_CODES } from 'node:http';
import type { Problem } from '@churn/contracts';
import { ZodError } from 'zod';

/** A fault with a status and a stable code. `detail` says what happened, to which thing, and what to do next. */
export class ChurnError extends Error {
  readonly status: number;
  readonly code: string;
  readonly extras: Record<string, unknown>;
  /** Seconds until it is worth trying again; sent as Retry-After. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    code: string,
    detail: string,
    extras: Record<string, unknown> = {},
    retryAfterSeconds?: number,
  ) {
    super(detail);
    this.name = new.target.name;
    this.status = status;
    this.code = code;
    this.extras = extras;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

type Extras = Record<string, unknown>;

export class BadRequest extends ChurnError {
  constructor(code: string, detail: string, extras?: Extras) {
    super(400, code, detail, extras);
  }
}
export class Unauthenticated extends ChurnError {
  constructor(code: string, detail: string, extras?: Extras) {
    super(401, code, detail, extras);
  }
}
export class Forbidden extends ChurnError {
  constructor(code: string, detail: string, extras?: Extras) {
    super(403, code, detail, extras);
  }
}
export class NotFound extends ChurnError {
  constructor(code: string, detail: string, extras?: Extras) {
    super(404, code, detail, extras);
  }
}
export class MethodNotAllowed extends ChurnError {
  constructor(code: string, detail: string, extras?: Extras) {
    super(405, code, detail, extras);
  }
}
export class Conflict extends ChurnError {
  constructor(code: string, detail: string, extras?: Extras) {
    super(409, code, detail, extras);
  }
}
export class PayloadTooLarge extends ChurnError {
  constructor(code: string, detail: string, extras?: Extras) {
    super(413, code, detail, extras);
  }
}
export class UnsupportedMediaType extends ChurnError {
  constructor(code: string, detail: string, extras?: Extras) {
    super(415, code, detail, extras);
  }
}
export class InvalidInput extends ChurnError {
  constructor(code: string, detail: string, extras?: Extras) {
    super(422, code, detail, extras);
  }
}
export class TooManyRequests extends ChurnError {
  constructor(code: string, detail: string, retryAfterSeconds = 1, extras?: Extras) {
    super(429, code, detail, extras, retryAfterSeconds);
  }
}
export class Unavailable extends ChurnError {
  constructor(code: string, detail: string, retryAfterSeconds = 1, extras?: Extras) {
    super(503, code, detail, extras, retryAfterSeconds);
  }
}

/** RFC 9457 problem details of any error. An unforeseen one gives nothing of its inside away. */
export function toProblem(error: unknown, instance?: string, requestId?: string): Problem {
  const where = {
    ...(instance !== undefined && { instance }),
    ...(requestId !== undefined && { request_id: requestId }),
  };
  const known = error instanceof ZodError ? invalid('request', error) : error;
  if (known instanceof ChurnError) {
    return {
      ...known.extras,
      type: `urn:churn:problem:${known.code}`,
      title: STATUS_CODES[known.status] ?? 'Error',
      status: known.status,
      detail: known.message,
      ...where,
    };
  }
  return {
    type: 'urn:churn:problem:internal',
    title: 'Internal Server Error',
    status: 500,
    detail: `The service failed unexpectedly. Its log has the cause${requestId === undefined ? '' : ` under request_id ${requestId}`}.`,
    ...where,
  };
}

/** Every fault that zod found in one part of a request, as one 422. */
export function invalid(part: string, error: ZodError): InvalidInput {
  const errors = faultsOf(error).map(({ path, reason }) => ({
    path: [part, path].filter(Boolean).join('.'),
    reason,
  }));
  const first = errors[0];
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more, see errors)` : '';
  return new InvalidInput(
    'invalid-request',
    `${first?.path ?? part}: ${first?.reason ?? 'is not valid'}${more}.`,
    {
      errors,
    },
  );
}

/** Flattens a zod error, the branches of a union included: there the branch that came furthest is what was meant. */
export function faultsOf(error: ZodError): { path: string; reason: string }[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.join('.');
    if (issue.code !== 'invalid_union') return [{ path, reason: issue.message }];
    const branches = issue.errors.map((issues) => ({
      unknownKeys: issues.filter(({ code }) => code === 'unrecognized_keys').length,
      faults: faultsOf(new ZodError(issues)),
    }));
    branches.sort((a, b) => a.unknownKeys - b.unknownKeys || a.faults.length - b.faults.length);
    return (branches[0]?.faults ?? []).map((fault) => ({
      path: [path, fault.path].filter(Boolean).join('.'),
      reason: fault.reason,
    }));
  });
}
