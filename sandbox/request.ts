/** What a request says in its path and query, read without trusting it. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

const words = z.record(z.string(), z.string());

/** A part of the path; the route's pattern guarantees that it is there. */
export function pathPart(request: FastifyRequest, name: string): string {
  return words.parse(request.params)[name] ?? '';
}

/** A query parameter given exactly once. */
export function queryPart(request: FastifyRequest, name: string): string | undefined {
  const value = z.record(z.string(), z.unknown()).parse(request.query)[name];
  return typeof value === 'string' ? value : undefined;
}
