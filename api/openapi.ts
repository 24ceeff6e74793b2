import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
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

const description = z.looseObject({
  paths: z.unknown(),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

/** Serves the description, made when it is first asked for. */
export function openApiRoute(app: Api): void {
  let described: object | null = null;
  app.get('/openapi.json', { schema: { hide: true } }, async () => {
    described ??= withoutUnused(description.parse(app.swagger()));
    return described;
  });
}

/** Every contract is described twice, as it is sent and as it is received; what no route refers to is left out. */
function withoutUnused({ paths, components, ...rest }: z.infer<typeof description>): object {
  const { schemas } = components;
  const used = new Set(namesIn(paths));
  // Walking through a Set goes on to what is added meanwhile.
  for (const name of used) for (const inside of namesIn(schemas[name])) used.add(inside);
  const kept = Object.entries(schemas).filter(([name]) => used.has(name));
  return { ...rest, paths, components: { ...components, schemas: Object.fromEntries(kept) } };
}

function namesIn(part: unknown): string[] {
  const text = JSON.stringify(part ?? null);
  return [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].flatMap(([, name]) => name ?? []);
}
