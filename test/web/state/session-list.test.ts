import { afterEach, expect, test, vi } from 'vitest';
import { SessionList, type Row } from '#lib/state/session-list.svelte.ts';
import { eventually } from '#test/support/until.ts';
import { aDesk, aDetail } from '../thread/builders.ts';

afterEach(() => vi.unstubAllGlobals());

const rows = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => aDetail({ id: `s${index}` }) as unknown as Row);

/** A server whose pages come only when they are let go. @returns the ids that were asked for one by one */
function aSlowServer(top: Row[]) {
  const waiting: (() => void)[] = [];
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    const id = /^\/api\/sessions\/(\w+)$/.exec(path)?.[1];
    if (id !== undefined) {
      asked.push(id);
      return new Response(JSON.stringify(aDetail({ id, preview: 'new' })));
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
    return new Response(JSON.stringify({ sessions: top, cursor: 'more' }));
  });
  return { waiting, asked };
}

test('rows far down that changed while the list was being read are read afterwards', async () => {
  const all = rows(120);
  const list = new SessionList(aDesk(), { view: 'main' }, { sessions: all, cursor: 'more' });
  const { waiting, asked } = aSlowServer(all.slice(0, 100));
  const first = list.refresh(new Set(['s1']));
  void list.refresh(new Set(['s110']));
  void list.refresh(null);
  void list.refresh(new Set(['s111', 's2']));
  expect(waiting).toHaveLength(1);
  waiting[0]?.();
  await eventually(() => expect(waiting).toHaveLength(2));
  waiting[1]?.();
  await first;
  expect(asked).toEqual(['s110', 's111']);
  expect(list.rows.filter(({ preview }) => preview === 'new').map(({ id }) => id)).toEqual(asked);
});
