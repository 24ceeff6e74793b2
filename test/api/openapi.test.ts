import { afterAll, beforeAll, expect, it } from 'vitest';
import { testApi, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

type Operation = {
  requestBody?: object;
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
};
type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
};

let database: TestDatabase;
let api: TestApi;
let document: Document;
beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  document = (await api.app.inject('/api/openapi.json')).json();
});
afterAll(async () => {
  await api.close();
  await database.close();
});

/** "GET /api/sessions/:id" and so on: everything that the server answers under /api, from its tree of routes. */
function routes(): string[] {
  const path: string[] = [];
  const found: string[] = [];
  for (const line of api.app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent = '', part = '', methods = ''] =
      /^(.*?)[└├]── (\S+)(?: \((.*)\))?/.exec(line) ?? [];
    path.splice(indent.length / 4, Infinity, part);
    for (const method of methods.split(', '))
      if (!['', 'HEAD'].includes(method)) found.push(`${method} ${path.join('')}`);
  }
  return found.filter((route) => route.includes(' /api/') && !route.endsWith('/openapi.json'));
}

it('describes every route of the API', () => {
  const described = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map(
      (method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    ),
  );
  expect(routes().length).toBeGreaterThan(12);
  expect(routes().filter((route) => !described.includes(route))).toEqual([]);
});

it('describes a success and its errors for each of them', () => {
  for (const [path, operations] of Object.entries(document.paths)) {
    if (!path.startsWith('/api/')) continue;
    for (const [method, { responses }] of Object.entries(operations)) {
      const name = `${method} ${path}`;
      expect(
        Object.keys(responses).some((status) => status.startsWith('2')),
        name,
      ).toBe(true);
      expect(responses['500']?.content?.['application/json']?.schema, name).toEqual({
        $ref: '#/components/schemas/Error',
      });
    }
  }
});

it('says of each that takes a body that it may be too large, or no JSON', () => {
  const bodies = Object.entries(document.paths)
    .filter(([path]) => path.startsWith('/api/'))
    .flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({ path, method, ...operation })),
    )
    .filter(({ requestBody }) => requestBody !== undefined);
  expect(bodies.length).toBeGreaterThan(10);
  for (const { path, method, responses } of bodies)
    expect(Object.keys(responses), `${method} ${path}`).toEqual(
      expect.arrayContaining(['413', '415']),
    );
});

it('refers only to what it describes, and describes nothing that is not used', () => {
  const text = JSON.stringify(document);
  const referred = new Set(
    [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name),
  );
  expect([...referred].sort()).toEqual(Object.keys(document.components.schemas).sort());
});
