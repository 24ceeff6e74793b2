/** The sandbox as the command line speaks with it. */
import { z } from 'zod';

const customer = z.object({ id: z.string(), name: z.string() });
const message = z.object({
  mid: z.string(),
  page: z.string(),
  from: z.enum(['customer', 'page']),
  text: z.string(),
  at: z.number(),
});

const post = z.object({ id: z.string(), page: z.string(), platform: z.string(), text: z.string() });
const comment = z.object({ id: z.string() });

export type SandboxPost = z.infer<typeof post>;
export type SandboxCustomer = z.infer<typeof customer>;
export type SandboxMessage = z.infer<typeof message>;

/** What is wrong, in words for who sits at the terminal. */
export class SandboxUnavailable extends Error {
  override name = 'SandboxUnavailable';
}

export type SandboxClient = {
  /** The customer of that name; made when there is none yet, so that a name is one person over many runs. */
  customerNamed(name: string): Promise<SandboxCustomer>;
  write(customer: string, said: { page: string | undefined; text: string }): Promise<string>;
  messages(customer: string): Promise<SandboxMessage[]>;
  /** Newest first; all Pages' without one. */
  posts(page: string | undefined): Promise<SandboxPost[]>;
  /** @returns the comment's id */
  comment(
    customer: string,
    said: { post: string; parent: string | undefined; text: string },
  ): Promise<string>;
};

/** Calls of the sandbox's own API, for programs that play with it. They throw where it refuses, and wait for ever. */
export function playCalls(url: string) {
  return async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/sandbox/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The sandbox refused ${method} ${path}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
}

/** Every call throws SandboxUnavailable when the sandbox cannot be reached or refuses. */
export function createSandboxClient(url: string): SandboxClient {
  const call = async (path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/sandbox/${path}`, {
      ...(body === undefined
        ? {}
        : {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
      signal: AbortSignal.timeout(5_000),
    }).catch(() => {
      throw new SandboxUnavailable(
        `No sandbox answers at ${url}. Start it with "npm start", or name another with SANDBOX_URL.`,
      );
    });
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok) return answer;
    const reason = z.object({ error: z.string() }).safeParse(answer).data?.error;
    throw new SandboxUnavailable(`${url} refused (${response.status}): ${reason ?? 'no reason'}`);
  };
  return {
    async customerNamed(name) {
      const known = z.array(customer).parse(await call('customers'));
      const found = known.find((one) => one.name === name);
      return found ?? customer.parse(await call('customers', { name }));
    },
    async write(id, { page, text }) {
      const answer = await call(`customers/${id}/messages`, page ? { page, text } : { text });
      return z.object({ mid: z.string() }).parse(answer).mid;
    },
    async messages(id) {
      return z.array(message).parse(await call(`customers/${id}/messages`));
    },
    async posts(page) {
      return z.array(post).parse(await call(page ? `posts?page=${page}` : 'posts'));
    },
    async comment(id, { post, parent, text }) {
      const said = { post, text, ...(parent === undefined ? {} : { parent }) };
      return comment.parse(await call(`customers/${id}/comments`, said)).id;
    },
  };
}
