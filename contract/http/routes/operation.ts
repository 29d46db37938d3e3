// The routes for those who operate Baton.
import { healthSchema, openApiSchema, readinessSchema } from '../answers';
import { conditionalHeaders } from '../questions';
import { defineRoutes } from '../route';

/** Rows of the table. */
export const OPERATION_ROUTES = defineRoutes({
  health: {
    operationId: 'health',
    method: 'GET',
    url: '/healthz',
    tag: 'Operation',
    summary: 'The process answers',
    caller: 'anybody',
    answers: { 200: { description: 'It does.', schema: healthSchema } },
  },
  readiness: {
    operationId: 'readiness',
    method: 'GET',
    url: '/readyz',
    tag: 'Operation',
    summary: 'Temporal answers, workers poll',
    description: 'Ready means that requests are accepted, for which Temporal is enough.',
    caller: 'anybody',
    answers: {
      200: { description: 'Ready.', schema: readinessSchema },
      503: { description: 'Temporal does not answer.', schema: readinessSchema },
    },
  },
  openapi: {
    operationId: 'openapi',
    method: 'GET',
    url: '/openapi.json',
    tag: 'Operation',
    summary: 'This document',
    description: 'As a page to read: `/docs`.',
    caller: 'anybody',
    headers: conditionalHeaders,
    answers: {
      200: {
        description: 'OpenAPI 3.1.',
        schema: openApiSchema,
        headers: ['ETag', 'Cache-Control'],
      },
      304: { description: 'What `If-None-Match` names is current.', headers: ['ETag', 'Cache-Control'] },
    },
  },
  metrics: {
    operationId: 'metrics',
    method: 'GET',
    url: '/metrics',
    tag: 'Operation',
    summary: 'Counters for Prometheus',
    caller: 'operator',
    answers: { 200: { description: 'In the text format.', contentType: 'text/plain' } },
  },
});
