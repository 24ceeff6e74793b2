import type { AgentId, ChannelId } from '#domain/ids.ts';
import { testApi, type Caller, type TestApi } from './api.ts';
import { testDatabase, type TestDatabase } from './database.ts';
import { aChannel, anAgent, aWorkspace } from './workspace.ts';

/** A Page whose team are An and Bình, who are signed in to a server of the test's own. */
export type TestTeam = {
  database: TestDatabase;
  api: TestApi;
  an: AgentId;
  binh: AgentId;
  page: ChannelId;
  asAn: Caller;
  asBinh: Caller;
  close: () => Promise<void>;
};

export async function aTeam(): Promise<TestTeam> {
  const database = await testDatabase();
  const { db } = database;
  const api = await testApi(database);
  await aWorkspace(db);
  const an = await anAgent(db, { name: 'An' });
  const binh = await anAgent(db, { name: 'Bình' });
  const page = await aChannel(db, { team: [an, binh] });
  const [asAn, asBinh] = [await api.as(an), await api.as(binh)];
  return {
    ...{ database, api, an, binh, page, asAn, asBinh },
    async close() {
      await api.close();
      await database.close();
    },
  };
}
