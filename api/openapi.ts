import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { Api } from './answers.ts';

/** Describes every route that is registered after it, from the schemas that also check the requests. */
export async function documentApi(app: Api): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Everthread',
        version: '0.1.0',
        description:
          'Sign in with POST /api/login, or send "Authorization: Bearer <API token>". ' +
          'Every error has the shape { error: { code, message, field? } }.',
      },
      components: {
        securitySchemes: {
          login: { type: 'apiKey', in: 'cookie', name: 'everthread' },
          token: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ login: [] }, { token: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
}
