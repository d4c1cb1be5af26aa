import { problem } from '@churn/contracts';
import {
  createDocument,
  type ZodOpenApiContentObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi';
import type { Route } from './route.ts';

/** The OpenAPI 3.1 document of a service, from the very schemas that its routes check. */
export function openApiDocument(service: string, version: string, routes: readonly Route[]): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: `churn ${service}`, version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths: paths as ZodOpenApiPathsObject,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key of the project' } },
    },
  });
}

function operation(route: Route): ZodOpenApiOperationObject {
  const parameters = {
    ...(route.params !== undefined && { path: route.params }),
    ...(route.query !== undefined && { query: route.query }),
  };
  return {
    summary: route.summary,
    ...(route.description !== undefined && { description: route.description }),
    ...(route.role !== 'public' && { security: [{ key: [] }], 'x-role': route.role }),
    requestParams: parameters as NonNullable<ZodOpenApiOperationObject['requestParams']>,
    ...(route.body !== undefined && { requestBody: { required: true, content: bodyContent(route) } }),
    responses: { ...answers(route), default: problemAnswer },
  };
}

function bodyContent(route: Route): ZodOpenApiContentObject {
  if (route.body === 'stream')
    return Object.fromEntries(
      (route.bodyTypes ?? ['application/octet-stream']).map((type) => [
        type,
        { schema: { type: 'string', format: 'binary' } },
      ]),
    );
  return route.body === undefined ? {} : { 'application/json': { schema: route.body } };
}

function answers(route: Route): NonNullable<ZodOpenApiOperationObject['responses']> {
  return Object.fromEntries(
    Object.entries(route.responses).map(
      ([status, { description, schema, contentType = 'application/json' }]) => [
        status,
        { description, ...(schema !== undefined && { content: { [contentType]: { schema } } }) },
      ],
    ),
  );
}

const problemAnswer = {
  description: 'What went wrong and what to do, RFC 9457',
  content: { 'application/problem+json': { schema: problem } },
};
